//! Claims about the user of an access token.
//!
//! [OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo);
//! members of the product's answer: identity-developer.cyberark.com/docs/userinfo-endpoint.

use std::sync::Arc;

use super::Tenant;
use super::grant::{Bearer, LiveToken};
use super::places::{refuse_duplicates, refuse_misplaced, refuse_secret_in_query};
use super::platform::PLATFORM_APP;
use super::policy::{BearerError, OpenidScope, Policy, SecondBearerToken};
use super::principal::Principal;
use super::profile::{custom_claims, every_standard_claim, give_requested, standard_claims};
use super::registry::Registered;
use super::steer::TokenKind;
use super::user::Member;
use crate::protocol::bearer::BearerTokens;
use crate::protocol::claims::Claims;
use crate::protocol::error::{ErrorCode, Fault, OAuthError};

impl Tenant {
    /// The claims that the access token's scope asks for.
    ///
    /// # Errors
    ///
    /// An unknown application, a token that is missing, dead or of another application, or two
    /// tokens.
    pub fn userinfo(
        &self,
        application_id: &str,
        tokens: BearerTokens<'_>,
    ) -> Result<Claims, OAuthError> {
        let registered = self.app(application_id)?;
        refuse_duplicates(registered.policy, tokens.duplicated)?;
        refuse_second_token(registered.policy, tokens)?;
        refuse_misplaced_token(registered.policy, tokens)?;
        let now = self.0.clock.now();
        let bearer = tokens.first().and_then(|token| self.0.tokens.read(token, now));
        if let (Some(Bearer::Session(id)), PLATFORM_APP) = (&bearer, application_id) {
            let user = self.user_of_session(id).ok_or_else(|| unauthorized(registered.policy))?;
            return Ok(self.platform_userinfo(&user, &registered));
        }
        let Some(Bearer::Access(LiveToken { family, scope, .. })) = bearer else {
            return Err(unauthorized(registered.policy));
        };
        let grant = &family.grant;
        let is_here = *grant.terms.application_id == *application_id && family.is_alive();
        let Some(principal) = self.principal(grant).filter(|_| is_here) else {
            return Err(unauthorized(registered.policy));
        };
        if registered.policy.openid_scope == OpenidScope::Required && !scope.has_openid() {
            return Err(too_narrow(registered.policy));
        }
        let mut claims = Claims::new();
        claims.insert("auth_time".into(), grant.authenticated_at.seconds().into());
        claims.insert("aud".into(), (*grant.terms.client_id).into());
        claims.insert("unique_name".into(), principal.name().into());
        claims.insert("sub".into(), principal.id().into());
        claims.extend(standard_claims(&principal, &registered, &scope));
        if let Some(user) = principal.user().filter(|_| application_id == PLATFORM_APP) {
            claims.extend(Self::platform_profile(user));
        }
        claims.extend(custom_claims(&principal, &registered.app));
        if let Some(requested) = grant.requested_claims() {
            let all = every_standard_claim(&principal, &registered);
            give_requested(&mut claims, &requested.userinfo, &all);
        }
        let named = self.named(grant, &principal);
        let changes = self.changes(named, &[TokenKind::Userinfo]);
        changes.apply(TokenKind::Userinfo, &mut claims, named);
        Ok(claims)
    }

    /// The platform's answer to the `Token` of a sign-in, which has no scope.
    fn platform_userinfo(&self, user: &Arc<Member>, registered: &Registered) -> Claims {
        let profile = Self::platform_profile(user);
        let principal = Principal::User(user.clone());
        let mut claims = Claims::new();
        claims.insert("aud".into(), PLATFORM_APP.into());
        claims.insert("unique_name".into(), principal.name().into());
        claims.insert("sub".into(), principal.id().into());
        claims.extend(every_standard_claim(&principal, registered));
        claims.extend(profile);
        claims.extend(custom_claims(&principal, &registered.app));
        let named = self.named_by_session(user);
        let changes = self.changes(named, &[TokenKind::Userinfo]);
        changes.apply(TokenKind::Userinfo, &mut claims, named);
        claims
    }

    fn user_of_session(&self, id: &str) -> Option<Arc<Member>> {
        let session = self.session(&[id.to_owned()])?;
        self.0.users.by_uuid(&session.user)
    }
}

fn refuse_second_token(policy: Policy, tokens: BearerTokens<'_>) -> Result<(), OAuthError> {
    if policy.second_bearer_token == SecondBearerToken::Refused && tokens.are_two() {
        let text = "access_token beside a token in the header: only one of the two may be sent";
        return Err(OAuthError::invalid_request(text));
    }
    Ok(())
}

/// A token belongs in the header or in a form that is posted (RFC 6750 §2.1, §2.2). What a client
/// sends beside a token in the header is no token, whatever it is.
fn refuse_misplaced_token(policy: Policy, tokens: BearerTokens<'_>) -> Result<(), OAuthError> {
    refuse_secret_in_query(policy, tokens.places)?;
    match tokens.form {
        Some(_) => refuse_misplaced(policy, tokens.places),
        None => Ok(()),
    }
}

/// A token without the scope openid (OpenID Connect Core §5.3.1).
fn too_narrow(policy: Policy) -> OAuthError {
    let fault = match policy.bearer_error {
        BearerError::ErrorMessage => Fault::NoAccess,
        BearerError::Challenge => Fault::Permission,
    };
    let text = "the access token does not have the scope openid";
    OAuthError::new(ErrorCode::InsufficientScope, text).blamed_on(fault)
}

fn unauthorized(policy: Policy) -> OAuthError {
    let fault = match policy.bearer_error {
        BearerError::ErrorMessage => Fault::NoAccess,
        BearerError::Challenge => Fault::Authentication,
    };
    let text = "the access token is missing, expired, revoked or of another application";
    OAuthError::new(ErrorCode::InvalidToken, text).blamed_on(fault)
}
