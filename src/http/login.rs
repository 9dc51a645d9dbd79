//! `/login`: the page on which a person signs in, as plain forms; with JavaScript the page calls
//! [`super::security`] instead. `/my` is where it leads when no application waits.

pub(super) mod step;
mod walk;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use percent_encoding::utf8_percent_encode;

use self::step::Step;
use self::walk::{Place, Word};
use super::extract::{Here, Sent, session_credentials};
use super::pages::{self, Account, LoginPage, SignedInPage, Wishes};
use super::redirect::object_moved;
use super::security::cookie_of;
use crate::protocol::authorize::ALL_BUT_UNRESERVED;
use crate::protocol::local_path::LocalPath;
use crate::protocol::parameters::Parameters;
use crate::tenant::user::Member;

/// The page: at the user name, at the challenge that a link leads to, or asking once more whether
/// the user has answered elsewhere.
pub(super) async fn show(here: Here, sent: Sent) -> actix_web::Result<HttpResponse> {
    let sent = sent.everywhere();
    let place = match (sent.get("session_id"), sent.get("action")) {
        (None, _) => Place::Name(None),
        (Some(_), Some("Poll")) => walk::go_on(&here, &sent),
        (Some(_), _) => walk::resume(&here, &sent),
    };
    render(&here, &sent, place)
}

pub(super) async fn submit(here: Here, sent: Sent) -> actix_web::Result<HttpResponse> {
    let sent = sent.everywhere();
    let place = match sent.get("session_id") {
        Some(_) => walk::go_on(&here, &sent),
        None => walk::begin(&here, &sent),
    };
    render(&here, &sent, place)
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

fn render(here: &Here, sent: &Parameters, place: Place) -> actix_web::Result<HttpResponse> {
    let target = target(here, sent);
    let mut page = empty_page(here, sent, &target);
    match place {
        Place::Name(failure) => page.failure = failure.map(str::to_owned),
        Place::Elsewhere(pod) => page.pod = Some(pod),
        Place::AtIdp(url) => {
            let cloud_redirect = encoded(sent.get("cloudRedirect").unwrap_or_default());
            return Ok(object_moved(&format!("{url}&cloudRedirect={cloud_redirect}")));
        }
        Place::Step(step, word) => {
            page.refresh = refresh(here, sent, &step);
            page.step = *step;
            match word {
                Some(Word::Failure(text)) => page.failure = Some(text),
                Some(Word::Notice(text)) => page.notice = Some(text),
                None => {}
            }
        }
        Place::SignedIn(login) => {
            let mut response = object_moved(target.as_str());
            response.add_cookie(&cookie_of(here, &login))?;
            return Ok(response);
        }
    }
    Ok(pages::html(StatusCode::OK, &page))
}

fn empty_page<'a>(here: &'a Here, sent: &'a Parameters, target: &'a LocalPath) -> LoginPage<'a> {
    let settings = here.tenant.settings();
    let account = |user: &std::sync::Arc<Member>| Account {
        name: user.name.clone(),
        display_name: user.display_name.clone().unwrap_or_default(),
    };
    LoginPage {
        prefix: here.base.path_prefix(),
        scheme: if here.base.is_secure() { "https" } else { "http" },
        wishes: Wishes {
            cloud_redirect: sent.get("cloudRedirect").unwrap_or_default(),
            username: sent.get("username").unwrap_or_default(),
            persist: sent.get("persist").is_some(),
        },
        cloud_redirect_encoded: encoded(sent.get("cloudRedirect").unwrap_or_default()),
        target: target.as_str(),
        tenant_id: &settings.id,
        failures_go_on: settings.authentication.continue_failed_sessions,
        accounts: here.tenant.listed_users().iter().map(account).collect(),
        failure: None,
        notice: None,
        pod: None,
        refresh: None,
        step: Step::default(),
    }
}

/// Where a page without JavaScript asks again by itself: only where nothing is typed meanwhile.
fn refresh(here: &Here, sent: &Parameters, step: &Step) -> Option<String> {
    if !step.waits || step.has_fields() {
        return None;
    }
    let carried = ["username", "cloudRedirect", "persist"]
        .into_iter()
        .filter_map(|name| Some(["&", name, "=", &encoded(sent.get(name)?)].concat()));
    Some(format!(
        "{}/login?action=Poll&session_id={}&mechanism_id={}{}",
        here.base.path_prefix(),
        step.session_id,
        step.mechanism_id,
        carried.collect::<String>()
    ))
}

/// Fit for any place of a URL.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ALL_BUT_UNRESERVED).to_string()
}

/// Where `cloudRedirect` leads: to `/my` when there is none.
fn target(here: &Here, sent: &Parameters) -> LocalPath {
    let sent = sent.get("cloudRedirect").unwrap_or_default();
    let leads_somewhere = !sent.trim_start_matches(['/', '\\']).is_empty();
    LocalPath::below(here.base.path_prefix(), if leads_somewhere { sent } else { "my" })
}
