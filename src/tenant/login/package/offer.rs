//! How far one mechanism of a package has come.

use super::Turn;
use crate::protocol::secret::Secret;
use crate::protocol::security::mechanism::MechanismKind;

/// A mechanism that is offered.
#[derive(Debug, Clone)]
pub(in crate::tenant) struct Offer {
    pub(in crate::tenant::login) id: String,
    pub(in crate::tenant::login) kind: MechanismKind,
    /// The message that was sent for it: its id.
    pub(in crate::tenant::login) message: Option<String>,
    progress: Progress,
}

/// How far a mechanism has come.
#[derive(Debug, Clone)]
enum Progress {
    Idle,
    /// Sent: a code to be entered, if there is one, and the number to be matched.
    Waiting {
        code: Option<Secret>,
        number: Option<String>,
    },
    /// The user said yes elsewhere.
    Approved,
    /// The user said no elsewhere.
    Denied,
}

/// What is sent when a mechanism is started.
#[derive(Debug, Clone)]
pub(in crate::tenant::login) struct Sending {
    /// Id of the message.
    pub(in crate::tenant::login) message: Option<String>,
    pub(in crate::tenant::login) code: Option<Secret>,
    pub(in crate::tenant::login) number: Option<String>,
}

impl Offer {
    pub(in crate::tenant::login) fn new(kind: MechanismKind, id: String) -> Self {
        Self { id, kind, message: None, progress: Progress::Idle }
    }

    pub(super) fn start(&mut self, sending: Sending, again: bool) -> Turn {
        if !self.kind.is_out_of_band() {
            return Turn::Failed;
        }
        // A mechanism that is started twice is started once; only a retry sends again.
        let is_fresh = matches!(self.progress, Progress::Idle)
            || (again && matches!(self.progress, Progress::Waiting { .. }));
        // A picture is there from the beginning: to start it is no reason to send it.
        let is_shown = self.kind == MechanismKind::Qr && self.message.is_some();
        let is_sent = is_fresh && (again || !is_shown);
        if is_sent {
            self.message = sending.message.or(self.message.take());
        }
        if is_fresh {
            self.progress = Progress::Waiting { code: sending.code, number: sending.number };
        }
        Turn::Pending { number: self.number(), sent: is_sent }
    }

    fn number(&self) -> Option<String> {
        match &self.progress {
            Progress::Waiting { number, .. } => number.clone(),
            Progress::Idle | Progress::Approved | Progress::Denied => None,
        }
    }

    /// `None` when the challenge is met.
    pub(super) fn poll(&mut self) -> Option<Turn> {
        match &self.progress {
            _ if !self.kind.is_pollable() => Some(Turn::Failed),
            Progress::Approved => None,
            Progress::Waiting { number, .. } => {
                Some(Turn::Pending { number: number.clone(), sent: false })
            }
            // conjur-cli polls the QR code without starting it: it is shown, so it is started.
            Progress::Idle if self.kind == MechanismKind::Qr => {
                Some(Turn::Pending { number: None, sent: false })
            }
            Progress::Denied | Progress::Idle => Some(Turn::Failed),
        }
    }

    /// Whether the answer meets the challenge.
    pub(super) fn is_met_by(&self, known: bool, text: Option<&Secret>) -> bool {
        if !self.kind.is_answerable() {
            return false;
        }
        let is_the_code = match &self.progress {
            Progress::Waiting { code: Some(code), .. } => text == Some(code),
            // The user touched the key, and the client tells so in words of its own.
            Progress::Approved => text.is_some(),
            Progress::Waiting { code: None, .. } | Progress::Idle | Progress::Denied => false,
        };
        known || is_the_code
    }

    /// The user's word from elsewhere; whether the mechanism was waiting for it.
    pub(super) fn settle(&mut self, approved: bool) -> bool {
        let is_shown = self.kind == MechanismKind::Qr;
        match self.progress {
            Progress::Waiting { .. } => {}
            Progress::Idle if is_shown => {}
            Progress::Idle | Progress::Approved | Progress::Denied => return false,
        }
        self.progress = if approved { Progress::Approved } else { Progress::Denied };
        true
    }

    /// Forgets the user's no.
    pub(super) fn forgive(&mut self) {
        if matches!(self.progress, Progress::Denied) {
            self.progress = Progress::Idle;
        }
    }
}
