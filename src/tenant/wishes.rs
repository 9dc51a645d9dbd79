//! What a client may wish for beside code and tokens: how fresh the sign-in, which user, which claims.
//!
//! [OpenID Connect Core §3.1.2.1, §5.5](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)

use serde_json::Value;

use super::Tenant;
use super::app::AppClient;
use super::policy::{AcrValues, ClaimsParameter, IdTokenHint, LoginHint, MaxAge, Policy};
use super::registry::AppAt;
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
    /// Login name of the user who is expected.
    pub(super) login_hint: Option<String>,
    pub(super) acr: Option<Box<str>>,
    pub(super) claims: Option<Box<ClaimsRequest>>,
}

/// Whom a client wants to be signed in: a value of `sub` from each of these lists.
pub(super) struct WishedUser(Vec<Vec<Value>>);

impl WishedUser {
    /// Whether it may be the user with this UUID.
    pub(super) fn may_be(&self, user: &str) -> bool {
        self.0.iter().all(|subjects| subjects.iter().any(|subject| subject == user))
    }
}

impl Wishes {
    /// What a request of the client wishes for; where it says nothing, what the client is registered
    /// with.
    pub(super) fn of(
        policy: Policy,
        client: &AppClient,
        request: &AuthorizeRequest,
    ) -> Result<Self, OAuthError> {
        let max_age = request.max_age.as_deref().filter(|_| policy.max_age == MaxAge::Honoured);
        let hint =
            request.id_token_hint.clone().filter(|_| policy.id_token_hint == IdTokenHint::Checked);
        let login_hint =
            request.login_hint.clone().filter(|_| policy.login_hint == LoginHint::Honoured);
        let acr_values = request.acr_values.as_deref().unwrap_or_default();
        let acr = acr_values.split(' ').find(|value| !value.is_empty());
        let acr = acr.filter(|_| policy.acr_values == AcrValues::Echoed);
        let claims = request.claims.as_deref();
        let claims = claims.filter(|_| policy.claims_parameter == ClaimsParameter::Honoured);
        let claims: Option<ClaimsRequest> = claims.map(str::parse).transpose()?;
        let usual = client.default_acr_values.first().map(String::as_str);
        let acr = claims.as_ref().and_then(requested_acr).or(acr).or(usual).map(Into::into);
        let max_age = max_age.map(seconds).transpose()?;
        Ok(Self {
            max_age: max_age.or(client.default_max_age.map(i64::from)),
            id_token_hint: hint,
            login_hint,
            acr,
            claims: claims.map(Box::new),
        })
    }

    /// Whether a sign-in of that time is fresh enough now. None is for `max_age=0`, which is
    /// `prompt=login` in other words.
    pub(super) fn accept_sign_in(&self, at: Timestamp, now: Timestamp) -> bool {
        self.max_age.is_none_or(|seconds| seconds > 0 && at.plus_seconds(seconds) >= now)
    }
}

/// The first `acr` that the claims ask for: unlike `acr_values` it may be essential, and then no
/// other will do (§5.5.1.1).
fn requested_acr(claims: &ClaimsRequest) -> Option<&str> {
    let acr = claims.id_token.iter().find(|claim| claim.name == "acr")?;
    acr.values.iter().find_map(Value::as_str)
}

/// A whole number, not negative.
fn seconds(sent: &str) -> Result<i64, OAuthError> {
    Some(sent)
        .filter(|sent| sent.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| OAuthError::invalid_request("max_age: expected a number of seconds"))
}

impl Tenant {
    /// The user whom the wishes are for: the one that the hint names, with the `sub` that the claims
    /// ask for (§3.1.2.2, §5.5.1).
    ///
    /// # Errors
    ///
    /// A hint that is not of this application.
    pub(super) fn wished_user(
        &self,
        at: &AppAt,
        wishes: &Wishes,
    ) -> Result<WishedUser, OAuthError> {
        let hint = wishes.id_token_hint.as_deref().map(|hint| {
            let claims = self.hint_of(at, hint).ok_or_else(|| {
                let text = "id_token_hint is not an ID token of this application";
                OAuthError::invalid_request(text)
            })?;
            Ok(claims.get("sub").cloned().into_iter().collect())
        });
        let asked = wishes.claims.iter().flat_map(|claims| claims.id_token.iter());
        let subjects = asked.filter(|claim| claim.name == "sub" && !claim.values.is_empty());
        let subjects = subjects.map(|claim| claim.values.clone());
        Ok(WishedUser(hint.transpose()?.into_iter().chain(subjects).collect()))
    }
}

/// The error when another user than the wished for is signed in.
pub(super) fn other_user() -> OAuthError {
    OAuthError::new(ErrorCode::LoginRequired, "another user is signed in")
}
