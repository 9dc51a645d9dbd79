//! CyberArk's own JSON: the envelope of every non-OAuth endpoint, and the authentication API.
//!
//! Sources: CyberArk's OpenAPI description (`Authentication-and-Authorization`, 22.7.201) and the
//! recorded answers in cyberark/conjur-cli-go. Keys are Pascal case but for `success`; absent
//! values are `null`, never left out.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// Text of every failed sign-in, whatever the cause.
pub const AUTHENTICATION_FAILED: &str = "Authentication (login or challenge) has failed. \
     Please try again or contact your system administrator.";

/// Text of a call that needs a session and has none.
pub const NOT_AUTHORIZED: &str =
    "You are not authorized to perform this operation. Please contact your IT helpdesk.";

/// Text of a 401 from an OAuth endpoint (`error_message`).
pub const NO_ACCESS: &str = "You do not have access to this content. \
     Please contact your system administrator for assistance.";

/// The answer of `/Security/*` and its siblings; HTTP 200 on success and on failure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Envelope<T> {
    /// Whether the call did what it was asked to do.
    #[serde(rename = "success")]
    pub success: bool,
    /// The answer proper.
    pub result: Option<T>,
    /// What to tell the user.
    pub message: Option<&'static str>,
    /// Always null.
    #[serde(rename = "MessageID")]
    pub message_id: Option<&'static str>,
    /// Always null.
    pub exception: Option<&'static str>,
    /// `guid:32 hexadecimal digits` on failure.
    #[serde(rename = "ErrorID")]
    pub error_id: Option<String>,
    /// Always null.
    pub error_code: Option<&'static str>,
    /// Always false.
    pub is_soft_error: bool,
    /// Always null.
    pub inner_exceptions: Option<&'static str>,
}

impl<T> Envelope<T> {
    /// The call succeeded.
    pub fn success(result: T) -> Self {
        Self { success: true, result: Some(result), ..Self::empty() }
    }

    /// The call failed.
    pub fn failure(message: &'static str, error_id: String, result: Option<T>) -> Self {
        Self { result, message: Some(message), error_id: Some(error_id), ..Self::empty() }
    }

    const fn empty() -> Self {
        Self {
            success: false,
            result: None,
            message: None,
            message_id: None,
            exception: None,
            error_id: None,
            error_code: None,
            is_soft_error: false,
            inner_exceptions: None,
        }
    }
}

/// Body of `/Security/StartAuthentication`. What clients send beside is ignored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartAuthenticationRequest {
    /// Login name.
    pub user: Option<String>,
    /// `1.0`.
    pub version: Option<String>,
}

/// Body of `/Security/AdvanceAuthentication`.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdvanceAuthenticationRequest {
    /// From the package.
    pub session_id: Option<String>,
    /// The mechanism that is answered.
    pub mechanism_id: Option<String>,
    /// `Answer` and others.
    pub action: Option<String>,
    /// What the user entered.
    pub answer: Option<Secret>,
}

impl std::fmt::Debug for AdvanceAuthenticationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdvanceAuthenticationRequest")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// The `Result` of the authentication API, told apart by `Summary`.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum AuthenticationResult {
    /// Signed in.
    LoginSuccess(Box<LoginSuccess>),
    /// Only a summary.
    Summary(SummaryOnly),
}

/// A `Result` that is nothing but its `Summary`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SummaryOnly {
    /// `Failure` and others.
    pub summary: &'static str,
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

/// One way to answer a challenge.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct Mechanism {
    pub answer_type: &'static str,
    pub name: &'static str,
    pub prompt_mech_chosen: &'static str,
    pub prompt_select_mech: &'static str,
    pub mechanism_id: String,
    pub enrolled: bool,
}

impl Mechanism {
    /// The password mechanism. Clients match on its texts.
    pub const fn password(mechanism_id: String) -> Self {
        Self {
            answer_type: "Text",
            name: "UP",
            prompt_mech_chosen: "Enter Password",
            prompt_select_mech: "Password",
            mechanism_id,
            enrolled: true,
        }
    }
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
    pub summary: &'static str,
}

impl std::fmt::Debug for LoginSuccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginSuccess").field("user", &self.user).finish_non_exhaustive()
    }
}

/// `Result` of `/Security/whoami`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct WhoAmI {
    pub tenant_id: String,
    pub user: String,
    pub user_uuid: String,
}

/// The body of a 401 from an OAuth endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct UnauthorizedBody {
    /// [`NO_ACCESS`].
    pub error_message: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_has_every_member_in_the_vendors_order() {
        let failure = Envelope::failure(
            AUTHENTICATION_FAILED,
            "id".into(),
            Some(SummaryOnly { summary: "Failure" }),
        );
        assert_eq!(
            serde_json::to_string(&failure).unwrap(),
            r#"{"success":false,"Result":{"Summary":"Failure"},"Message":"Authentication (login or challenge) has failed. Please try again or contact your system administrator.","MessageID":null,"Exception":null,"ErrorID":"id","ErrorCode":null,"IsSoftError":false,"InnerExceptions":null}"#
        );
    }
}
