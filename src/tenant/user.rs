//! Users of the tenant, as fixtures write them.

mod member;

use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::member::Member;
use super::document::DocumentError;
use super::login::settings::Challenges;
use crate::protocol::base32;
use crate::protocol::claims::{Claims, PROTOCOL_CLAIMS};
use crate::protocol::secret::Secret;

/// A login name: something, without control characters, and without space around it.
pub const LOGIN_NAME: &str =
    r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$";

/// A user of the tenant's directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Login name with suffix, `alice@example.com`; letter case does not matter when signing in.
    /// The claims `unique_name` and `preferred_username`.
    #[schemars(regex(pattern = LOGIN_NAME))]
    pub name: String,
    /// The claim `sub`. Derived from the name when absent, the same in each run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[!-~]{1,255}$"))]
    pub uuid: Option<String>,
    /// The claim `name`; the login name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The claim `given_name`; derived from the display name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The claim `family_name`; derived from the display name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Mail address: the claim `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Phone number: the claim `phone_number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Without one the user cannot sign in with a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// "Is OAuth confidential client": a service user whose name and password are client
    /// credentials.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oauth_client: bool,
    /// The authentication profile that the user signs in by; the tenant's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_profile: Option<String>,
    /// Challenges of the user's own instead of a profile's: `["UP", "EMAIL,SMS"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenges: Option<Challenges>,
    /// What the mechanism `SQ` asks: one question, or several at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_questions: Vec<SecurityQuestion>,
    /// The secret of the user's authenticator in Base 32: six digits, SHA-1, 30 seconds
    /// ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("pattern" = base32::PATTERN))]
    pub oath_secret: Option<Secret>,
    /// What the mechanism `RADIUS` accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_passcode: Option<Secret>,
    /// Whether the user has to choose a new password at the next sign-in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_change_password: bool,
    /// Host of the pod on which the user lives, without a scheme, when it is another than the one
    /// that is asked: the answer to a sign-in here is `PodFqdn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9.:\[\]-]+$"))]
    pub pod: Option<String>,
    /// Whether another identity provider vouches for the user; the mock's own page stands in for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub federated: bool,
    /// Names of the roles that the user has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// More claims, of any JSON type, for tokens and `UserInfo`. A standard claim among them is
    /// given only to a scope that asks for it.
    #[serde(default, skip_serializing_if = "Claims::is_empty")]
    #[schemars(extend("propertyNames" = { "not": { "enum": PROTOCOL_CLAIMS } }))]
    pub claims: Claims,
}

/// A question to which only the user knows the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityQuestion {
    /// What is asked.
    pub question: String,
    /// The answer; letter case and space around it do not matter.
    pub answer: Secret,
}

impl User {
    /// Whether this is the user's password; nothing is, when there is none.
    pub(super) fn has_password(&self, offered: Option<&Secret>) -> bool {
        self.password.as_ref().zip(offered).is_some_and(|(own, offered)| own == offered)
    }

    /// What to call the user.
    pub fn display_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    /// Checks the rules that concern this user alone; `here` is its JSON path.
    pub(super) fn check(&self, here: &str) -> Result<(), DocumentError> {
        let Self { name, uuid, .. } = self;
        if name.is_empty() || name.trim() != name || name.chars().any(char::is_control) {
            let problem = format!("{name:?}: expected a login name like alice@example.com");
            return Err(DocumentError::new(format!("{here}.name"), problem));
        }
        if let Some(uuid) = uuid.as_deref().filter(|uuid| !is_subject(uuid)) {
            let problem = format!("{uuid:?}: expected 1 to 255 printable ASCII characters");
            return Err(DocumentError::new(format!("{here}.uuid"), problem));
        }
        if self.oath_secret.as_ref().is_some_and(|secret| base32::decode(secret.expose()).is_none())
        {
            let problem = "expected a secret in Base 32: letters A to Z and digits 2 to 7";
            return Err(DocumentError::new(format!("{here}.oath_secret"), problem));
        }
        if let Some(pod) = self.pod.as_ref().filter(|pod| !is_authority(pod)) {
            let problem = format!("{pod:?}: expected a host, without scheme and path");
            return Err(DocumentError::new(format!("{here}.pod"), problem));
        }
        check_claims(here, &self.claims)
    }
}

/// A host with or without a port, as `PodFqdn` has it.
fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

/// A `sub` of at most 255 ASCII characters (OpenID Connect Core §2).
fn is_subject(uuid: &str) -> bool {
    (1..=255).contains(&uuid.len()) && uuid.bytes().all(|b| b.is_ascii_graphic())
}

/// Refuses claims that the server computes itself.
pub(super) fn check_claims(owner: &str, claims: &Claims) -> Result<(), DocumentError> {
    match claims.keys().find(|name| PROTOCOL_CLAIMS.contains(&name.as_str())) {
        Some(name) => Err(DocumentError::new(
            format!("{owner}.claims.{name}"),
            format!(
                "the server computes this claim; a fixture may not set {}",
                PROTOCOL_CLAIMS.join(", ")
            ),
        )),
        None => Ok(()),
    }
}

/// The directory: users by UUID and by login name.
#[derive(Debug, Default)]
pub(super) struct Users {
    by_uuid: DashMap<Arc<str>, Arc<Member>>,
    uuid_by_name: DashMap<String, Arc<str>>,
    /// Held while both maps are changed.
    changing: Mutex<()>,
}

impl Users {
    pub(super) fn load(users: Vec<User>) -> Result<Self, DocumentError> {
        let directory = Self::default();
        for (index, user) in users.into_iter().enumerate() {
            let here = format!("users[{index}]");
            user.check(&here)?;
            let member = Member::new(user);
            let (name, uuid) = (member.name.clone(), member.shared_uuid());
            if directory.uuid_by_name.insert(name.to_lowercase(), uuid.clone()).is_some() {
                let problem = "another user has it (letter case does not matter)";
                return Err(DocumentError::new(
                    format!("{here}.name"),
                    format!("{name:?}: {problem}"),
                ));
            }
            if directory.by_uuid.insert(uuid, Arc::new(member)).is_some() {
                let problem = format!("another user has the uuid of {name:?}");
                return Err(DocumentError::new(format!("{here}.uuid"), problem));
            }
        }
        Ok(directory)
    }

    /// Adds a user, or puts the user in the place of the one with the login name; whether the user
    /// is new.
    pub(super) fn put(&self, user: User) -> Result<bool, DocumentError> {
        user.check("")?;
        let member = Member::new(user);
        let (name, uuid) = (member.name.to_lowercase(), member.shared_uuid());
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.uuid_by_name.get(&name).map(|uuid| uuid.clone());
        if before.as_ref() != Some(&uuid) && self.by_uuid.contains_key(&uuid) {
            return Err(DocumentError::new("uuid", "another user has it"));
        }
        self.by_uuid.insert(uuid.clone(), Arc::new(member));
        self.uuid_by_name.insert(name, uuid.clone());
        if let Some(before) = before.as_ref().filter(|before| **before != uuid) {
            self.by_uuid.remove(before);
        }
        Ok(before.is_none())
    }

    /// Removes the user with this login name; whether there was one.
    pub(super) fn remove(&self, name: &str) -> bool {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let removed = self.uuid_by_name.remove(&name.trim().to_lowercase());
        removed.is_some_and(|(_, uuid)| self.by_uuid.remove(&uuid).is_some())
    }

    pub(super) fn by_uuid(&self, uuid: &str) -> Option<Arc<Member>> {
        self.by_uuid.get(uuid).map(|user| user.clone())
    }

    /// The UUID of the user with this login name, in any letter case.
    pub(super) fn uuid_of_name(&self, name: &str) -> Option<Arc<str>> {
        self.uuid_by_name.get(&name.trim().to_lowercase()).map(|uuid| uuid.clone())
    }

    /// Gives the user another password; nothing happens when they are gone.
    pub(super) fn set_password(&self, uuid: &str, password: Secret) {
        if let Some(mut member) = self.by_uuid.get_mut(uuid) {
            *member = Arc::new(member.with_password(password));
        }
    }

    /// All users, sorted by login name.
    pub(super) fn list(&self) -> Vec<Arc<Member>> {
        let mut users: Vec<_> = self.by_uuid.iter().map(|user| user.clone()).collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        users
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_the_schema_allows_is_a_login_name(name in LOGIN_NAME.trim_matches(['^', '$'])) {
            let user: User = serde_json::from_value(serde_json::json!({ "name": name })).unwrap();
            proptest::prop_assert_eq!(user.check(""), Ok(()));
        }
    }
}
