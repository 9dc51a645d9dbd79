//! Signed-in users: the session behind `.ASPXAUTH`, `Auth` and `Token`.

use std::cmp::Reverse;
use std::sync::Arc;

use super::Tenant;
use super::grant::{Bearer, Grant, LiveToken};
use super::notices::{Notices, Visits};
use super::store::Key;
use super::terms::Subject;
use super::user::Member;
use crate::clock::Timestamp;
use crate::protocol::digest::sha256;
use crate::protocol::security::WhoAmI;

/// A user who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// UUID of the user.
    pub(super) user: Arc<str>,
    /// When the user proved who they are.
    pub(super) authenticated_at: Timestamp,
    /// How much it is trusted.
    pub(super) level: AuthLevel,
    /// Whom it has served; `None` when no session stands behind the credential.
    pub(super) visits: Option<Arc<Visits>>,
}

/// How much a session is trusted (`AuthLevel`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthLevel {
    /// By a sign-in.
    Normal,
    /// By a step-up too.
    High,
}

impl AuthLevel {
    /// The vendor's word. That for a step-up is inferred.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::High => "High",
        }
    }
}

impl Tenant {
    /// The session that these credentials prove: of several the last to sign in.
    pub(super) fn session(&self, credentials: &[String]) -> Option<Session> {
        self.sessions(credentials).min_by_key(|session| Reverse(session.authenticated_at))
    }

    /// The live sessions that these credentials prove: each a session id, the `Token` of a sign-in,
    /// or an access token.
    pub(super) fn sessions(&self, credentials: &[String]) -> impl Iterator<Item = Session> {
        credentials.iter().filter_map(|credential| {
            self.session_of_id(credential).or_else(|| self.session_of_bearer(credential))
        })
    }

    fn session_of_id(&self, id: &str) -> Option<Session> {
        let session = self.0.sessions.read(id, self.0.clock.now(), Session::clone)?;
        self.0.users.by_uuid(&session.user).map(|_| session)
    }

    fn session_of_bearer(&self, token: &str) -> Option<Session> {
        match self.0.tokens.read(token, self.0.clock.now())? {
            Bearer::Session(id) => self.session_of_id(&id),
            Bearer::Access(LiveToken { family, .. }) if family.is_alive() => {
                self.principal(&family.grant)?;
                let Grant { terms, authenticated_at, visits, .. } = &family.grant;
                match &terms.subject {
                    Subject::User(uuid) => Some(Session {
                        user: uuid.clone(),
                        level: AuthLevel::Normal,
                        authenticated_at: *authenticated_at,
                        visits: visits.clone(),
                    }),
                    Subject::Client => None,
                }
            }
            Bearer::Access(_) | Bearer::Identity(_) => None,
        }
    }

    /// The id and the user of the session that the credentials prove, which an access token does not.
    pub(super) fn live_session(&self, credentials: &[String]) -> Option<(String, Arc<str>)> {
        let session = self.session(credentials)?;
        let user = self.0.users.by_uuid(&session.user)?;
        Some((self.session_id_of(&user, credentials)?, session.user))
    }

    /// Trusts a session more, whose user has just answered again; whether it is alive.
    pub(super) fn raise_session(&self, id: &str) -> bool {
        let now = self.0.clock.now();
        let raise = |session: &mut Session| {
            session.level = AuthLevel::High;
            session.authenticated_at = now;
        };
        self.0.sessions.change(id, now, raise).is_some()
    }

    /// The id of this user's session, if the credentials prove one. An access token stands for a
    /// session that may be long over: it proves none here.
    pub(super) fn session_id_of(&self, user: &Member, credentials: &[String]) -> Option<String> {
        let now = self.0.clock.now();
        let id_of = |credential: &String| match self.0.tokens.read(credential, now) {
            Some(Bearer::Session(id)) => Some(id.into_string()),
            Some(Bearer::Access(_) | Bearer::Identity(_)) => None,
            None => Some(credential.clone()),
        };
        credentials
            .iter()
            .filter_map(id_of)
            .find(|id| self.session_of_id(id).is_some_and(|session| *session.user == *user.uuid()))
    }

    /// Signs the user in without asking anything; returns the session id.
    pub(super) fn begin_session(&self, user: &Member) -> String {
        let id = self.0.ids.session();
        self.begin_session_as(&id, user);
        id
    }

    /// Signs the user in under this session id.
    pub(super) fn begin_session_as(&self, id: &str, user: &Member) {
        let now = self.0.clock.now();
        let sha256 = sha256(id);
        let visits = Some(Visits::of_session(&sha256));
        let level = AuthLevel::Normal;
        let session = Session { user: user.shared_uuid(), authenticated_at: now, level, visits };
        let expires = now.plus_seconds(self.0.settings.session_lifetime.seconds());
        self.0.sessions.insert_at(Key::of_hash(&sha256), session, expires);
    }

    /// Who the credentials say is signed in; `None` when nobody is.
    pub fn who_am_i(&self, credentials: &[String]) -> Option<WhoAmI> {
        let session = self.session(credentials)?;
        let user = self.0.users.by_uuid(&session.user)?;
        Some(WhoAmI {
            tenant_id: self.0.settings.id.clone(),
            user: user.name.clone(),
            user_uuid: session.user.to_string(),
        })
    }

    /// Ends the sessions that the credentials name, and the bearer tokens among them; returns whom
    /// to tell.
    pub fn sign_out(&self, credentials: &[String]) -> Notices {
        let now = self.0.clock.now();
        let mut ended = Vec::new();
        for credential in credentials {
            ended.extend(self.0.sessions.take(credential, now));
            let bearer = self.0.tokens.read(credential, now);
            // An ID token opens nothing that could be closed.
            if !matches!(bearer, Some(Bearer::Identity(_))) {
                self.0.tokens.end(credential, now);
            }
            if let Some(Bearer::Session(id)) = bearer {
                ended.extend(self.0.sessions.take(&id, now));
            }
        }
        self.notices(&ended)
    }
}
