//! `grant_type=client_credentials`.
//!
//! [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4); whose credentials they are:
//! docs.cyberark.com (client-cred-flow, OAuth2-Client, OAuth2-Server). A refresh token is issued when
//! the application issues them, as the product's documented answer has it; RFC 6749 §4.4.3 advises
//! against it.

use super::{Granted, check_allowed, requested_scope};
use crate::protocol::error::OAuthError;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::app::{AppType, AuthMethod, ClientIdType};
use crate::tenant::client::{authenticate, wrong_credentials};
use crate::tenant::grant::{Family, Grant, Subject};
use crate::tenant::registry::Registered;

impl Tenant {
    pub(super) fn client_credentials(
        &self,
        registered: &Registered,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        check_allowed(registered, AuthMethod::ClientCreds)?;
        let (client_id, subject) = match registered.app.client_id_type() {
            // The product's "OAuth2 Client": id and secret are a service user's.
            _ if registered.app.app_type == AppType::Oauth2Client => {
                self.service_user(registered, request)?
            }
            ClientIdType::Confidential => {
                (authenticate(registered, &request.client)?.client_id, Subject::Client)
            }
            // Without a secret of its own, the application takes a service user's too.
            ClientIdType::Anything | ClientIdType::List => {
                self.service_user(registered, request)?
            }
        };
        let scope = requested_scope(registered, request.scope.as_deref())?;
        let now = self.0.clock.now();
        let grant = Grant::direct(registered, &client_id, subject, &scope, now);
        let principal =
            self.principal(&grant).ok_or_else(|| wrong_credentials(registered.policy))?;
        let family = Family::of(grant.into());
        let refresh_token = self.first_refresh_token(registered, &family);
        Ok(Granted { principal, family, scope, id_token: false, refresh_token })
    }

    /// The user whose login name and password the request carries as client credentials.
    fn service_user(
        &self,
        registered: &Registered,
        request: &TokenRequest,
    ) -> Result<(String, Subject), OAuthError> {
        request
            .client
            .readings()
            .into_iter()
            .find_map(|(name, secret)| {
                let uuid = self.0.users.uuid_of_name(name)?;
                let user = self.0.users.by_uuid(&uuid)?;
                let may = user.oauth_client || !registered.app.must_be_oauth_client();
                let proves = user.password.as_ref().zip(secret).is_some_and(|(a, b)| a == b);
                (may && proves).then(|| (user.name.clone(), Subject::User(uuid)))
            })
            .ok_or_else(|| wrong_credentials(registered.policy))
    }
}
