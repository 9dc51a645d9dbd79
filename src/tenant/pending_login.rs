//! A sign-in that succeeded: its `Token`, and what else the answer tells.
//!
//! Sources: the recorded answers in cyberark/conjur-cli-go, and the claims that CyberArk's SDKs read.

use std::sync::Arc;

use serde_json::json;

use super::Tenant;
use super::grant::Bearer;
use super::user::User;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::digest::format_uuid;
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::security::authentication::LoginSuccess;

/// A sign-in that succeeded, its `Token` not yet signed.
pub struct PendingLogin {
    tenant: Tenant,
    base: BaseUrl,
    user: Arc<User>,
    session: String,
    persistent: bool,
}

/// The application whose issuer and audience platform tokens carry
/// (cyberark/idsec-sdk-golang, `pkg/auth/identity`).
const PLATFORM_APP: &str = "__idaptive_cybr_user_oidc";

impl PendingLogin {
    pub(super) fn new(tenant: &Tenant, base: &BaseUrl, user: Arc<User>, session: String) -> Self {
        Self { tenant: tenant.clone(), base: base.clone(), user, session, persistent: false }
    }

    /// The sign-in as one that outlives the browser, if the tenant allows that.
    #[must_use]
    pub(super) fn persistent(mut self) -> Self {
        self.persistent = self.tenant.0.settings.authentication.allow_persistent_login;
        self
    }

    /// Whether the browser shall keep the session when it is closed.
    pub fn is_persistent(&self) -> bool {
        self.persistent
    }

    /// The session id: `Auth`, and the value of the session cookie.
    pub fn session_id(&self) -> &str {
        &self.session
    }

    /// How long the session lives, in seconds.
    pub fn lifetime(&self) -> i64 {
        self.tenant.0.settings.session_lifetime.seconds()
    }

    /// Signs the `Token` and tells everything about the sign-in: one signature.
    pub fn respond(self) -> LoginSuccess {
        let key = self.tenant.0.keys.signing(SigningAlgorithm::RS256);
        let token = key.sign(&self.token_claims());
        let expires = self.tenant.0.clock.now().plus_seconds(self.lifetime());
        let bearer = Bearer::Session(self.session.as_str().into());
        self.tenant.0.bearers.insert(&token, bearer, expires);
        let tenant_id = self.tenant.0.settings.id.clone();
        LoginSuccess {
            auth_level: "Normal",
            display_name: self.user.display_name().to_owned(),
            token,
            auth: self.session,
            user_id: self.user.uuid(),
            email_address: self.user.mail.clone(),
            user_directory: "CDS",
            pod_fqdn: self.base.authority().to_owned(),
            user: self.user.name.clone(),
            customer_id: tenant_id.clone(),
            system_id: tenant_id,
            source_ds_type: "CDS",
            refresh_token: None,
            token_lifetime: None,
            summary: "LoginSuccess",
        }
    }

    /// The claims that CyberArk's SDKs read from a platform token
    /// (cyberark/ark-sdk-python, cyberark/idsec-sdk-golang, cyberark/epv-api-scripts).
    fn token_claims(&self) -> serde_json::Value {
        let inner = &self.tenant.0;
        let now = inner.clock.now();
        let uuid = self.user.uuid();
        let host = self.base.host();
        let (subdomain, platform_domain) = host.split_once('.').unwrap_or((host, host));
        json!({
            "auth_time": now.seconds(),
            "iss": self.base.issuer(PLATFORM_APP),
            "iat": now.seconds(),
            "aud": PLATFORM_APP,
            "unique_name": self.user.name,
            "exp": now.plus_seconds(self.lifetime()).seconds(),
            "sub": uuid,
            "tenant_id": inner.settings.id,
            "subdomain": subdomain,
            "platform_domain": platform_domain,
            "user_uuid": uuid,
            "user_roles": self.user.roles,
            "internal_session_id": format_uuid(inner.ids.sixteen(), 4),
        })
    }
}

impl std::fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogin").field("user", &self.user.name).finish_non_exhaustive()
    }
}
