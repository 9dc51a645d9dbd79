//! What an application says of itself.
//!
//! [OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata):
//! under [`Discovery::Product`] the product's document, key for key; under
//! [`Discovery::Complete`] everything that works, and nothing else.

use std::sync::{Mutex, PoisonError};

use bytestring::ByteString;

use super::Tenant;
use super::app::{App, AppType, AuthMethod};
use super::policy::{
    ClaimsParameter, ClientAssertions, Discovery, IssuerParameter, PromptValues, RequestObjects,
};
use super::registry::Registered;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::client_metadata::TokenEndpointAuthMethod;
use crate::protocol::error::OAuthError;
use crate::protocol::jwk::{ClientKeyNumbers, JwkSet, SigningAlgorithm};
use crate::protocol::metadata::{
    Abilities, CompleteMetadata, ProviderMetadata, RESPONSE_TYPES, STANDARD_SCOPES, to_text,
};
use crate::protocol::response_type::ResponseType;

impl Tenant {
    /// The discovery document of an application, as text.
    ///
    /// # Errors
    ///
    /// An unknown application.
    pub fn metadata(&self, base: &BaseUrl, application_id: &str) -> Result<ByteString, OAuthError> {
        let registered = self.app(application_id)?;
        // Whoever registers may ask for any.
        let algorithms = if registered.app.dynamic_registration {
            SigningAlgorithm::ALL.to_vec()
        } else {
            registered.algorithms()
        };
        Ok(registered.metadata.at(base, algorithms, |it| document(&registered, base, it)))
    }

    /// The keys that verify an application's tokens.
    ///
    /// # Errors
    ///
    /// An unknown application.
    pub fn keys(&self, application_id: &str) -> Result<JwkSet, OAuthError> {
        let registered = self.app(application_id)?;
        let now = self.0.clock.now();
        let sets = registered.algorithms().into_iter().map(|it| self.0.keys.public(it, now));
        Ok(JwkSet { keys: sets.flat_map(|set| set.keys).collect() })
    }
}

/// The last document of an application: the settings that it is made of are the application's own and
/// never change, so another one is made for another base URL and for other algorithms alone.
#[derive(Debug, Default)]
pub(super) struct LastMetadata(Mutex<Option<Metadata>>);

#[derive(Debug)]
struct Metadata {
    base: BaseUrl,
    algorithms: Vec<SigningAlgorithm>,
    text: ByteString,
}

impl LastMetadata {
    fn at(
        &self,
        base: &BaseUrl,
        algorithms: Vec<SigningAlgorithm>,
        make: impl FnOnce(Vec<SigningAlgorithm>) -> String,
    ) -> ByteString {
        // It is replaced whole, so a poisoned lock holds a whole one.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(known) if known.base == *base && known.algorithms == algorithms => {
                known.text.clone()
            }
            _ => {
                let text = ByteString::from(make(algorithms.clone()));
                *last = Some(Metadata { base: base.clone(), algorithms, text: text.clone() });
                text
            }
        }
    }
}

fn document(registered: &Registered, base: &BaseUrl, algorithms: Vec<SigningAlgorithm>) -> String {
    let application_id = &registered.app.application_id;
    let issuer = registered.app.issuer_at(base);
    let product = ProviderMetadata::of_product(base, application_id, issuer, algorithms);
    match registered.policy.discovery {
        Discovery::Product => to_text(&product),
        Discovery::Complete => {
            let can = abilities(registered);
            to_text(&CompleteMetadata::new(product, application_id, base, can))
        }
    }
}

fn abilities(registered: &Registered) -> Abilities {
    let Registered { app, policy, .. } = registered;
    Abilities {
        scopes: scopes(registered),
        response_types: response_types(app),
        grant_types: grant_types(app),
        token_endpoint_auth_methods: auth_methods(registered),
        client_algorithms: client_algorithms(registered),
        claims_parameter: policy.claims_parameter == ClaimsParameter::Honoured,
        request_parameter: policy.request_objects == RequestObjects::Read,
        request_uri_parameter: registered.takes_references(),
        issuer_parameter: policy.issuer_parameter == IssuerParameter::Sent,
        prompt_values: match policy.prompt_values {
            PromptValues::NoneAndLogin => &["none", "login"],
            PromptValues::All => &["none", "login", "consent", "select_account"],
        },
        session_claim: app.dynamic_registration
            || registered.clients().any(|client| client.wants_logout_notices()),
        registration: app.dynamic_registration,
    }
}

/// The ways in which some client of the application can authenticate.
fn auth_methods(registered: &Registered) -> Vec<&'static str> {
    let asserts = registered.policy.client_assertions == ClientAssertions::Accepted;
    let works = |way: TokenEndpointAuthMethod| {
        registered.app.dynamic_registration
            || registered.clients().any(|client| client.can_authenticate_by(way, asserts))
    };
    TokenEndpointAuthMethod::ALL
        .into_iter()
        .filter(|way| works(*way))
        .map(TokenEndpointAuthMethod::as_str)
        .collect()
}

/// What the clients can sign with.
fn client_algorithms(registered: &Registered) -> Vec<&'static str> {
    let has = |is_kind: fn(&ClientKeyNumbers) -> bool| {
        let mut sets = registered.clients().filter_map(|client| client.settings.jwks.as_ref());
        sets.any(|jwks| jwks.keys.iter().any(|key| is_kind(&key.numbers)))
    };
    if registered.app.dynamic_registration {
        return vec!["HS256", "RS256", "PS256", "ES256", "EdDSA"];
    }
    let mut clients = registered.clients();
    let secret = clients.any(|client| client.settings.client_secret.is_some());
    let rsa = has(|key| matches!(key, ClientKeyNumbers::Rsa { .. }));
    [
        (secret, "HS256"),
        (rsa, "RS256"),
        (rsa, "PS256"),
        (has(|key| matches!(key, ClientKeyNumbers::Ec { .. })), "ES256"),
        (has(|key| matches!(key, ClientKeyNumbers::Okp { .. })), "EdDSA"),
    ]
    .into_iter()
    .filter_map(|(works, name)| works.then_some(name))
    .collect()
}

fn scopes(registered: &Registered) -> Vec<String> {
    let app = &registered.app;
    let offline = registered.knows_offline_access();
    let own = app.scopes.iter().map(|scope| scope.name.clone());
    let standard = STANDARD_SCOPES.into_iter().map(str::to_owned);
    standard.chain(offline.then(|| "offline_access".to_owned())).chain(own).collect()
}

fn response_types(app: &App) -> Vec<&'static str> {
    let bare = (app.app_type != AppType::OpenidConnect).then_some("token");
    let every = RESPONSE_TYPES.into_iter().chain(bare);
    every
        .filter(|name| name.parse::<ResponseType>().is_ok_and(|wanted| app.allows_response(wanted)))
        .collect()
}

fn grant_types(app: &App) -> Vec<&'static str> {
    [
        (app.allows(AuthMethod::AuthorizationCode), "authorization_code"),
        (app.allows(AuthMethod::Implicit), "implicit"),
        (app.allows(AuthMethod::ClientCreds), "client_credentials"),
        (app.allows(AuthMethod::ResourceCreds), "password"),
        (app.issue_refresh_tokens, "refresh_token"),
    ]
    .into_iter()
    .filter_map(|(works, name)| works.then_some(name))
    .collect()
}
