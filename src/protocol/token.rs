//! The token request and its answer.
//!
//! [RFC 6749 §4.1.3, §5.1, §6](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3);
//! client credentials: [§2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)

mod basic;

use serde::Serialize;

pub use self::basic::BasicCredentials;
use super::parameters::Parameters;
use super::places::Places;
use super::scope::Scope;
use super::secret::Secret;

/// The grants of the product: CyberArk's OpenAPI description of `/OAuth2/Token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each value is the grant type of its name")]
pub enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
    Password,
}

impl GrantType {
    /// The grant type of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "authorization_code" => Some(Self::AuthorizationCode),
            "refresh_token" => Some(Self::RefreshToken),
            "client_credentials" => Some(Self::ClientCredentials),
            "password" => Some(Self::Password),
            _ => None,
        }
    }
}

/// The one `client_assertion_type` (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client says who it is.
#[derive(Clone)]
pub enum ClientCredentials {
    /// `Authorization: Basic`.
    Basic(BasicCredentials),
    /// `client_secret` in the body, beside `client_id`.
    Post(Secret),
    /// A JWT that the client signed
    /// ([RFC 7523 §2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)).
    Assertion(String),
    /// At most a `client_id`, as public clients do.
    None,
}

/// Only the method: the rest is secret.
impl std::fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic(_) => "Basic",
            Self::Post(_) => "Post",
            Self::Assertion(_) => "Assertion",
            Self::None => "None",
        })
    }
}

/// Who a client says it is, and how.
#[derive(Debug, Clone)]
pub struct ClientClaim {
    /// The `client_id` of the body, also beside Basic credentials.
    pub client_id: Option<String>,
    /// How the client authenticates.
    pub credentials: ClientCredentials,
    /// Whether the client authenticates in more than one way.
    pub has_second_secret: bool,
    /// Whether there is half an assertion: one of no known type, or a type without one.
    pub has_half_assertion: bool,
}

impl ClientClaim {
    /// Reads the body, with the Basic credentials of the header if there were any.
    pub fn new(sent: &Parameters, basic: Option<BasicCredentials>) -> Self {
        let secret = sent.get("client_secret");
        let is_jwt = sent.get("client_assertion_type") == Some(JWT_BEARER);
        let asserts =
            ["client_assertion", "client_assertion_type"].map(|name| sent.get(name).is_some());
        let assertion = sent.owned("client_assertion").filter(|_| is_jwt);
        let ways = [basic.is_some(), secret.is_some(), assertion.is_some()];
        let has_second_secret = ways.into_iter().filter(|used| *used).count() > 1;
        let credentials = match (basic, secret, assertion) {
            (Some(basic), ..) => ClientCredentials::Basic(basic),
            (None, Some(secret), _) => ClientCredentials::Post(Secret::new(secret)),
            (None, None, Some(assertion)) => ClientCredentials::Assertion(assertion),
            (None, None, None) => ClientCredentials::None,
        };
        Self {
            client_id: sent.owned("client_id"),
            has_half_assertion: asserts.contains(&true) && (!is_jwt || asserts.contains(&false)),
            credentials,
            has_second_secret,
        }
    }

    /// The claim with Basic credentials taken for form-urlencoded ones and for nothing else (RFC
    /// 6749 §2.3.1).
    #[must_use]
    pub fn urlencoded(mut self) -> Self {
        if let ClientCredentials::Basic(basic) = &self.credentials {
            let decoded = basic.urlencoded();
            self.credentials = decoded.map_or(ClientCredentials::None, ClientCredentials::Basic);
        }
        self
    }

    /// The pairs of client id and secret that the claim can be read as.
    pub fn readings(&self) -> Vec<(&str, Option<&Secret>)> {
        let client_id = self.client_id.as_deref().unwrap_or_default();
        match &self.credentials {
            ClientCredentials::Basic(basic) => {
                basic.readings().map(|(id, secret)| (id, Some(secret))).collect()
            }
            ClientCredentials::Post(secret) => vec![(client_id, Some(secret))],
            ClientCredentials::Assertion(_) | ClientCredentials::None => vec![(client_id, None)],
        }
    }
}

/// A request about one token: introspection
/// ([RFC 7662 §2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)) or revocation
/// ([RFC 7009 §2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)). A token is found whatever
/// the type hint says.
#[derive(Clone)]
pub struct TokenCall {
    /// The token.
    pub token: Option<String>,
    /// What the client takes it for.
    pub token_type_hint: Option<String>,
    /// The name of a parameter that was sent more than once.
    pub duplicated: Option<String>,
    /// Where the parameters stood.
    pub places: Places,
    /// Who asks.
    pub client: ClientClaim,
}

impl TokenCall {
    /// Reads the body, with the Basic credentials of the header if there were any.
    pub fn new(sent: &Parameters, basic: Option<BasicCredentials>, places: Places) -> Self {
        Self {
            token: sent.owned("token"),
            token_type_hint: sent.owned("token_type_hint"),
            duplicated: sent.duplicated().map(str::to_owned),
            places,
            client: ClientClaim::new(sent, basic),
        }
    }
}

impl std::fmt::Debug for TokenCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenCall").field("client", &self.client).finish_non_exhaustive()
    }
}

/// A token request as it was sent. What the guides send beside (`assertion`, `state`) is ignored.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the parameter of its name")]
pub struct TokenRequest {
    pub grant_type: Option<String>,
    pub code: Option<String>,
    pub redirect_uri: Option<String>,
    pub code_verifier: Option<String>,
    pub refresh_token: Option<String>,
    pub scope: Option<String>,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// The name of a parameter that was sent more than once.
    pub duplicated: Option<String>,
    /// Where the parameters stood.
    pub places: Places,
    /// Who sends the request.
    pub client: ClientClaim,
}

impl TokenRequest {
    /// Reads the body, with the Basic credentials of the header if there were any.
    pub fn new(sent: &Parameters, basic: Option<BasicCredentials>, places: Places) -> Self {
        Self {
            grant_type: sent.owned("grant_type"),
            code: sent.owned("code"),
            redirect_uri: sent.owned("redirect_uri"),
            code_verifier: sent.owned("code_verifier"),
            refresh_token: sent.owned("refresh_token"),
            scope: sent.owned("scope"),
            username: sent.owned("username"),
            password: sent.get("password").map(Secret::new),
            duplicated: sent.duplicated().map(str::to_owned),
            places,
            client: ClientClaim::new(sent, basic),
        }
    }
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("grant_type", &self.grant_type)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// The answer to a token request, its members in the order of CyberArk's guides.
#[derive(Clone, Serialize)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct TokenResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    pub access_token: String,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    pub scope: Scope,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
