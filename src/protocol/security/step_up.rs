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

/// Body of `/Security/ForgotUsername` and `/Security/StartForgotUsername` (the name of the member is
/// inferred).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ForgotUsernameRequest {
    /// `1.0`.
    pub version: Option<String>,
    /// The mail address of the user.
    #[serde(alias = "EmailAddress", alias = "Mail", alias = "User")]
    pub email: Option<String>,
}
