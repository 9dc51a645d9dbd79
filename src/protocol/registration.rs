//! Dynamic registration of clients: what a client says of itself, and what it is answered.
//!
//! [RFC 7591 §2, §3](https://www.rfc-editor.org/rfc/rfc7591#section-2),
//! [RFC 7592 §2, §3](https://www.rfc-editor.org/rfc/rfc7592#section-2),
//! [OpenID Connect Dynamic Client Registration §2, §3](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)

mod check;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client_metadata::{
    ApplicationType, ClientAlgorithm, ClientGrantType, SubjectType, TokenEndpointAuthMethod,
};
use super::error::{ErrorCode, OAuthError, echo};
use super::json;
use super::jwk::{ClientKeys, SigningAlgorithm};
use super::logout::LogoutUri;
use super::request_uri::RequestUri;
use super::response_type::ResponseType;
use super::secret::Secret;

/// What a client says of itself, and what it is registered with. A member that is not listed has no
/// meaning and is not registered (RFC 7591 §2).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct ClientMetadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<ClientGrantType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<ApplicationType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<SubjectType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<ClientKeys>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<ClientAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<ClientAlgorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uris: Option<Vec<RequestUri>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_acr_values: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<LogoutUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<LogoutUri>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    #[serde(flatten, skip_serializing)]
    pub sent: Box<SentOnly>,
    /// What is left: names and pages in other languages (`client_name#ja`, RFC 7591 §2.2), and members
    /// that have no meaning here.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// Members that are read and never registered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct SentOnly {
    pub jwks_uri: Option<Value>,
    pub sector_identifier_uri: Option<Value>,
    pub software_statement: Option<Value>,
    pub userinfo_signed_response_alg: Option<Value>,
    pub userinfo_encrypted_response_alg: Option<Value>,
    pub userinfo_encrypted_response_enc: Option<Value>,
    pub id_token_encrypted_response_alg: Option<Value>,
    pub id_token_encrypted_response_enc: Option<Value>,
    pub request_object_encryption_alg: Option<Value>,
    pub request_object_encryption_enc: Option<Value>,
    pub introspection_signed_response_alg: Option<Value>,
    pub authorization_signed_response_alg: Option<Value>,
    pub require_signed_request_object: Option<Value>,
    pub require_pushed_authorization_requests: Option<Value>,
    pub tls_client_certificate_bound_access_tokens: Option<Value>,
    pub dpop_bound_access_tokens: Option<Value>,
    pub client_id: Option<Value>,
    pub client_secret: Option<Value>,
    pub registration_access_token: Option<Value>,
    pub registration_client_uri: Option<Value>,
    pub client_secret_expires_at: Option<Value>,
    pub client_id_issued_at: Option<Value>,
}

/// What a client is told about its registration (RFC 7591 §3.2.1, RFC 7592 §3).
#[derive(Debug, Clone, Serialize)]
pub struct ClientInformation {
    /// Its id.
    pub client_id: String,
    /// Its secret, if it authenticates with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// 0: never. Only beside a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// Seconds since 1970.
    pub client_id_issued_at: i64,
    /// What opens its registration.
    pub registration_access_token: Secret,
    /// Where its registration is.
    pub registration_client_uri: String,
    /// What it is registered with.
    #[serde(flatten)]
    pub metadata: ClientMetadata,
}

impl ClientMetadata {
    /// Reads a JSON object.
    ///
    /// # Errors
    ///
    /// `invalid_redirect_uri` or `invalid_client_metadata`, naming the member.
    pub fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        // Serde would take a list for the members of an object in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(invalid("the body: expected a JSON object"));
        }
        json::read(body).map_err(|error| {
            let member = if error.path == "." { "the body" } else { &error.path };
            let text = format!("{member}: {}", echo(&error.problem));
            // One that comes twice is no wrong URI.
            let is_twice = error.problem.starts_with("duplicate field");
            if member.starts_with("redirect_uris") && !is_twice {
                return invalid_redirect(text);
            }
            invalid(text)
        })
    }
}

/// `invalid_client_metadata` with this description.
pub fn invalid(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, description)
}

/// `invalid_redirect_uri` with this description.
pub fn invalid_redirect(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRedirectUri, description)
}
