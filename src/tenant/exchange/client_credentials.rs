//! `grant_type=client_credentials`.
//!
//! [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4); whose credentials they are:
//! docs.cyberark.com (client-cred-flow, OAuth2-Client, OAuth2-Server). A refresh token is issued when
//! the application issues them, as the product's documented answer has it; RFC 6749 §4.4.3 advises
//! against it.

use super::{Granted, requested_scope};
use crate::protocol::error::OAuthError;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::app::AuthMethod;
use crate::tenant::client::{Client, Identity, wrong_credentials};
use crate::tenant::grant::{Family, Grant};
use crate::tenant::registry::Registered;
use crate::tenant::terms::{Subject, Terms};

impl Tenant {
    pub(super) fn client_credentials(
        &self,
        registered: &Registered,
        client: Result<Client, OAuthError>,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        let refused = || wrong_credentials(registered.policy);
        let app = &registered.app;
        let client = match client {
            Ok(client) => client,
            // An unknown client of an application with a secret of its own is told so. Where users
            // are clients, or nobody is, it is somebody with wrong credentials.
            Err(_) if app.takes_service_users() || !app.allows(AuthMethod::ClientCreds) => {
                return Err(refused());
            }
            Err(unknown) => return Err(unknown),
        };
        // A service user is the client, and acts on its own behalf.
        let subject = match &client.identity {
            Identity::ServiceUser(user) => Subject::User(user.shared_uuid()),
            Identity::Registered(known) if known.may_act_for_itself(app) => Subject::Client,
            Identity::Registered(_) => return Err(refused()),
        };
        let scope = requested_scope(registered, &client, request.scope.as_deref())?;
        let terms = Terms::of(registered, &client, subject, &scope);
        let grant = Grant::plain(terms, self.0.clock.now());
        let principal = self.principal(&grant).ok_or_else(refused)?;
        let scope = grant.terms.scope.clone();
        let family = Family::of(grant);
        let refresh_token = self.first_refresh_token(registered, &client, &family);
        Ok(Granted { principal, family, scope, id_token: false, refresh_token })
    }
}
