//! Bearer tokens that are alive, each kept in as few bytes as it takes.

use std::sync::Arc;

use super::grant::{Bearer, Family, Grant, LiveToken};
use super::keys::Token;
use super::store::{Found, Key, Store};
use super::terms::Terms;
use crate::clock::Timestamp;
use crate::protocol::scope::Scope;

/// What a token of a family is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// An access token.
    Access,
    /// An ID token: it says who signed in and opens nothing.
    Identity,
}

/// A token, beside the time at which it expires. Lifetimes are in seconds.
enum Kept {
    /// Nothing else stems from its grant, which began with it and says no more than its terms: kept
    /// without a family.
    Alone { for_use: Use, lifetime: i32, terms: Arc<Terms> },
    /// It has the scope that was granted.
    OfFamily { for_use: Use, lifetime: i32, family: Arc<Family> },
    /// It was refreshed with less than that.
    Narrowed { for_use: Use, lifetime: i32, of: Box<(Arc<Family>, Scope)> },
    /// The `Token` of a sign-in, by the id of its session.
    Session(Box<SessionId>),
}

struct SessionId(Box<str>);

// What a hundred thousand tokens take is a multiple of this.
const _: () = assert!(size_of::<Option<Kept>>() == 16);

impl Kept {
    fn of(for_use: Use, live: LiveToken, is_alone: bool) -> Self {
        let LiveToken { family, scope, issued_at, expires } = live;
        let milliseconds = expires.milliseconds().saturating_sub(issued_at.milliseconds());
        // Ten years are the most that a fixture or a test can ask for.
        let lifetime = i32::try_from(milliseconds / 1000).unwrap_or(i32::MAX);
        if scope != family.grant.terms.scope {
            Self::Narrowed { for_use, lifetime, of: Box::new((family, scope)) }
        } else if is_alone && family.grant.is_plain(issued_at) {
            Self::Alone { for_use, lifetime, terms: family.grant.terms.clone() }
        } else {
            Self::OfFamily { for_use, lifetime, family }
        }
    }

    /// The token in full, which expires then.
    fn bearer(&self, expires: Timestamp) -> Bearer {
        let issued_at = |lifetime: i32| expires.plus_seconds(-i64::from(lifetime));
        let (for_use, family, scope, lifetime) = match self {
            Self::Session(id) => return Bearer::Session(id.0.clone()),
            Self::Alone { for_use, lifetime, terms } => {
                let grant = Grant::plain(terms.clone(), issued_at(*lifetime));
                (for_use, Family::of_one(grant), &terms.scope, lifetime)
            }
            Self::OfFamily { for_use, lifetime, family } => {
                (for_use, family.clone(), &family.grant.terms.scope, lifetime)
            }
            Self::Narrowed { for_use, lifetime, of } => (for_use, of.0.clone(), &of.1, lifetime),
        };
        let issued_at = issued_at(*lifetime);
        let live = LiveToken { family, scope: scope.clone(), issued_at, expires };
        match for_use {
            Use::Access => Bearer::Access(live),
            Use::Identity => Bearer::Identity(live),
        }
    }

    fn is_live_access_token(&self) -> bool {
        match self {
            Self::Alone { for_use, .. } => *for_use == Use::Access,
            Self::OfFamily { for_use, family, .. } => *for_use == Use::Access && family.is_alive(),
            Self::Narrowed { for_use, of, .. } => *for_use == Use::Access && of.0.is_alive(),
            Self::Session(_) => false,
        }
    }
}

/// Bearer tokens by what they say.
#[derive(Debug)]
pub(super) struct Tokens(Store<Kept>);

impl Tokens {
    /// No token yet, and at most `limit`.
    pub(super) fn new(limit: usize) -> Self {
        Self(Store::new(limit))
    }

    /// Remembers a token. `is_alone` says that nothing else is or will be of its family.
    pub(super) fn remember(&self, token: &Token, for_use: Use, live: LiveToken, is_alone: bool) {
        let expires = live.expires;
        let kept = Kept::of(for_use, live, is_alone);
        self.0.insert_at(Key::of_hash(&token.sha256), kept, expires);
    }

    /// Remembers a token that stands for the session of this id.
    pub(super) fn remember_session(&self, token: &Token, session: &str, expires: Timestamp) {
        let kept = Kept::Session(Box::new(SessionId(session.into())));
        self.0.insert_at(Key::of_hash(&token.sha256), kept, expires);
    }

    /// What a live token stands for.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Option<Bearer> {
        self.read_at(Key::of(token), now)
    }

    /// Like [`Self::read`], for who looks in several stores.
    pub(super) fn read_at(&self, token: Key, now: Timestamp) -> Option<Bearer> {
        self.0.read_at(token, now, Kept::bearer)
    }

    /// Ends a token.
    pub(super) fn end(&self, token: &str, now: Timestamp) {
        self.0.take(token, now);
    }

    /// Removes what has expired.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.0.sweep(now);
    }

    /// What `show` makes of the live tokens, of at most `limit` of them.
    pub(super) fn list<R>(
        &self,
        now: Timestamp,
        limit: usize,
        show: impl Fn(Found, &Bearer) -> R,
    ) -> Vec<R> {
        self.0.list(now, limit, |found, kept| {
            let bearer = kept.bearer(found.expires);
            show(found, &bearer)
        })
    }

    /// How many access tokens there are that nobody revoked.
    pub(super) fn count_access(&self, now: Timestamp) -> usize {
        self.0.count(now, Kept::is_live_access_token)
    }
}
