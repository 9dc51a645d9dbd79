//! The authentication package as a state machine: challenges in order, one mechanism chosen for
//! each. It knows no user, no clock and no wire; whoever holds it under a lock moves it on.
//!
//! Source for the rules: CyberArk's OpenAPI description and docs.cyberark.com
//! (adaptive-mfa-overview). A challenge that was met stays met: a poll and an answer may race, and
//! the later of the two is told to go on.

mod offer;

use std::sync::Arc;

pub(in crate::tenant) use self::offer::Offer;
pub(super) use self::offer::Sending;
use super::step_up::Purpose;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{Action, Answer};

/// A sign-in under way, or one that is over.
#[derive(Debug)]
pub(in crate::tenant) enum Login {
    /// Challenges are left to meet.
    Open(Package),
    /// Succeeded by a mechanism that is polled and answered at once.
    Raced(Box<Raced>),
    /// Succeeded or failed: nothing changes it any more.
    Over,
}

/// A sign-in whose last challenge was met by a poll or by an answer. Clients send both at once and
/// go on asking until they are told of a success (cyberark/conjur-cli-go, cyberark/idsec-sdk-golang),
/// so the later of the two is told of it too (inferred: no source has what the product answers).
#[derive(Debug, Clone)]
pub(in crate::tenant) struct Raced {
    /// The mechanism as the winner left it.
    pub(super) offer: Offer,
    pub(super) winner: Action,
    pub(super) user: Arc<str>,
    pub(super) purpose: Purpose,
    /// The session id.
    pub(super) session: String,
    /// Whether the session has begun; from then on it may end.
    pub(super) has_begun: bool,
}

impl Raced {
    /// Whether this is the other half of the race, and right.
    pub(super) fn is_lost_by(&self, action: Action, text: Option<&Secret>) -> bool {
        match (self.winner, action) {
            (Action::Answer, Action::Poll) => self.offer.kind.is_pollable(),
            (Action::Poll, Action::Answer) => self.offer.is_met_by(false, text),
            _ => false,
        }
    }
}

/// What a user has to do to be signed in.
#[derive(Debug, Clone)]
pub(in crate::tenant) struct Package {
    /// UUID of the user; `None` for a decoy, which no answer meets.
    pub(super) user: Option<Arc<str>>,
    /// The challenges that the user knows of.
    pub(super) challenges: Vec<Vec<Offer>>,
    /// The challenge that is to be met now.
    current: usize,
    /// A new password, asked for once all challenges are met.
    reset: Option<Offer>,
    pub(super) purpose: Purpose,
}

/// What happens to a mechanism.
pub(super) enum Event<'a> {
    /// `StartOOB`, or `RetryOOB` when `again`.
    Start { sending: Sending, again: bool },
    /// `Poll`.
    Poll,
    /// `Answer`: whether it is right by what the user knows, and the text for a code that was sent.
    Answer { known: bool, text: Option<&'a Secret> },
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    /// The answer was wrong, the user said no, or the operation makes no sense.
    Failed,
    /// Waiting for the user; `sent` when a message has to go out now.
    Pending { number: Option<String>, sent: bool },
    /// The next challenge.
    Next,
    /// All challenges are met, and a new password is asked for.
    Reset,
    /// All is done.
    Complete,
}

/// Where a mechanism stands in its package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Met,
    Current,
    /// Of a challenge to come, or of no challenge.
    Elsewhere,
}

impl Package {
    pub(super) fn new(
        user: Option<Arc<str>>,
        challenges: Vec<Vec<Offer>>,
        purpose: Purpose,
    ) -> Self {
        Self { user, challenges, current: 0, reset: None, purpose }
    }

    /// The package with a new password as its last step. It comes as a package of its own, but
    /// behind a poll clients cannot take one (cyberark/conjur-cli-go): then it is a challenge like
    /// the others.
    pub(super) fn with_reset(mut self, reset: Offer) -> Self {
        let polled =
            |challenge: &Vec<Offer>| challenge.iter().any(|offer| offer.kind.is_pollable());
        if self.challenges.last().is_some_and(polled) {
            self.challenges.push(vec![reset]);
        } else {
            self.reset = Some(reset);
        }
        self
    }

    /// The challenges that are left, the current one first.
    pub(super) fn left(&self) -> &[Vec<Offer>] {
        &self.challenges[self.current.min(self.challenges.len())..]
    }

    /// The mechanism of that id, and where it stands.
    pub(super) fn find(&self, id: &str) -> Option<(&Offer, Place)> {
        self.challenges.iter().enumerate().find_map(|(index, challenge)| {
            let offer = challenge.iter().find(|offer| offer.id == id)?;
            let place = match index.cmp(&self.current) {
                std::cmp::Ordering::Less => Place::Met,
                std::cmp::Ordering::Equal => Place::Current,
                std::cmp::Ordering::Greater => Place::Elsewhere,
            };
            Some((offer, place))
        })
    }

    fn current_offer(&mut self, id: &str) -> Option<&mut Offer> {
        self.challenges.get_mut(self.current)?.iter_mut().find(|offer| offer.id == id)
    }

    /// Moves the package on.
    pub(super) fn turn(&mut self, mechanism_id: &str, event: Event<'_>) -> Turn {
        match self.find(mechanism_id) {
            Some((_, Place::Met)) => return Turn::Next,
            Some((_, Place::Current)) => {}
            Some((_, Place::Elsewhere)) | None => return Turn::Failed,
        }
        let Some(offer) = self.current_offer(mechanism_id) else {
            return Turn::Failed;
        };
        let unmet = match event {
            Event::Start { sending, again } => Some(offer.start(sending, again)),
            Event::Poll => offer.poll(),
            Event::Answer { known, text } => {
                (!offer.is_met_by(known, text)).then_some(Turn::Failed)
            }
        };
        unmet.unwrap_or_else(|| self.go_on())
    }

    fn go_on(&mut self) -> Turn {
        self.current += 1;
        if self.current < self.challenges.len() {
            return Turn::Next;
        }
        match self.reset.take() {
            Some(reset) => {
                self.challenges = vec![vec![reset]];
                self.current = 0;
                Turn::Reset
            }
            None => Turn::Complete,
        }
    }

    /// The user's word from elsewhere; whether the mechanism was waiting for it.
    pub(super) fn settle(&mut self, mechanism_id: &str, approved: bool) -> bool {
        self.current_offer(mechanism_id).is_some_and(|offer| offer.settle(approved))
    }

    /// Forgets the user's no, where the tenant lets a failed session go on.
    pub(super) fn forgive(&mut self, mechanism_id: &str) {
        if let Some(offer) = self.current_offer(mechanism_id) {
            offer.forgive();
        }
    }
}

impl Login {
    /// The package, while it is open.
    pub(super) fn open(&self) -> Option<&Package> {
        match self {
            Self::Open(package) => Some(package),
            Self::Raced(_) | Self::Over => None,
        }
    }

    /// The package, while it is open.
    pub(super) fn open_mut(&mut self) -> Option<&mut Package> {
        match self {
            Self::Open(package) => Some(package),
            Self::Raced(_) | Self::Over => None,
        }
    }
}

/// The one text of an answer.
pub(super) fn text_of(answer: Option<&Answer>) -> Option<&Secret> {
    match answer? {
        Answer::Text(text) => Some(text),
        Answer::Parts(_) => None,
    }
}
