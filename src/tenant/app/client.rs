//! A further client of an application: an entry of its `clients`, or one that registered itself.
//!
//! The mock's own, in the words of [RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2):
//! the portal knows one client to an application, and a list of ids beside it. Whatever a client
//! may have of its own goes here; the rules see it as a
//! [`RegisteredClient`](super::super::registry::RegisteredClient).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::protocol::client_metadata::{ClientGrantType, TokenEndpointAuthMethod};
use crate::protocol::jwk::ClientKeys;
use crate::protocol::logout::LogoutUri;
use crate::protocol::redirect_uri::RedirectPattern;
use crate::protocol::response_type::ResponseType;
use crate::protocol::secret::Secret;
use crate::tenant::document::DocumentError;

/// What a client of an application has of its own; the rest it shares with the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppClient {
    /// The `client_id`, which no other client of the application has.
    pub client_id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The secret of a confidential client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// The one way in which the client may authenticate. When absent, every way that it has what it
    /// needs for; a client without secret and keys is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    /// Public keys of the client, with which it signs request objects and client assertions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<ClientKeys>,
    /// Where authorization responses may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<RedirectPattern>,
    /// Where a user may be sent after signing out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectPattern>,
    /// Where the user's browser tells the client that the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<LogoutUri>,
    /// Whether `iss` and `sid` have to be told there; they always are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frontchannel_logout_session_required: bool,
    /// Where the server posts a logout token when the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<LogoutUri>,
    /// Whether the logout token has to have `sid`; it always has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    /// The grants that the client may use, as far as the application allows them; all of those when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<ClientGrantType>>,
    /// The response types that the client may ask for, as far as the application allows them; all of
    /// those when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
}

impl AppClient {
    /// Whether the client has nothing to prove who it is with.
    pub(in crate::tenant) fn is_public(&self) -> bool {
        match self.token_endpoint_auth_method {
            Some(method) => method == TokenEndpointAuthMethod::None,
            None => self.client_secret.is_none() && self.jwks.is_none(),
        }
    }

    /// Checks the rules that concern this client alone; `here` is its JSON path.
    pub(super) fn check(&self, here: &str) -> Result<(), DocumentError> {
        let refuse = |member: &str, problem: &str| {
            Err(DocumentError::new(format!("{here}.{member}"), problem))
        };
        if self.client_id.is_empty() {
            return refuse("client_id", "\"\": expected at least one character");
        }
        if self.client_secret.as_ref().is_some_and(Secret::is_empty) {
            return refuse("client_secret", "\"\": expected at least one character, or no secret");
        }
        let Some(method) = self.token_endpoint_auth_method else {
            return Ok(());
        };
        if method.needs_secret() && self.client_secret.is_none() {
            return refuse("client_secret", &format!("none: {} needs one", method.as_str()));
        }
        if method == TokenEndpointAuthMethod::PrivateKeyJwt && self.jwks.is_none() {
            return refuse("jwks", "none: private_key_jwt needs the client's keys");
        }
        Ok(())
    }
}
