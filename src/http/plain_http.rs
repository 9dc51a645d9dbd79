//! OAuth and OpenID Connect endpoints that are asked in the clear, where the policy wants TLS.

use actix_web::error::InternalError;
use actix_web::{Error, HttpRequest};

use super::endpoint::app_at;
use super::error::{self, Failure};
use crate::protocol::base_url::BaseUrl;
use crate::tenant::Tenant;

/// Endpoints that browsers show: they get a page.
const SHOWN: [&str; 4] =
    ["/oauth2/authorize", "/oauth2/confirm", "/oauth2/endsession", "/oauth2/endsessionv2"];

/// Refuses the request if it is one of those and the policy wants it so.
pub(super) fn refuse_plain_http(
    request: &HttpRequest,
    tenant: &Tenant,
    base: &BaseUrl,
) -> Result<(), Error> {
    let path = request.path();
    if !path.starts_with("/oauth2/") && !path.contains("/.well-known/") {
        return Ok(());
    }
    let app = app_at(path);
    tenant.demand_tls(base, app).map_err(|error| {
        let endpoint = path.strip_suffix(app.unwrap_or_default()).unwrap_or(path);
        let failure = Failure::from(error.clone());
        if SHOWN.contains(&endpoint.trim_end_matches('/')) {
            InternalError::from_response(failure, error::plain_http_page(&error)).into()
        } else {
            failure.into()
        }
    })
}
