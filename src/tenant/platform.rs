//! The platform's own application, whose tokens CyberArk's SDKs carry to every service of the
//! tenant.
//!
//! Sources: docs.cyberark.com (ISPSS-API-Authentication) for the token endpoint of service users;
//! cyberark/idsec-sdk-golang and cyberark/ark-sdk-python, `auth/identity`, for the refresh and for
//! the claims that are read. The product turns the refresh token over with each use, in an SDK's own
//! words; that using a spent one ends the sign-in is inferred from
//! [RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).

use std::sync::Arc;

use serde_json::json;

use super::Tenant;
use super::grant::Bearer;
use super::issue::Issuance;
use super::notices::Notices;
use super::steer::TokenKind;
use super::user::Member;
use crate::clock::Timestamp;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::Claims;
use crate::protocol::digest::uuid_of;
use crate::protocol::error::OAuthError;
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::platform::PlatformPair;
use crate::protocol::token::TokenRequest;

/// The application whose issuer and audience platform tokens carry
/// (cyberark/idsec-sdk-golang, `pkg/auth/identity`).
pub(super) const PLATFORM_APP: &str = "__idaptive_cybr_user_oidc";

/// A refresh token of a sign-in, with the id of the session that it lives and dies with.
pub(super) enum PlatformRefresh {
    /// Good for a new pair.
    Live(Box<str>),
    /// Used: whoever uses it again ends the session.
    Spent(Box<str>),
}

/// A token that stands for a session, not yet signed.
pub(super) struct SessionToken {
    pub(super) tenant: Tenant,
    pub(super) base: BaseUrl,
    pub(super) user: Arc<Member>,
    /// The session id.
    pub(super) session: String,
    pub(super) authenticated_at: Timestamp,
    /// Seconds that the token lives.
    pub(super) lifetime: i64,
}

impl SessionToken {
    /// Signs and remembers the token, and tells how many seconds it lives: one signature.
    pub(super) fn sign(&self) -> (String, i64) {
        let inner = &self.tenant.0;
        let now = inner.clock.now();
        let named = self.tenant.named_by_session(&self.user);
        let changes = self.tenant.changes(named, &[TokenKind::SessionToken]);
        let lifetime = changes.lifetime(TokenKind::SessionToken).unwrap_or(self.lifetime);
        let expires = now.plus_seconds(lifetime);
        let claims = json!({
            "auth_time": self.authenticated_at.seconds(),
            "iss": self.base.issuer(PLATFORM_APP),
            "iat": now.seconds(),
            "aud": PLATFORM_APP,
            "unique_name": self.user.name,
            "exp": expires.seconds(),
            "sub": self.user.uuid(),
        });
        let mut claims = match claims {
            serde_json::Value::Object(claims) => claims,
            _ => Claims::new(),
        };
        claims.extend(self.tenant.platform_claims(self.base.host(), &self.user));
        claims.insert("internal_session_id".into(), internal_id(&self.session).into());
        // As access tokens have it, and for the same reason: no source shows one, but without it two
        // tokens of the same second would be the same token.
        claims.insert("jti".into(), inner.ids.opaque().into());
        changes.apply(TokenKind::SessionToken, &mut claims, named);
        let key = inner.keys.signing(SigningAlgorithm::RS256);
        let token = changes.sign(TokenKind::SessionToken, &key, &claims, named);
        inner.tokens.remember_session(&token, &self.session, expires);
        (token.text, lifetime)
    }
}

/// A new pair of platform tokens, its ID token not yet signed.
pub struct PendingPair {
    token: SessionToken,
    refresh_token: String,
}

impl PendingPair {
    /// Signs the ID token: one signature.
    pub fn respond(self) -> PlatformPair {
        PlatformPair { id_token: self.token.sign().0, refresh_token: self.refresh_token }
    }
}

/// Why there is no new pair, and whom to tell that a session is over.
#[derive(Debug)]
pub struct RefusedPair {
    /// The answer.
    pub error: OAuthError,
    /// None unless a spent refresh token ended the session.
    pub notices: Notices,
}

impl From<OAuthError> for RefusedPair {
    fn from(error: OAuthError) -> Self {
        Self { error, notices: Notices::default() }
    }
}

impl Tenant {
    /// Gives a service user a token of the platform, which waits to be signed.
    ///
    /// # Errors
    ///
    /// Another grant than `client_credentials`, wrong credentials, or a tenant that does not have
    /// the platform's application.
    pub fn platform_token(
        &self,
        base: &BaseUrl,
        request: &TokenRequest,
    ) -> Result<Issuance, OAuthError> {
        if request.grant_type.as_deref() != Some("client_credentials") {
            return Err(OAuthError::invalid_grant("invalid grant type"));
        }
        self.exchange(base, PLATFORM_APP, request)
    }

    /// Exchanges both tokens of a sign-in for new ones; the refresh token is spent.
    ///
    /// # Errors
    ///
    /// `invalid_grant` when the two are not a pair that this tenant gave out, the refresh token was
    /// used before, or the session has ended.
    pub fn refresh_platform_token(
        &self,
        base: &BaseUrl,
        sent: &PlatformPair,
    ) -> Result<PendingPair, RefusedPair> {
        let lifetime = self.platform_lifetime().ok_or_else(|| self.no_platform())?;
        let now = self.0.clock.now();
        let refreshes = &self.0.platform_refreshes;
        let session_id = refreshes
            .read(&sent.refresh_token, now, |state| state.session().to_owned())
            .filter(|session| self.is_token_of(session, &sent.id_token))
            .ok_or_else(unknown_pair)?;
        // Found before the token is spent, so that who spends it gets a pair whatever others do.
        let known = self
            .0
            .sessions
            .read_with_expiry(&session_id, now, |session, expires| (session.clone(), expires));
        let (session, expires) = known.ok_or_else(unknown_pair)?;
        let user = self.0.users.by_uuid(&session.user).ok_or_else(unknown_pair)?;
        // Of two callers at once one finds the token live, the other spent.
        if refreshes.change(&sent.refresh_token, now, PlatformRefresh::spend) != Some(true) {
            let notices = self.sign_out(std::slice::from_ref(&session_id));
            return Err(RefusedPair { error: unknown_pair(), notices });
        }
        Ok(PendingPair {
            refresh_token: self.platform_refresh_until(&session_id, expires),
            token: SessionToken {
                tenant: self.clone(),
                base: base.clone(),
                user,
                session: session_id,
                authenticated_at: session.authenticated_at,
                lifetime,
            },
        })
    }

    /// A refresh token that lives as long as the session; `None` when that is over.
    pub(super) fn new_platform_refresh(&self, session: &str) -> Option<String> {
        let now = self.0.clock.now();
        let expires = self.0.sessions.read_with_expiry(session, now, |_, expires| expires)?;
        Some(self.platform_refresh_until(session, expires))
    }

    fn platform_refresh_until(&self, session: &str, expires: Timestamp) -> String {
        let token = self.0.ids.opaque();
        self.0.platform_refreshes.insert(&token, PlatformRefresh::Live(session.into()), expires);
        token
    }

    /// Seconds that tokens of the platform live; `None` for a tenant without its application.
    pub(super) fn platform_lifetime(&self) -> Option<i64> {
        let registered = self.0.apps.get(PLATFORM_APP)?;
        Some(registered.app.token_lifetime.seconds())
    }

    /// The claims of a platform token beside those of every token.
    pub(super) fn platform_claims(&self, host: &str, user: &Member) -> Claims {
        let (subdomain, platform_domain) = host.split_once('.').unwrap_or((host, host));
        let claims = [
            ("tenant_id", self.0.settings.id.as_str().into()),
            ("subdomain", subdomain.into()),
            ("platform_domain", platform_domain.into()),
            ("user_uuid", user.uuid().into()),
            ("user_roles", user.roles.clone().into()),
        ];
        claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Whether the token, dead or alive, was signed here for this session.
    fn is_token_of(&self, session: &str, token: &str) -> bool {
        let now = self.0.clock.now();
        // A test may have given it another look.
        let bearer = self.0.tokens.read(token, now);
        if matches!(bearer, Some(Bearer::Session(id)) if *id == *session) {
            return true;
        }
        let claims = self.0.keys.verify(token, now);
        let named = claims.as_ref().and_then(|claims| claims.get("internal_session_id")?.as_str());
        named == Some(&internal_id(session))
    }

    fn no_platform(&self) -> OAuthError {
        match self.app(PLATFORM_APP) {
            Ok(_) => unknown_pair(),
            Err(unknown) => unknown,
        }
    }
}

impl PlatformRefresh {
    fn session(&self) -> &str {
        let (Self::Live(session) | Self::Spent(session)) = self;
        session
    }

    /// Spends the token; whether it was live.
    fn spend(&mut self) -> bool {
        let was_live = matches!(self, Self::Live(_));
        *self = Self::Spent(self.session().into());
        was_live
    }
}

/// What a token calls its session: not the session id, which opens it.
fn internal_id(session: &str) -> String {
    uuid_of(session)
}

/// The mock's own text: none is published.
fn unknown_pair() -> OAuthError {
    OAuthError::invalid_grant(
        "the cookies are no pair of platform tokens, were used before, or their session has ended",
    )
}

impl std::fmt::Debug for PendingPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingPair").field("user", &self.token.user.name).finish_non_exhaustive()
    }
}
