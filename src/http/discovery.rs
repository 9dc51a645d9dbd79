//! Discovery and keys: `/{app}/.well-known/openid-configuration`, `/OAuth2/GetMeta`,
//! `/OAuth2/Keys/{app}`, and what these answer when the application is left out.
//!
//! The document is also the authorization server's metadata of RFC 8414: at
//! `/.well-known/oauth-authorization-server/{app}`, where
//! [§3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1) looks for an issuer that has a path,
//! and behind the issuer, where many clients look.

use actix_web::{HttpRequest, HttpResponse};

use super::answer::json;
use super::app_id::AppId;
use super::error::Failure;
use super::extract::{Here, Sent};
use super::lost;
use crate::protocol::error::OAuthError;

pub(super) async fn configuration(here: Here, app: AppId) -> actix_web::Result<HttpResponse> {
    document(&here, &app)
}

pub(super) async fn get_meta(here: Here, sent: Sent) -> actix_web::Result<HttpResponse> {
    let sent = sent.everywhere();
    document(&here, sent.get("serviceName").unwrap_or_default())
}

fn document(here: &Here, app: &str) -> actix_web::Result<HttpResponse> {
    let metadata = here
        .tenant
        .metadata(&here.base, app)
        .map_err(|_| Failure::from(OAuthError::invalid_request("unknown app")))?;
    Ok(HttpResponse::Ok()
        .content_type("application/json; charset=utf-8")
        .body(metadata.into_bytes()))
}

pub(super) async fn keys(here: Here, app: AppId) -> actix_web::Result<HttpResponse> {
    let keys = here.tenant.keys(&app).map_err(Failure::from)?;
    Ok(json(&mut HttpResponse::Ok(), &keys))
}

/// An endpoint of an application, without the application. Source of the texts: CyberArk's OpenAPI
/// description of `/OAuth2/Keys` and `/OAuth2/UserInfo`.
pub(super) async fn missing_app(
    here: Here,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let endpoint = request.path().rsplit('/').next().unwrap_or_default();
    let text = match endpoint {
        "keys" => "bad URL",
        "userinfo" => "invalid app configuration",
        "authorize" | "token" | "introspect" | "revoke" | "endsessionv2" => "bad url",
        _ => return Ok(lost::no_such_path(here, request).await),
    };
    Err(Failure::from(OAuthError::invalid_request(text)).into())
}
