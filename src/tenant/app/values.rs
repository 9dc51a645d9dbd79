//! The values that settings of an application can have, by their names in CyberArk's portal and API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an application is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppType {
    /// Signs users in. The portal's "OpenID Connect" custom app.
    #[default]
    OpenidConnect,
    /// Gets tokens for CyberArk's own APIs.
    Oauth2Client,
    /// Gets tokens for the customer's own APIs.
    Oauth2Server,
}

/// Which clients an application accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdType {
    /// Any `client_id`, without a secret.
    Anything,
    /// `client_id` and `allowed_clients`, without a secret: public clients, which must use PKCE.
    List,
    /// `client_id` with `client_secret`.
    Confidential,
}

/// The form of access tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TokenType {
    /// A signed JWT.
    #[default]
    JwtRS256,
    /// An opaque id.
    #[serde(rename = "opaque")]
    Opaque,
}

/// A way to get tokens, by its name in CyberArk's web-app API (`AllowedAuth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AuthMethod {
    /// `response_type` with `code`; `grant_type=authorization_code`.
    AuthorizationCode,
    /// `response_type` with a token.
    Implicit,
    /// `grant_type=client_credentials`.
    ClientCreds,
    /// `grant_type=password`.
    ResourceCreds,
}

/// A scope that clients may request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppScope {
    /// The token in the `scope` parameter.
    #[schemars(regex(pattern = r"^[!#-\[\]-~]+$"))]
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
