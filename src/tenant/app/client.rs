//! A further client of an application: an entry of its `clients`, or one that registered itself.
//!
//! The mock's own, in the words of [RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2):
//! the portal knows one client to an application, and a list of ids beside it. Whatever a client
//! may have of its own goes here; the rules see it as a
//! [`RegisteredClient`](super::super::registry::RegisteredClient).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::App;
use super::declare::{client_like_app, settings_struct, with_client_settings};
use crate::protocol::client_metadata::{ClientAlgorithm, ClientGrantType, TokenEndpointAuthMethod};
use crate::protocol::jwk::{ClientKeys, SigningAlgorithm};
use crate::protocol::logout::LogoutUri;
use crate::protocol::redirect_uri::RedirectPattern;
use crate::protocol::request_uri::RequestUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::secret::Secret;
use crate::tenant::document::DocumentError;

with_client_settings! { settings_struct {
/// What a client of an application has of its own; the rest it shares with the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [
    { "properties": { "client_secret": { "minLength": 1 } } },
    needs("^client_secret_", "client_secret", "string"),
    needs("^private_key_jwt$", "jwks", "object"),
]))]
pub struct AppClient {
    /// The `client_id`, which no other client of the application has.
    #[schemars(length(min = 1))]
    pub client_id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The one way in which the client may authenticate. When absent, every way that it has what it
    /// needs for; a client without secret and keys is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    /// The grants that the client may use, as far as the application allows them; all of those when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<ClientGrantType>>,
    /// The response types that the client may ask for, as far as the application allows them; all of
    /// those when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<ResponseType>>,
    /// The scopes that the client may ask for, of those that the application knows; all of those when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// How the client's ID tokens are signed; as the application's tokens when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<SigningAlgorithm>,
}
} }

/// What a client needs that authenticates in this way, in the words of JSON Schema.
fn needs(method: &str, member: &str, kind: &str) -> Value {
    json!({
        "if": {
            "required": ["token_endpoint_auth_method"],
            "properties": { "token_endpoint_auth_method": { "type": "string", "pattern": method } },
        },
        "then": { "required": [member], "properties": { member: { "type": kind } } },
    })
}

impl AppClient {
    /// The client that the settings of the application itself describe.
    pub(in crate::tenant) fn of_app(app: &App) -> Self {
        with_client_settings! { client_like_app {
            app,
            client_id: app.client_id(),
            name: app.name.clone(),
            token_endpoint_auth_method: None,
            grant_types: None,
            response_types: None,
            scope: None,
            id_token_signed_response_alg: None,
        } }
    }

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
        let algorithm = self.token_endpoint_auth_signing_alg;
        if let Some(problem) = algorithm_problem(algorithm, self.token_endpoint_auth_method) {
            return refuse("token_endpoint_auth_signing_alg", &problem);
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

/// What is wrong about the algorithm of a client's assertions, given how it authenticates.
pub(in crate::tenant) fn algorithm_problem(
    algorithm: Option<ClientAlgorithm>,
    method: Option<TokenEndpointAuthMethod>,
) -> Option<String> {
    let algorithm = algorithm?;
    let name = algorithm.as_str();
    match (algorithm.assertion_method(), method) {
        (None, _) => Some(format!("{name}: an assertion has to be signed")),
        (Some(fits), Some(method)) if method.needs_assertion() && method != fits => {
            Some(format!("{name}: it is of {}, not of {}", fits.as_str(), method.as_str()))
        }
        _ => None,
    }
}
