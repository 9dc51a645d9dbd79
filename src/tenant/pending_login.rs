//! A sign-in that succeeded: its `Token`, and what else the answer tells.
//!
//! Sources: the recorded answers in cyberark/conjur-cli-go, and the claims that CyberArk's SDKs read.

use std::sync::Arc;

use super::Tenant;
use super::platform::SessionToken;
use super::session::AuthLevel;
use super::user::Member;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::authentication::LoginSuccess;

/// A sign-in that succeeded, its `Token` not yet signed.
pub struct PendingLogin {
    token: SessionToken,
    level: AuthLevel,
    /// Whether the client asked for platform tokens, and the tenant gives them.
    for_platform: bool,
    persistent: bool,
}

impl PendingLogin {
    pub(super) fn new(tenant: &Tenant, base: &BaseUrl, user: Arc<Member>, session: String) -> Self {
        let now = tenant.0.clock.now();
        let known = tenant
            .0
            .sessions
            .read(&session, now, |session| (session.authenticated_at, session.level));
        let (authenticated_at, level) = known.unwrap_or((now, AuthLevel::Normal));
        let token = SessionToken {
            tenant: tenant.clone(),
            base: base.clone(),
            user,
            session,
            authenticated_at,
            lifetime: tenant.0.settings.session_lifetime.seconds(),
        };
        Self { token, level, for_platform: false, persistent: false }
    }

    /// The sign-in as one that outlives the browser, if the tenant allows that.
    #[must_use]
    pub(super) fn persistent(mut self) -> Self {
        self.persistent = self.token.tenant.0.settings.authentication.allow_persistent_login;
        self
    }

    /// Whether the browser shall keep the session when it is closed.
    pub fn is_persistent(&self) -> bool {
        self.persistent
    }

    /// The same sign-in, answered with a pair of platform tokens: what a client wants that starts
    /// with `PlatformTokenResponse: true`. A tenant without the platform's application gives none.
    ///
    /// Source: cyberark/idsec-sdk-golang, `pkg/auth/identity`.
    #[must_use]
    pub fn with_platform_tokens(mut self) -> Self {
        if let Some(lifetime) = self.token.tenant.platform_lifetime() {
            self.token.lifetime = lifetime.min(self.token.lifetime);
            self.for_platform = true;
        }
        self
    }

    /// The session id: `Auth`, and the value of the session cookie.
    pub fn session_id(&self) -> &str {
        &self.token.session
    }

    /// How long the session lives, in seconds.
    pub fn lifetime(&self) -> i64 {
        self.token.tenant.0.settings.session_lifetime.seconds()
    }

    /// Signs the `Token` and tells everything about the sign-in: one signature.
    pub fn respond(self) -> LoginSuccess {
        let (token, lifetime) = self.token.sign();
        let Self { token: SessionToken { tenant, base, user, session, .. }, .. } = self;
        let refresh_token =
            if self.for_platform { tenant.new_platform_refresh(&session) } else { None };
        let tenant_id = tenant.0.settings.id.clone();
        LoginSuccess {
            auth_level: self.level.word(),
            display_name: user.display_name().to_owned(),
            token,
            auth: session,
            user_id: user.uuid().to_string(),
            email_address: user.mail.clone(),
            user_directory: "CDS",
            pod_fqdn: base.authority().to_owned(),
            user: user.name.clone(),
            customer_id: tenant_id.clone(),
            system_id: tenant_id,
            source_ds_type: "CDS",
            token_lifetime: refresh_token.as_ref().map(|_| lifetime),
            refresh_token,
            summary: "LoginSuccess",
        }
    }
}

impl std::fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogin").field("user", &self.token.user.name).finish_non_exhaustive()
    }
}
