//! What a policy may demand of an authorization request beside what is always checked.

use super::app::AppType;
use super::policy::{InsecureRedirectUris, OpenidScope, Pkce, Policy};
use super::registry::Registered;
use crate::protocol::authorize::AuthorizeRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;

/// Whether an authorization response would travel in the clear, and the policy does not have it
/// ([RFC 9700 §2.6](https://www.rfc-editor.org/rfc/rfc9700#section-2.6)).
pub(super) fn is_too_insecure(policy: Policy, uri: &RedirectUri) -> bool {
    policy.insecure_redirect_uris == InsecureRedirectUris::Refused && uri.is_insecure()
}

/// A code is bound to who asked for it
/// ([RFC 9700 §2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1)).
pub(super) fn demand_pkce(
    policy: Policy,
    is_public: bool,
    wanted: ResponseType,
    request: &AuthorizeRequest,
) -> Result<(), OAuthError> {
    let is_demanded = match policy.pkce {
        Pkce::Optional => false,
        Pkce::PublicClients => is_public,
        Pkce::Required => true,
    };
    if wanted.code && is_demanded && request.code_challenge.is_none() {
        return Err(OAuthError::invalid_request("missing code_challenge"));
    }
    Ok(())
}

/// What is no OAuth2 application signs users in, and that takes the scope `openid`
/// ([OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
pub(super) fn demand_openid(registered: &Registered, scope: &Scope) -> Result<(), OAuthError> {
    let is_demanded = registered.policy.openid_scope == OpenidScope::Required
        && registered.app.app_type == AppType::OpenidConnect;
    if is_demanded && !scope.has_openid() {
        return Err(OAuthError::invalid_scope("missing scope openid"));
    }
    Ok(())
}
