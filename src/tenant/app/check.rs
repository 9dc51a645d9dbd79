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

/// First path segments that are not applications.
const RESERVED_IDS: [&str; 9] =
    ["_mock", "_tenant", "consent", "health", "login", "metrics", "my", "oauth2", "security"];

fn is_scope_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_scope_character)
}
