//! `/Security/StartAuthentication` and `/Security/AdvanceAuthentication`: requests and results.
//!
//! Sources: CyberArk's OpenAPI description and the recorded answers in cyberark/conjur-cli-go.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::federation::FederatedStart;
use super::mechanism::Mechanism;
use crate::protocol::secret::Secret;

/// Body of `/Security/StartAuthentication`. What clients send beside is ignored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartAuthenticationRequest {
    /// Login name.
    pub user: Option<String>,
    /// `1.0`.
    pub version: Option<String>,
    /// Whether `LoginSuccess` shall bring a refresh token (cyberark/idsec-sdk-golang).
    #[serde(deserialize_with = "truth")]
    pub platform_token_response: Option<bool>,
    /// Whether a federated user signs in out of band, in a browser of their own: the header
    /// `OobIdPAuth: true` (cyberark/conjur-cli-go).
    #[serde(skip)]
    pub out_of_band_idp: bool,
}

/// Body of `/Security/AdvanceAuthentication`: one operation, or several in order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdvanceAuthenticationRequest {
    /// From the package.
    pub session_id: Option<String>,
    /// The operation, when there is no list of them.
    #[serde(flatten)]
    pub operation: Operation,
    /// Operations in order; the result is that of the last one done.
    pub multiple_operations: Option<Vec<Operation>>,
    /// Whether the session cookie shall outlive the browser, where the tenant allows it.
    #[serde(deserialize_with = "truth")]
    pub persistent_login: Option<bool>,
}

/// Reads a wish that is a boolean in one place of the description and its name, as a text, in
/// another (`/Security/AdvanceForgotUsername`). What is neither is no wish, and no reason to refuse
/// the rest of the request.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Truth(bool),
        Text(String),
        Other(IgnoredAny),
    }
    Ok(match Said::deserialize(deserializer)? {
        Said::Truth(truth) => Some(truth),
        Said::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
        Said::Other(IgnoredAny) => None,
    })
}

/// Body of `/Security/CleanupAuthentication` (pspete/IdentityCommand).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CleanupRequest {
    /// From the package.
    pub session_id: Option<String>,
}

/// `ClientMessage` after `ForgotPassword` (inferred; no source has the text).
pub const MESSAGE_SENT: &str =
    "If the account exists, a message has been sent. Follow its instructions to go on.";

/// One operation on a package.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Operation {
    /// The mechanism that is meant.
    pub mechanism_id: Option<String>,
    /// One of [`Action`].
    pub action: Option<String>,
    /// What the user entered.
    pub answer: Option<Answer>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("action", &self.action).finish_non_exhaustive()
    }
}

/// What can be done with a mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Answers the challenge.
    Answer,
    /// Sends the code, the push or the call.
    StartOob,
    /// Asks whether the user has answered elsewhere.
    Poll,
    /// Sends it once more.
    RetryOob,
    /// Asks for a message with which the password can be changed.
    ForgotPassword,
}

impl Action {
    /// Reads the action, letter for letter.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "Answer" => Self::Answer,
            "StartOOB" => Self::StartOob,
            "Poll" => Self::Poll,
            "RetryOOB" => Self::RetryOob,
            "ForgotPassword" => Self::ForgotPassword,
            _ => return None,
        })
    }
}

/// An answer: one text, or one for each question.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// To everything but several questions.
    Text(Secret),
    /// By the `Uuid` of the question.
    Parts(BTreeMap<String, Secret>),
}

/// The `Result` of the authentication API, told apart by `Summary`.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AuthenticationResult {
    /// Signed in.
    LoginSuccess(Box<LoginSuccess>),
    /// Challenges to answer.
    NewPackage(Box<NewPackage>),
    /// The user is elsewhere.
    WrongPod(WrongPod),
    /// An identity provider is asked.
    Federated(Box<FederatedStart>),
    /// Only a summary.
    Summary(SummaryOnly),
}

/// A `Result` that sends the client to another host. It has no `Summary`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WrongPod {
    /// Host (and port), without a scheme.
    pub pod_fqdn: String,
}

/// A `Result` of little more than its `Summary`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SummaryOnly {
    /// `StartNextChallenge`, `OobPending`, `NoncommitalSuccess`, `Failure`.
    pub summary: &'static str,
    /// The number that the user has to find on their device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated_auth_value: Option<String>,
    /// What to tell the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_message: Option<&'static str>,
}

impl SummaryOnly {
    /// Nothing but the summary.
    pub fn new(summary: &'static str) -> Self {
        Self { summary, ..Self::default() }
    }
}

/// `Summary: NewPackage`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct NewPackage {
    pub client_hints: ClientHints,
    pub version: &'static str,
    pub session_id: String,
    pub event_description: Option<&'static str>,
    pub retry_waiting_time: u32,
    pub security_image_name: Option<&'static str>,
    pub allow_login_mfa_cache: bool,
    pub challenges: Vec<Challenge>,
    pub summary: &'static str,
    pub tenant_id: String,
}

impl std::fmt::Debug for NewPackage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPackage")
            .field("challenges", &self.challenges.len())
            .finish_non_exhaustive()
    }
}

/// What the login page may offer.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's object is four booleans")]
pub struct ClientHints {
    pub persist_default: bool,
    pub allow_persist: bool,
    pub allow_forgot_password: bool,
    pub endpoint_authentication_enabled: bool,
}

/// One step of a package: a choice of mechanisms.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Challenge {
    /// The user answers one of these.
    pub mechanisms: Vec<Mechanism>,
}

/// `Summary: LoginSuccess`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct LoginSuccess {
    pub auth_level: &'static str,
    pub display_name: String,
    /// A signed JWT for the `Authorization: Bearer` header.
    pub token: String,
    /// The value of the `.ASPXAUTH` cookie.
    pub auth: String,
    pub user_id: String,
    pub email_address: Option<String>,
    pub user_directory: &'static str,
    /// Host (and port) of the tenant, without a scheme.
    pub pod_fqdn: String,
    pub user: String,
    #[serde(rename = "CustomerID")]
    pub customer_id: String,
    #[serde(rename = "SystemID")]
    pub system_id: String,
    pub source_ds_type: &'static str,
    /// Only when `PlatformTokenResponse` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds; only when `PlatformTokenResponse` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_lifetime: Option<i64>,
    pub summary: &'static str,
}

impl std::fmt::Debug for LoginSuccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginSuccess").field("user", &self.user).finish_non_exhaustive()
    }
}
