//! What a test tells the tenant to do next: other claims, failures, delays, sign-ins.
//!
//! Each entry says when it applies, by application, client, user or what the request looks like, so
//! that parallel tests never take each other's; and for how many requests.

mod applied;
mod change;
mod entries;
mod schema;
mod when;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) use self::change::{Changes, Named};
pub use self::change::{TokenChange, TokenKind};
use self::entries::Entry;
pub use self::entries::{MOST_ENTRIES, Steering};
pub use self::when::When;
use super::document::DocumentError;
use crate::protocol::error::ErrorCode;

/// The longest delay, in milliseconds.
const LONGEST_DELAY: u64 = 60_000;

/// What is to happen, when, and how often. Of `tokens`, `sign_in`, `sign_in_as` and the group of
/// `answer`, `delay` and `fault`, an entry has one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(transform = schema::one_group)]
pub struct Steer {
    /// Which requests it is for; every one when absent.
    pub when: When,
    /// For how many requests; until it is removed when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = u32::MAX))]
    pub times: Option<u32>,
    /// What tokens, `UserInfo` and introspection say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenChange>,
    /// What is answered instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Canned>,
    /// Milliseconds to wait before the answer, 60,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 60_000))]
    pub delay: Option<u64>,
    /// What goes wrong on the wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// How signing in ends, whatever the user answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInOutcome>,
    /// Login name of the user who is signed in when nobody is, without a page; the user of
    /// `login_hint` when it is `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in_as: Option<String>,
}

/// An answer that the tenant would not give. A body is the first of `error`, `envelope`, `json`,
/// `body` that there is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Canned {
    /// The HTTP status, 200 to 599; that of the error when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 200, max = 599))]
    pub status: Option<u16>,
    /// The `error` of an OAuth error; at the authorization endpoint, when there is no `status`, it
    /// goes to the redirect URI of a request that is else in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::ERROR_TEXT))]
    pub error: Option<String>,
    /// The `error_description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = schema::ERROR_TEXT))]
    pub error_description: Option<String>,
    /// The `Message` of CyberArk's failure envelope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope: Option<String>,
    /// Any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Header fields of the answer.
    #[serde(rename = "headers", skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "schema::fields")]
    pub fields: Map<String, Value>,
}

/// What goes wrong on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The connection is closed instead of an answer.
    Drop,
    /// The connection is closed after so many bytes of the body.
    Truncate(#[schemars(range(max = u32::MAX))] u32),
    /// A byte of the body every so many milliseconds, 10,000 at most.
    Slow(#[schemars(range(max = 10_000))] u32),
}

impl Fault {
    /// Whether the answer comes to its end all the same.
    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Self::Slow(_))
    }
}

/// How signing in ends: by an authentication package, the password grant, or another identity
/// provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    /// The answer is wrong, and the sign-in over.
    Deny,
    /// The sign-in is over, and the user locked out for as long as the tenant's `lockout` says, half
    /// an hour when it has none.
    Lock,
    /// The user's word is still waited for; the password grant, which cannot wait, is refused.
    Pending,
}

impl Steer {
    /// Checks what the types do not.
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        let refuse = |path: &str, problem: &str| Err(DocumentError::new(path, problem));
        let of_request = self.answer.is_some() || self.delay.is_some() || self.fault.is_some();
        let groups =
            [of_request, self.tokens.is_some(), self.sign_in.is_some(), self.sign_in_as.is_some()];
        if groups.iter().filter(|is_there| **is_there).count() != 1 {
            let text =
                "expected one of tokens, sign_in, sign_in_as, or some of answer, delay, fault";
            return refuse("", text);
        }
        if self.times == Some(0) {
            return refuse("times", "0: expected at least 1");
        }
        if self.delay.is_some_and(|delay| delay > LONGEST_DELAY) {
            return refuse("delay", "expected at most 60000 milliseconds");
        }
        if matches!(self.fault, Some(Fault::Slow(pause)) if pause > 10_000) {
            return refuse("fault.slow", "expected at most 10000 milliseconds");
        }
        if let Some(answer) = &self.answer {
            answer.check()?;
        }
        self.tokens.as_ref().map_or(Ok(()), TokenChange::check)
    }
}

impl Canned {
    fn check(&self) -> Result<(), DocumentError> {
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err(DocumentError::new("answer.status", "expected 200 to 599"));
        }
        let is_plain = |text: &str| text.bytes().all(|b| (0x20..0x7f).contains(&b));
        for (name, value) in &self.fields {
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&b));
            if !is_name || !value.as_str().is_some_and(is_plain) {
                let problem = "expected the name of a field, and printable ASCII in a string";
                return Err(DocumentError::new(format!("answer.headers.{name}"), problem));
            }
        }
        let error =
            [("answer.error", &self.error), ("answer.error_description", &self.error_description)];
        for (path, text) in error {
            let fits = |text: &str| is_plain(text) && !text.contains(['"', '\\']);
            if text.as_deref().is_some_and(|text| !fits(text)) {
                let problem = "expected printable ASCII without quotes (RFC 6749 section 5.2)";
                return Err(DocumentError::new(path, problem));
            }
        }
        Ok(())
    }

    /// Whether it goes to a redirect URI where there is one.
    fn is_for_client(&self) -> bool {
        let error = self.error.as_deref().and_then(ErrorCode::named);
        self.status.is_none() && error.is_some()
    }
}
