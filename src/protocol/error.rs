//! The one error of the rules: an OAuth error code with its description.
//!
//! [RFC 6749 §4.1.2.1, §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2),
//! [OpenID Connect Core §3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
//! How it is rendered (JSON, redirect, page, bearer challenge) is the HTTP layer's business.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// A value of the `error` member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A parameter is missing, malformed, repeated or unknown to the server.
    InvalidRequest,
    /// The client is unknown or did not authenticate.
    InvalidClient,
    /// The code, refresh token or password is wrong, spent or expired.
    InvalidGrant,
    /// The scope is unknown, malformed or wider than what was granted.
    InvalidScope,
    /// The bearer token is unknown, expired or revoked (RFC 6750 §3.1).
    InvalidToken,
    /// The bearer token does not reach that far (RFC 6750 §3.1).
    InsufficientScope,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// The server does not know the grant type.
    UnsupportedGrantType,
    /// The server does not know the response type.
    UnsupportedResponseType,
    /// The user or the server refused.
    AccessDenied,
    /// `prompt=none` although no user is signed in (OpenID Connect Core §3.1.2.6).
    LoginRequired,
    /// The request object is malformed or not the client's (OpenID Connect Core §3.1.2.6).
    InvalidRequestObject,
    /// The request URI is not the client's, or leads to no request object (OpenID Connect Core
    /// §3.1.2.6).
    InvalidRequestUri,
    /// Request objects are not read by reference (OpenID Connect Core §3.1.2.6).
    RequestUriNotSupported,
    /// `prompt=none` although the user has to consent (OpenID Connect Core §3.1.2.6).
    ConsentRequired,
    /// A redirect URI cannot be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// A client cannot be registered with this (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// A software statement that the server does not trust (RFC 7591 §3.2.2).
    UnapprovedSoftwareStatement,
    /// The server failed (RFC 6749 §4.1.2.1).
    ServerError,
    /// The server is overloaded (RFC 6749 §4.1.2.1).
    TemporarilyUnavailable,
    /// `prompt=none` although the user has to do something (OpenID Connect Core §3.1.2.6).
    InteractionRequired,
    /// `prompt=none` although the user has to choose (OpenID Connect Core §3.1.2.6).
    AccountSelectionRequired,
    /// CyberArk: a `prompt` value outside `none` and `login`; not a registered code.
    UnsupportedPrompt,
    /// CyberArk: the code `500` of an unknown bounce key.
    #[serde(rename = "500")]
    StateNotFound,
}

impl ErrorCode {
    /// Every code.
    const ALL: [Self; 23] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::InvalidScope,
        Self::InvalidToken,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::UnsupportedResponseType,
        Self::AccessDenied,
        Self::LoginRequired,
        Self::InvalidRequestObject,
        Self::InvalidRequestUri,
        Self::RequestUriNotSupported,
        Self::ConsentRequired,
        Self::InvalidRedirectUri,
        Self::InvalidClientMetadata,
        Self::UnapprovedSoftwareStatement,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::InteractionRequired,
        Self::AccountSelectionRequired,
        Self::UnsupportedPrompt,
        Self::StateNotFound,
    ];

    /// The code of this name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The code as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ConsentRequired => "consent_required",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::UnsupportedPrompt => "unsupported_prompt",
            Self::StateNotFound => "500",
        }
    }
}

/// Whose fault an error is, as the answer presents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request is wrong.
    Request,
    /// The caller did not prove who it is, and is told how to.
    Authentication,
    /// The caller proved who it is, and may not do this.
    Permission,
    /// CyberArk: the caller did not prove who it is, and only hears that it has no access.
    NoAccess,
    /// CyberArk: the request is wrong, and the product reports it as a failure of its own.
    Server,
}

/// An OAuth error: code, description, and whose fault the answer says it is.
///
/// Descriptions keep to the characters that
/// [RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1) allows; whatever
/// else an echoed value holds is replaced by `?`. They never echo a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OAuthError {
    /// The `error` member.
    #[serde(rename = "error")]
    pub code: ErrorCode,
    /// The `error_description` member.
    #[serde(rename = "error_description")]
    pub description: Cow<'static, str>,
    /// Whose fault the answer says it is.
    #[serde(skip)]
    pub fault: Fault,
}

/// The most characters of an echoed value that a description carries.
const LONGEST_ECHO: usize = 200;

impl OAuthError {
    /// An error blamed on the request.
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: printable(description.into()), fault: Fault::Request }
    }

    /// An error in the product's own words, whatever characters they hold.
    pub fn verbatim(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description: description.into(), fault: Fault::Request }
    }

    /// `invalid_request` with this description.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// `invalid_grant` with this description.
    pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// `invalid_scope` with this description.
    pub fn invalid_scope(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidScope, description)
    }

    /// The same error, presented as `fault`.
    #[must_use]
    pub fn blamed_on(self, fault: Fault) -> Self {
        Self { fault, ..self }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)
    }
}

impl std::error::Error for OAuthError {}

/// `value`, cut to what an error description may reasonably echo.
pub fn echo(value: &str) -> &str {
    match value.char_indices().nth(LONGEST_ECHO) {
        Some((end, _)) => &value[..end],
        None => value,
    }
}

/// Replaces what RFC 6749 does not allow in an `error_description`.
fn printable(description: Cow<'static, str>) -> Cow<'static, str> {
    let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    if description.chars().all(allowed) {
        return description;
    }
    description.chars().map(|c| if allowed(c) { c } else { '?' }).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_compact_json_in_the_recorded_order() {
        let error = OAuthError::invalid_grant("challenge mismatch");
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"error":"invalid_grant","error_description":"challenge mismatch"}"#
        );
    }

    #[test]
    fn every_code_is_serialized_as_it_is_named() {
        for code in [
            ErrorCode::InvalidRequest,
            ErrorCode::LoginRequired,
            ErrorCode::UnsupportedPrompt,
            ErrorCode::StateNotFound,
        ] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn a_description_keeps_to_the_characters_of_the_rfc() {
        let error = OAuthError::invalid_request("a\"b\\c\r\nd\u{e9}");
        assert_eq!(error.description, "a?b?c??d?");
    }
}
