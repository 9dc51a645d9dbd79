//! The rules of the token endpoint.
//!
//! [RFC 6749 §4.1.3, §6](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3),
//! [OpenID Connect Core §3.1.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint);
//! error texts: recorded traffic of a tenant (cyberark/conjur, authn-oidc cassettes) and CyberArk's
//! OpenAPI description of `/OAuth2/Token`.

use std::sync::Arc;

use super::Tenant;
use super::app::{AppAt, Registered};
use super::client::{Client, authenticate, wrong_credentials};
use super::grant::{Code, Family, Grant, RefreshToken};
use super::issue::Issuance;
use super::policy::{Policy, RedirectMismatchError, UnknownGrantTypeError};
use super::request_check::refuse_duplicates;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use crate::protocol::token::TokenRequest;

impl Tenant {
    /// Exchanges a code or a refresh token for tokens, which wait to be signed.
    ///
    /// # Errors
    ///
    /// The OAuth error in the words of the application's policy.
    pub fn exchange(
        &self,
        base: &BaseUrl,
        application_id: &str,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        let registered = self.app(application_id)?;
        let policy = registered.policy;
        refuse_duplicates(policy, request.duplicated.as_deref())?;
        match request.grant_type.as_deref() {
            Some("authorization_code") => {
                let client = authenticate(&registered, request)?;
                self.exchange_code(base, registered, &client, request)
            }
            Some("refresh_token") => {
                let client = authenticate(&registered, request)?;
                self.exchange_refresh_token(base, registered, &client, request)
            }
            _ => Err(unknown_grant_type(policy)),
        }
    }

    fn exchange_code(
        &self,
        base: &BaseUrl,
        registered: Arc<Registered>,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        let code = request.code.as_deref().unwrap_or_default();
        let family = self
            .0
            .codes
            .change(code, self.0.clock.now(), |state| redeem(state, &registered, client, request))
            .unwrap_or_else(|| Err(unknown_code()))?;
        let refresh_token = registered
            .app
            .issue_refresh_tokens
            .then(|| self.issue_refresh_token(&registered, family.clone()));
        let scope = family.grant.scope.clone();
        let tokens = ResponseType { code: false, id_token: scope.has_openid(), token: true };
        self.issuance(AppAt::new(base, registered), family, scope, tokens)
            .map(|issuance| Issuance { refresh_token, ..issuance })
            .ok_or_else(unknown_code)
    }

    fn issue_refresh_token(&self, registered: &Registered, family: Arc<Family>) -> String {
        let token = self.0.ids.opaque();
        let lifetime = registered.app.refresh_token_lifetime.seconds();
        let expires = self.0.clock.now().plus_seconds(lifetime);
        self.0.refresh_tokens.insert(&token, RefreshToken { family }, expires);
        token
    }

    /// CyberArk: the answer brings no ID token and no new refresh token; the old one stays good
    /// (inferred from the examples of identity-developer.cyberark.com/docs/refresh-tokens).
    fn exchange_refresh_token(
        &self,
        base: &BaseUrl,
        registered: Arc<Registered>,
        client: &Client,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        let sent = request.refresh_token.as_deref().unwrap_or_default();
        let RefreshToken { family } = self
            .0
            .refresh_tokens
            .read(sent, self.0.clock.now(), RefreshToken::clone)
            .filter(|token| {
                token.family.is_alive() && is_of(&token.family.grant, &registered, client)
            })
            .ok_or_else(unknown_refresh_token)?;
        let scope = narrowed(&family.grant.scope, request.scope.as_deref())?;
        let tokens = ResponseType { code: false, id_token: false, token: true };
        self.issuance(AppAt::new(base, registered), family, scope, tokens)
            .ok_or_else(unknown_refresh_token)
    }

    /// `None` when the user is gone.
    fn issuance(
        &self,
        at: AppAt,
        family: Arc<Family>,
        scope: Scope,
        tokens: ResponseType,
    ) -> Option<Issuance> {
        Some(Issuance {
            tenant: self.clone(),
            at,
            user: self.0.users.by_uuid(&family.grant.user)?,
            family,
            scope,
            tokens,
            code: None,
            refresh_token: None,
        })
    }
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
        Code::Issued(grant) => {
            check_redemption(grant, registered, client, request)?;
            let family = Family::of(grant.clone());
            *code = Code::Redeemed(family.clone());
            Ok(family)
        }
        Code::Redeemed(family) => {
            if is_of(&family.grant, registered, client) {
                family.revoke();
            }
            Err(unknown_code())
        }
    }
}

fn check_redemption(
    grant: &Grant,
    registered: &Registered,
    client: &Client,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    if !is_of(grant, registered, client) {
        return Err(unknown_code());
    }
    if request.redirect_uri.as_deref() != Some(grant.redirect_uri.as_str()) {
        return Err(mismatched_redirect(registered.policy));
    }
    match (&grant.code_challenge, request.code_verifier.as_deref()) {
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        // A verifier without a challenge hints at a stripped challenge (RFC 9700 §4.8.2).
        (Some(_), _) | (None, Some(_)) => Err(OAuthError::invalid_grant("challenge mismatch")),
        (None, None) if client.is_public => Err(wrong_credentials(registered.policy)),
        (None, None) => Ok(()),
    }
}

/// Whether the grant was made to this client of this application.
fn is_of(grant: &Grant, registered: &Registered, client: &Client) -> bool {
    *grant.application_id == *registered.app.application_id && *grant.client_id == *client.client_id
}

/// The scope of a refreshed token: as granted, or fewer of its tokens (RFC 6749 §6).
fn narrowed(granted: &Scope, sent: Option<&str>) -> Result<Scope, OAuthError> {
    let Some(sent) = sent else {
        return Ok(granted.clone());
    };
    let scope: Scope = sent.parse()?;
    if scope.is_within(granted) {
        Ok(scope)
    } else {
        Err(OAuthError::invalid_scope("scope exceeds what was granted"))
    }
}

/// Recorded for used and unknown codes alike.
fn unknown_code() -> OAuthError {
    OAuthError::invalid_grant("supplied code does not match known request")
}

/// The mock's own text: none is published.
fn unknown_refresh_token() -> OAuthError {
    OAuthError::invalid_grant("refresh token is unknown, expired, revoked or of another client")
}

fn mismatched_redirect(policy: Policy) -> OAuthError {
    let code = match policy.redirect_mismatch_error {
        RedirectMismatchError::InvalidRequest => ErrorCode::InvalidRequest,
        RedirectMismatchError::InvalidGrant => ErrorCode::InvalidGrant,
    };
    OAuthError::new(code, "mismatched redirect")
}

fn unknown_grant_type(policy: Policy) -> OAuthError {
    let code = match policy.unknown_grant_type_error {
        UnknownGrantTypeError::InvalidGrant => ErrorCode::InvalidGrant,
        UnknownGrantTypeError::UnsupportedGrantType => ErrorCode::UnsupportedGrantType,
    };
    OAuthError::new(code, "invalid grant type")
}
