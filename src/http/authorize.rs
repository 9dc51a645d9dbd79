//! `GET|POST /OAuth2/Authorize/{app}`.

use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::utf8_percent_encode;

use super::app_id::AppId;
use super::error::{self, Failure};
use super::extract::{Here, Sent, session_credentials};
use super::redirect::{deliver, object_moved, report};
use super::request_log::leave_remarks;
use super::request_object::fetched;
use crate::protocol::authorize::{ALL_BUT_UNRESERVED, AuthorizeCall};
use crate::protocol::known_parameters;
use crate::tenant::authorize::Decision;

pub(super) async fn authorize(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let places = sent.places.clone();
    let sent = sent.everywhere();
    let credentials = session_credentials(&request, &sent);
    let mut call = AuthorizeCall::new(&sent, places);
    if let Some(uri) = here.tenant.object_to_fetch(&app, &call) {
        call.bring(fetched(&here.outgoing, uri).await);
    }
    leave_remarks(&request, here.tenant.remarks_on_authorize(&here.base, &app, &call));
    let unknown = sent.unknown_to(&known_parameters::AUTHORIZE);
    leave_remarks(&request, here.tenant.remarks_on_unknown(Some(&app), &unknown));
    let decision = here.tenant.authorize(&here.base, &app, call, &credentials);
    render(&here, decision).await
}

/// The answer that a decision is.
pub(super) async fn render(here: &Here, decision: Decision) -> actix_web::Result<HttpResponse> {
    let prefix = here.base.path_prefix();
    Ok(match decision {
        Decision::Body(error) => return Err(Failure::from(error).into()),
        Decision::Page(error) => error::page(&error),
        Decision::OpenRedirect(refusal) | Decision::Refuse(refusal) => report(&refusal),
        Decision::SignIn { application_id, bounce, login_hint } => {
            object_moved(&login_url(prefix, &application_id, &bounce, login_hint.as_deref()))
        }
        Decision::Consent { application_id, bounce } => {
            object_moved(&format!("{prefix}/consent?app={application_id}&bounce={bounce}"))
        }
        Decision::Deliver(delivery) => {
            let signatures = delivery.signatures();
            deliver(&here.signers.sign(signatures, move || delivery.respond()).await?)
        }
    })
}

/// The login page with the way back, in the product's own spelling (`Oauth2`, no leading slash).
/// A login hint stands in the field of the user name.
fn login_url(prefix: &str, application_id: &str, bounce: &str, login_hint: Option<&str>) -> String {
    let way_back = format!("Oauth2/Authorize/{application_id}?bounce={bounce}");
    let encoded = utf8_percent_encode(&way_back, ALL_BUT_UNRESERVED);
    let username = login_hint
        .map(|hint| format!("&username={}", utf8_percent_encode(hint, ALL_BUT_UNRESERVED)));
    format!("{prefix}/login?cloudRedirect={encoded}{}", username.unwrap_or_default())
}
