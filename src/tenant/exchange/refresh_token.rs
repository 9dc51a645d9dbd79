//! `grant_type=refresh_token`.
//!
//! [RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6); the members of the product's
//! answer: identity-developer.cyberark.com/docs/refresh-tokens.

use std::sync::Arc;

use super::Granted;
use crate::protocol::error::OAuthError;
use crate::protocol::scope::Scope;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::client::Client;
use crate::tenant::grant::{Family, RefreshToken};
use crate::tenant::policy::{RefreshIdToken, RefreshTokens};
use crate::tenant::registry::Registered;

impl Tenant {
    pub(super) fn refresh(
        &self,
        registered: &Registered,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        let sent = request.refresh_token.as_deref().unwrap_or_default();
        let (family, scope) = self
            .0
            .refresh_tokens
            .change(sent, self.0.clock.now(), |state| {
                let wanted = request.scope.as_deref();
                use_refresh_token(state, registered, client, wanted)
            })
            .unwrap_or_else(|| Err(unknown_refresh_token()))?;
        let refresh_token = match registered.policy.refresh_tokens {
            RefreshTokens::Reusable => None,
            RefreshTokens::Rotated => Some(self.new_refresh_token(registered, family.clone())),
        };
        let principal = self.principal(&family.grant).ok_or_else(unknown_refresh_token)?;
        let id_token = registered.policy.refresh_id_token == RefreshIdToken::Issued
            && principal.user().is_some()
            && scope.has_openid();
        Ok(Granted { principal, family, scope, id_token, refresh_token })
    }
}

/// The family and the scope of new tokens. Under rotation the token is spent, and using it again
/// ends its family (RFC 9700 §4.14.2). Runs under the lock of this one token.
fn use_refresh_token(
    token: &mut RefreshToken,
    registered: &Registered,
    client: &Client,
    wanted: Option<&str>,
) -> Result<(Arc<Family>, Scope), OAuthError> {
    let (RefreshToken::Live(family) | RefreshToken::Rotated(family)) = &*token;
    let family = family.clone();
    if !family.grant.is_of(registered, client) || !family.is_alive() {
        return Err(unknown_refresh_token());
    }
    if matches!(token, RefreshToken::Rotated(_)) {
        family.revoke();
        return Err(unknown_refresh_token());
    }
    let scope = narrowed(&family.grant.terms.scope, wanted)?;
    if registered.policy.refresh_tokens == RefreshTokens::Rotated {
        *token = RefreshToken::Rotated(family.clone());
    }
    Ok((family, scope))
}

/// The scope of a refreshed token: as granted, or fewer of its tokens (RFC 6749 §6).
fn narrowed(granted: &Scope, wanted: Option<&str>) -> Result<Scope, OAuthError> {
    let Some(wanted) = wanted else {
        return Ok(granted.clone());
    };
    let scope: Scope = wanted.parse()?;
    if scope.is_within(granted) {
        Ok(scope)
    } else {
        Err(OAuthError::invalid_scope("scope exceeds what was granted"))
    }
}

/// The mock's own text: none is published.
fn unknown_refresh_token() -> OAuthError {
    OAuthError::invalid_grant("refresh token is unknown, expired, revoked or of another client")
}
