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
use crate::tenant::app::AuthMethod;
use crate::tenant::client::{Client, authenticate, wrong_credentials};
use crate::tenant::grant::{Family, Grant, Subject};
use crate::tenant::registry::Registered;

impl Tenant {
    pub(super) fn client_credentials(
        &self,
        registered: &Registered,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        check_allowed(registered, AuthMethod::ClientCreds)?;
        let (client, subject) = self.acting(registered, request)?;
        let scope = requested_scope(registered, request.scope.as_deref())?;
        let now = self.0.clock.now();
        let grant = Grant::direct(registered, &client, subject, &scope, now);
        let principal =
            self.principal(&grant).ok_or_else(|| wrong_credentials(registered.policy))?;
        let family = Family::of(grant.into());
        let refresh_token = self.first_refresh_token(registered, &family);
        Ok(Granted { principal, family, scope, id_token: false, refresh_token })
    }

    /// The client, and on whose behalf it acts: a service user is both.
    fn acting(
        &self,
        registered: &Registered,
        request: &TokenRequest,
    ) -> Result<(Client, Subject), OAuthError> {
        if !registered.app.takes_service_users() {
            return Ok((authenticate(registered, &request.client)?, Subject::Client));
        }
        let user = self
            .service_user(registered, &request.client)
            .ok_or_else(|| wrong_credentials(registered.policy))?;
        Ok((Client::service_user(&user), Subject::User(user.uuid().into())))
    }
}
