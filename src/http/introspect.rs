//! `POST /OAuth2/Introspect/{app}` and `POST /OAuth2/Revoke/{app}`.

use actix_web::{HttpRequest, HttpResponse};

use super::answer::private_json;
use super::app_id::AppId;
use super::error::Failure;
use super::extract::{Here, Sent, basic_credentials, session_credentials};
use super::request_log::leave_remarks;
use crate::protocol::known_parameters;
use crate::protocol::parameters::Parameters;
use crate::protocol::token::TokenCall;

pub(super) async fn introspect(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let places = sent.places.clone();
    let sent = sent.form()?;
    let unknown = sent.unknown_to(&known_parameters::TOKEN_CALL);
    leave_remarks(&request, here.tenant.remarks_on_unknown(Some(&app), &unknown));
    let call = TokenCall::new(&sent, basic_credentials(&request), places);
    let credentials = session_credentials(&request, &Parameters::default());
    let claims = here.tenant.introspect(&here.base, &app, &call, &credentials)?;
    Ok(private_json(&claims))
}

pub(super) async fn revoke(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let places = sent.places.clone();
    let sent = sent.form()?;
    let unknown = sent.unknown_to(&known_parameters::TOKEN_CALL);
    leave_remarks(&request, here.tenant.remarks_on_unknown(Some(&app), &unknown));
    let call = TokenCall::new(&sent, basic_credentials(&request), places);
    here.tenant.revoke(&here.base, &app, &call)?;
    Ok(HttpResponse::Ok().finish())
}
