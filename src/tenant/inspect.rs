//! What is alive, and what a token is worth.

mod counts;
mod jose;
mod verify;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::counts::Counts;
pub use self::verify::Verdict;
use super::Tenant;
use super::asked::Concerned;
use super::grant::{Bearer, Code, Family, RefreshToken};
use super::login::Login;
use super::platform::{PLATFORM_APP, PlatformRefresh};
use super::store::{Found, Store};
use super::terms::{Subject, Terms};
use crate::clock::Timestamp;

/// Something that lives for a while. Ids are secrets and not kept: what stands here is the
/// beginning of their SHA-256.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Alive {
    /// The first 16 hexadecimal digits of the SHA-256 of the id, code or token.
    pub sha256: String,
    /// `login`, `session`, `code`, `access_token`, `id_token`, `refresh_token`, `session_token`,
    /// `session_refresh_token`.
    pub kind: &'static str,
    /// `waiting`, `over`, `live`, `issued`, `redeemed`, `rotated`, `spent` or `revoked`.
    pub state: &'static str,
    /// Application ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Login name of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Tokens of one redemption have the same; they are revoked together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
}

/// The most of each kind that are listed.
const LISTED: usize = 1000;

impl Tenant {
    /// Logins on their way, sessions, codes and tokens, a thousand of each kind at most.
    pub fn alive(&self) -> Vec<Alive> {
        let now = self.0.clock.now();
        let mut all = listed(&self.0.logins, now, |login| self.login(login));
        all.extend(listed(&self.0.sessions, now, |session| Alive {
            kind: "session",
            state: "live",
            user: self.login_name(&session.user),
            ..Alive::default()
        }));
        all.extend(listed(&self.0.codes, now, |code| match code {
            Code::Issued(issued) => self.granted_alive("code", "issued", &issued.grant.terms),
            Code::Redeemed(family) => self.of_family("code", "redeemed", family),
        }));
        all.extend(self.0.tokens.list(now, LISTED, |found, bearer| self.token(found, bearer)));
        all.extend(listed(&self.0.platform_refreshes, now, |token| match token {
            PlatformRefresh::Live(id) => self.of_session("session_refresh_token", "live", id),
            PlatformRefresh::Spent(id) => self.of_session("session_refresh_token", "spent", id),
        }));
        all.extend(listed(&self.0.refresh_tokens, now, |token| match token {
            RefreshToken::Live(family) => self.of_family("refresh_token", "live", family),
            RefreshToken::Rotated(family) => self.of_family("refresh_token", "rotated", family),
        }));
        all
    }

    fn token(&self, found: Found, bearer: &Bearer) -> Alive {
        let alive = match bearer {
            Bearer::Access(live) => self.of_family("access_token", "live", &live.family),
            Bearer::Identity(live) => self.of_family("id_token", "live", &live.family),
            Bearer::Session(id) => {
                return found.alive(self.of_session("session_token", "live", id));
            }
        };
        // A token that is alone in its family is told from others by itself.
        let family = alive.family.or_else(|| Some(found.sha256.clone()));
        found.alive(Alive { family, ..alive })
    }

    /// What stands for a session is worth as much as that.
    fn of_session(&self, kind: &'static str, state: &'static str, id: &str) -> Alive {
        let session = self.0.sessions.read(id, self.0.clock.now(), |session| session.user.clone());
        let state = if session.is_some() { state } else { "revoked" };
        let user = session.and_then(|uuid| self.login_name(&uuid));
        Alive { kind, state, app: Some(PLATFORM_APP.to_owned()), user, ..Alive::default() }
    }

    fn login(&self, login: &Login) -> Alive {
        let (state, user) = login.told();
        let user = user.and_then(|uuid| self.login_name(uuid));
        Alive { kind: "login", state, user, ..Alive::default() }
    }

    fn of_family(&self, kind: &'static str, state: &'static str, family: &Family) -> Alive {
        let state = if family.is_alive() { state } else { "revoked" };
        Alive { family: family.id(), ..self.granted_alive(kind, state, &family.grant.terms) }
    }

    fn granted_alive(&self, kind: &'static str, state: &'static str, terms: &Terms) -> Alive {
        let Concerned { app, client, user } = self.concerned_by(terms);
        let scope = Some(terms.scope.as_str().to_owned());
        Alive { kind, state, app, client, user, scope, ..Alive::default() }
    }

    /// Whom a grant of these terms is of.
    pub(super) fn concerned_by(&self, terms: &Terms) -> Concerned {
        Concerned {
            app: Some(terms.application_id.to_string()),
            client: Some(terms.client_id.to_string()),
            user: match &terms.subject {
                Subject::User(uuid) => self.login_name(uuid),
                Subject::Client => None,
            },
        }
    }

    pub(super) fn login_name(&self, uuid: &str) -> Option<String> {
        self.0.users.by_uuid(uuid).map(|user| user.name.clone())
    }
}

/// What a store has, as far as it is listed.
fn listed<V>(store: &Store<V>, now: Timestamp, show: impl Fn(&V) -> Alive) -> Vec<Alive> {
    store.list(now, LISTED, |found, value| found.alive(show(value)))
}

impl Found {
    fn alive(self, told: Alive) -> Alive {
        Alive { sha256: self.sha256, expires: self.expires.seconds(), ..told }
    }
}
