//! Messages that are never sent anywhere: codes, links and pushes of the sign-in, for a test or a
//! person to read and to answer.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

use super::Tenant;
use crate::protocol::security::mechanism::MechanismKind;

/// The most messages that are kept; the oldest go first.
const KEPT: usize = 1000;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Message {
    /// What the message is named by when it is approved or denied.
    pub id: String,
    /// Login name of the user.
    pub user: String,
    /// The mechanism that it belongs to: `EMAIL`, `SMS`, `OTP`, `PF`, `U2F`, `QR`, `DUO`; `RESET` for a
    /// message with which the password can be changed.
    pub mechanism: MechanismKind,
    /// The mail address or phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What the message says.
    pub text: String,
    /// The code to be entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The address to be opened in a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The number that the login page shows, to be found on the device (`GeneratedAuthValue`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Seconds since 1970.
    pub sent_at: i64,
    /// What the user has answered.
    pub state: MessageState,
    /// The package that waits.
    #[serde(skip)]
    pub(super) session_id: String,
    #[serde(skip)]
    pub(super) mechanism_id: String,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// The user has not answered by link or device. (A code that was entered leaves no trace here.)
    Waiting,
    /// The user said yes.
    Approved,
    /// The user said no.
    Denied,
}

impl MessageState {
    /// The state as JSON writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Denied => "denied",
        }
    }
}

impl Message {
    /// Whether a yes or a no may still be waited for. A message about a forgotten password is
    /// answered by opening its link.
    pub fn can_be_answered(&self) -> bool {
        self.state == MessageState::Waiting && self.mechanism != MechanismKind::Reset
    }
}

/// Why a message cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutboxError {
    /// No message has this id.
    #[error("no message has this id")]
    Unknown,
    /// The sign-in is over, has gone on, or was answered already.
    #[error("no sign-in waits for an answer to this message any more")]
    NotWaiting,
}

/// The messages of a tenant, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox(Mutex<VecDeque<Message>>);

impl Outbox {
    fn messages(&self) -> std::sync::MutexGuard<'_, VecDeque<Message>> {
        // Whoever panicked under the lock left whole messages behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, message: Message) {
        let mut messages = self.messages();
        if messages.len() >= KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    fn find(&self, id: &str) -> Option<Message> {
        self.messages().iter().find(|message| message.id == id).cloned()
    }

    fn mark(&self, id: &str, state: MessageState) {
        if let Some(message) = self.messages().iter_mut().find(|message| message.id == id) {
            message.state = state;
        }
    }
}

impl Tenant {
    /// The messages, newest first; only those to `user` if one is named, in any letter case.
    pub fn outbox(&self, user: Option<&str>) -> Vec<Message> {
        let wanted = user.map(str::to_lowercase);
        let is_wanted = |message: &&Message| {
            wanted.as_ref().is_none_or(|wanted| message.user.to_lowercase() == *wanted)
        };
        self.0.outbox.messages().iter().rev().filter(is_wanted).cloned().collect()
    }

    /// Answers a message in the place of the user.
    ///
    /// # Errors
    ///
    /// When there is no such message, or nobody waits for an answer to it.
    pub fn answer_message(&self, id: &str, approve: bool) -> Result<Message, OutboxError> {
        let mut message = self.0.outbox.find(id).ok_or(OutboxError::Unknown)?;
        if !self.settle_challenge(&message.session_id, &message.mechanism_id, approve) {
            return Err(OutboxError::NotWaiting);
        }
        message.state = if approve { MessageState::Approved } else { MessageState::Denied };
        self.0.outbox.mark(id, message.state);
        Ok(message)
    }

    /// Throws all messages away.
    pub fn clear_outbox(&self) {
        self.0.outbox.messages().clear();
    }
}
