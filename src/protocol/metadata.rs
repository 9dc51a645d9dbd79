//! The discovery document.
//!
//! [OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata);
//! keys, order and layout as recorded from a tenant (cyberark/conjur, authn-oidc cassettes).

use serde::Serialize;

use super::base_url::BaseUrl;

/// The product's provider metadata, its members in the product's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct ProviderMetadata {
    pub authorization_endpoint: String,
    pub issuer: String,
    pub introspection_endpoint: String,
    pub userinfo_endpoint: String,
    pub code_challenge_methods_supported: &'static [&'static str],
    pub end_session_endpoint: String,
    pub claims_supported: &'static [&'static str],
    pub id_token_signing_alg_values_supported: &'static [&'static str],
    pub subject_types_supported: &'static [&'static str],
    pub scopes_supported: &'static [&'static str],
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub response_types_supported: &'static [&'static str],
}

impl ProviderMetadata {
    /// The document of an application reached at `base`.
    pub fn of_product(base: &BaseUrl, application_id: &str, issuer: String) -> Self {
        let endpoint = |name| base.endpoint(name, application_id);
        Self {
            authorization_endpoint: endpoint("Authorize"),
            issuer,
            introspection_endpoint: endpoint("Introspect"),
            userinfo_endpoint: endpoint("UserInfo"),
            code_challenge_methods_supported: &["plain", "S256"],
            end_session_endpoint: endpoint("EndSessionV2"),
            claims_supported: &[
                "sub",
                "name",
                "family_name",
                "given_name",
                "picture",
                "preferred_username",
                "email",
                "email_verified",
                "phone_number",
                "phone_number_verified",
                "address",
                "auth_time",
                "aud",
                "iss",
                "exp",
                "iat",
            ],
            id_token_signing_alg_values_supported: &["RS256"],
            subject_types_supported: &["public"],
            scopes_supported: &["openid", "profile", "email", "address", "phone"],
            token_endpoint: endpoint("Token"),
            jwks_uri: endpoint("Keys"),
            response_types_supported: &[
                "code",
                "id_token",
                "id_token token",
                "code id_token",
                "code token",
                "code id_token token",
            ],
        }
    }

    /// The document as the product writes it: two spaces of indentation, lines ended by CR LF.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self)
            .expect("strings and lists of strings always serialize")
            .replace('\n', "\r\n")
    }
}
