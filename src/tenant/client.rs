//! Client authentication.
//!
//! [RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3),
//! [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
//! Checked before a code or refresh token is looked at: a client that fails spends nothing and may
//! try again in another way, as golang.org/x/oauth2 does.

use std::sync::Arc;

use super::Tenant;
use super::policy::{ClientAuthenticationError, Policy, SecondClientSecret};
use super::registry::Registered;
use super::user::User;
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::secret::Secret;
use crate::protocol::token::ClientClaim;

/// A client that the application accepts.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) client_id: String,
    /// It proved nothing; the code must be bound to it by PKCE.
    pub(super) is_public: bool,
}

impl Client {
    pub(super) fn service_user(user: &User) -> Self {
        Self { client_id: user.name.clone(), is_public: false }
    }

    /// Whether the client proved who it is.
    pub(super) fn proved(self) -> bool {
        !self.is_public
    }
}

impl Tenant {
    /// Who sends the request: a service user where the application takes those, else a client of
    /// the application's own.
    ///
    /// # Errors
    ///
    /// As [`authenticate`].
    pub(super) fn client(
        &self,
        registered: &Registered,
        claim: &ClientClaim,
    ) -> Result<Client, OAuthError> {
        match self.service_user(registered, claim) {
            Some(user) => Ok(Client::service_user(&user)),
            None => authenticate(registered, claim),
        }
    }

    /// The user whose login name and password the claim is, if the application takes them as client
    /// credentials.
    pub(super) fn service_user(
        &self,
        registered: &Registered,
        claim: &ClientClaim,
    ) -> Option<Arc<User>> {
        if !registered.app.takes_service_users() {
            return None;
        }
        let is_named = |user: &User| {
            let named = claim.client_id.as_deref();
            named.is_none_or(|named| named.to_lowercase() == user.name.to_lowercase())
        };
        claim.readings().into_iter().find_map(|(name, secret)| {
            let user = self.0.users.by_uuid(&self.0.users.uuid_of_name(name)?)?;
            let may = user.oauth_client || !registered.app.must_be_oauth_client();
            let proves = user.password.as_ref().zip(secret).is_some_and(|(a, b)| a == b);
            (may && proves && is_named(&user)).then_some(user)
        })
    }
}

/// Which client of the application's own sends the request.
///
/// # Errors
///
/// An unknown client, wrong credentials, or none where they are needed; in the words of the policy.
pub(super) fn authenticate(
    registered: &Registered,
    claim: &ClientClaim,
) -> Result<Client, OAuthError> {
    let Registered { app, policy } = registered;
    // A `client_id` beside Basic credentials must name the same client (RFC 6749 §3.2.1).
    let is_named = |id: &str| claim.client_id.as_deref().is_none_or(|named| named == id);
    let known: Vec<_> = claim
        .readings()
        .into_iter()
        .filter(|(id, _)| !id.is_empty() && app.accepts_client(id) && is_named(id))
        .collect();
    if known.is_empty() {
        return Err(unknown_client(*policy));
    }
    let is_public = app.has_public_clients();
    let proves = |offered: Option<&Secret>| match (&app.client_secret, offered) {
        (Some(secret), Some(offered)) => secret == offered,
        // A public client has nothing to prove; what it sends as a secret has no meaning.
        (None, _) | (Some(_), None) => is_public,
    };
    known
        .into_iter()
        .find(|(_, offered)| proves(*offered))
        .map(|(id, _)| Client { client_id: id.to_owned(), is_public })
        .ok_or_else(|| wrong_credentials(*policy))
}

/// Refuses a client that authenticates in two ways at once, if the policy does.
pub(super) fn refuse_second_secret(policy: Policy, claim: &ClientClaim) -> Result<(), OAuthError> {
    if policy.second_client_secret == SecondClientSecret::Refused && claim.has_second_secret {
        let text = "client_secret beside Basic credentials: only one of the two may be sent";
        return Err(OAuthError::invalid_request(text));
    }
    Ok(())
}

fn unknown_client(policy: Policy) -> OAuthError {
    client_error(policy, ErrorCode::InvalidClient, "wrong clientid")
}

/// Credentials that prove nothing, or a client that may not do this.
pub(super) fn wrong_credentials(policy: Policy) -> OAuthError {
    client_error(policy, ErrorCode::AccessDenied, "invalid client creds or client not allowed")
}

fn client_error(policy: Policy, product: ErrorCode, description: &'static str) -> OAuthError {
    match policy.client_authentication_error {
        ClientAuthenticationError::Product => OAuthError::new(product, description),
        ClientAuthenticationError::Unauthorized => {
            OAuthError::new(ErrorCode::InvalidClient, description).blamed_on(Fault::Authentication)
        }
    }
}
