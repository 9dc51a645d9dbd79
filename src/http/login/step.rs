//! What the login page shows of a sign-in under way: the package in the page's words.

use crate::protocol::security::authentication::{ClientHints, NewPackage};
use crate::protocol::security::mechanism::{Mechanism, MechanismKind};

/// The challenge stage of the page: a choice of mechanisms, or one of them. Empty on a page that
/// asks for the user name.
#[derive(Debug, Default)]
pub(in crate::http) struct Step {
    pub(in crate::http) session_id: String,
    /// The mechanism that is shown; empty while there is a choice.
    pub(in crate::http) mechanism_id: String,
    pub(in crate::http) prompt: String,
    /// The mechanisms to choose from.
    pub(in crate::http) choices: Vec<Choice>,
    pub(in crate::http) field: Field,
    /// Whether the user may answer elsewhere, so that the page waits.
    pub(in crate::http) waits: bool,
    /// Whether a message was sent, which can be sent again.
    pub(in crate::http) sent: bool,
    /// Whether there are other mechanisms to choose from.
    pub(in crate::http) has_other_ways: bool,
    /// The number to be found on the device.
    pub(in crate::http) number: Option<String>,
    /// The picture to be scanned, as a `data:` URL.
    pub(in crate::http) picture: Option<String>,
    pub(in crate::http) hints: ClientHints,
    /// The package as the authentication API would have told it, for the page's script.
    pub(in crate::http) package: String,
}

/// A mechanism to choose.
#[derive(Debug)]
pub(in crate::http) struct Choice {
    pub(in crate::http) mechanism_id: String,
    /// `EMAIL`, for instance.
    pub(in crate::http) name: &'static str,
    pub(in crate::http) text: String,
}

/// What there is to type.
#[derive(Debug, Default)]
pub(in crate::http) enum Field {
    /// Nothing: the answer comes from elsewhere.
    #[default]
    None,
    /// One text.
    Text { secret: bool },
    /// A text for each question: its id and what it asks.
    Questions(Vec<(String, String)>),
    /// A new password, twice; what it has to have.
    NewPassword(String),
}

impl Step {
    /// The mechanisms of the current challenge to choose from.
    pub(super) fn choice(package: &NewPackage) -> Self {
        let choice = |one: &Mechanism| Choice {
            mechanism_id: one.mechanism_id.clone(),
            name: one.name,
            text: one.prompt_select_mech.clone(),
        };
        Self { choices: mechanisms(package).iter().map(choice).collect(), ..Self::of(package) }
    }

    /// A mechanism of the current challenge.
    pub(super) fn mechanism(
        package: &NewPackage,
        mechanism: &Mechanism,
        number: Option<String>,
    ) -> Self {
        let is = |test: fn(MechanismKind) -> bool| mechanism.kind().is_some_and(test);
        Self {
            mechanism_id: mechanism.mechanism_id.clone(),
            prompt: mechanism.prompt_mech_chosen.clone(),
            field: Field::of(mechanism),
            waits: is(MechanismKind::is_awaited),
            sent: is(MechanismKind::is_sent),
            has_other_ways: mechanisms(package).len() > 1,
            number,
            picture: mechanism.image.clone(),
            ..Self::of(package)
        }
    }

    fn of(package: &NewPackage) -> Self {
        Self {
            session_id: package.session_id.clone(),
            hints: package.client_hints.clone(),
            package: serde_json::to_string(package).expect("a package is a plain struct"),
            ..Self::default()
        }
    }

    /// Whether there is a sign-in under way.
    pub(in crate::http) fn is_open(&self) -> bool {
        !self.session_id.is_empty()
    }

    /// Whether one text is typed.
    pub(in crate::http) fn asks_text(&self) -> bool {
        matches!(self.field, Field::Text { .. })
    }

    /// Whether what is typed is hidden; also while it is not known what will be typed.
    pub(in crate::http) fn is_secret(&self) -> bool {
        !matches!(self.field, Field::Text { secret: false })
    }

    /// The questions, if there are several.
    pub(in crate::http) fn questions(&self) -> &[(String, String)] {
        match &self.field {
            Field::Questions(questions) => questions,
            Field::None | Field::Text { .. } | Field::NewPassword(_) => &[],
        }
    }

    /// What a new password has to have, if one is asked for.
    pub(in crate::http) fn password_hint(&self) -> Option<&str> {
        match &self.field {
            Field::NewPassword(hint) => Some(hint),
            Field::None | Field::Text { .. } | Field::Questions(_) => None,
        }
    }

    /// Whether the password that is asked for can be forgotten.
    pub(in crate::http) fn can_be_forgotten(&self) -> bool {
        self.hints.allow_forgot_password && self.asks_text() && self.is_secret() && !self.sent
    }

    /// Whether there is anything to type.
    pub(in crate::http) fn has_fields(&self) -> bool {
        !matches!(self.field, Field::None)
    }
}

impl Field {
    fn of(mechanism: &Mechanism) -> Self {
        if let Some(questions) = &mechanism.multipart_mechanism {
            let parts = questions.mechanism_parts.iter();
            let asked = parts.map(|part| (part.uuid.clone(), part.question_text.clone()));
            return Self::Questions(asked.collect());
        }
        match mechanism.kind() {
            Some(MechanismKind::Reset) => {
                Self::NewPassword(mechanism.password_complexity_hint.clone().unwrap_or_default())
            }
            Some(kind) if kind.is_answerable() => Self::Text { secret: kind.is_secret() },
            _ => Self::None,
        }
    }
}

/// The mechanisms of the current challenge.
pub(super) fn mechanisms(package: &NewPackage) -> &[Mechanism] {
    package.challenges.first().map_or(&[], |challenge| &challenge.mechanisms)
}
