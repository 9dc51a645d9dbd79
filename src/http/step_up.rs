//! Further calls of the authentication API: step-up, codes and scans of a device, forgotten user
//! names (CyberArk's OpenAPI description).

use actix_web::{HttpRequest, HttpResponse};

use super::extract::{Here, VendorJson, session_credentials};
use super::security::{advanced, envelope, failure, query_of, started};
use crate::protocol::parameters::Parameters;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{
    AdvanceAuthenticationRequest, AuthenticationResult, SummaryOnly,
};
use crate::protocol::security::step_up::{
    ChallengeCreated, ForgotUsernameRequest, NAMES_SENT, StartChallengeRequest, SubmitOathRequest,
};
use crate::protocol::security::{AUTHENTICATION_FAILED, Envelope, NOT_AUTHORIZED};

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
    advanced(&here, &body.0, NAMES_SENT).await
}

fn done(here: &Here, is_done: bool) -> HttpResponse {
    if is_done { envelope(&Envelope::success(true)) } else { failure(here, AUTHENTICATION_FAILED) }
}
