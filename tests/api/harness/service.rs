//! A service user, and the OAuth2 applications that give tokens without a browser.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{Answer, CALLBACK, Place, Setup};

/// Login name and password of the built-in service user.
pub(crate) const SERVICE: (&str, &str) = ("svc@example.com", "svc-secret");

/// Client id and secret of `api`.
pub(crate) const API: (&str, &str) = ("api-client", "api-secret");

/// Client id and secret of `bank`.
pub(crate) const BANK: (&str, &str) = ("bank-client", "bank-secret");

/// The built-in tenant with `vault` (an OAuth2 Client with the scope `all`) and `api`: a
/// confidential OAuth2 Server with the scopes `read` and `write` and refresh tokens, which has also
/// the members of `more`.
pub(crate) fn with_api(policy: Policy, more: &Value) -> Setup {
    let mut api = json!({
        "application_id": "api",
        "type": "oauth2_server",
        "client_id": API.0,
        "client_secret": API.1,
        "redirect_uris": [CALLBACK],
        "issue_refresh_tokens": true,
        "scopes": [{ "name": "read" }, { "name": "write" }],
    });
    api.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let vault = json!({
        "application_id": "vault", "type": "oauth2_client", "scopes": [{ "name": "all" }],
    });
    let setup = Setup { policy, ..Setup::default() };
    setup.with(&json!({ "apps": [vault, api] }))
}

impl Place {
    /// Posts a form, with Basic credentials if there are any.
    pub(crate) fn call(
        &self,
        path: &str,
        basic: Option<(&str, &str)>,
        form: &[(&str, &str)],
    ) -> Answer {
        let request = self.request("POST", path).form(form);
        match basic {
            Some((id, secret)) => request.basic(id, secret).send(),
            None => request.send(),
        }
    }

    /// The answer of introspection to the right client of `bank`.
    pub(crate) fn introspected(&self, token: &str) -> Value {
        let answer = self.call("/OAuth2/Introspect/bank", Some(BANK), &[("token", token)]);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

/// A member of an answer that is a string.
pub(crate) fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}
