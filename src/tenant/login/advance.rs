//! Moving a package on: `AdvanceAuthentication`, and the user's word from elsewhere.

use std::sync::Arc;

use super::Tenant;
use super::lockout::Bar;
use super::package::{Event, Login, Offer, Place, Turn, text_of};
use super::step_up::Purpose;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{
    Action, AdvanceAuthenticationRequest, Answer, NewPackage, Operation,
};
use crate::protocol::security::federation::PIN_MECHANISM;
use crate::protocol::security::mechanism::MechanismKind;
use crate::tenant::pending_login::PendingLogin;
use crate::tenant::user::Member;

/// What came of an operation on a package.
#[derive(Debug)]
pub enum Advance {
    /// Signed in.
    Success(Box<PendingLogin>),
    /// Other challenges than before.
    NewPackage(Box<NewPackage>),
    /// This challenge is met; on to the next of the package.
    NextChallenge,
    /// Waiting for the user, who may have to find this number on their device.
    Pending(Option<String>),
    /// If there is such a user, a message is on its way.
    Noncommittal,
    /// The new password lacks this; another may be tried.
    Refused(String),
    /// The package is over, or was never there.
    Failure,
}

/// A mechanism of a live package, and whose it is.
struct Found {
    offer: Offer,
    place: Place,
    user: Option<Arc<Member>>,
    purpose: Purpose,
}

impl Tenant {
    /// Does one operation, or several in order: the first that does not lead on is the last.
    pub fn advance_authentication(
        &self,
        base: &BaseUrl,
        request: &AdvanceAuthenticationRequest,
    ) -> Advance {
        let session_id = request.session_id.as_deref().unwrap_or_default();
        let only = std::slice::from_ref(&request.operation);
        let operations = request.multiple_operations.as_deref().unwrap_or(only);
        let mut outcome = Advance::Failure;
        for operation in operations {
            outcome = self.operate(base, session_id, operation);
            if !matches!(outcome, Advance::NextChallenge) {
                break;
            }
        }
        let Advance::Success(login) = outcome else {
            return outcome;
        };
        let mut login = *login;
        if request.persistent_login == Some(true) {
            login = login.persistent();
        }
        Advance::Success(Box::new(login))
    }

    fn operate(&self, base: &BaseUrl, session_id: &str, operation: &Operation) -> Advance {
        match self.operate_open(base, session_id, operation) {
            Advance::Failure => self.lose_race(base, session_id, operation),
            outcome => outcome,
        }
    }

    fn operate_open(&self, base: &BaseUrl, session_id: &str, operation: &Operation) -> Advance {
        let mechanism_id = operation.mechanism_id.as_deref().unwrap_or_default();
        let action = operation.action.as_deref().and_then(Action::parse);
        if mechanism_id == PIN_MECHANISM {
            return self.answer_pin(base, session_id, operation);
        }
        let found = self.find_mechanism(session_id, mechanism_id);
        let (Some(action), Some(Found { offer, place, user, purpose })) = (action, found) else {
            return self.end_package(session_id);
        };
        match place {
            Place::Met => return Advance::NextChallenge,
            Place::Elsewhere => return self.end_package(session_id),
            Place::Current => {}
        }
        if action == Action::ForgotPassword {
            return self.forgot_password(base, session_id, &offer, user.as_deref());
        }
        match user.as_ref().and_then(|user| self.bar(user)) {
            Some(Bar::Refused) => return self.end_package(session_id),
            Some(Bar::Waits) => return Advance::Pending(None),
            None => {}
        }
        let new_session = self.session_to_race_for(&offer, &purpose, action);
        let (offer, purpose, user) = (&offer, &purpose, user.as_ref());
        let step = Step { session_id, offer, user, purpose, action, new_session };
        match (action, offer.kind) {
            (Action::Answer, MechanismKind::Reset) => {
                self.choose_password(base, &step, text_of(operation.answer.as_ref()))
            }
            (Action::Answer, _) => self.answer(base, &step, operation.answer.as_ref()),
            _ => self.out_of_band(base, &step),
        }
    }

    fn find_mechanism(&self, session_id: &str, mechanism_id: &str) -> Option<Found> {
        let now = self.0.clock.now();
        let (offer, place, user, purpose) = self.0.logins.read(session_id, now, |login| {
            let package = login.open()?;
            let (offer, place) = package.find(mechanism_id)?;
            Some((offer.clone(), place, package.user.clone(), package.purpose.clone()))
        })??;
        let user = user.and_then(|uuid| self.0.users.by_uuid(&uuid));
        Some(Found { offer, place, user, purpose })
    }

    fn answer(&self, base: &BaseUrl, step: &Step<'_>, answer: Option<&Answer>) -> Advance {
        let known = step.user.is_some_and(|user| match step.offer.kind {
            MechanismKind::Oath => self.is_fresh_code(user, &step.offer.id, text_of(answer)),
            kind => user.knows(kind, answer),
        });
        let turn = self.turn(step, Event::Answer { known, text: text_of(answer) });
        self.outcome(base, step, turn)
    }

    /// A new password; one that lacks something can be followed by another.
    fn choose_password(&self, base: &BaseUrl, step: &Step<'_>, chosen: Option<&Secret>) -> Advance {
        let policy = &self.0.settings.authentication.password_policy;
        let Some(chosen) = chosen.filter(|chosen| policy.accepts(chosen.expose())) else {
            return Advance::Refused(policy.hint());
        };
        let turn = self.turn(step, Event::Answer { known: step.user.is_some(), text: None });
        if let (Some(Turn::Next | Turn::Complete), Some(user)) = (&turn, step.user) {
            self.0.users.set_password(user.uuid(), chosen.clone());
        }
        self.outcome(base, step, turn)
    }

    /// `StartOOB`, `RetryOOB` and `Poll`.
    fn out_of_band(&self, base: &BaseUrl, step: &Step<'_>) -> Advance {
        let sending = self.sending(step.offer.kind);
        let event = match step.action {
            Action::Poll => Event::Poll,
            action => Event::Start { sending: sending.clone(), again: action == Action::RetryOob },
        };
        let turn = self.turn(step, event);
        if let (Some(Turn::Pending { sent: true, .. }), Some(user)) = (&turn, step.user) {
            self.send(base, user, (step.session_id, step.offer), &sending);
            if step.offer.kind == MechanismKind::Oath {
                self.expect_code(user, step.session_id, &step.offer.id);
            }
        }
        self.outcome(base, step, turn)
    }

    /// Moves the package on under its lock; a failure ends it there and then. `None` when it has
    /// ended meanwhile.
    fn turn(&self, step: &Step<'_>, event: Event<'_>) -> Option<Turn> {
        let goes_on = self.0.settings.authentication.continue_failed_sessions;
        let now = self.0.clock.now();
        let turned = self.0.logins.change(step.session_id, now, |login| {
            let package = login.open_mut()?;
            let turn = package.turn(&step.offer.id, event);
            match turn {
                Turn::Failed if goes_on => package.forgive(&step.offer.id),
                Turn::Complete => *login = step.won(package),
                Turn::Failed => *login = Login::Over,
                Turn::Pending { .. } | Turn::Next | Turn::Reset => {}
            }
            Some(turn)
        });
        turned.flatten()
    }

    fn outcome(&self, base: &BaseUrl, step: &Step<'_>, turn: Option<Turn>) -> Advance {
        let Some(turn) = turn else {
            return Advance::Failure;
        };
        match (turn, step.user) {
            (Turn::Pending { number, .. }, _) => Advance::Pending(number),
            (Turn::Next, Some(_)) => Advance::NextChallenge,
            (Turn::Reset, Some(_)) => match self.package(base, step.session_id) {
                Some(package) => Advance::NewPackage(Box::new(package)),
                None => Advance::Failure,
            },
            (Turn::Complete, Some(user)) => self.complete(base, step, user),
            (Turn::Failed, Some(user)) => {
                self.count_failure(user);
                Advance::Failure
            }
            // A decoy, or a user who is gone.
            (Turn::Next | Turn::Reset | Turn::Complete | Turn::Failed, None) => Advance::Failure,
        }
    }

    /// All challenges are met.
    fn complete(&self, base: &BaseUrl, step: &Step<'_>, user: &Arc<Member>) -> Advance {
        let purpose = step.purpose;
        if *purpose == Purpose::ForgotUsername {
            self.send_names(user);
            return Advance::Noncommittal;
        }
        self.0.sign_ins.lockouts.succeeded(user.uuid());
        let session = match purpose {
            Purpose::SignIn { .. } => self.begin_raced_session(step, user),
            Purpose::StepUp { session } if self.raise_session(session) => session.clone(),
            // The session has ended meanwhile.
            Purpose::StepUp { .. } | Purpose::ForgotUsername => return Advance::Failure,
        };
        self.success(base, purpose, user, session)
    }

    /// The success of a package with this purpose.
    pub(super) fn success(
        &self,
        base: &BaseUrl,
        purpose: &Purpose,
        user: &Arc<Member>,
        session: String,
    ) -> Advance {
        let login = PendingLogin::new(self, base, user.clone(), session);
        Advance::Success(Box::new(match purpose {
            Purpose::SignIn { platform: true } => login.with_platform_tokens(),
            _ => login,
        }))
    }

    /// An operation that makes no sense fails the package; one of a package that goes on after
    /// failures does no harm.
    pub(super) fn end_package(&self, session_id: &str) -> Advance {
        if !self.0.settings.authentication.continue_failed_sessions {
            let now = self.0.clock.now();
            self.0.logins.change(session_id, now, |login| {
                if let Login::Open(_) = login {
                    *login = Login::Over;
                }
            });
        }
        Advance::Failure
    }

    /// The user's word on a challenge from elsewhere: a link, a device, the outbox. Whether it was
    /// waited for.
    pub(in crate::tenant) fn settle_challenge(
        &self,
        session_id: &str,
        mechanism_id: &str,
        approved: bool,
    ) -> bool {
        let settled = self.0.logins.change(session_id, self.0.clock.now(), |login| {
            login.open_mut().is_some_and(|package| package.settle(mechanism_id, approved))
        });
        settled == Some(true)
    }
}

/// One operation on a mechanism of the current challenge.
pub(super) struct Step<'a> {
    pub(super) session_id: &'a str,
    pub(super) offer: &'a Offer,
    pub(super) user: Option<&'a Arc<Member>>,
    pub(super) purpose: &'a Purpose,
    pub(super) action: Action,
    /// Id of the session that begins with this operation, if others may race it for the success.
    pub(super) new_session: Option<String>,
}
