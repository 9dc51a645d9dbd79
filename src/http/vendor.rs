//! The vendor's calls that the mock does not imitate, and what clients look up before any call.

use actix_cors::Cors;
use actix_web::guard::fn_guard;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer;
use super::extract::{Here, Whole};
use super::security::failure;
use crate::protocol::error::echo;

/// First path segments of the vendor's API.
pub(super) const NAMESPACES: [&str; 18] = [
    "api",
    "cbe",
    "cdirectoryservice",
    "core",
    "extdata",
    "jsmanage",
    "mfa",
    "org",
    "policy",
    "redrock",
    "roles",
    "saasmanage",
    "scim",
    "security",
    "sysinfo",
    "u2f",
    "uprest",
    "usermgmt",
];

/// Everything below the vendor's namespaces that has no route of its own.
pub(super) fn routes(config: &mut ServiceConfig) {
    let rest = web::scope("").guard(fn_guard(|context| is_vendors(context.head().uri.path())));
    config.service(rest.wrap(Cors::permissive()).default_service(web::to(not_imitated)));
}

fn is_vendors(path: &str) -> bool {
    let below = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    below.is_some_and(|(first, _)| NAMESPACES.contains(&first))
}

/// The failure envelope, as for any call that fails; the message names the call. The body is read
/// for the journal.
async fn not_imitated(here: Here, request: HttpRequest, _: Option<Whole>) -> HttpResponse {
    let call = format!("{} {}", echo(request.method().as_str()), echo(request.path()));
    let log = if here.tenant.note_missing(&call) { log_first } else { log_again };
    log(&call);
    failure(&here, format!("{call} is not imitated by this mock of CyberArk Identity."))
}

fn log_first(call: &str) {
    tracing::warn!(call, "not imitated; GET /_mock/missing counts such calls");
}

fn log_again(call: &str) {
    tracing::debug!(call, "not imitated");
}

/// `GET /_mock/missing`: the mock's own.
pub(super) async fn missing(here: Here) -> HttpResponse {
    answer::private_json(&here.tenant.missing_calls())
}

/// `GET /api/identity-endpoint/{subdomain}`: any subdomain is this tenant's
/// (cyberark/idsec-sdk-golang, `pkg/auth/identity`).
pub(super) async fn identity_endpoint(here: Here) -> HttpResponse {
    answer::json(&mut HttpResponse::Ok(), &json!({ "endpoint": here.base.to_string() }))
}

/// `GET /api/v2/services/subdomain/{subdomain}` (cyberark/epv-api-scripts).
pub(super) async fn services(here: Here) -> HttpResponse {
    let api = json!({ "identity_administration": { "api": here.base.to_string() } });
    answer::json(&mut HttpResponse::Ok(), &api)
}

/// `GET /shell/api/endpoint/{subdomain}` (cyberark/epv-api-scripts): without a scheme.
pub(super) async fn shell_endpoint(here: Here) -> HttpResponse {
    answer::json(&mut HttpResponse::Ok(), &json!({ "fqdn": here.base.authority() }))
}
