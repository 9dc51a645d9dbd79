//! Further calls of the authentication API: step-up, codes and scans of a device, forgotten user
//! names (CyberArk's OpenAPI description).

use actix_web::{HttpRequest, HttpResponse};

use super::extract::{Here, VendorJson, session_credentials};
use super::security::{advanced, envelope, failure, query_of, signed_in, started};
use crate::protocol::parameters::Parameters;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{
    AdvanceAuthenticationRequest, AuthenticationResult, SummaryOnly,
};
use crate::protocol::security::step_up::{
    AnswerRegistrationRequest, ChallengeCreated, ForgotUsernameRequest, NAMES_SENT, QrLoginRequest,
    StartChallengeRequest, SubmitOathRequest,
};
use crate::protocol::security::{AUTHENTICATION_FAILED, Envelope, NOT_AUTHORIZED};
use crate::tenant::login::QrStatus;

/// Asks whoever is signed in for more.
pub(super) async fn challenge_user(here: Here, request: HttpRequest) -> HttpResponse {
    let credentials = session_credentials(&request, &Parameters::default());
    match here.tenant.challenge_user(query_of(&request).get("profileName"), &credentials) {
        Some(challenge_id) => envelope(&Envelope::success(ChallengeCreated { challenge_id })),
        None => failure(&here, NOT_AUTHORIZED),
    }
}

/// The package of a step-up.
pub(super) async fn start_challenge(
    here: Here,
    body: VendorJson<StartChallengeRequest>,
) -> actix_web::Result<HttpResponse> {
    started(&here, here.tenant.start_challenge(&here.base, &body.0)).await
}

/// A code that the user's device sends, in the query or as JSON.
pub(super) async fn submit_oath_code(
    here: Here,
    body: VendorJson<SubmitOathRequest>,
    request: HttpRequest,
) -> HttpResponse {
    let query = query_of(&request);
    let SubmitOathRequest { otp_code, user_uuid } = body.0;
    let submitted = SubmitOathRequest {
        otp_code: otp_code.or_else(|| query.get("otpCode").map(Secret::new)),
        user_uuid: user_uuid.or_else(|| query.owned("userUuid")),
    };
    done(&here, here.tenant.submit_oath_code(&submitted))
}

/// A scan of a package's QR code, by a device on which its user is signed in.
pub(super) async fn submit_qr_code(here: Here, request: HttpRequest) -> HttpResponse {
    let query = query_of(&request);
    let session_id = query.get("sessionId").unwrap_or_default();
    let credentials = session_credentials(&request, &Parameters::default());
    done(&here, here.tenant.submit_qr_code(session_id, &credentials))
}

/// A scan of a page's picture, by a device on which its user is signed in.
pub(super) async fn start_qr_login(
    here: Here,
    body: VendorJson<QrLoginRequest>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    let guid = guid_of(&request, body.0);
    let credentials = session_credentials(&request, &Parameters::default());
    started(&here, here.tenant.start_qr_login(&here.base, &guid, &credentials)).await
}

/// Whether a page's picture was scanned.
pub(super) async fn qr_status(
    here: Here,
    body: VendorJson<QrLoginRequest>,
    request: HttpRequest,
) -> actix_web::Result<HttpResponse> {
    match here.tenant.qr_status(&here.base, &guid_of(&request, body.0)) {
        QrStatus::SignedIn(login) => signed_in(&here, login).await,
        QrStatus::Pending => Ok(envelope(&Envelope::success(SummaryOnly::new("OobPending")))),
        QrStatus::Failure => Ok(failure(&here, AUTHENTICATION_FAILED)),
    }
}

fn guid_of(request: &HttpRequest, body: QrLoginRequest) -> String {
    body.guid.or_else(|| query_of(request).owned("guid")).unwrap_or_default()
}

/// The answer of a new security key.
pub(super) async fn answer_registration(
    here: Here,
    body: VendorJson<AnswerRegistrationRequest>,
    request: HttpRequest,
) -> HttpResponse {
    let raw = body.0.raw.clone().or_else(|| query_of(&request).owned("rawRegisterResponse"));
    let answer = AnswerRegistrationRequest { raw, ..body.0 };
    let credentials = session_credentials(&request, &Parameters::default());
    match here.tenant.answer_registration(&answer, &credentials) {
        Ok(()) => envelope(&Envelope::success(true)),
        Err(message) => failure(&here, message),
    }
}

/// Sends user names to a mail address.
pub(super) async fn forgot_username(
    here: Here,
    body: VendorJson<ForgotUsernameRequest>,
) -> HttpResponse {
    here.tenant.forgot_username(&body.0);
    let sent =
        SummaryOnly { client_message: Some(NAMES_SENT), ..SummaryOnly::new("NoncommitalSuccess") };
    envelope(&Envelope::success(sent))
}

/// A package that proves a mail address; `AdvanceForgotUsername` goes on with it.
pub(super) async fn start_forgot_username(
    here: Here,
    body: VendorJson<ForgotUsernameRequest>,
) -> HttpResponse {
    match here.tenant.start_forgot_username(&here.base, &body.0) {
        Some(package) => {
            envelope(&Envelope::success(AuthenticationResult::NewPackage(Box::new(package))))
        }
        None => failure(&here, AUTHENTICATION_FAILED),
    }
}

/// Goes on with a package that proves a mail address.
pub(super) async fn advance_forgot_username(
    here: Here,
    body: VendorJson<AdvanceAuthenticationRequest>,
) -> actix_web::Result<HttpResponse> {
    let advance = here.tenant.advance_authentication(&here.base, &body.0);
    advanced(&here, advance, NAMES_SENT).await
}

fn done(here: &Here, is_done: bool) -> HttpResponse {
    if is_done { envelope(&Envelope::success(true)) } else { failure(here, AUTHENTICATION_FAILED) }
}
