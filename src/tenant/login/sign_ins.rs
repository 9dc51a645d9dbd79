//! What sign-ins keep beside their packages.

use super::federation::{IdpLogin, IdpVisit};
use super::lockout::Lockouts;
use super::qr_login::QrScan;
use super::step_up::{OathWait, StepUp};
use crate::clock::Timestamp;
use crate::tenant::store::Store;

/// What sign-ins keep beside their packages.
#[derive(Debug)]
pub(in crate::tenant) struct SignIns {
    /// Codes of authenticators that were used, each with what for.
    pub(super) spent_codes: Store<Box<str>>,
    pub(super) lockouts: Lockouts,
    pub(super) idp_visits: Store<IdpVisit>,
    pub(super) idp_logins: Store<IdpLogin>,
    pub(super) step_ups: Store<StepUp>,
    pub(super) oath_waits: Store<OathWait>,
    /// By guid.
    pub(super) qr_scans: Store<QrScan>,
}

impl SignIns {
    /// Nothing yet, and at most so many of each.
    pub(in crate::tenant) fn new(limit: usize) -> Self {
        Self {
            spent_codes: Store::new(limit),
            lockouts: Lockouts::default(),
            idp_visits: Store::new(limit),
            idp_logins: Store::new(limit),
            step_ups: Store::new(limit),
            oath_waits: Store::new(limit),
            qr_scans: Store::new(limit),
        }
    }

    /// Removes what has expired.
    pub(in crate::tenant) fn sweep(&self, now: Timestamp) {
        self.spent_codes.sweep(now);
        self.idp_visits.sweep(now);
        self.idp_logins.sweep(now);
        self.step_ups.sweep(now);
        self.oath_waits.sweep(now);
        self.qr_scans.sweep(now);
    }
}
