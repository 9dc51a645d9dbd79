//! The portal's calls: the user's applications, the user, and the end of sessions.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::extract::{Here, VendorJson, session_credentials};
use super::notices::{self, farewell};
use super::security::{envelope, failure, session_cookie};
use crate::protocol::parameters::Parameters;
use crate::protocol::portal::UserCall;
use crate::protocol::security::{Envelope, NOT_AUTHORIZED, TRY_AGAIN};
use crate::tenant::notices::Notices;
use crate::tenant::portal::PortalRefusal;

pub(super) async fn up_data(here: Here, request: HttpRequest) -> HttpResponse {
    render(&here, here.tenant.up_data(&credentials(&request)))
}

pub(super) async fn secured_items(here: Here, request: HttpRequest) -> HttpResponse {
    render(&here, here.tenant.secured_items(&credentials(&request)))
}

pub(super) async fn user(
    here: Here,
    body: VendorJson<UserCall>,
    request: HttpRequest,
) -> HttpResponse {
    let id = id_of(&request).or(body.0.id);
    render(&here, here.tenant.directory_user(&credentials(&request), id.as_deref()))
}

pub(super) async fn sign_out_current(
    here: Here,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    ended(&here, here.tenant.sign_out_current(&credentials(&request)))
}

pub(super) async fn sign_out_everywhere(
    here: Here,
    body: VendorJson<UserCall>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let id = id_of(&request).or(body.0.id);
    let caller = credentials(&request);
    let outcome = here.tenant.sign_out_everywhere(&caller, id.as_deref());
    if here.tenant.who_am_i(&caller).is_none() {
        return ended(&here, outcome);
    }
    Ok(render(&here, outcome.map(|over| tell(&here, over))))
}

/// `POST /Security/Logout`: signing out without a session succeeds too. The product's `Result` is a
/// string. With a `redirectUrl` that the tenant accepts it leads there; `allowIWA` has no meaning
/// without Windows.
pub(super) async fn logout(here: Here, request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let over = here.tenant.sign_out(&credentials(&request));
    let wanted = query(&request).owned("redirectUrl");
    let target = wanted.and_then(|url| here.tenant.sign_out_target(&here.base, &url));
    let mut answer = if let Some(target) = target {
        farewell(&here, over, Some(&target))
    } else {
        tell(&here, over);
        envelope(&Envelope::success(""))
    };
    answer.add_removal_cookie(&session_cookie(&here.base, ""))?;
    Ok(answer)
}

/// The answer to who ended their own session.
fn ended(here: &Here, outcome: Result<Notices, PortalRefusal>) -> actix_web::Result<HttpResponse> {
    let is_over = outcome.is_ok();
    let mut answer = render(here, outcome.map(|over| tell(here, over)));
    if is_over {
        answer.add_removal_cookie(&session_cookie(&here.base, ""))?;
    }
    Ok(answer)
}

fn tell(here: &Here, over: Notices) -> bool {
    notices::send(&here.outgoing, over.back_channel);
    true
}

fn render<T: Serialize>(here: &Here, outcome: Result<T, PortalRefusal>) -> HttpResponse {
    match outcome {
        Ok(result) => envelope(&Envelope::success(result)),
        Err(PortalRefusal::NotAuthorized) => failure(here, NOT_AUTHORIZED),
        Err(PortalRefusal::UnknownUser) => failure(here, TRY_AGAIN),
    }
}

fn credentials(request: &HttpRequest) -> Vec<String> {
    session_credentials(request, &Parameters::default())
}

fn query(request: &HttpRequest) -> Parameters {
    Parameters::parse(request.query_string().as_bytes()).unwrap_or_default()
}

fn id_of(request: &HttpRequest) -> Option<String> {
    let query = query(request);
    query.owned("id").or_else(|| query.owned("ID"))
}
