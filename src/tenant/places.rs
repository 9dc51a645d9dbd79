//! Parameters that stand where they do not belong.
//!
//! [RFC 6749 §2.3.1, §3.1, §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2),
//! [RFC 6750 §2](https://www.rfc-editor.org/rfc/rfc6750#section-2),
//! [RFC 9700 §4.3.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.3.2)

use super::policy::{DuplicateParameters, MisplacedParameters, Policy};
use crate::protocol::error::{OAuthError, echo};
use crate::protocol::places::{BodyKind, Places};

/// Refuses a request in which the parameter of this name was repeated, if the policy does.
pub(super) fn refuse_duplicates(
    policy: Policy,
    duplicated: Option<&str>,
) -> Result<(), OAuthError> {
    match (policy.duplicate_parameters, duplicated) {
        (DuplicateParameters::Refuse, Some(name)) => Err(OAuthError::invalid_request(format!(
            "parameter {} is sent more than once",
            echo(name)
        ))),
        _ => Ok(()),
    }
}

/// Refuses a request of a browser with a secret in its URL, or with a body that is no declared form,
/// if the policy does.
pub(super) fn refuse_misplaced(policy: Policy, places: &Places) -> Result<(), OAuthError> {
    if policy.misplaced_parameters == MisplacedParameters::Ignored {
        return Ok(());
    }
    refuse_secret_in_query(policy, places)?;
    match places.body {
        BodyKind::Empty | BodyKind::Form => Ok(()),
        BodyKind::Undeclared | BodyKind::Other => Err(OAuthError::invalid_request(
            "the body must be posted as application/x-www-form-urlencoded",
        )),
    }
}

/// Refuses a request to an endpoint that takes a form and nothing else, if the policy does.
pub(super) fn refuse_outside_form(policy: Policy, places: &Places) -> Result<(), OAuthError> {
    refuse_misplaced(policy, places)?;
    match (policy.misplaced_parameters, places.in_query.first()) {
        (MisplacedParameters::Refused, Some(name)) => Err(in_query(name)),
        _ => Ok(()),
    }
}

/// Refuses a request with a secret in its URL, if the policy does.
pub(super) fn refuse_secret_in_query(policy: Policy, places: &Places) -> Result<(), OAuthError> {
    match (policy.misplaced_parameters, places.secret_in_query()) {
        (MisplacedParameters::Refused, Some(name)) => Err(in_query(name)),
        _ => Ok(()),
    }
}

fn in_query(name: &str) -> OAuthError {
    OAuthError::invalid_request(format!("parameter {} does not belong in the query", echo(name)))
}
