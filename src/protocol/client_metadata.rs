//! What a client is registered with: how it authenticates, which grants it uses.
//!
//! [RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2),
//! [OpenID Connect Dynamic Client Registration §2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a client authenticates at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenEndpointAuthMethod {
    /// Its id and secret in an `Authorization: Basic` header.
    ClientSecretBasic,
    /// Its id and secret in the form.
    ClientSecretPost,
    /// A JWT signed with its secret.
    ClientSecretJwt,
    /// A JWT signed with one of its private keys.
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

impl TokenEndpointAuthMethod {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::None,
    ];

    /// The method as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Whether the client proves who it is with a secret.
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt)
    }

    /// Whether the client proves who it is with a JWT.
    pub const fn needs_assertion(self) -> bool {
        matches!(self, Self::ClientSecretJwt | Self::PrivateKeyJwt)
    }
}

/// How a client secures what it sends: request objects and client assertions
/// ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
/// [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ClientAlgorithm {
    /// Not at all.
    #[serde(rename = "none")]
    None,
    /// With the client secret.
    HS256,
    /// With an RSA key, PKCS#1 v1.5 padding.
    RS256,
    /// With an RSA key, PSS padding.
    PS256,
    /// With a P-256 key.
    ES256,
    /// With an Ed25519 key.
    EdDSA,
}

impl ClientAlgorithm {
    /// Every algorithm.
    const ALL: [Self; 6] =
        [Self::None, Self::HS256, Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];

    /// The algorithm of this name in a JOSE header.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The algorithm as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::HS256 => "HS256",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The way in which an assertion of this algorithm authenticates; an unsigned one does not.
    pub const fn assertion_method(self) -> Option<TokenEndpointAuthMethod> {
        match self {
            Self::None => None,
            Self::HS256 => Some(TokenEndpointAuthMethod::ClientSecretJwt),
            Self::RS256 | Self::PS256 | Self::ES256 | Self::EdDSA => {
                Some(TokenEndpointAuthMethod::PrivateKeyJwt)
            }
        }
    }
}

/// A way to get tokens that a client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientGrantType {
    /// A code from the authorization endpoint.
    AuthorizationCode,
    /// Tokens from the authorization endpoint.
    Implicit,
    /// A refresh token.
    RefreshToken,
    /// The client's own credentials.
    ClientCredentials,
    /// A user's name and password.
    Password,
}

impl ClientGrantType {
    /// The grant type as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Implicit => "implicit",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
        }
    }
}

/// What kind of application a client is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a web server, or in a browser.
    #[default]
    Web,
    /// On the user's device: its redirect URIs may have a scheme of its own.
    Native,
}

/// How users are named to a client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// Alike to every client.
    #[default]
    Public,
}
