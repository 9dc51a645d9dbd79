//! What a client may wish for beside code and tokens: how fresh the sign-in, which user, which claims.
//!
//! [OpenID Connect Core §3.1.2.1, §5.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)

use super::Tenant;
use super::policy::{AcrValues, ClaimsParameter, IdTokenHint, MaxAge, Policy};
use super::registry::AppAt;
use super::session::Session;
use crate::clock::Timestamp;
use crate::protocol::authorize::AuthorizeRequest;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::error::{ErrorCode, OAuthError};

/// The wishes of a request that the policy honours.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// Seconds since the user signed in.
    max_age: Option<i64>,
    id_token_hint: Option<String>,
    pub(super) acr: Option<Box<str>>,
    pub(super) claims: Option<Box<ClaimsRequest>>,
}

impl Wishes {
    pub(super) fn of(policy: Policy, request: &AuthorizeRequest) -> Result<Self, OAuthError> {
        let max_age = request.max_age.as_deref().filter(|_| policy.max_age == MaxAge::Honoured);
        let hint =
            request.id_token_hint.clone().filter(|_| policy.id_token_hint == IdTokenHint::Checked);
        let acr_values = request.acr_values.as_deref().unwrap_or_default();
        let acr = acr_values.split(' ').find(|value| !value.is_empty());
        let claims = request.claims.as_deref();
        let claims = claims.filter(|_| policy.claims_parameter == ClaimsParameter::Honoured);
        Ok(Self {
            max_age: max_age.map(seconds).transpose()?,
            id_token_hint: hint,
            acr: acr.filter(|_| policy.acr_values == AcrValues::Echoed).map(Into::into),
            claims: claims.map(str::parse).transpose()?.map(Box::new),
        })
    }

    /// Whether a sign-in of that time is fresh enough now.
    pub(super) fn accept_sign_in(&self, at: Timestamp, now: Timestamp) -> bool {
        self.max_age.is_none_or(|seconds| at.plus_seconds(seconds) >= now)
    }
}

/// A whole number, not negative.
fn seconds(sent: &str) -> Result<i64, OAuthError> {
    sent.parse()
        .ok()
        .filter(|seconds| *seconds >= 0)
        .ok_or_else(|| OAuthError::invalid_request("max_age: expected a number of seconds"))
}

impl Tenant {
    /// Whether the wishes are for this user: the one that the hint names, with the `sub` that the
    /// claims ask for (§3.1.2.2, §5.5.1). `Err` is a hint that is not of this application.
    pub(super) fn is_wished_for(
        &self,
        at: &AppAt,
        wishes: &Wishes,
        session: &Session,
    ) -> Result<bool, OAuthError> {
        let is_subject = |value: &serde_json::Value| value.as_str() == Some(&*session.user);
        if let Some(hint) = &wishes.id_token_hint {
            let claims = self.hint_of(at, hint).ok_or_else(|| {
                let text = "id_token_hint is not an ID token of this application";
                OAuthError::invalid_request(text)
            })?;
            if !claims.get("sub").is_some_and(is_subject) {
                return Ok(false);
            }
        }
        let asked = wishes.claims.iter().flat_map(|claims| claims.id_token.iter());
        let subjects = asked.filter(|claim| claim.name == "sub" && !claim.values.is_empty());
        Ok(subjects.into_iter().all(|claim| claim.values.iter().any(is_subject)))
    }
}

/// The error when another user than the wished for is signed in.
pub(super) fn other_user() -> OAuthError {
    OAuthError::new(ErrorCode::LoginRequired, "another user is signed in")
}
