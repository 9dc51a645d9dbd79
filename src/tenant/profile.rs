//! Claims about a user: the standard ones that a scope asks for, and those of fixture and script.
//!
//! [OpenID Connect Core §5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims);
//! which claims the product gives: identity-developer.cyberark.com/docs/claims.

use serde_json::Value;

use super::app::App;
use super::policy::{DerivedNames, Policy};
use super::principal::Principal;
use super::registry::Registered;
use super::user::User;
use crate::protocol::claims::{Claims, scope_of};
use crate::protocol::claims_request::ClaimRequest;
use crate::protocol::scope::Scope;

/// The standard claims of the user that `scope` asks for.
pub(super) fn standard_claims(
    principal: &Principal,
    registered: &Registered,
    scope: &Scope,
) -> Claims {
    let mut claims = every_standard_claim(principal, registered);
    claims.retain(|name, _| scope_of(name).is_some_and(|asking| scope.contains(asking)));
    claims
}

/// The standard claims of the user, all of them.
pub(super) fn every_standard_claim(
    principal: &Principal,
    Registered { app, policy, .. }: &Registered,
) -> Claims {
    let Some(user) = principal.user() else {
        return Claims::new();
    };
    let (given_name, family_name) = names(user, *policy);
    let verified = |value: &Option<String>| value.as_ref().map(|_| Value::Bool(true));
    let known = [
        ("given_name", Some(given_name.into())),
        ("name", Some(user.display_name().into())),
        ("email", user.mail.clone().map(Value::from)),
        ("family_name", Some(family_name.into())),
        ("preferred_username", Some(user.name.as_str().into())),
        ("email_verified", verified(&user.mail)),
        ("phone_number", user.phone.clone().map(Value::from)),
        ("phone_number_verified", verified(&user.phone)),
    ];
    let mut claims: Claims =
        known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    claims.extend(own_claims(principal, app).filter(|(name, _)| scope_of(name).is_some()));
    claims
}

/// Adds the claims that were asked for by name, as far as there are any with a value asked for
/// ([§5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)). A claim that is
/// essential and not there is left out too (§5.5.1).
pub(super) fn give_requested(claims: &mut Claims, requested: &[ClaimRequest], all: &Claims) {
    for ClaimRequest { name, values, .. } in requested {
        let value = all.get(name).filter(|value| values.is_empty() || values.contains(value));
        claims.extend(value.map(|value| (name.clone(), value.clone())));
    }
}

/// The claims of fixture and script that no scope governs.
pub(super) fn custom_claims<'a>(
    principal: &'a Principal,
    app: &'a App,
) -> impl Iterator<Item = (String, Value)> + 'a {
    own_claims(principal, app).filter(|(name, _)| scope_of(name).is_none())
}

/// The user's own claims, then the application's, which so replace them.
fn own_claims<'a>(
    principal: &'a Principal,
    app: &'a App,
) -> impl Iterator<Item = (String, Value)> + 'a {
    let of_user = principal.user().into_iter().flat_map(|user| &user.claims);
    of_user.chain(&app.claims).map(|(name, value)| (name.clone(), value.clone()))
}

fn names(user: &User, policy: Policy) -> (&str, &str) {
    let full = user.display_name();
    let (given, family) = match policy.derived_names {
        DerivedNames::DisplayName => (full, full),
        DerivedNames::Split => {
            let words = full.trim().rsplit_once(' ');
            words.map_or((full, full), |(given, family)| (given.trim_end(), family))
        }
    };
    (user.given_name.as_deref().unwrap_or(given), user.family_name.as_deref().unwrap_or(family))
}
