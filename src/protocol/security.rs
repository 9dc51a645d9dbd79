//! CyberArk's own JSON: the envelope of every non-OAuth endpoint; the authentication API below it.
//!
//! Sources: CyberArk's OpenAPI description (`Authentication-and-Authorization`, 22.7.201) and the
//! recorded answers in cyberark/conjur-cli-go. Keys are Pascal case but for `success`; absent
//! values are `null`, never left out.

pub mod authentication;
pub mod federation;
pub mod mechanism;
pub mod step_up;

use std::borrow::Cow;

use serde::Serialize;

/// Text of every failed sign-in, whatever the cause.
pub const AUTHENTICATION_FAILED: &str = "Authentication (login or challenge) has failed. \
     Please try again or contact your system administrator.";

/// Text of a call that needs a session and has none.
pub const NOT_AUTHORIZED: &str =
    "You are not authorized to perform this operation. Please contact your IT helpdesk.";

/// Text of a call that cannot be carried out, whatever the cause.
pub const TRY_AGAIN: &str = "Please try again or contact your system administrator for assistance.";

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
    pub message: Option<Cow<'static, str>>,
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
    pub fn failure(
        message: impl Into<Cow<'static, str>>,
        error_id: String,
        result: Option<T>,
    ) -> Self {
        Self { result, message: Some(message.into()), error_id: Some(error_id), ..Self::empty() }
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
    use super::authentication::SummaryOnly;
    use super::*;

    #[test]
    fn an_envelope_has_every_member_in_the_vendors_order() {
        let failure = Envelope::failure(
            AUTHENTICATION_FAILED,
            "id".into(),
            Some(SummaryOnly::new("Failure")),
        );
        assert_eq!(
            serde_json::to_string(&failure).unwrap(),
            r#"{"success":false,"Result":{"Summary":"Failure"},"Message":"Authentication (login or challenge) has failed. Please try again or contact your system administrator.","MessageID":null,"Exception":null,"ErrorID":"id","ErrorCode":null,"IsSoftError":false,"InnerExceptions":null}"#
        );
    }
}
