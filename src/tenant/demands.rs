//! What a policy may demand of a request beside what is always checked: most of it of an authorization
//! request.

use super::Tenant;
use super::app::AppType;
use super::policy::{InsecureRedirectUris, OpenidScope, Pkce, PlainHttp, Policy};
use super::registry::Registered;
use crate::protocol::authorize::AuthorizeRequest;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::OAuthError;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;

/// Whether an authorization response would travel in the clear, and the policy does not have it
/// ([RFC 9700 §2.6](https://www.rfc-editor.org/rfc/rfc9700#section-2.6)).
pub(super) fn is_too_insecure(policy: Policy, uri: &RedirectUri) -> bool {
    policy.insecure_redirect_uris == InsecureRedirectUris::Refused && uri.is_insecure()
}

impl Tenant {
    /// Refuses an OAuth endpoint that is asked in the clear, if the policy does: of the application, of
    /// the tenant where none is named.
    ///
    /// # Errors
    ///
    /// `invalid_request`, in words that say what to do.
    pub fn demand_tls(
        &self,
        base: &BaseUrl,
        application_id: Option<&str>,
    ) -> Result<(), OAuthError> {
        let policy = application_id.map_or(self.0.policy, |id| self.policy_for(id));
        let (is_taken, where_taken) = match policy.plain_http {
            PlainHttp::Accepted => (true, ""),
            PlainHttp::Loopback => (base.leads_here(), " but at localhost"),
            PlainHttp::Refused => (false, ""),
        };
        if is_taken || base.is_secure() {
            return Ok(());
        }
        Err(OAuthError::invalid_request(format!(
            "plain http is refused{where_taken}: use https (--tls-port, or a proxy that sends \
             X-Forwarded-Proto), or set plain_http to accepted in the policy of the fixture"
        )))
    }
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
