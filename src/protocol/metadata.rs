//! The discovery document.
//!
//! [OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata);
//! keys, order and layout as recorded from a tenant (cyberark/conjur, authn-oidc cassettes).

use serde::Serialize;

use super::base_url::BaseUrl;
use super::jwk::SigningAlgorithm;

/// The scopes that every application knows.
pub const STANDARD_SCOPES: [&str; 5] = ["openid", "profile", "email", "address", "phone"];

/// The response types of OpenID Connect, in the product's order.
pub const RESPONSE_TYPES: [&str; 6] =
    ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];

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
    pub claims_supported: Vec<&'static str>,
    pub id_token_signing_alg_values_supported: Vec<SigningAlgorithm>,
    pub subject_types_supported: &'static [&'static str],
    pub scopes_supported: Vec<String>,
    pub token_endpoint: String,
    pub jwks_uri: String,
    pub response_types_supported: Vec<&'static str>,
}

impl ProviderMetadata {
    /// The document of an application reached at `base`.
    pub fn of_product(
        base: &BaseUrl,
        application_id: &str,
        issuer: String,
        signing_algorithms: Vec<SigningAlgorithm>,
    ) -> Self {
        let endpoint = |name| base.endpoint(name, application_id);
        Self {
            authorization_endpoint: endpoint("Authorize"),
            issuer,
            introspection_endpoint: endpoint("Introspect"),
            userinfo_endpoint: endpoint("UserInfo"),
            code_challenge_methods_supported: &["plain", "S256"],
            end_session_endpoint: endpoint("EndSessionV2"),
            claims_supported: vec![
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
            id_token_signing_alg_values_supported: signing_algorithms,
            subject_types_supported: &["public"],
            scopes_supported: STANDARD_SCOPES.map(str::to_owned).to_vec(),
            token_endpoint: endpoint("Token"),
            jwks_uri: endpoint("Keys"),
            response_types_supported: RESPONSE_TYPES.to_vec(),
        }
    }
}

/// What an application does, for the complete document: nothing is advertised that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the member of nearly its name")]
#[expect(clippy::struct_excessive_bools, reason = "the document has a boolean for each feature")]
pub struct Abilities {
    pub scopes: Vec<String>,
    pub response_types: Vec<&'static str>,
    pub grant_types: Vec<&'static str>,
    pub token_endpoint_auth_methods: Vec<&'static str>,
    /// What the client can sign with.
    pub client_algorithms: Vec<&'static str>,
    pub claims_parameter: bool,
    pub request_parameter: bool,
    /// Whether request objects are read by reference, from registered URIs.
    pub request_uri_parameter: bool,
    pub issuer_parameter: bool,
    pub prompt_values: &'static [&'static str],
    /// Whether ID tokens name the session.
    pub session_claim: bool,
    /// Whether clients may register themselves.
    pub registration: bool,
}

/// The complete provider metadata: OpenID Connect Discovery §3,
/// [RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2),
/// [RFC 9207 §3](https://www.rfc-editor.org/rfc/rfc9207#section-3),
/// [Front-Channel Logout §3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout),
/// [Back-Channel Logout §2.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCSupport).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field is the member of its name")]
#[expect(clippy::struct_excessive_bools, reason = "the document has a boolean for each feature")]
pub struct CompleteMetadata {
    #[serde(flatten)]
    pub product: ProviderMetadata,
    pub revocation_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    pub response_modes_supported: &'static [&'static str],
    pub grant_types_supported: Vec<&'static str>,
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub claim_types_supported: &'static [&'static str],
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    pub request_uri_parameter_supported: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_request_uri_registration: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<&'static str>,
    pub authorization_response_iss_parameter_supported: bool,
    pub prompt_values_supported: &'static [&'static str],
    pub frontchannel_logout_supported: bool,
    pub frontchannel_logout_session_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
}

impl CompleteMetadata {
    /// The complete document of an application with these abilities.
    pub fn new(
        product: ProviderMetadata,
        application_id: &str,
        base: &BaseUrl,
        can: Abilities,
    ) -> Self {
        let with_secret = |methods: &[&'static str]| -> Vec<&'static str> {
            methods.iter().copied().filter(|method| *method != "none").collect()
        };
        let session_claim: &[_] = if can.session_claim { &["sid"] } else { &[] };
        let methods = can.token_endpoint_auth_methods;
        let with_jwt = methods.iter().any(|method| method.ends_with("_jwt"));
        let signs = if with_jwt { can.client_algorithms.clone() } else { Vec::new() };
        Self {
            revocation_endpoint: base.endpoint("Revoke", application_id),
            registration_endpoint: can
                .registration
                .then(|| base.endpoint("Register", application_id)),
            response_modes_supported: &["query", "fragment", "form_post"],
            grant_types_supported: can.grant_types,
            introspection_endpoint_auth_methods_supported: with_secret(&methods),
            revocation_endpoint_auth_methods_supported: methods.clone(),
            token_endpoint_auth_methods_supported: methods,
            introspection_endpoint_auth_signing_alg_values_supported: signs.clone(),
            revocation_endpoint_auth_signing_alg_values_supported: signs.clone(),
            token_endpoint_auth_signing_alg_values_supported: signs,
            claim_types_supported: &["normal"],
            claims_parameter_supported: can.claims_parameter,
            request_parameter_supported: can.request_parameter,
            request_uri_parameter_supported: can.request_uri_parameter,
            require_request_uri_registration: can.request_uri_parameter,
            request_object_signing_alg_values_supported: if can.request_parameter {
                std::iter::once("none").chain(can.client_algorithms).collect()
            } else {
                Vec::new()
            },
            authorization_response_iss_parameter_supported: can.issuer_parameter,
            prompt_values_supported: can.prompt_values,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            product: ProviderMetadata {
                claims_supported: [ALL_CLAIMS, session_claim].concat(),
                scopes_supported: can.scopes,
                response_types_supported: can.response_types,
                ..product
            },
        }
    }
}

/// Every claim that a token or `UserInfo` may carry.
const ALL_CLAIMS: &[&str] = &[
    "sub",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    "auth_time",
    "acr",
    "aud",
    "iss",
    "exp",
    "iat",
    "unique_name",
];

/// A document as the product writes it: two spaces of indentation, lines ended by CR LF.
pub fn to_text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document)
        .expect("strings, booleans and lists of strings always serialize")
        .replace('\n', "\r\n")
}
