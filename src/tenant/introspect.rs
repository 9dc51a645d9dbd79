//! What a token is worth, told to who may ask.
//!
//! [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662); members and texts: CyberArk's OpenAPI
//! description of `/OAuth2/Introspect`.

use std::sync::Arc;

use super::Tenant;
use super::client::{Client, refuse_second_secret};
use super::grant::{Bearer, Family, LiveToken, RefreshToken};
use super::places::{refuse_duplicates, refuse_outside_form};
use super::policy::{ClientAuthenticationError, Policy, TokenTypeHint};
use super::profile::standard_claims;
use super::registry::{AppAt, Registered};
use super::steer::TokenKind;
use crate::clock::Timestamp;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::Claims;
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::scope::Scope;
use crate::protocol::token::TokenCall;

/// A token whose worth was asked for.
struct Known {
    family: Arc<Family>,
    scope: Scope,
    issued_at: Option<Timestamp>,
    expires: Timestamp,
    /// An access token: it may be meant for somebody else than the client.
    is_access: bool,
}

impl Known {
    fn of(live: LiveToken, is_access: bool) -> Self {
        let LiveToken { family, scope, issued_at, expires } = live;
        Self { family, scope, issued_at: Some(issued_at), expires, is_access }
    }
}

impl Tenant {
    /// The claims of a live token of the application: access, ID or refresh token. Everything else
    /// is not active. The caller is a confidential client of the application, or somebody who is
    /// signed in (`credentials`).
    ///
    /// # Errors
    ///
    /// An unknown application, a caller that may not ask, or no token.
    pub fn introspect(
        &self,
        base: &BaseUrl,
        application_id: &str,
        call: &TokenCall,
        credentials: &[String],
    ) -> Result<Claims, OAuthError> {
        let registered = self.app(application_id)?;
        refuse_duplicates(registered.policy, call.duplicated.as_deref())?;
        refuse_outside_form(registered.policy, &call.places)?;
        refuse_unknown_hint(registered.policy, call)?;
        refuse_second_secret(registered.policy, &call.client)?;
        let is_client = || {
            self.client(&AppAt::new(base, registered.clone()), &call.client)
                .is_ok_and(Client::proved)
        };
        if self.session(credentials).is_none() && !is_client() {
            return Err(not_authenticated(registered.policy));
        }
        let Some(token) = call.token.as_deref() else {
            return Err(OAuthError::invalid_request("missing token in request"));
        };
        let active = self
            .known(token)
            .filter(|known| known.family.is_alive())
            .filter(|known| *known.family.grant.terms.application_id == *application_id)
            .and_then(|known| self.worth(base, &registered, &known));
        Ok(active.unwrap_or_else(|| Claims::from_iter([("active".to_owned(), false.into())])))
    }

    fn known(&self, token: &str) -> Option<Known> {
        let now = self.0.clock.now();
        match self.0.tokens.read(token, now) {
            Some(Bearer::Access(live)) => return Some(Known::of(live, true)),
            Some(Bearer::Identity(live)) => return Some(Known::of(live, false)),
            Some(Bearer::Session(_)) => return None,
            None => {}
        }
        let (family, expires) = self.0.refresh_tokens.read_with_expiry(
            token,
            now,
            |state, expires| match state {
                RefreshToken::Live(family) => Some((family.clone(), expires)),
                RefreshToken::Rotated(_) => None,
            },
        )??;
        let scope = family.grant.terms.scope.clone();
        Some(Known { scope, family, issued_at: None, expires, is_access: false })
    }

    fn worth(&self, base: &BaseUrl, registered: &Registered, known: &Known) -> Option<Claims> {
        let grant = &known.family.grant;
        let principal = self.principal(grant)?;
        let mut claims = Claims::new();
        claims.insert("active".into(), true.into());
        claims.insert("exp".into(), known.expires.seconds().into());
        claims.insert("auth_time".into(), grant.authenticated_at.seconds().into());
        claims.extend(known.issued_at.map(|at| ("iat".to_owned(), at.seconds().into())));
        claims.insert("sub".into(), principal.id().into());
        claims.insert("iss".into(), registered.app.issuer_at(base).into());
        let audience = registered.app.audience.as_deref().filter(|_| known.is_access);
        claims.insert("aud".into(), audience.unwrap_or(&grant.terms.client_id).into());
        claims.insert("unique_name".into(), principal.name().into());
        claims.insert("app_id".into(), (*grant.terms.application_id).into());
        claims.insert("scope".into(), known.scope.as_str().into());
        claims.extend(standard_claims(&principal, registered, &known.scope));
        let named = self.named(grant, &principal);
        let changes = self.changes(named, &[TokenKind::Introspection]);
        changes.apply(TokenKind::Introspection, &mut claims, named);
        Some(claims)
    }
}

/// Refuses a type hint that names no kind of token, if the policy does. An ID token is one here, as
/// in the product's API.
pub(super) fn refuse_unknown_hint(policy: Policy, call: &TokenCall) -> Result<(), OAuthError> {
    match (policy.token_type_hint, call.token_type_hint.as_deref()) {
        (TokenTypeHint::Ignored, _)
        | (_, None | Some("access_token" | "refresh_token" | "id_token")) => Ok(()),
        (TokenTypeHint::Checked, Some(_)) => Err(OAuthError::invalid_request(
            "token_type_hint: expected access_token, refresh_token or id_token",
        )),
    }
}

fn not_authenticated(policy: Policy) -> OAuthError {
    let text = "requesting user not authenticated";
    match policy.client_authentication_error {
        ClientAuthenticationError::Product => OAuthError::new(ErrorCode::AccessDenied, text),
        ClientAuthenticationError::Unauthorized => {
            OAuthError::new(ErrorCode::InvalidClient, text).blamed_on(Fault::Authentication)
        }
    }
}
