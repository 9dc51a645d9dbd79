//! `/Security/*`: CyberArk's authentication API. Every answer is HTTP 200 with an envelope.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::answer::private_json;
use super::extract::{Here, SESSION_COOKIE, VendorJson, session_credentials};
use super::notices;
use super::sign::sign;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::parameters::Parameters;
use crate::protocol::security::{
    AUTHENTICATION_FAILED, AdvanceAuthenticationRequest, AuthenticationResult, Envelope,
    NOT_AUTHORIZED, StartAuthenticationRequest, SummaryOnly,
};
use crate::tenant::login::{Advance, Start};

pub(super) async fn start(
    here: Here,
    body: VendorJson<StartAuthenticationRequest>,
) -> HttpResponse {
    match here.tenant.start_authentication(&body.0) {
        Start::NewPackage(package) => envelope(&Envelope::success(package)),
        Start::Failure => failure(&here, AUTHENTICATION_FAILED),
    }
}

pub(super) async fn advance(
    here: Here,
    body: VendorJson<AdvanceAuthenticationRequest>,
) -> actix_web::Result<HttpResponse> {
    match here.tenant.advance_authentication(&here.base, &body.0) {
        Advance::Success(login) => {
            let cookie = session_cookie(&here.base, login.session_id());
            let success = sign(1, move || login.respond()).await?;
            let result = AuthenticationResult::LoginSuccess(Box::new(success));
            let mut response = envelope(&Envelope::success(result));
            response.add_cookie(&cookie)?;
            Ok(response)
        }
        Advance::Failure => {
            let result = AuthenticationResult::Summary(SummaryOnly { summary: "Failure" });
            let error_id = here.tenant.error_id();
            Ok(envelope(&Envelope::failure(AUTHENTICATION_FAILED, error_id, Some(result))))
        }
    }
}

pub(super) async fn who_am_i(here: Here, request: HttpRequest) -> HttpResponse {
    match here.tenant.who_am_i(&session_credentials(&request, &Parameters::default())) {
        Some(who) => envelope(&Envelope::success(who)),
        None => failure(&here, NOT_AUTHORIZED),
    }
}

/// Ends the session; signing out without one succeeds too. The product's `Result` is a string. There
/// is no page to load front-channel notices on.
pub(super) async fn logout(here: Here, request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let notices = here.tenant.sign_out(&session_credentials(&request, &Parameters::default()));
    notices::send(&here.outgoing, notices.back_channel);
    let mut response = envelope(&Envelope::success(""));
    response.add_removal_cookie(&session_cookie(&here.base, ""))?;
    Ok(response)
}

/// The session cookie. Over https it is `Secure` and sent from other sites too; over http browsers
/// take it with `SameSite=Lax` only, which a redirect from the client's site satisfies (inferred;
/// the product's attributes are not published).
pub(super) fn session_cookie(base: &BaseUrl, session_id: &str) -> Cookie<'static> {
    let secure = base.is_secure();
    // Below its own path only: another tenant of the process has a cookie of the same name.
    let path = if base.path_prefix().is_empty() { "/" } else { base.path_prefix() };
    Cookie::build(SESSION_COOKIE, session_id.to_owned())
        .path(path.to_owned())
        .http_only(true)
        .secure(secure)
        .same_site(if secure { SameSite::None } else { SameSite::Lax })
        .finish()
}

fn failure(here: &Here, message: &'static str) -> HttpResponse {
    envelope(&Envelope::<()>::failure(message, here.tenant.error_id(), None))
}

fn envelope<T: Serialize>(envelope: &Envelope<T>) -> HttpResponse {
    private_json(envelope)
}
