//! Client authentication.
//!
//! [RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3),
//! [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
//! Checked before a code or refresh token is looked at: a client that fails spends nothing and may
//! try again in another way, as golang.org/x/oauth2 does.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::Tenant;
use super::keys::unverified_text;
use super::policy::{
    BasicCredentials, ClientAssertions, ClientAuthenticationError, Policy, SecondClientSecret,
};
use super::registry::{AppAt, Origin, Registered, RegisteredClient};
use super::user::Member;
use crate::clock::Timestamp;
use crate::protocol::claims::Claims;
use crate::protocol::client_metadata::{ClientGrantType, TokenEndpointAuthMethod};
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::scope::Scope;
use crate::protocol::secret::Secret;
use crate::protocol::token::{ClientClaim, ClientCredentials};

/// How many seconds ahead the `exp` of an assertion may lie. RFC 7523 §3 lets the server refuse what
/// is unreasonably far, and names no number (inferred): an hour, for which widespread libraries make
/// assertions, and five minutes for clocks that differ.
const LONGEST_ASSERTION: i64 = 3600 + 300;

/// Who a client is.
#[derive(Debug)]
pub(super) enum Identity {
    /// A client that the application knows.
    Registered(Arc<RegisteredClient>),
    /// A user whose credentials it showed, where users are clients.
    ServiceUser(Arc<Member>),
}

/// A client that the application accepts.
#[derive(Debug)]
pub(super) struct Client {
    /// Its `client_id`.
    pub(super) id: String,
    /// It proved nothing; the code must be bound to it by PKCE.
    pub(super) is_public: bool,
    /// Who it is.
    pub(super) identity: Identity,
}

impl Client {
    fn proved_as(client_id: &str, identity: Identity) -> Self {
        Self { id: client_id.to_owned(), is_public: false, identity }
    }

    /// A client of the application, whatever it could prove.
    pub(super) fn known_as(client_id: &str, client: Arc<RegisteredClient>) -> Self {
        let is_public = client.is_public;
        Self { is_public, ..Self::proved_as(client_id, Identity::Registered(client)) }
    }

    /// Whether the client proved who it is.
    pub(super) fn proved(self) -> bool {
        !self.is_public
    }

    /// Whether the client is one that registered itself.
    pub(super) fn registered_itself(&self) -> bool {
        matches!(&self.identity, Identity::Registered(client) if client.origin == Origin::Registration)
    }

    /// The scope that the client is registered for, if it is held to one.
    pub(super) fn registered_scope(&self) -> Option<&Scope> {
        match &self.identity {
            Identity::Registered(client) => client.settings.scope.as_ref(),
            Identity::ServiceUser(_) => None,
        }
    }

    /// Whether the client may use the grant, as far as its registration goes.
    pub(super) fn uses(&self, grant: ClientGrantType) -> bool {
        match &self.identity {
            Identity::Registered(client) => client.uses(grant),
            Identity::ServiceUser(_) => true,
        }
    }
}

impl Tenant {
    /// Who sends the request: a service user where the application takes those, else a client of
    /// the application's own.
    ///
    /// # Errors
    ///
    /// An unknown client, wrong credentials, or none where they are needed; in the words of the
    /// policy.
    pub(super) fn client(&self, at: &AppAt, claim: &ClientClaim) -> Result<Client, OAuthError> {
        let registered = &at.registered;
        let claim = &*match registered.policy.basic_credentials {
            BasicCredentials::EitherReading => Cow::Borrowed(claim),
            BasicCredentials::Urlencoded => Cow::Owned(claim.clone().urlencoded()),
        };
        if let ClientCredentials::Assertion(assertion) = &claim.credentials {
            let claimed = claim.client_id.clone().or_else(|| unverified_text(assertion, "sub"));
            let client = claimed.and_then(|id| Some((registered.client(&id)?, id)));
            // Who is registered for assertions may use them whatever the policy.
            let is_registered = |client: &RegisteredClient| {
                client
                    .settings
                    .token_endpoint_auth_method
                    .is_some_and(TokenEndpointAuthMethod::needs_assertion)
            };
            let reads = registered.policy.client_assertions == ClientAssertions::Accepted
                || client.as_ref().is_some_and(|(client, _)| is_registered(client));
            return match client {
                _ if !reads => authenticate(registered, claim),
                Some((client, id)) => self.asserted_client(at, client, &id, assertion),
                None => Err(wrong_credentials(registered.policy)),
            };
        }
        match self.service_user(registered, claim) {
            Some(user) => Ok(Client::proved_as(&user.name.clone(), Identity::ServiceUser(user))),
            None => authenticate(registered, claim),
        }
    }

    /// The client that signed the assertion
    /// ([RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3),
    /// [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).
    fn asserted_client(
        &self,
        at: &AppAt,
        client: Arc<RegisteredClient>,
        client_id: &str,
        assertion: &str,
    ) -> Result<Client, OAuthError> {
        let refused = || wrong_credentials(at.registered.policy);
        let (claims, algorithm) = client.signer().read(assertion).ok_or_else(refused)?;
        let way = algorithm.assertion_method().ok_or_else(refused)?;
        let policy = at.registered.policy;
        refuse_other_way(policy, &client, way)?;
        let registered = client.settings.token_endpoint_auth_signing_alg;
        if let Some(expected) = registered.filter(|expected| *expected != algorithm) {
            let text = format!("the client is registered for assertions of {}", expected.as_str());
            return Err(client_error(policy, ErrorCode::AccessDenied, text));
        }
        if self.lives_too_long(&claims) {
            let text =
                format!("exp of the assertion is more than {LONGEST_ASSERTION} seconds ahead");
            return Err(client_error(policy, ErrorCode::AccessDenied, text));
        }
        self.subject_of_assertion(at, &claims, |id| id == client_id).ok_or_else(refused)?;
        Ok(Client::proved_as(client_id, Identity::Registered(client)))
    }

    fn lives_too_long(&self, claims: &Claims) -> bool {
        let latest = self.0.clock.now().plus_seconds(LONGEST_ASSERTION).seconds();
        claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp > latest)
    }

    /// `sub` of an assertion that names its issuer as subject, this server as audience, an end, and
    /// a `jti` that was not seen before; the `jti` of an assertion that is refused is not spent.
    fn subject_of_assertion(
        &self,
        at: &AppAt,
        claims: &Claims,
        accepts: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let now = self.0.clock.now();
        let subject = text("sub").filter(|sub| text("iss") == Some(sub) && accepts(sub))?;
        let is_us = |aud: &Value| aud == &at.issuer || aud == &at.token_endpoint;
        let is_for_us = match claims.get("aud")? {
            Value::Array(audiences) => audiences.iter().any(is_us),
            audience => is_us(audience),
        };
        let expires = Timestamp::from_seconds(claims.get("exp").and_then(Value::as_i64)?);
        let starts = claims.get("nbf").and_then(Value::as_i64).unwrap_or(i64::MIN);
        let is_now = expires > now && starts <= now.seconds();
        let jti = format!("{subject} {}", text("jti")?);
        (is_for_us && is_now && self.0.assertions.insert_once(&jti, (), now, expires))
            .then(|| subject.to_owned())
    }

    /// The user whose login name and password the claim is, if the application takes them as client
    /// credentials.
    fn service_user(&self, registered: &Registered, claim: &ClientClaim) -> Option<Arc<Member>> {
        if !registered.app.takes_service_users() {
            return None;
        }
        let is_named = |user: &Member| {
            let named = claim.client_id.as_deref();
            named.is_none_or(|named| named.to_lowercase() == user.name.to_lowercase())
        };
        claim.readings().into_iter().find_map(|(name, secret)| {
            let user = self.0.users.by_uuid(&self.0.users.uuid_of_name(name)?)?;
            let may = user.oauth_client || !registered.app.must_be_oauth_client();
            (may && user.has_password(secret) && is_named(&user)).then_some(user)
        })
    }
}

/// Which client of the application's own sends the request.
///
/// # Errors
///
/// An unknown client, wrong credentials, or none where they are needed; in the words of the policy.
fn authenticate(registered: &Registered, claim: &ClientClaim) -> Result<Client, OAuthError> {
    let policy = registered.policy;
    // A `client_id` beside Basic credentials must name the same client (RFC 6749 §3.2.1).
    let is_named = |id: &str| claim.client_id.as_deref().is_none_or(|named| named == id);
    let known: Vec<_> = claim
        .readings()
        .into_iter()
        .filter(|(id, _)| !id.is_empty() && is_named(id))
        .filter_map(|(id, offered)| Some((id, offered, registered.client(id)?)))
        .collect();
    if known.is_empty() {
        return Err(unknown_client(policy));
    }
    let (id, _, client) = known
        .into_iter()
        .find(|(_, offered, client)| proves(client, *offered))
        .ok_or_else(|| wrong_credentials(policy))?;
    refuse_other_way(policy, &client, way(&claim.credentials))?;
    Ok(Client::known_as(id, client))
}

fn proves(client: &RegisteredClient, offered: Option<&Secret>) -> bool {
    match (&client.settings.client_secret, offered) {
        (Some(secret), Some(offered)) => secret == offered,
        // A public client has nothing to prove; what it sends as a secret has no meaning.
        (None, _) | (Some(_), None) => client.is_public,
    }
}

/// How credentials that are no assertion authenticate.
fn way(credentials: &ClientCredentials) -> TokenEndpointAuthMethod {
    match credentials {
        ClientCredentials::Basic(_) => TokenEndpointAuthMethod::ClientSecretBasic,
        ClientCredentials::Post(_) => TokenEndpointAuthMethod::ClientSecretPost,
        // An assertion that is not read is none.
        ClientCredentials::Assertion(_) | ClientCredentials::None => TokenEndpointAuthMethod::None,
    }
}

/// Refuses a client that is registered for another way to authenticate than it used.
fn refuse_other_way(
    policy: Policy,
    client: &RegisteredClient,
    used: TokenEndpointAuthMethod,
) -> Result<(), OAuthError> {
    match client.settings.token_endpoint_auth_method {
        Some(registered) if registered != used => {
            let text = format!("the client is registered for {}", registered.as_str());
            Err(client_error(policy, ErrorCode::AccessDenied, text))
        }
        _ => Ok(()),
    }
}

/// Refuses a client that authenticates in two ways at once, if the policy does.
pub(super) fn refuse_second_secret(policy: Policy, claim: &ClientClaim) -> Result<(), OAuthError> {
    if policy.second_client_secret == SecondClientSecret::Refused && claim.has_second_secret {
        let text = "client_secret beside Basic credentials: only one of the two may be sent";
        return Err(OAuthError::invalid_request(text));
    }
    if policy.client_assertions == ClientAssertions::Accepted && claim.has_half_assertion {
        return Err(wrong_credentials(policy));
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

fn client_error(
    policy: Policy,
    product: ErrorCode,
    description: impl Into<Cow<'static, str>>,
) -> OAuthError {
    match policy.client_authentication_error {
        ClientAuthenticationError::Product => OAuthError::new(product, description),
        ClientAuthenticationError::Unauthorized => {
            OAuthError::new(ErrorCode::InvalidClient, description).blamed_on(Fault::Authentication)
        }
    }
}
