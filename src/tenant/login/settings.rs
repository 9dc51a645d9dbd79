//! How the users of a tenant sign in, as fixtures write it.
//!
//! Profiles have the shape of CyberArk's admin API: one string for each challenge, its mechanisms
//! joined by commas (cyberark/idsec-sdk-golang, `pkg/services/identity/authprofiles`).

use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::protocol::lifetime::Lifetime;
use crate::protocol::security::mechanism::{MechanismKind, MechanismKindError};
use crate::tenant::document::DocumentError;

/// The challenges of a sign-in: one or two, in order, each a choice of mechanisms.
///
/// Written as `["UP,SMS", "EMAIL"]`; an empty string is no challenge, as in the admin API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(into = "Vec<String>")]
#[schemars(with = "Vec<String>", extend(
    "items" = { "type": "string", "pattern": challenge_pattern() },
    "contains" = { "pattern": r"\S" }, "minContains" = 1, "maxContains" = 2,
))]
pub struct Challenges(Vec<Vec<MechanismKind>>);

/// No challenge, or mechanisms joined by commas, in any letter case.
fn challenge_pattern() -> String {
    let kinds = MechanismKind::ALL.into_iter().filter(|kind| *kind != MechanismKind::Reset);
    let letter = |letter: char| format!("[{letter}{}]", letter.to_ascii_lowercase());
    let in_any_case = |name: &str| name.chars().map(letter).collect::<String>();
    let names: Vec<String> = kinds.map(|kind| in_any_case(kind.name())).collect();
    let one = format!(r"\s*({})\s*", names.join("|"));
    format!("^(\\s*|{one}(,{one})*)$")
}

/// Why a list of texts is no list of challenges.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChallengesError {
    /// Too few or too many.
    #[error("{0} challenges: expected one or two, like [\"UP\", \"EMAIL,SMS\"]")]
    Number(usize),
    /// A mechanism that does not exist.
    #[error(transparent)]
    Mechanism(#[from] MechanismKindError),
    /// A mechanism that comes by itself.
    #[error("mechanism RESET: it comes by itself when must_change_password is set")]
    Reset,
}

impl Challenges {
    /// The password alone: what a user meets of whom nothing is said.
    pub(super) fn password() -> Self {
        Self(vec![vec![MechanismKind::Up]])
    }

    /// The mechanisms of each challenge.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[MechanismKind]> {
        self.0.iter().map(Vec::as_slice)
    }
}

impl<'de> Deserialize<'de> for Challenges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ChallengesVisitor)
    }
}

/// Refuses the texts while the list is read, so that the error is the list's.
struct ChallengesVisitor;

impl<'de> Visitor<'de> for ChallengesVisitor {
    type Value = Challenges;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Challenges, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            texts.push(text);
        }
        texts.try_into().map_err(A::Error::custom)
    }
}

impl TryFrom<Vec<String>> for Challenges {
    type Error = ChallengesError;

    fn try_from(texts: Vec<String>) -> Result<Self, Self::Error> {
        let asked: Vec<&String> = texts.iter().filter(|text| !text.trim().is_empty()).collect();
        if !(1..=2).contains(&asked.len()) {
            return Err(ChallengesError::Number(asked.len()));
        }
        let challenge = |text: &&String| -> Result<Vec<MechanismKind>, ChallengesError> {
            let mut kinds: Vec<MechanismKind> = Vec::new();
            for name in text.split(',') {
                let kind: MechanismKind = name.trim().parse()?;
                if kind == MechanismKind::Reset {
                    return Err(ChallengesError::Reset);
                }
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            Ok(kinds)
        };
        asked.iter().map(challenge).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Challenges> for Vec<String> {
    fn from(challenges: Challenges) -> Self {
        let text = |kinds: &[MechanismKind]| {
            kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")
        };
        challenges.iter().map(text).collect()
    }
}

/// An authentication profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationProfile {
    /// What users and step-up calls name it by.
    #[schemars(length(min = 1))]
    pub name: String,
    /// One string for each challenge, mechanisms joined by commas: `["UP", "EMAIL,SMS"]`.
    pub challenges: Challenges,
}

/// When a user is locked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lockout {
    /// After so many failures in a row.
    #[schemars(range(min = 1, max = u32::MAX))]
    pub failures: u32,
    /// For so long.
    pub duration: Lifetime,
}

/// What a new password has to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a check box of the portal")]
pub struct PasswordPolicy {
    /// The fewest characters: eight.
    #[schemars(range(max = usize::MAX))]
    pub minimum_length: usize,
    /// At least one digit.
    pub digit: bool,
    /// At least one upper-case letter.
    pub upper_case: bool,
    /// At least one lower-case letter.
    pub lower_case: bool,
    /// At least one character that is no letter and no digit.
    pub symbol: bool,
}

impl Default for PasswordPolicy {
    /// Inferred: no source has the product's defaults.
    fn default() -> Self {
        Self { minimum_length: 8, digit: true, upper_case: true, lower_case: true, symbol: false }
    }
}

impl PasswordPolicy {
    /// Whether the password has all that it has to have.
    pub(super) fn accepts(&self, password: &str) -> bool {
        let has = |wanted: bool, is: fn(char) -> bool| !wanted || password.chars().any(is);
        password.chars().count() >= self.minimum_length
            && has(self.digit, |c| c.is_ascii_digit())
            && has(self.upper_case, char::is_uppercase)
            && has(self.lower_case, char::is_lowercase)
            && has(self.symbol, |c| !c.is_alphanumeric())
    }

    /// `PasswordComplexityHint`.
    pub(super) fn hint(&self) -> String {
        let wants = [
            (self.digit, "a digit"),
            (self.upper_case, "an upper-case letter"),
            (self.lower_case, "a lower-case letter"),
            (self.symbol, "a symbol"),
        ];
        let wanted: Vec<&str> =
            wants.into_iter().filter(|(wanted, _)| *wanted).map(|(_, text)| text).collect();
        let length = self.minimum_length;
        match wanted.split_last() {
            None => format!("At least {length} characters."),
            Some((last, [])) => format!("At least {length} characters, with {last}."),
            Some((last, others)) => {
                format!("At least {length} characters, with {} and {last}.", others.join(", "))
            }
        }
    }
}

/// How users sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a check box of the portal")]
pub struct AuthenticationSettings {
    /// Profiles that users, the tenant and step-up calls name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<AuthenticationProfile>,
    /// The profile of users who name none; the password alone when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_profile: Option<String>,
    /// `/Core/Authentication/ContinueFailedSessions`: a wrong answer can be tried again in the same
    /// package. By default any failure ends it.
    pub continue_failed_sessions: bool,
    /// Whether `PersistentLogin` is honoured and offered on the login page.
    pub allow_persistent_login: bool,
    /// Whether `ForgotPassword` is honoured and offered on the login page.
    pub allow_forgot_password: bool,
    /// Whether federated users who sign in out of band do without a PIN (`IdpOobAuthPinRequired`
    /// false): clients then ask `/Security/OobAuthStatus`.
    pub idp_without_pin: bool,
    /// Whether a device on which its user is signed in signs in the page whose picture it scans
    /// (`/Security/StartQRCodeAuthentication`); off by default, as in the product.
    pub qr_login: bool,
    /// Whether users are locked out; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lockout: Option<Lockout>,
    /// What a new password has to have.
    pub password_policy: PasswordPolicy,
}

impl AuthenticationSettings {
    /// The profile of that name.
    pub(super) fn profile(&self, name: &str) -> Option<&AuthenticationProfile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// Checks the rules that concern the settings alone.
    pub(in crate::tenant) fn check(&self) -> Result<(), DocumentError> {
        const HERE: &str = "tenant.authentication";
        for (index, profile) in self.profiles.iter().enumerate() {
            let name = &profile.name;
            if name.is_empty() || self.profiles[..index].iter().any(|other| other.name == *name) {
                let path = format!("{HERE}.profiles[{index}].name");
                let problem = format!("{name:?}: expected a name that no other profile has");
                return Err(DocumentError::new(path, problem));
            }
        }
        if let Some(name) = &self.default_profile {
            self.check_name(name, &format!("{HERE}.default_profile"))?;
        }
        if self.lockout.is_some_and(|lockout| lockout.failures == 0) {
            let path = format!("{HERE}.lockout.failures");
            return Err(DocumentError::new(path, "0: expected at least 1"));
        }
        Ok(())
    }

    /// Refuses the name of a profile that does not exist; `path` is where it stands.
    pub(in crate::tenant) fn check_name(
        &self,
        name: &str,
        path: &str,
    ) -> Result<(), DocumentError> {
        if self.profile(name).is_some() {
            return Ok(());
        }
        let known: Vec<&str> = self.profiles.iter().map(|profile| profile.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let problem = format!(
            "{name:?}: no such profile in tenant.authentication.profiles (there are: {known})"
        );
        Err(DocumentError::new(path, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenges(texts: &[&str]) -> Result<Challenges, ChallengesError> {
        texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().try_into()
    }

    #[test]
    fn challenges_are_written_as_the_admin_api_writes_them() {
        for (written, read) in [
            (["UP,SMS", "EMAIL"].as_slice(), ["UP,SMS", "EMAIL"].as_slice()),
            (&["up , Email,UP", ""], &["UP,EMAIL"]),
            (&["", "QR"], &["QR"]),
        ] {
            assert_eq!(Vec::from(challenges(written).unwrap()), read);
        }
        for (written, problem) in [
            ([].as_slice(), "0 challenges: expected one or two"),
            (&["", " "], "0 challenges"),
            (&["UP", "SMS", "EMAIL"], "3 challenges"),
            (&["UP,,SMS"], "mechanism \"\": expected UP, SQ"),
            (&["PASSWORD"], "mechanism \"PASSWORD\": expected UP, SQ"),
            (&["RESET"], "mechanism RESET: it comes by itself"),
        ] {
            let message = challenges(written).unwrap_err().to_string();
            assert!(message.starts_with(problem), "{message}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_the_schema_allows_is_a_challenge(text in challenge_pattern().trim_matches(['^', '$'])) {
            proptest::prop_assert!(challenges(&["UP", &text]).is_ok());
        }
    }

    #[test]
    fn a_password_policy_accepts_what_its_hint_says() {
        let policy = PasswordPolicy::default();
        assert_eq!(
            policy.hint(),
            "At least 8 characters, with a digit, an upper-case letter and a lower-case letter."
        );
        for (password, accepted) in [
            ("Passw0rd", true),
            ("Pässw0rt", true),
            ("Passwor0", true),
            ("Passw0r", false),
            ("Password", false),
            ("passw0rd", false),
            ("PASSW0RD", false),
            ("", false),
        ] {
            assert_eq!(policy.accepts(password), accepted, "{password}");
        }
        let any = PasswordPolicy {
            minimum_length: 1,
            digit: false,
            upper_case: false,
            lower_case: false,
            symbol: true,
        };
        assert_eq!(any.hint(), "At least 1 characters, with a symbol.");
        assert!(any.accepts("-") && !any.accepts("a"));
    }
}
