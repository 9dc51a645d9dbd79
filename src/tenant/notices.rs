//! Telling applications that a session is over.
//!
//! [OpenID Connect Front-Channel Logout §2, §3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout),
//! [OpenID Connect Back-Channel Logout §2](https://openid.net/specs/openid-connect-backchannel-1_0.html#Backchannel).
//! Only clients that register a logout URI are told, and only their ID tokens name the session:
//! no source shows the product doing either.

use std::sync::{Arc, Mutex, PoisonError};

use super::Tenant;
use super::registry::{AppAt, RegisteredClient};
use super::session::Session;
use crate::protocol::digest::format_uuid;
use crate::protocol::jwk::SigningAlgorithm;
use crate::protocol::logout::{
    Events, LOGOUT_TOKEN_LIFETIME, LOGOUT_TOKEN_TYPE, LogoutToken, LogoutUri,
};

/// The most clients that a session remembers; the first one makes room.
const MOST_VISITS: usize = 64;

/// The clients that a session has served, of those that want to hear of its end.
#[derive(Debug)]
pub(super) struct Visits {
    /// How tokens and notices name the session, as bytes.
    sid: [u8; 16],
    /// Most sessions have none, so there is no room for more.
    seen: Mutex<Box<[Visit]>>,
}

/// A client, as it knows this server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Visit {
    application_id: Box<str>,
    client_id: Box<str>,
    issuer: Box<str>,
}

impl Visits {
    /// None yet. The `sid` is derived from the SHA-256 of the session id, which stays a secret.
    pub(super) fn of_session(sha256: &[u8; 32]) -> Arc<Self> {
        let mut sid = [0; 16];
        // The end that no key of a store is made of.
        sid.copy_from_slice(&sha256[16..]);
        Arc::new(Self { sid, seen: Mutex::default() })
    }

    /// How tokens and notices name the session.
    pub(super) fn sid(&self) -> String {
        format_uuid(self.sid, 8)
    }

    /// Remembers that the client got tokens for the session's user, if it wants to hear of the end.
    pub(super) fn record(&self, at: &AppAt, client_id: &str) {
        let registered = &at.registered;
        let wants = |client: Arc<RegisteredClient>| client.wants_logout_notices();
        if !registered.client(client_id).is_some_and(wants) {
            return;
        }
        let visit = Visit {
            application_id: registered.app.application_id.as_str().into(),
            client_id: client_id.into(),
            issuer: at.issuer.as_str().into(),
        };
        // Nothing that could panic runs under the lock, so a poisoned one holds whole visits.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(&visit) {
            let first = usize::from(seen.len() >= MOST_VISITS);
            let kept = std::mem::take(&mut *seen).into_iter().skip(first);
            *seen = kept.chain([visit]).collect();
        }
    }

    fn all(&self) -> Box<[Visit]> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whom to tell that sessions are over.
#[derive(Debug, Default)]
#[must_use]
pub struct Notices {
    /// What the user's browser loads, each in a frame.
    pub front_channel: Vec<String>,
    /// What the server posts.
    pub back_channel: Vec<BackChannelNotice>,
}

/// A notice that the server posts, not yet signed.
pub struct BackChannelNotice {
    tenant: Tenant,
    algorithm: SigningAlgorithm,
    application_id: Box<str>,
    uri: LogoutUri,
    claims: LogoutToken,
}

impl BackChannelNotice {
    /// The application that is told.
    pub fn application_id(&self) -> &str {
        &self.application_id
    }

    /// The client that is told.
    pub fn client_id(&self) -> &str {
        &self.claims.aud
    }

    /// Where the client wants the form with the `logout_token`.
    pub fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// The `logout_token`: one signature.
    pub fn logout_token(&self) -> String {
        self.tenant.0.keys.signing(self.algorithm).sign_as(LOGOUT_TOKEN_TYPE, &self.claims)
    }
}

impl Tenant {
    /// The notices that these sessions are over.
    pub(super) fn notices(&self, ended: &[Session]) -> Notices {
        let mut notices = Notices::default();
        for session in ended {
            let Some(visits) = &session.visits else { continue };
            for visit in visits.all() {
                self.add_notices(&mut notices, &session.user, &visits.sid(), visit);
            }
        }
        notices
    }

    fn add_notices(&self, notices: &mut Notices, user: &str, sid: &str, visit: Visit) {
        let Some(registered) = self.0.apps.get(&visit.application_id) else {
            return;
        };
        let Some(client) = registered.client(&visit.client_id) else {
            return;
        };
        if let Some(uri) = &client.settings.frontchannel_logout_uri {
            notices.front_channel.push(uri.naming_session(&visit.issuer, sid));
        }
        if let Some(uri) = &client.settings.backchannel_logout_uri {
            let now = self.0.clock.now();
            notices.back_channel.push(BackChannelNotice {
                tenant: self.clone(),
                algorithm: registered.id_token_algorithm(&visit.client_id),
                application_id: visit.application_id,
                uri: uri.clone(),
                claims: LogoutToken {
                    iss: visit.issuer.into(),
                    sub: user.to_owned(),
                    aud: visit.client_id.into(),
                    iat: now.seconds(),
                    exp: now.plus_seconds(LOGOUT_TOKEN_LIFETIME).seconds(),
                    jti: self.0.ids.opaque(),
                    sid: sid.to_owned(),
                    events: Events,
                },
            });
        }
    }
}

impl std::fmt::Debug for BackChannelNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackChannelNotice")
            .field("client_id", &self.claims.aud)
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}
