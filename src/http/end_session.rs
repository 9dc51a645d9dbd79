//! `GET|POST /OAuth2/EndSession/{app}`, `/OAuth2/EndSessionV2/{app}`, and the legacy path without an
//! application. No source tells the two apart, so they are one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::app_id::AppId;
use super::error::{self, Failure};
use super::extract::{Here, Sent, session_credentials};
use super::notices::farewell;
use super::pages::{self, ConfirmSignOutPage};
use super::request_log::leave_remarks;
use super::security::session_cookie;
use crate::protocol::end_session::EndSessionRequest;
use crate::protocol::known_parameters;
use crate::tenant::end_session::{EndedSession, SignOut};

pub(super) async fn of_app(
    here: Here,
    app: AppId,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    end_session(&here, Some(&app), sent, &request)
}

pub(super) async fn legacy(
    here: Here,
    sent: Sent,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    end_session(&here, None, sent, &request)
}

fn end_session(
    here: &Here,
    app: Option<&str>,
    sent: Sent,
    request: &HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let confirmed = sent.posted("confirmed") == Some("yes");
    let places = sent.places.clone();
    let sent = sent.everywhere();
    let unknown = sent.unknown_to(&known_parameters::END_SESSION);
    leave_remarks(request, here.tenant.remarks_on_unknown(app, &unknown));
    let credentials = session_credentials(request, &sent);
    let wish = EndSessionRequest::new(&sent, confirmed, places);
    let EndedSession { decision, notices } =
        here.tenant.end_session(&here.base, app, &wish, &credentials).map_err(Failure::from)?;
    let next = match decision {
        SignOut::Confirm => {
            let action = format!("{}{}", here.base.path_prefix(), request.path());
            let page = ConfirmSignOutPage { action: &action, carried: &wish.carried() };
            return Ok(pages::html(StatusCode::OK, &page));
        }
        SignOut::Refused(refusal) => return Ok(error::sign_out_page(&refusal)),
        SignOut::Redirect { to, parameters } => Some(to.with_query(&parameters.encode())),
        SignOut::Portal => Some(format!("{}/", here.base.path_prefix())),
        SignOut::SignedOut => None,
    };
    let mut answer = farewell(here, notices, next.as_deref());
    answer.add_removal_cookie(&session_cookie(&here.base, ""))?;
    Ok(answer)
}
