//! A poll and an answer that race for the success of the last challenge: both are told of it.

use std::sync::Arc;

use super::advance::Step;
use super::package::{Login, Offer, Package, Raced, text_of};
use super::step_up::Purpose;
use super::{Advance, Tenant};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::authentication::{Action, Operation};
use crate::tenant::user::Member;

impl Step<'_> {
    /// What the package is once this operation has met its last challenge.
    pub(super) fn won(&self, package: &Package) -> Login {
        let met = package.find(&self.offer.id).map(|(offer, _)| offer.clone());
        match (met, self.user, &self.new_session) {
            (Some(offer), Some(user), Some(session)) => Login::Raced(Box::new(Raced {
                offer,
                winner: self.action,
                user: user.shared_uuid(),
                purpose: self.purpose.clone(),
                session: session.clone(),
                has_begun: false,
            })),
            _ => Login::Over,
        }
    }
}

impl Tenant {
    /// An id for the session that begins if this operation is the last; whoever races it has to be
    /// told the same one.
    pub(super) fn session_to_race_for(
        &self,
        offer: &Offer,
        purpose: &Purpose,
        action: Action,
    ) -> Option<String> {
        let can_race = offer.kind.is_pollable()
            && offer.kind.is_answerable()
            && matches!(purpose, Purpose::SignIn { .. })
            && matches!(action, Action::Answer | Action::Poll);
        can_race.then(|| self.0.ids.session())
    }

    /// Begins the session of a package whose challenges are all met.
    pub(super) fn begin_raced_session(&self, step: &Step<'_>, user: &Member) -> String {
        let Some(session) = step.new_session.clone() else {
            return self.begin_session(user);
        };
        self.begin_session_as(&session, user);
        self.0.logins.change(step.session_id, self.0.clock.now(), |login| {
            if let Login::Raced(raced) = login {
                raced.has_begun = true;
            }
        });
        session
    }

    /// The answer to an operation that failed: a success, if it was only too late for it.
    pub(super) fn lose_race(
        &self,
        base: &BaseUrl,
        session_id: &str,
        operation: &Operation,
    ) -> Advance {
        let now = self.0.clock.now();
        let raced = self.0.logins.read(session_id, now, |login| match login {
            Login::Raced(raced) => Some(Raced::clone(raced)),
            Login::Open(_) | Login::Over => None,
        });
        let told = raced.flatten().and_then(|raced| self.lost(base, &raced, operation));
        told.unwrap_or(Advance::Failure)
    }

    fn lost(&self, base: &BaseUrl, raced: &Raced, operation: &Operation) -> Option<Advance> {
        let action = operation.action.as_deref().and_then(Action::parse)?;
        let is_same = operation.mechanism_id.as_deref() == Some(&raced.offer.id);
        let is_lost = raced.is_lost_by(action, text_of(operation.answer.as_ref()));
        let user: Arc<Member> = self.0.users.by_uuid(&raced.user)?;
        let now = self.0.clock.now();
        let is_alive = || self.0.sessions.read(&raced.session, now, |_| ()).is_some();
        let is_told = is_same && is_lost && (!raced.has_begun || is_alive());
        is_told.then(|| self.success(base, &raced.purpose, &user, raced.session.clone()))
    }
}
