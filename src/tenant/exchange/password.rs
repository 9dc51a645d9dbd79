//! `grant_type=password`, the product's "Resource Owner" method.
//!
//! [RFC 6749 §4.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.3); how clients send it:
//! CyberArk's Java SDK and centrify/cloud-golang-sdk.

use super::{Granted, requested_scope};
use crate::protocol::error::OAuthError;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::client::Client;
use crate::tenant::grant::{Family, Grant};
use crate::tenant::principal::Principal;
use crate::tenant::registry::Registered;
use crate::tenant::terms::{Subject, Terms};

impl Tenant {
    pub(super) fn password(
        &self,
        registered: &Registered,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        let uuid = self.0.users.uuid_of_name(request.username.as_deref().unwrap_or_default());
        let user = uuid
            .and_then(|uuid| self.0.users.by_uuid(&uuid))
            .filter(|user| self.is_let_in(user, request.password.as_ref()));
        let user = user.ok_or_else(wrong_password)?;
        let scope = requested_scope(registered, client, request.scope.as_deref())?;
        let subject = Subject::User(user.shared_uuid());
        let terms = Terms::of(registered, client, subject, &scope);
        let family = Family::of(Grant::plain(terms, self.0.clock.now()));
        Ok(Granted {
            principal: Principal::User(user),
            refresh_token: self.first_refresh_token(registered, client, &family),
            id_token: scope.has_openid(),
            scope,
            family,
        })
    }
}

/// The mock's own text: none is published. Nothing tells that a user is locked out, as with an
/// authentication package.
fn wrong_password() -> OAuthError {
    OAuthError::invalid_grant("wrong username or password")
}
