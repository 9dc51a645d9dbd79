//! Further calls of the authentication API: step-up, codes sent by a device, forgotten user names.
//!
//! Source: CyberArk's OpenAPI description. It has paths and parameters; what it leaves open is
//! marked as inferred.

use serde::{Deserialize, Serialize};

use crate::protocol::secret::Secret;

/// `ClientMessage` when user names have been asked for (inferred; no source has the text).
pub const NAMES_SENT: &str =
    "If there are accounts with this address, a message with their user names has been sent.";

/// `Result` of `/Security/ChallengeUser`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChallengeCreated {
    /// `ChallengeStateId` of the call that follows.
    pub challenge_id: String,
}

/// Body of `/Security/StartChallenge`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartChallengeRequest {
    /// `1.0`.
    pub version: Option<String>,
    /// From `/Security/ChallengeUser`.
    pub challenge_state_id: Option<String>,
}

/// Query or body of `/Security/SubmitOathOtpCode`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubmitOathRequest {
    /// The code of the user's authenticator.
    pub otp_code: Option<Secret>,
    /// The user.
    pub user_uuid: Option<String>,
}

/// Body of `/Security/ForgotUsername`, and of `/Security/StartForgotUsername` (of whose members the
/// description has `Version` alone: the address in the same member is inferred).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ForgotUsernameRequest {
    /// `1.0`.
    pub version: Option<String>,
    /// The mail address of the user; the names beside it are guesses that clients may have made.
    #[serde(alias = "Email", alias = "EmailAddress", alias = "Mail", alias = "User")]
    pub search_key: Option<String>,
}

/// Query or body of `/Security/StartQRCodeAuthentication` and `/Security/GetQRCodeStatus`
/// (pspete/IdentityCommand for the latter).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct QrLoginRequest {
    /// What the picture says.
    pub guid: Option<String>,
}

/// Query or body of `/U2f/AnswerRegistrationChallenge`: the raw response (pspete/IdentityCommand
/// sends that alone), or its parts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AnswerRegistrationRequest {
    /// The response as the key gave it.
    #[serde(rename = "rawRegisterResponse")]
    pub raw: Option<String>,
    /// What the key has signed.
    pub client_data: Option<String>,
    /// Key handle, public key and attestation.
    pub registration_data: Option<String>,
    /// The challenge that is answered.
    pub challenge: Option<String>,
}

impl AnswerRegistrationRequest {
    /// Whether there is a response, whole or in parts.
    pub fn is_complete(&self) -> bool {
        let has = |part: &Option<String>| part.as_ref().is_some_and(|text| !text.is_empty());
        let parts = [&self.client_data, &self.registration_data, &self.challenge];
        has(&self.raw) || parts.into_iter().all(has)
    }
}
