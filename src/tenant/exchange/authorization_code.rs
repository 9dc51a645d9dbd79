//! `grant_type=authorization_code`.
//!
//! [RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3),
//! [RFC 7636 §4.6](https://www.rfc-editor.org/rfc/rfc7636#section-4.6),
//! [OpenID Connect Core §3.1.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint)

use std::sync::Arc;

use super::Granted;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::token::TokenRequest;
use crate::tenant::Tenant;
use crate::tenant::client::{Client, wrong_credentials};
use crate::tenant::grant::{Code, Family, IssuedCode};
use crate::tenant::policy::{Policy, RedirectMismatchError};
use crate::tenant::registry::Registered;

impl Tenant {
    pub(super) fn redeem_code(
        &self,
        registered: &Registered,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Granted, OAuthError> {
        let code = request.code.as_deref().unwrap_or_default();
        let family = self
            .0
            .codes
            .change(code, self.0.clock.now(), |state| redeem(state, registered, client, request))
            .unwrap_or_else(|| Err(unknown_code()))?;
        self.0.codes.prolong(code, self.0.clock.now().plus_seconds(longest_life(registered)));
        Ok(Granted {
            principal: self.principal(&family.grant).ok_or_else(unknown_code)?,
            refresh_token: self.first_refresh_token(registered, client, &family),
            scope: family.grant.terms.scope.clone(),
            id_token: family.grant.terms.scope.has_openid(),
            family,
        })
    }
}

/// Seconds that what a code brings may live: so long a replay must be noticed.
fn longest_life(registered: &Registered) -> i64 {
    let app = &registered.app;
    let refresh = app.issue_refresh_tokens.then_some(app.refresh_token_lifetime);
    app.token_lifetime.max(refresh.unwrap_or(app.token_lifetime)).seconds()
}

/// Takes a code from `Issued` to `Redeemed` if everything about the request fits; a second use ends
/// what the first one brought. Runs under the lock of this one code.
fn redeem(
    code: &mut Code,
    registered: &Registered,
    client: &Client,
    request: &TokenRequest,
) -> Result<Arc<Family>, OAuthError> {
    match code {
        Code::Issued(issued) => {
            let IssuedCode { grant, redirect_uri, code_challenge } = &**issued;
            if !grant.is_of(registered, client) {
                return Err(unknown_code());
            }
            check_redirect_uri(registered.policy, redirect_uri, request)?;
            check_code_verifier(registered.policy, code_challenge.as_ref(), client, request)?;
            let family = Family::of(grant.clone());
            *code = Code::Redeemed(family.clone());
            Ok(family)
        }
        Code::Redeemed(family) => {
            if family.grant.is_of(registered, client) {
                family.revoke();
            }
            Err(unknown_code())
        }
    }
}

fn check_redirect_uri(
    policy: Policy,
    redirect_uri: &RedirectUri,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    if request.redirect_uri.as_deref() == Some(redirect_uri.as_str()) {
        return Ok(());
    }
    let code = match policy.redirect_mismatch_error {
        RedirectMismatchError::InvalidRequest => ErrorCode::InvalidRequest,
        RedirectMismatchError::InvalidGrant => ErrorCode::InvalidGrant,
    };
    Err(OAuthError::new(code, "mismatched redirect"))
}

fn check_code_verifier(
    policy: Policy,
    code_challenge: Option<&CodeChallenge>,
    client: &Client,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    match (code_challenge, request.code_verifier.as_deref()) {
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        // A verifier without a challenge hints at a stripped challenge (RFC 9700 §4.8.2).
        (Some(_), _) | (None, Some(_)) => Err(OAuthError::invalid_grant("challenge mismatch")),
        (None, None) if client.is_public => Err(wrong_credentials(policy)),
        (None, None) => Ok(()),
    }
}

/// Recorded for used and unknown codes alike.
fn unknown_code() -> OAuthError {
    OAuthError::invalid_grant("supplied code does not match known request")
}
