//! What the settings of one application must hold to.

use std::collections::BTreeSet;

use super::{App, ClientIdType, algorithm_problem};
use crate::protocol::base_url::{BaseUrl, BaseUrlError};
use crate::protocol::scope::is_scope_character;
use crate::protocol::secret::Secret;
use crate::tenant::document::DocumentError;
use crate::tenant::user::check_claims;

impl App {
    /// Checks the rules that concern this application alone; `here` is its JSON path.
    pub(in crate::tenant) fn check(&self, here: &str) -> Result<(), DocumentError> {
        let refuse = |member: &str, problem: &str| {
            Err(DocumentError::new(format!("{here}.{member}"), problem))
        };
        let id = &self.application_id;
        if id.is_empty()
            || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
            || id.starts_with('.')
        {
            let problem = format!("{id:?}: expected letters, digits and - . _ (it stands in URLs)");
            return refuse("application_id", &problem);
        }
        if RESERVED_IDS.contains(&id.to_ascii_lowercase().as_str()) {
            let problem = format!("{id:?}: the server uses this word as a path of its own");
            return refuse("application_id", &problem);
        }
        if self.issuer.as_ref().is_some_and(|issuer| issuer.parse::<BaseUrl>().is_err()) {
            return refuse("issuer", &BaseUrlError.to_string());
        }
        if self.client_id.as_ref().is_some_and(String::is_empty) {
            return refuse(
                "client_id",
                "\"\": expected at least one character, or no client_id at all",
            );
        }
        if self.client_id_type() == ClientIdType::Confidential
            && self.client_secret.as_ref().is_none_or(Secret::is_empty)
        {
            return refuse(
                "client_secret",
                "none, or an empty one: a confidential client needs a secret",
            );
        }
        if let Some(problem) = algorithm_problem(self.token_endpoint_auth_signing_alg, None) {
            return refuse("token_endpoint_auth_signing_alg", &problem);
        }
        if let Some(scope) = self.scopes.iter().find(|scope| !is_scope_token(&scope.name)) {
            let problem = format!("{:?}: no scope token (RFC 6749 section 3.3)", scope.name);
            return refuse("scopes", &problem);
        }
        self.check_clients(here)?;
        check_claims(here, &self.claims)
    }

    /// Checks the further clients; `here` is the application's JSON path.
    fn check_clients(&self, here: &str) -> Result<(), DocumentError> {
        let own = std::iter::once(self.client_id()).chain(self.allowed_clients.iter().cloned());
        let mut taken: BTreeSet<String> = own.collect();
        for (index, client) in self.clients.iter().enumerate() {
            let here = format!("{here}.clients[{index}]");
            client.check(&here)?;
            if !taken.insert(client.client_id.clone()) {
                let problem =
                    format!("{:?}: another client of the application has it", client.client_id);
                return Err(DocumentError::new(format!("{here}.client_id"), problem));
            }
        }
        Ok(())
    }
}

/// The form of an Application ID.
pub(crate) const APPLICATION_ID: &str = "^[A-Za-z0-9_-][A-Za-z0-9._-]*$";

/// What has that form and is reserved, in any letter case.
pub(crate) fn reserved_pattern() -> String {
    let in_any_case = |letter: char| match letter {
        'a'..='z' => format!("[{letter}{}]", letter.to_ascii_uppercase()),
        other => other.to_string(),
    };
    let words = RESERVED_IDS.map(|word| word.chars().map(in_any_case).collect::<String>());
    format!("^({})$", words.join("|"))
}

/// First path segments that are not applications.
const RESERVED_IDS: [&str; 9] =
    ["_mock", "_tenant", "consent", "health", "login", "metrics", "my", "oauth2", "security"];

fn is_scope_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_scope_character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(id: &str) -> Result<(), DocumentError> {
        let app = serde_json::json!({ "application_id": id });
        serde_json::from_value::<App>(app).unwrap().check("")
    }

    #[test]
    fn the_schema_tells_every_reserved_word_in_any_letter_case() {
        let pattern = reserved_pattern();
        assert!(pattern.starts_with("^(_[mM][oO][cC][kK]|_[tT]"), "{pattern}");
        assert_eq!(pattern.matches('|').count() + 1, RESERVED_IDS.len());
        for word in RESERVED_IDS {
            assert!(checked(word).is_err() && checked(&word.to_ascii_uppercase()).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn what_the_schema_allows_is_an_application_id(id in APPLICATION_ID.trim_matches(['^', '$'])) {
            let is_reserved = RESERVED_IDS.contains(&id.to_ascii_lowercase().as_str());
            proptest::prop_assert_eq!(checked(&id).is_ok(), !is_reserved);
        }
    }
}
