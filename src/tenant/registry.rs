//! The applications of a tenant, each with the policy that holds for it and with its clients.

mod client;
mod registrations;

use std::collections::BTreeMap;
use std::sync::Arc;

use dashmap::{DashMap, Entry};

pub(super) use self::client::{Origin, RegisteredClient};
pub(super) use self::registrations::{Registration, Registrations};
use super::app::App;
use super::discovery::LastMetadata;
use super::document::DocumentError;
use super::policy::{OfflineAccess, Policy, RequestObjects};
use super::terms::TermsInUse;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::metadata::STANDARD_SCOPES;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::scope::Scope;

/// An application with the policy that holds for it.
#[derive(Debug)]
pub(super) struct Registered {
    /// Its Application ID, for grants to share.
    pub(super) id: Arc<str>,
    pub(super) app: App,
    pub(super) policy: Policy,
    /// The client that the application's own settings describe.
    own: Arc<RegisteredClient>,
    /// Its `clients`, by id.
    listed: BTreeMap<String, Arc<RegisteredClient>>,
    /// The clients that registered themselves.
    pub(super) registrations: Arc<Registrations>,
    pub(super) terms: TermsInUse,
    pub(super) metadata: LastMetadata,
    /// The application's own `client_id`, for grants to share.
    client_id: Arc<str>,
}

impl Registered {
    fn new(app: App, policy: Policy, registrations: Arc<Registrations>) -> Self {
        let listed = app.clients.iter().map(|client| {
            (client.client_id.clone(), Arc::new(RegisteredClient::listed(client.clone())))
        });
        Self {
            id: app.application_id.as_str().into(),
            own: Arc::new(RegisteredClient::of_app(&app)),
            listed: listed.collect(),
            registrations,
            terms: TermsInUse::default(),
            metadata: LastMetadata::default(),
            client_id: app.client_id().into(),
            app,
            policy,
        }
    }

    /// The client of this id. A listed or registered client goes before the application's own, which may answer
    /// to any id.
    pub(super) fn client(&self, client_id: &str) -> Option<Arc<RegisteredClient>> {
        let own = || self.app.is_own_client(client_id).then(|| self.own.clone());
        let registered = || self.registrations.client(client_id);
        self.listed.get(client_id).cloned().or_else(registered).or_else(own)
    }

    /// The id of a client, shared if it is the application's own.
    pub(super) fn shared_client_id(&self, client_id: &str) -> Arc<str> {
        if *self.client_id == *client_id { self.client_id.clone() } else { client_id.into() }
    }

    /// Every client of the fixture.
    pub(super) fn clients(&self) -> impl Iterator<Item = &Arc<RegisteredClient>> {
        std::iter::once(&self.own).chain(self.listed.values())
    }

    /// Whether this URI is a redirect URI of some client.
    pub(super) fn knows_redirect(&self, uri: &RedirectUri) -> bool {
        let allows = |client: &RegisteredClient| client.allows_redirect(uri);
        self.clients().any(|client| allows(client)) || self.registrations.any(allows)
    }

    /// Whether some client may have a user sent to this URI after signing out.
    pub(super) fn knows_post_logout_redirect(&self, uri: &RedirectUri) -> bool {
        let allows = |client: &RegisteredClient| client.allows_post_logout_redirect(uri);
        self.clients().any(|client| allows(client)) || self.registrations.any(allows)
    }

    /// Whether request objects are read by reference: where some client has a URI for them.
    pub(super) fn takes_references(&self) -> bool {
        let has_some = |client: &Arc<RegisteredClient>| !client.settings.request_uris.is_empty();
        self.policy.request_objects == RequestObjects::Read
            && (self.app.dynamic_registration || self.clients().any(has_some))
    }

    /// How the client's ID tokens are signed.
    pub(super) fn id_token_algorithm(&self, client_id: &str) -> SigningAlgorithm {
        let of_client = self.client(client_id);
        let own = of_client.and_then(|client| client.settings.id_token_signed_response_alg);
        own.unwrap_or(self.app.signing_algorithm)
    }

    /// Every algorithm that tokens of the application are signed with, its own first.
    pub(super) fn algorithms(&self) -> Vec<SigningAlgorithm> {
        let own = self.app.signing_algorithm;
        let wants = |client: &RegisteredClient, algorithm| {
            client.settings.id_token_signed_response_alg == Some(algorithm)
        };
        let is_used = |algorithm: &SigningAlgorithm| {
            self.listed.values().any(|client| wants(client, *algorithm))
                || self.registrations.any(|client| wants(client, *algorithm))
        };
        let others = SigningAlgorithm::ALL.into_iter().filter(|algorithm| *algorithm != own);
        std::iter::once(own).chain(others.filter(is_used)).collect()
    }

    /// Whether `offline_access` is a scope of the application.
    pub(super) fn knows_offline_access(&self) -> bool {
        self.policy.offline_access == OfflineAccess::Known && self.app.issue_refresh_tokens
    }

    /// Whether every token of the scope is known to the application.
    pub(super) fn knows_scope(&self, scope: &Scope) -> bool {
        scope.tokens().all(|token| self.knows_scope_token(token))
    }

    /// Whether the application knows this token of a scope.
    pub(super) fn knows_scope_token(&self, token: &str) -> bool {
        STANDARD_SCOPES.contains(&token)
            || (self.knows_offline_access() && token == "offline_access")
            || self.app.scopes.iter().any(|own| own.name == token)
    }
}

/// An application, reached by way of this issuer.
#[derive(Debug)]
pub(super) struct AppAt {
    pub(super) issuer: String,
    pub(super) token_endpoint: String,
    pub(super) registered: Arc<Registered>,
}

impl AppAt {
    pub(super) fn new(base: &BaseUrl, registered: Arc<Registered>) -> Self {
        let app = &registered.app;
        Self {
            issuer: app.issuer_at(base),
            token_endpoint: base.endpoint("Token", &app.application_id),
            registered,
        }
    }
}

/// The applications by Application ID.
#[derive(Debug, Default)]
pub(super) struct Apps(DashMap<Arc<str>, Arc<Registered>>);

impl Apps {
    pub(super) fn load(apps: Vec<App>, policy: Policy) -> Result<Self, DocumentError> {
        let registry = Self::default();
        for (index, app) in apps.into_iter().enumerate() {
            let here = format!("apps[{index}]");
            app.check(&here)?;
            let policy = policy.with(&app.policy);
            let registered = Arc::new(Registered::new(app, policy, Arc::default()));
            let id = registered.id.clone();
            if registry.0.insert(id.clone(), registered).is_some() {
                let problem = format!("{id:?}: another application has it");
                return Err(DocumentError::new(format!("{here}.application_id"), problem));
            }
        }
        Ok(registry)
    }

    /// Adds an application, or puts it in the place of the one with the Application ID, whose clients
    /// that registered themselves stay; whether it is new.
    pub(super) fn put(&self, app: App, policy: Policy) -> Result<bool, DocumentError> {
        app.check("")?;
        let id: Arc<str> = app.application_id.as_str().into();
        let policy = policy.with(&app.policy);
        Ok(match self.0.entry(id) {
            Entry::Vacant(free) => {
                free.insert(Arc::new(Registered::new(app, policy, Arc::default())));
                true
            }
            Entry::Occupied(mut taken) => {
                let registrations = taken.get().registrations.clone();
                taken.insert(Arc::new(Registered::new(app, policy, registrations)));
                false
            }
        })
    }

    /// Removes an application; whether there was one.
    pub(super) fn remove(&self, application_id: &str) -> bool {
        self.0.remove(application_id).is_some()
    }

    pub(super) fn get(&self, application_id: &str) -> Option<Arc<Registered>> {
        self.0.get(application_id).map(|app| app.clone())
    }

    /// Gives back what no grant needs any more.
    pub(super) fn sweep(&self) {
        self.0.iter().for_each(|registered| registered.terms.sweep());
    }

    /// All applications, sorted by Application ID.
    pub(super) fn list(&self) -> Vec<Arc<Registered>> {
        let mut apps: Vec<_> = self.0.iter().map(|app| app.clone()).collect();
        apps.sort_by(|a, b| a.app.application_id.cmp(&b.app.application_id));
        apps
    }
}
