//! Sign-in by way of another identity provider: its stand-in page `/_mock/idp`, the call of a client
//! that waits elsewhere, and social sign-in.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::extract::{Here, Sent, VendorJson};
use super::login::encoded;
use super::pages::{self, IdpPage, IdpState};
use super::redirect::object_moved;
use super::security::{cookie_of, envelope, failure, query_of, signed_in};
use crate::protocol::local_path::LocalPath;
use crate::protocol::parameters::Parameters;
use crate::protocol::security::federation::{
    OobAuthStatus, OobAuthStatusRequest, ResumeRequest, SocialStart, StartSocialRequest,
};
use crate::protocol::security::{AUTHENTICATION_FAILED, Envelope};
use crate::tenant::login::{IdpAnswer, IdpQuestion, Resumed};

/// The page by its long URL.
pub(super) async fn show(here: Here, sent: Sent) -> HttpResponse {
    let sent = sent.everywhere();
    ask(&here, sent.get("visit").unwrap_or_default(), &sent)
}

/// The page by its short URL.
pub(super) async fn show_short(here: Here, visit: Path<String>, sent: Sent) -> HttpResponse {
    ask(&here, &visit, &sent.everywhere())
}

fn ask(here: &Here, visit: &str, sent: &Parameters) -> HttpResponse {
    match here.tenant.idp_question(visit) {
        Some(question) => page(here, &asking(visit, &question, sent, false)),
        None => page(here, &IdpState::Gone),
    }
}

fn asking<'a>(
    visit: &'a str,
    question: &'a IdpQuestion,
    sent: &'a Parameters,
    is_unknown: bool,
) -> IdpState<'a> {
    IdpState::Asking {
        visit,
        question,
        cloud_redirect: sent.get("cloudRedirect").unwrap_or_default(),
        is_unknown,
    }
}

/// The form of the page.
pub(super) async fn answer(here: Here, sent: Sent) -> actix_web::Result<HttpResponse> {
    let sent = sent.everywhere();
    let visit = sent.get("visit").unwrap_or_default();
    let approve = sent.get("decision") == Some("approve");
    let answer = here.tenant.answer_idp(&here.base, visit, approve, sent.get("username"));
    Ok(match answer {
        IdpAnswer::SignedIn(login) => {
            let place = sent.get("cloudRedirect").unwrap_or("my");
            let place = LocalPath::below(here.base.path_prefix(), place);
            let mut response = object_moved(place.as_str());
            response.add_cookie(&cookie_of(&here, &login))?;
            response
        }
        IdpAnswer::GoTo(url) => object_moved(&url),
        IdpAnswer::Told(pin) => page(&here, &IdpState::Told { pin: pin.as_deref() }),
        IdpAnswer::UnknownUser(question) => page(&here, &asking(visit, &question, &sent, true)),
        IdpAnswer::Waits(question) => page(&here, &asking(visit, &question, &sent, false)),
        IdpAnswer::Denied => {
            let again = sent.get("cloudRedirect").map(encoded);
            page(&here, &IdpState::Denied { again })
        }
        IdpAnswer::Gone => page(&here, &IdpState::Gone),
    })
}

fn page(here: &Here, state: &IdpState<'_>) -> HttpResponse {
    let status = match state {
        IdpState::Gone => StatusCode::NOT_FOUND,
        IdpState::Asking { .. } | IdpState::Told { .. } | IdpState::Denied { .. } => StatusCode::OK,
    };
    pages::html(status, &IdpPage { prefix: here.base.path_prefix(), state })
}

/// What became of a sign-in out of band; the id stands in the body or in the query.
pub(super) async fn oob_auth_status(
    here: Here,
    body: VendorJson<OobAuthStatusRequest>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let query = query_of(&request);
    let id = body.0.session_id.as_deref().or_else(|| query.get("sessionId")).unwrap_or_default();
    match here.tenant.oob_auth_status(&here.base, id) {
        Resumed::Pending => {
            let pending = OobAuthStatus { state: "Pending", login: None };
            Ok(envelope(&Envelope::success(pending)))
        }
        Resumed::Success(login) => {
            let cookie = cookie_of(&here, &login);
            let login = Some(here.signers.sign(1, move || login.respond()).await?);
            let mut response =
                envelope(&Envelope::success(OobAuthStatus { state: "Success", login }));
            response.add_cookie(&cookie)?;
            Ok(response)
        }
        Resumed::Failure => {
            let failed = OobAuthStatus { state: "Failed", login: None };
            let id = here.tenant.error_id();
            Ok(envelope(&Envelope::failure(AUTHENTICATION_FAILED, id, Some(failed))))
        }
    }
}

/// The URL of a social IdP's page.
pub(super) async fn start_social(here: Here, body: VendorJson<StartSocialRequest>) -> HttpResponse {
    match here.tenant.start_social(&here.base, &body.0) {
        Ok(idp_redirect_url) => {
            envelope(&Envelope::success(SocialStart { idp_redirect_url, status: "RedirecToIdp" }))
        }
        Err(message) => failure(&here, message),
    }
}

/// `LoginSuccess` for the values that arrived at the callback, sent on in the query or as JSON.
pub(super) async fn resume_social(
    here: Here,
    body: VendorJson<ResumeRequest>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let query = query_of(&request);
    let ResumeRequest { challenge_state, username } = body.0;
    let resumed = ResumeRequest {
        challenge_state: challenge_state.or_else(|| query.owned("ExtIdpAuthChallengeState")),
        username: username.or_else(|| query.owned("username")),
    };
    match here.tenant.resume_social(&here.base, &resumed) {
        Resumed::Success(login) => signed_in(&here, login).await,
        Resumed::Pending | Resumed::Failure => Ok(failure(&here, AUTHENTICATION_FAILED)),
    }
}
