//! Platform tokens on the wire.
//!
//! Sources: docs.cyberark.com (ISPSS-API-Authentication) for the answer to a service user;
//! cyberark/idsec-sdk-golang and cyberark/ark-sdk-python for the two cookies of a refresh.

use serde::Serialize;

use super::token::TokenResponse;

/// The answer of `/OAuth2/PlatformToken`.
#[derive(Clone, Serialize)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct PlatformTokenResponse {
    pub access_token: String,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
}

impl From<TokenResponse> for PlatformTokenResponse {
    fn from(response: TokenResponse) -> Self {
        let TokenResponse { access_token, token_type, expires_in, .. } = response;
        Self { access_token, token_type, expires_in }
    }
}

impl std::fmt::Debug for PlatformTokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlatformTokenResponse")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// The two tokens of a sign-in, which `/OAuth2/RefreshPlatformToken` takes and gives as cookies.
#[derive(Clone, Default)]
pub struct PlatformPair {
    /// The value of [`Self::refresh_cookie`].
    pub refresh_token: String,
    /// The value of [`Self::id_cookie`].
    pub id_token: String,
}

impl PlatformPair {
    /// Name of the cookie that holds the refresh token.
    pub fn refresh_cookie(tenant_id: &str) -> String {
        format!("refreshToken-{tenant_id}")
    }

    /// Name of the cookie that holds the ID token.
    pub fn id_cookie(tenant_id: &str) -> String {
        format!("idToken-{tenant_id}")
    }
}

impl std::fmt::Debug for PlatformPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlatformPair").finish_non_exhaustive()
    }
}
