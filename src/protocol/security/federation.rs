//! Sign-in by way of another identity provider (IdP): federated users and social sign-in.
//!
//! Sources: the recorded answers in cyberark/conjur-cli-go, cyberark/idsec-sdk-golang
//! (`pkg/auth/identity`), and CyberArk's OpenAPI description for the social calls.

use serde::{Deserialize, Serialize};

use super::authentication::LoginSuccess;
use crate::protocol::redirect_uri::RedirectUri;

/// The mechanism by which a PIN is answered that the IdP's page has shown
/// (cyberark/conjur-cli-go, cyberark/idsec-sdk-golang).
pub const PIN_MECHANISM: &str = "OOBAUTHPIN";

/// Text of a social call that names no known IdP, or comes from nowhere.
pub const SOCIAL_FAILED: &str =
    "Encountered unexpected error and could not process authentication request.";

/// Text of a social call whose callback is no usable URL.
pub const REDIRECT_NOT_TRUSTED: &str = "Redirect URI found in the request is not trusted or valid.";

/// The values of `IdpName`.
pub const SOCIAL_IDPS: [&str; 5] = ["Facebook", "Google", "Twitter", "LinkedIn", "Microsoft"];

/// `Result` of `/Security/StartAuthentication` for a federated user. It has no `Summary`.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FederatedStart {
    /// Where the user signs in.
    pub idp_redirect_url: String,
    /// The same, short enough to be copied; only out of band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idp_redirect_short_url: Option<String>,
    /// What the short URL ends in; only out of band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idp_short_url_id: Option<String>,
    /// Of the package; nothing is to be answered in it.
    pub session_id: String,
    /// Whether the IdP's page shows a PIN that the client asks for; only out of band.
    pub idp_oob_auth_pin_required: bool,
    /// What the client that waits names its sign-in by; only out of band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idp_login_session_id: Option<String>,
    /// The tenant.
    pub tenant_id: String,
}

impl std::fmt::Debug for FederatedStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FederatedStart").field("tenant_id", &self.tenant_id).finish_non_exhaustive()
    }
}

/// Body of `/Security/OobAuthStatus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OobAuthStatusRequest {
    /// `IdpLoginSessionId` of the start.
    pub session_id: Option<String>,
}

/// `Result` of `/Security/OobAuthStatus`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OobAuthStatus {
    /// `Pending`, `Success` or `Failed`.
    pub state: &'static str,
    /// With `Success` alone.
    #[serde(flatten)]
    pub login: Option<LoginSuccess>,
}

/// Body of `/Security/StartSocialAuthentication`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StartSocialRequest {
    /// One of [`SOCIAL_IDPS`].
    pub idp_name: Option<String>,
    /// Where the browser goes after the IdP.
    pub post_ext_idp_auth_callback_url: Option<String>,
}

/// `Result` of `/Security/StartSocialAuthentication`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SocialStart {
    /// Where the user signs in.
    pub idp_redirect_url: String,
    /// `RedirecToIdp`: the vendor's spelling.
    pub status: &'static str,
}

/// Query or body of `/Security/ResumeFromExtIdpAuth`: what arrived at the callback.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ResumeRequest {
    /// What the sign-in is named by.
    #[serde(rename = "ExtIdpAuthChallengeState")]
    pub challenge_state: Option<String>,
    /// Whom the IdP vouched for.
    pub username: Option<String>,
}

/// The URL on which the browser comes back from a social IdP: three values are added to the
/// callback.
pub fn social_callback(
    callback: &RedirectUri,
    challenge_state: &str,
    username: &str,
    customer_id: &str,
) -> String {
    let values = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("ExtIdpAuthChallengeState", challenge_state)
        .append_pair("username", username)
        .append_pair("customerId", customer_id)
        .finish();
    callback.with_query(&values)
}
