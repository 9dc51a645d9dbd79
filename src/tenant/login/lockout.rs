//! Who is locked out, after how many failures, until when; and who is kept from signing in because a
//! test wants it.

use std::sync::Arc;

use dashmap::DashMap;

use super::Tenant;
use super::settings::Lockout;
use crate::clock::Timestamp;
use crate::protocol::lifetime::Lifetime;
use crate::protocol::secret::Secret;
use crate::tenant::steer::SignInOutcome;
use crate::tenant::user::Member;

/// How long a test's lock-out lasts where the tenant has none of its own.
const LOCKED_OUT: Lifetime = Lifetime::minutes(30);

/// Failures in a row by UUID of the user: as many entries as there are users at most.
#[derive(Debug, Default)]
pub(in crate::tenant) struct Lockouts(DashMap<Arc<str>, Failures>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    locked_until: Option<Timestamp>,
}

impl Lockouts {
    /// Whether the user is locked out.
    pub(super) fn is_locked(&self, user: &str, now: Timestamp) -> bool {
        let until = self.0.get(user).and_then(|failures| failures.locked_until);
        until.is_some_and(|until| until > now)
    }

    /// Counts a failure. A lock that has lifted starts the count again.
    pub(super) fn failed(&self, user: &Arc<str>, now: Timestamp, lockout: Lockout) {
        let none = Failures { count: 0, locked_until: None };
        let mut failures = self.0.entry(user.clone()).or_insert(none);
        if failures.locked_until.is_some_and(|until| until <= now) {
            *failures = none;
        }
        failures.count = failures.count.saturating_add(1);
        if failures.count >= lockout.failures && failures.locked_until.is_none() {
            failures.locked_until = Some(now.plus_seconds(lockout.duration.seconds()));
        }
    }

    /// Locks the user out, whatever came before.
    pub(super) fn lock(&self, user: Arc<str>, until: Timestamp) {
        self.0.insert(user, Failures { count: 0, locked_until: Some(until) });
    }

    /// Forgets the failures.
    pub(super) fn succeeded(&self, user: &str) {
        self.0.remove(user);
    }
}

/// What keeps a user from signing in, whatever they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tenant) enum Bar {
    /// The sign-in fails.
    Refused,
    /// The user's word is still waited for.
    Waits,
}

impl Tenant {
    /// Whether the user is locked out, or a test wants something else than the user.
    pub(in crate::tenant) fn bar(&self, user: &Member) -> Option<Bar> {
        if self.0.sign_ins.lockouts.is_locked(user.uuid(), self.0.clock.now()) {
            return Some(Bar::Refused);
        }
        match self.steered_sign_in(user)? {
            SignInOutcome::Deny => Some(Bar::Refused),
            SignInOutcome::Lock => {
                self.lock_out(user);
                Some(Bar::Refused)
            }
            SignInOutcome::Pending => Some(Bar::Waits),
        }
    }

    /// Whether this is the password of the user, whom nothing keeps from signing in by it alone. What
    /// is told here counts towards a lock-out as an answer does (inferred).
    pub(in crate::tenant) fn is_let_in(&self, user: &Member, password: Option<&Secret>) -> bool {
        if self.bar(user).is_some() {
            return false;
        }
        let is_right = user.has_password(password);
        if is_right {
            self.0.sign_ins.lockouts.succeeded(user.uuid());
        } else {
            self.count_failure(user);
        }
        is_right
    }

    /// Counts a failure towards a lock-out, where the tenant has one.
    pub(super) fn count_failure(&self, user: &Member) {
        if let Some(lockout) = self.0.settings.authentication.lockout {
            self.0.sign_ins.lockouts.failed(&user.shared_uuid(), self.0.clock.now(), lockout);
        }
    }

    /// Locks a user out because a test wants it.
    fn lock_out(&self, user: &Member) {
        let lasts = self.0.settings.authentication.lockout.map_or(LOCKED_OUT, |own| own.duration);
        let until = self.0.clock.now().plus_seconds(lasts.seconds());
        self.0.sign_ins.lockouts.lock(user.shared_uuid(), until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_comes_after_failures_in_a_row_and_lifts() {
        let locks = Lockouts::default();
        let lockout = Lockout { failures: 2, duration: Lifetime::minutes(1) };
        let (alice, now): (Arc<str>, _) = ("alice".into(), Timestamp::from_seconds(1000));
        locks.failed(&alice, now, lockout);
        locks.succeeded(&alice);
        locks.failed(&alice, now, lockout);
        assert!(!locks.is_locked(&alice, now));
        locks.failed(&alice, now, lockout);
        assert!(locks.is_locked(&alice, now) && !locks.is_locked("bob", now));
        // Failures while it lasts do not prolong it.
        locks.failed(&alice, now.plus_seconds(59), lockout);
        assert!(locks.is_locked(&alice, now.plus_seconds(59)));
        assert!(!locks.is_locked(&alice, now.plus_seconds(60)));
        locks.failed(&alice, now.plus_seconds(60), lockout);
        assert!(!locks.is_locked(&alice, now.plus_seconds(60)), "the count starts again");
    }
}
