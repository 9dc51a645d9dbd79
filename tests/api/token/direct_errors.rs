//! What `client_credentials` and `password` refuse, byte for byte in both presets.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use crate::harness::{API, Mock, SERVICE, with_api};

const WRONG_CLIENT: &str = r#"{"error":"invalid_client","error_description":"wrong clientid"}"#;
const NOT_ALLOWED: &str =
    r#"{"error":"access_denied","error_description":"invalid client creds or client not allowed"}"#;
const WRONG_PASSWORD: &str =
    r#"{"error":"invalid_grant","error_description":"wrong username or password"}"#;
const STRICT_NOT_ALLOWED: &str = r#"{"error":"invalid_client","error_description":"invalid client creds or client not allowed"}"#;
const STRICT_METHOD: &str = r#"{"error":"unauthorized_client","error_description":"the application does not allow this grant type"}"#;
const STRICT_NO_NAME: &str =
    r#"{"error":"invalid_request","error_description":"missing username"}"#;
const STRICT_NO_PASSWORD: &str =
    r#"{"error":"invalid_request","error_description":"missing password"}"#;

/// What is sent where, and what it gets.
struct Case {
    name: &'static str,
    app: &'static str,
    basic: Option<(&'static str, &'static str)>,
    form: &'static [(&'static str, &'static str)],
    /// The product's body, with status 400.
    cyberark: &'static str,
    strict: (u16, &'static str),
}

const CLIENT: &[(&str, &str)] = &[("grant_type", "client_credentials")];
const ALICE: &[(&str, &str)] = &[
    ("grant_type", "password"),
    ("username", "alice@example.com"),
    ("password", "alice-password"),
];

const CASES: [Case; 13] = [
    Case {
        name: "a wrong secret",
        app: "api",
        basic: Some((API.0, "wrong")),
        form: CLIENT,
        cyberark: NOT_ALLOWED,
        strict: (401, STRICT_NOT_ALLOWED),
    },
    Case {
        name: "an unknown client",
        app: "api",
        basic: Some(("nobody", API.1)),
        form: CLIENT,
        cyberark: WRONG_CLIENT,
        strict: (401, WRONG_CLIENT),
    },
    Case {
        name: "no client",
        app: "api",
        basic: None,
        form: CLIENT,
        cyberark: WRONG_CLIENT,
        strict: (401, WRONG_CLIENT),
    },
    Case {
        name: "a service user's wrong password",
        app: "vault",
        basic: Some((SERVICE.0, "wrong")),
        form: CLIENT,
        cyberark: NOT_ALLOWED,
        strict: (401, STRICT_NOT_ALLOWED),
    },
    Case {
        name: "a user who is no service user",
        app: "vault",
        basic: Some(("alice@example.com", "alice-password")),
        form: CLIENT,
        cyberark: NOT_ALLOWED,
        strict: (401, STRICT_NOT_ALLOWED),
    },
    Case {
        name: "no service user",
        app: "vault",
        basic: None,
        form: CLIENT,
        cyberark: NOT_ALLOWED,
        strict: (401, STRICT_NOT_ALLOWED),
    },
    Case {
        name: "client credentials at an OpenID Connect application",
        app: "bank",
        basic: Some(("bank-client", "bank-secret")),
        form: CLIENT,
        cyberark: NOT_ALLOWED,
        strict: (400, STRICT_METHOD),
    },
    Case {
        name: "a password at an OpenID Connect application",
        app: "bank",
        basic: Some(("bank-client", "bank-secret")),
        form: ALICE,
        cyberark: NOT_ALLOWED,
        strict: (400, STRICT_METHOD),
    },
    Case {
        name: "a right password of a wrong client",
        app: "api",
        basic: Some((API.0, "wrong")),
        form: ALICE,
        cyberark: NOT_ALLOWED,
        strict: (401, STRICT_NOT_ALLOWED),
    },
    Case {
        name: "a wrong password",
        app: "api",
        basic: Some(API),
        form: &[
            ("grant_type", "password"),
            ("username", "alice@example.com"),
            ("password", "bob-password"),
        ],
        cyberark: WRONG_PASSWORD,
        strict: (400, WRONG_PASSWORD),
    },
    Case {
        name: "an unknown user",
        app: "api",
        basic: Some(API),
        form: &[("grant_type", "password"), ("username", "nobody"), ("password", "x")],
        cyberark: WRONG_PASSWORD,
        strict: (400, WRONG_PASSWORD),
    },
    Case {
        name: "no user name",
        app: "api",
        basic: Some(API),
        form: &[("grant_type", "password"), ("username", ""), ("password", "alice-password")],
        cyberark: WRONG_PASSWORD,
        strict: (400, STRICT_NO_NAME),
    },
    Case {
        name: "no password",
        app: "api",
        basic: Some(API),
        form: &[("grant_type", "password"), ("username", "alice@example.com")],
        cyberark: WRONG_PASSWORD,
        strict: (400, STRICT_NO_PASSWORD),
    },
];

fn assert_answers(mock: &Mock, expected: impl Fn(&Case) -> (u16, &'static str)) {
    for case in &CASES {
        let answer = mock.call(&format!("/OAuth2/Token/{}", case.app), case.basic, case.form);
        assert_eq!((answer.status, answer.body.as_str()), expected(case), "{}", case.name);
        let challenge = (answer.status == 401).then_some("Basic realm=\"token\"");
        assert_eq!(answer.header("www-authenticate"), challenge, "{}", case.name);
    }
}

#[test]
fn the_product_answers_400_in_its_own_words() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    assert_answers(&mock, |case| (400, case.cyberark));
}

#[test]
fn strict_answers_with_the_codes_and_statuses_of_the_rfc() {
    let mock = with_api(Policy::strict(), &json!({})).start();
    assert_answers(&mock, |case| case.strict);
}

#[test]
fn an_application_gives_tokens_in_the_ways_that_it_lists() {
    for (listed, client_credentials, password) in [
        (json!(null), 200, 200),
        (json!([]), 400, 400),
        (json!(["ClientCreds"]), 200, 400),
        (json!(["ResourceCreds"]), 400, 200),
        (json!(["AuthorizationCode", "Implicit"]), 400, 400),
        (json!(["ResourceCreds", "ClientCreds"]), 200, 200),
    ] {
        let mock = with_api(Policy::cyberark(), &json!({ "allowed_auth": listed })).start();
        for (form, status) in [(CLIENT, client_credentials), (ALICE, password)] {
            let answer = mock.call("/OAuth2/Token/api", Some(API), form);
            assert_eq!(answer.status, status, "{listed} {form:?}");
            if status == 400 {
                assert_eq!(answer.body, NOT_ALLOWED, "{listed} {form:?}");
            }
        }
    }
}
