//! The clients of an application, as the rules see them.

use super::super::app::{App, AppClient, AppType};
use super::super::keys::ClientSigner;
use crate::protocol::client_metadata::{ClientGrantType, TokenEndpointAuthMethod};
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;

/// Where a client comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tenant) enum Origin {
    /// The settings of the application itself.
    App,
    /// Its `clients`.
    Listed,
    /// The client itself.
    Registration,
}

/// A client that an application knows: every rule about one client asks this, whether the
/// application's own settings describe it, an entry of `clients`, or its registration.
#[derive(Debug)]
pub(in crate::tenant) struct RegisteredClient {
    pub(in crate::tenant) settings: AppClient,
    pub(in crate::tenant) origin: Origin,
    /// It has nothing to prove who it is with.
    pub(in crate::tenant) is_public: bool,
}

impl RegisteredClient {
    /// The client that the settings of the application describe.
    pub(super) fn of_app(app: &App) -> Self {
        Self {
            settings: AppClient::of_app(app),
            origin: Origin::App,
            is_public: app.has_public_clients(),
        }
    }

    /// An entry of `clients`.
    pub(super) fn listed(settings: AppClient) -> Self {
        Self { is_public: settings.is_public(), settings, origin: Origin::Listed }
    }

    /// A client that registered itself.
    pub(in crate::tenant) fn registered(settings: AppClient) -> Self {
        Self { origin: Origin::Registration, ..Self::listed(settings) }
    }

    /// What the client may sign with.
    pub(in crate::tenant) fn signer(&self) -> ClientSigner<'_> {
        ClientSigner {
            secret: self.settings.client_secret.as_ref(),
            keys: self.settings.jwks.as_ref(),
        }
    }

    /// Whether authorization responses to the client may go to this URI.
    pub(in crate::tenant) fn allows_redirect(&self, uri: &RedirectUri) -> bool {
        self.settings.redirect_uris.iter().any(|pattern| pattern.allows(uri))
    }

    /// Whether the client may have a user sent to this URI after signing out.
    pub(in crate::tenant) fn allows_post_logout_redirect(&self, uri: &RedirectUri) -> bool {
        self.settings.post_logout_redirect_uris.iter().any(|pattern| pattern.allows(uri))
    }

    /// Whether the client is told when a session is over that it was served in.
    pub(in crate::tenant) fn wants_logout_notices(&self) -> bool {
        let AppClient { frontchannel_logout_uri, backchannel_logout_uri, .. } = &self.settings;
        frontchannel_logout_uri.is_some() || backchannel_logout_uri.is_some()
    }

    /// Whether the client can authenticate in this way: the one that it is registered for, else any
    /// that it has what it needs for. `asserts` is whether the application reads assertions.
    pub(in crate::tenant) fn can_authenticate_by(
        &self,
        way: TokenEndpointAuthMethod,
        asserts: bool,
    ) -> bool {
        if let Some(registered) = self.settings.token_endpoint_auth_method {
            return registered == way;
        }
        let has_secret = self.settings.client_secret.is_some();
        match way {
            TokenEndpointAuthMethod::ClientSecretBasic
            | TokenEndpointAuthMethod::ClientSecretPost => has_secret && !self.is_public,
            TokenEndpointAuthMethod::ClientSecretJwt => has_secret && asserts,
            TokenEndpointAuthMethod::PrivateKeyJwt => self.settings.jwks.is_some() && asserts,
            TokenEndpointAuthMethod::None => self.is_public,
        }
    }

    /// Whether the client may ask for this scope, as far as its registration goes.
    pub(in crate::tenant) fn may_ask_for(&self, scope: &Scope) -> bool {
        self.settings.scope.as_ref().is_none_or(|registered| scope.is_within(registered))
    }

    /// Whether a request of the client may refer to an object there.
    pub(in crate::tenant) fn keeps_object_at(&self, uri: &str) -> bool {
        self.settings.request_uris.iter().any(|registered| registered.allows(uri))
    }

    /// Whether the client may use the grant, as far as its registration goes.
    pub(in crate::tenant) fn uses(&self, grant: ClientGrantType) -> bool {
        self.settings.grant_types.as_ref().is_none_or(|registered| registered.contains(&grant))
    }

    /// Whether the client may ask for this, as far as its registration goes.
    pub(in crate::tenant) fn asks_for(&self, wanted: ResponseType) -> bool {
        self.settings.response_types.as_ref().is_none_or(|types| types.contains(&wanted))
    }

    /// Whether the client's own credentials may bring tokens: those of a listed client always do,
    /// but in the product's "OAuth2 Client", where service users alone are clients.
    pub(in crate::tenant) fn may_act_for_itself(&self, app: &App) -> bool {
        let by_itself = self.origin != Origin::App && app.app_type != AppType::Oauth2Client;
        !self.is_public && (by_itself || !app.takes_service_users())
    }
}
