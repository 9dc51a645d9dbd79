//! What `strict` refuses and the product lets pass: a table for each kind of check, and each field of
//! the policy on its own.

mod authorize;
mod places;
mod plain_http;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{CALLBACK, Mock, Setup};

/// The mocks that differ in one field: the product, the product with the field set, `strict`, and
/// `strict` with the field set back.
struct Four {
    product: Mock,
    demanding: Mock,
    strict: Mock,
    lenient: Mock,
}

impl Four {
    /// Starts them: `name` is the field, with its values in both presets.
    fn start(name: &str, cyberark: &str, strict: &str) -> Self {
        let with = |policy: Policy, value: &str| {
            let tenant = json!({ "policy": { name: value } });
            setup(policy).with(&json!({ "tenant": tenant })).start()
        };
        Self {
            product: setup(Policy::cyberark()).start(),
            demanding: with(Policy::cyberark(), strict),
            strict: setup(Policy::strict()).start(),
            lenient: with(Policy::strict(), cyberark),
        }
    }

    /// Those that refuse, and those that do not.
    fn sides(&self) -> [(bool, &Mock); 4] {
        [
            (false, &self.product),
            (true, &self.demanding),
            (true, &self.strict),
            (false, &self.lenient),
        ]
    }
}

/// The built-in tenant with the application `desk` (`desk+client`, `s%2B c:`).
fn setup(policy: Policy) -> Setup {
    let desk: Value = json!({
        "application_id": "desk", "client_id": "desk+client", "client_secret": "s%2B c:",
        "redirect_uris": [CALLBACK], "issue_refresh_tokens": true,
    });
    Setup { policy, ..Setup::default() }.with(&json!({ "apps": [desk] }))
}
