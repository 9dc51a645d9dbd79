//! `POST /OAuth2/Token/{app}`.

use actix_web::{HttpRequest, HttpResponse};

use super::answer::private_json;
use super::app_id::AppId;
use super::error::Failure;
use super::extract::{Here, Sent, basic_credentials};
use super::request_log::leave_remarks;
use crate::protocol::error::OAuthError;
use crate::protocol::known_parameters;
use crate::protocol::token::TokenRequest;
use crate::tenant::issue::Issuance;

pub(super) async fn exchange(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let issuance = decided(&here, &app, sent, &request).map_err(Failure::from)?;
    let answer = here.signers.sign(issuance.signatures(), move || issuance.respond()).await?;
    Ok(private_json(&answer))
}

/// What the tenant makes of it; nothing of the request waits with it for the signatures.
fn decided(
    here: &Here,
    app: &AppId,
    sent: Sent,
    request: &HttpRequest,
) -> Result<Issuance, OAuthError> {
    let places = sent.places.clone();
    let sent = sent.form()?;
    let token_request = TokenRequest::new(&sent, basic_credentials(request), places);
    leave_remarks(request, here.tenant.remarks_on_exchange(app, &token_request));
    let unknown = sent.unknown_to(&known_parameters::TOKEN);
    leave_remarks(request, here.tenant.remarks_on_unknown(Some(app), &unknown));
    here.tenant.exchange(&here.base, app, &token_request)
}
