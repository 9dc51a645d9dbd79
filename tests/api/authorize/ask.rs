//! A request to the authorization endpoint with exactly the parameters that a test names.

use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup};

/// A parameter that replaces one of the plain request, joins it, or with `None` is left out.
pub(super) type Change<'a> = (&'a str, Option<&'a str>);

/// The plain request: a code for `bank`, without `state` and `nonce`.
const PLAIN: [(&str, &str); 4] = [
    ("client_id", "bank-client"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid profile"),
];

/// The parameters of the plain request with these changes.
pub(super) fn parameters<'a>(changes: &[Change<'a>]) -> Vec<(&'a str, &'a str)> {
    let sets = |name: &str| changes.iter().any(|(set, _)| *set == name);
    let kept = PLAIN.into_iter().filter(|(name, _)| !sets(name));
    let set = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    kept.chain(set).collect()
}

/// Asks at `bank`.
pub(super) fn ask(mock: &Mock, session: Option<&str>, changes: &[Change]) -> Answer {
    ask_at(mock, "bank", session, changes)
}

/// Asks at an application; the client is still that of `bank` unless it is changed.
pub(super) fn ask_at(mock: &Mock, app: &str, session: Option<&str>, changes: &[Change]) -> Answer {
    let path = format!("/OAuth2/Authorize/{app}");
    let mut request = mock.request("GET", &path).query(&parameters(changes));
    if let Some(session) = session {
        request = request.cookie(session);
    }
    request.send()
}

/// A mock of each policy, with the policy's name for messages.
pub(super) fn both_policies() -> [(&'static str, Mock); 2] {
    [("cyberark", Mock::start()), ("strict", Mock::strict())]
}

/// The built-in tenant and an application `desk`, with these policies.
pub(super) fn desk(tenant: &Value, desk: &Value) -> Setup {
    Setup::default().with(&json!({
        "tenant": { "policy": tenant },
        "apps": [{
            "application_id": "desk",
            "client_id": "desk-client",
            "client_secret": "desk-secret",
            "redirect_uris": [CALLBACK],
            "policy": desk,
        }],
    }))
}
