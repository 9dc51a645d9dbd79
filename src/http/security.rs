//! `/Security/*`: CyberArk's authentication API. Every answer is HTTP 200 with an envelope.

use std::borrow::Cow;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::answer::private_json;
use super::extract::{Here, SESSION_COOKIE, VendorJson, session_credentials};
use super::request_log::VendorFailure;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::parameters::Parameters;
use crate::protocol::security::authentication::{
    AdvanceAuthenticationRequest, AuthenticationResult, CleanupRequest, MESSAGE_SENT,
    StartAuthenticationRequest, SummaryOnly, WrongPod,
};
use crate::protocol::security::{AUTHENTICATION_FAILED, Envelope, NOT_AUTHORIZED};
use crate::tenant::login::{Advance, Start};
use crate::tenant::pending_login::PendingLogin;

pub(super) async fn start(
    here: Here,
    body: VendorJson<StartAuthenticationRequest>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let start = begun(&here, body.0, &request);
    started(&here, start).await
}

fn begun(here: &Here, body: StartAuthenticationRequest, request: &HttpRequest) -> Start {
    let credentials = session_credentials(request, &Parameters::default());
    // cyberark/conjur-cli-go and cyberark/idsec-sdk-golang say so in a header.
    let out_of_band_idp = request
        .headers()
        .get("OobIdPAuth")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    let asked = StartAuthenticationRequest { out_of_band_idp, ..body };
    here.tenant.start_authentication(&here.base, &asked, &credentials)
}

/// What came of a start.
pub(super) async fn started(here: &Here, start: Start) -> actix_web::Result<HttpResponse> {
    let result = match start {
        Start::NewPackage(package) => AuthenticationResult::NewPackage(package),
        Start::WrongPod(pod_fqdn) => AuthenticationResult::WrongPod(WrongPod { pod_fqdn }),
        Start::Federated(start) => AuthenticationResult::Federated(start),
        Start::SignedIn(login) => return signed_in(here, login).await,
        Start::Failure => return Ok(failure(here, AUTHENTICATION_FAILED)),
    };
    Ok(envelope(&Envelope::success(result)))
}

pub(super) async fn advance(
    here: Here,
    body: VendorJson<AdvanceAuthenticationRequest>,
) -> actix_web::Result<HttpResponse> {
    let advance = {
        let VendorJson(request) = body;
        here.tenant.advance_authentication(&here.base, &request)
    };
    advanced(&here, advance, MESSAGE_SENT).await
}

/// What came of an operation on a package; `sent` is what to tell when a message may be on its way.
pub(super) async fn advanced(
    here: &Here,
    advance: Advance,
    sent: &'static str,
) -> actix_web::Result<HttpResponse> {
    let (result, message) = match advance {
        Advance::Success(login) => return signed_in(here, login).await,
        Advance::NewPackage(package) => (AuthenticationResult::NewPackage(package), None),
        Advance::NextChallenge => (summary("StartNextChallenge"), None),
        Advance::Pending(generated_auth_value) => {
            let pending = SummaryOnly { generated_auth_value, ..SummaryOnly::new("OobPending") };
            (AuthenticationResult::Summary(pending), None)
        }
        Advance::Noncommittal => {
            let sent = SummaryOnly {
                client_message: Some(sent),
                ..SummaryOnly::new("NoncommitalSuccess")
            };
            (AuthenticationResult::Summary(sent), None)
        }
        Advance::Refused(hint) => (summary("Failure"), Some(hint.into())),
        Advance::Failure => (summary("Failure"), Some(Cow::Borrowed(AUTHENTICATION_FAILED))),
    };
    Ok(match message {
        None => envelope(&Envelope::success(result)),
        Some(message) => {
            envelope(&Envelope::failure(message, here.tenant.error_id(), Some(result)))
        }
    })
}

fn summary(summary: &'static str) -> AuthenticationResult {
    AuthenticationResult::Summary(SummaryOnly::new(summary))
}

/// `LoginSuccess`, and the session as a cookie.
pub(super) async fn signed_in(
    here: &Here,
    login: Box<PendingLogin>,
) -> actix_web::Result<HttpResponse> {
    let cookie = cookie_of(here, &login);
    let success = here.signers.sign(1, move || login.respond()).await?;
    let result = AuthenticationResult::LoginSuccess(Box::new(success));
    let mut response = envelope(&Envelope::success(result));
    response.add_cookie(&cookie)?;
    Ok(response)
}

/// Drops a package, if there is one.
pub(super) async fn clean_up(here: Here, body: VendorJson<CleanupRequest>) -> HttpResponse {
    here.tenant.drop_package(body.0.session_id.as_deref().unwrap_or_default());
    envelope(&Envelope::success(true))
}

pub(super) async fn who_am_i(here: Here, request: HttpRequest) -> HttpResponse {
    match here.tenant.who_am_i(&session_credentials(&request, &Parameters::default())) {
        Some(who) => envelope(&Envelope::success(who)),
        None => failure(&here, NOT_AUTHORIZED),
    }
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

/// The session cookie of a sign-in: until the browser closes, or as long as the session lives.
pub(super) fn cookie_of(here: &Here, login: &PendingLogin) -> Cookie<'static> {
    let mut cookie = session_cookie(&here.base, login.session_id());
    if login.is_persistent() {
        cookie.set_max_age(Duration::seconds(login.lifetime()));
    }
    cookie
}

/// The failure envelope.
pub(super) fn failure(here: &Here, message: impl Into<Cow<'static, str>>) -> HttpResponse {
    envelope(&Envelope::<()>::failure(message, here.tenant.error_id(), None))
}

pub(super) fn envelope<T: Serialize>(envelope: &Envelope<T>) -> HttpResponse {
    let mut answer = private_json(envelope);
    if !envelope.success {
        answer.extensions_mut().insert(VendorFailure);
    }
    answer
}

/// The parameters of the query, for calls that have a JSON body beside it; none when it is
/// unreadable.
pub(super) fn query_of(request: &HttpRequest) -> Parameters {
    Parameters::parse(request.query_string().as_bytes()).unwrap_or_default()
}
