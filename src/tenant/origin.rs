//! What a tenant was made of, so that it can be made anew and copied.

use super::document::{DocumentError, TenantDocument};
use super::keys::SigningKey;
use super::policy::Policy;
use super::{Tenant, TenantParts};
use crate::clock::{Clock, ClockState};
use crate::ids::Ids;

/// Document, policy preset, key and clock that a tenant began with.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) document: TenantDocument,
    pub(super) policy: Policy,
    pub(super) key: SigningKey,
    pub(super) clock: ClockState,
}

impl Tenant {
    /// The tenant as it began, nobody signed in and the clock set back; ids and the numbers of the
    /// journal go on.
    #[must_use]
    pub fn renewed(&self) -> Self {
        self.reset_clock();
        self.made_of(self.0.origin.document.clone())
            .expect("a tenant was made of this document before")
    }

    /// Sets the clock to what it would show had nobody touched it.
    pub fn reset_clock(&self) {
        self.0.clock.restore(self.0.origin.clock);
    }

    /// Another tenant in the place of this one: preset, key, clock and ids are those that this one
    /// began with. The journal is the same, and empty: who watches it or waits goes on.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when parts of the document contradict a rule or each other.
    pub fn made_of(&self, document: TenantDocument) -> Result<Self, DocumentError> {
        let Origin { policy, key, clock: state, document: first } = self.0.origin.clone();
        let (clock, ids) = (self.0.clock.clone(), self.0.ids.clone());
        let origin = Origin { document: first, policy, key: key.clone(), clock: state };
        let parts = TenantParts { policy, key, clock, ids };
        Self::made(document, parts, origin, self.0.journal.clone())
    }

    /// A tenant beside this one, with the same preset and first key and a clock of its own.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when parts of the document contradict a rule or each other.
    pub fn beside(&self, document: TenantDocument) -> Result<Self, DocumentError> {
        let Origin { policy, key, .. } = self.0.origin.clone();
        let (clock, ids) = (Clock::default(), Ids::default());
        Self::new(document, TenantParts { policy, key, clock, ids })
    }

    /// The document that describes settings, users, roles and applications as they are now. It does
    /// not hold what lives for a while (logins, sessions, codes, tokens, locks, the outbox), clients
    /// that registered themselves, keys, clock, steering and journal.
    pub fn snapshot(&self) -> TenantDocument {
        TenantDocument {
            schema: None,
            tenant: Some(self.0.settings.clone()),
            users: self.users().iter().map(|user| user.user().clone()).collect(),
            roles: self.roles_beside_users(),
            apps: self.apps(),
        }
    }
}
