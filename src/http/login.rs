//! `/login`: the page on which a person signs in, as plain forms; with JavaScript the page calls
//! [`super::security`] instead. `/my` is where it leads when no application waits.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::utf8_percent_encode;

use super::extract::{Here, Sent, session_credentials};
use super::pages::{self, Account, Challenge, LoginPage, SignedInPage};
use super::redirect::object_moved;
use super::security::session_cookie;
use crate::protocol::authorize::ALL_BUT_UNRESERVED;
use crate::protocol::local_path::LocalPath;
use crate::protocol::parameters::Parameters;
use crate::protocol::secret::Secret;
use crate::protocol::security::AUTHENTICATION_FAILED;
use crate::protocol::security::authentication::{
    AdvanceAuthenticationRequest, Answer, NewPackage, Operation, StartAuthenticationRequest,
};
use crate::tenant::login::{Advance, Start};

pub(super) async fn show(here: Here, sent: Sent) -> HttpResponse {
    page(&here, &sent.everywhere(), None, None)
}

pub(super) async fn submit(here: Here, sent: Sent) -> actix_web::Result<HttpResponse> {
    let sent = sent.everywhere();
    match sent.get("session_id") {
        Some(_) => answer(&here, &sent),
        None => Ok(start(&here, &sent)),
    }
}

fn start(here: &Here, sent: &Parameters) -> HttpResponse {
    let request = StartAuthenticationRequest {
        user: sent.owned("username"),
        ..StartAuthenticationRequest::default()
    };
    match here.tenant.start_authentication(&here.base, &request, &[]) {
        Start::NewPackage(package) => page(here, sent, challenge_of(*package), None),
        Start::SignedIn(_) | Start::WrongPod(_) | Start::Failure => {
            page(here, sent, None, Some(AUTHENTICATION_FAILED))
        }
    }
}

fn answer(here: &Here, sent: &Parameters) -> actix_web::Result<HttpResponse> {
    let request = AdvanceAuthenticationRequest {
        session_id: sent.owned("session_id"),
        operation: Operation {
            mechanism_id: sent.owned("mechanism_id"),
            action: Some("Answer".to_owned()),
            answer: sent.get("answer").map(|text| Answer::Text(Secret::new(text))),
        },
        ..AdvanceAuthenticationRequest::default()
    };
    match here.tenant.advance_authentication(&here.base, &request) {
        Advance::Success(login) => {
            let mut response = object_moved(target(here, sent).as_str());
            response.add_cookie(&session_cookie(&here.base, login.session_id()))?;
            Ok(response)
        }
        _ => Ok(page(here, sent, None, Some(AUTHENTICATION_FAILED))),
    }
}

/// Who is signed in, for a sign-in that no application waits for.
pub(super) async fn signed_in(here: Here, request: HttpRequest) -> HttpResponse {
    match here.tenant.who_am_i(&session_credentials(&request, &Parameters::default())) {
        Some(who) => pages::html(StatusCode::OK, &SignedInPage { user: &who.user }),
        None => object_moved(&format!("{}/login", here.base.path_prefix())),
    }
}

/// The root leads to the portal's place.
pub(super) async fn home(here: Here) -> HttpResponse {
    object_moved(&format!("{}/my", here.base.path_prefix()))
}

fn page(
    here: &Here,
    sent: &Parameters,
    challenge: Option<Challenge>,
    failure: Option<&str>,
) -> HttpResponse {
    let cloud_redirect = sent.get("cloudRedirect").unwrap_or_default();
    let settings = here.tenant.settings();
    let users = if settings.list_accounts { here.tenant.users() } else { Vec::new() };
    let account = |user: &std::sync::Arc<crate::tenant::user::User>| Account {
        name: user.name.clone(),
        display_name: user.display_name.clone().unwrap_or_default(),
    };
    let target = target(here, sent);
    let page = LoginPage {
        prefix: here.base.path_prefix(),
        cloud_redirect,
        cloud_redirect_encoded: &utf8_percent_encode(cloud_redirect, ALL_BUT_UNRESERVED)
            .to_string(),
        target: target.as_str(),
        tenant_id: &settings.id,
        username: sent.get("username").unwrap_or_default(),
        failure,
        accounts: users.iter().map(account).collect(),
        challenge,
    };
    pages::html(StatusCode::OK, &page)
}

/// The first mechanism of the first challenge.
fn challenge_of(package: NewPackage) -> Option<Challenge> {
    let mechanism = package.challenges.into_iter().next()?.mechanisms.into_iter().next()?;
    Some(Challenge {
        session_id: package.session_id,
        mechanism_id: mechanism.mechanism_id,
        prompt: mechanism.prompt_mech_chosen,
        secret: mechanism.name == "UP",
    })
}

/// Where `cloudRedirect` leads: to `/my` when there is none.
fn target(here: &Here, sent: &Parameters) -> LocalPath {
    let sent = sent.get("cloudRedirect").unwrap_or_default();
    let leads_somewhere = !sent.trim_start_matches(['/', '\\']).is_empty();
    LocalPath::below(here.base.path_prefix(), if leads_somewhere { sent } else { "my" })
}
