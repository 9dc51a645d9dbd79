//! Every error of the token endpoint, as the product words it and as RFC 6749 §5.2 wants it.

use super::code::UNKNOWN_CODE;
use crate::harness::{Answer, CALLBACK, Mock};

const MISMATCHED_REDIRECT: &str =
    r#"{"error":"invalid_request","error_description":"mismatched redirect"}"#;
const WRONG_CLIENT: &str = r#"{"error":"invalid_client","error_description":"wrong clientid"}"#;
const NOT_ALLOWED: &str =
    r#"{"error":"access_denied","error_description":"invalid client creds or client not allowed"}"#;
const GRANT_TYPE: &str = r#"{"error":"invalid_grant","error_description":"invalid grant type"}"#;

/// What is wrong with a request, and what it gets.
struct Case {
    name: &'static str,
    /// Replaces the members of a request that is right; an empty value removes one.
    wrong: &'static [(&'static str, &'static str)],
    basic: Option<(&'static str, &'static str)>,
    /// The product's body, with status 400.
    cyberark: &'static str,
    /// Status and error code that the specification wants.
    strict: (u16, &'static str),
}

const RIGHT: Option<(&str, &str)> = Some(("bank-client", "bank-secret"));

const CASES: [Case; 13] = [
    Case {
        name: "unknown code",
        wrong: &[("code", "unknown")],
        basic: RIGHT,
        cyberark: UNKNOWN_CODE,
        strict: (400, "invalid_grant"),
    },
    Case {
        name: "missing code",
        wrong: &[("code", "")],
        basic: RIGHT,
        cyberark: UNKNOWN_CODE,
        strict: (400, "invalid_request"),
    },
    Case {
        name: "another redirect_uri",
        wrong: &[("redirect_uri", "http://localhost:3000/other")],
        basic: RIGHT,
        cyberark: MISMATCHED_REDIRECT,
        strict: (400, "invalid_grant"),
    },
    Case {
        name: "missing redirect_uri",
        wrong: &[("redirect_uri", "")],
        basic: RIGHT,
        cyberark: MISMATCHED_REDIRECT,
        strict: (400, "invalid_request"),
    },
    Case {
        name: "unknown client, Basic",
        wrong: &[],
        basic: Some(("nobody", "bank-secret")),
        cyberark: WRONG_CLIENT,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "unknown client, body",
        wrong: &[("client_id", "nobody"), ("client_secret", "bank-secret")],
        basic: None,
        cyberark: WRONG_CLIENT,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "no client",
        wrong: &[],
        basic: None,
        cyberark: WRONG_CLIENT,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "wrong secret, Basic",
        wrong: &[],
        basic: Some(("bank-client", "wrong")),
        cyberark: NOT_ALLOWED,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "wrong secret, body",
        wrong: &[("client_id", "bank-client"), ("client_secret", "wrong")],
        basic: None,
        cyberark: NOT_ALLOWED,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "no secret",
        wrong: &[("client_id", "bank-client")],
        basic: None,
        cyberark: NOT_ALLOWED,
        strict: (401, "invalid_client"),
    },
    Case {
        name: "unknown grant type",
        wrong: &[("grant_type", "Authorization_Code")],
        basic: RIGHT,
        cyberark: GRANT_TYPE,
        strict: (400, "unsupported_grant_type"),
    },
    Case {
        name: "device grant",
        wrong: &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code")],
        basic: RIGHT,
        cyberark: GRANT_TYPE,
        strict: (400, "unsupported_grant_type"),
    },
    Case {
        name: "missing grant type",
        wrong: &[("grant_type", "")],
        basic: RIGHT,
        cyberark: GRANT_TYPE,
        strict: (400, "invalid_request"),
    },
];

fn send(mock: &Mock, case: &Case) -> Answer {
    let code = mock.code(&[]);
    let right = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let kept = right.iter().filter(|(name, _)| !case.wrong.iter().any(|(set, _)| set == name));
    let wrong = case.wrong.iter().filter(|(_, value)| !value.is_empty());
    let form: Vec<(&str, &str)> = kept.chain(wrong).copied().collect();
    let request = mock.request("POST", "/OAuth2/Token/bank").form(&form);
    match case.basic {
        Some((id, secret)) => request.basic(id, secret).send(),
        None => request.send(),
    }
}

#[test]
fn the_product_answers_400_in_its_own_words() {
    let mock = Mock::start();
    for case in &CASES {
        let answer = send(&mock, case);
        assert_eq!((answer.status, answer.body.as_str()), (400, case.cyberark), "{}", case.name);
        assert_eq!(answer.header("www-authenticate"), None, "{}", case.name);
    }
}

#[test]
fn strict_answers_with_the_codes_and_statuses_of_the_rfc() {
    let mock = Mock::strict();
    for case in &CASES {
        let answer = send(&mock, case);
        let (status, error, _) = answer.error();
        assert_eq!((status, error.as_str()), case.strict, "{}", case.name);
        let challenge = (status == 401).then_some("Basic realm=\"token\"");
        assert_eq!(answer.header("www-authenticate"), challenge, "{}", case.name);
    }
}

#[test]
fn an_unknown_application_is_named() {
    for mock in [Mock::start(), Mock::strict()] {
        let answer = mock.post("/OAuth2/Token/123", &[("grant_type", "authorization_code")]);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"error":"invalid_request","error_description":"unknown app 123"}"#)
        );
    }
}

#[test]
fn an_application_is_known_in_its_own_letter_case() {
    let answer = Mock::start().post("/OAuth2/Token/Bank", &[]);
    assert_eq!(answer.error().2, "unknown app Bank");
}

#[test]
fn markup_in_an_echoed_value_is_escaped() {
    let answer = Mock::start().post("/OAuth2/Token/%3Cscript%3E%22%C3%A9", &[]);
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (400, r#"{"error":"invalid_request","error_description":"unknown app \u003cscript>??"}"#)
    );
}

#[test]
fn of_a_repeated_parameter_the_first_counts() {
    let mock = Mock::start();
    let (code, tokens) = (mock.code(&[]), "authorization_code");
    let form = [
        ("grant_type", tokens),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code", "second"),
        ("grant_type", "refresh_token"),
    ];
    let request = mock.request("POST", "/OAuth2/Token/bank").basic("bank-client", "bank-secret");
    assert_eq!(request.form(&form).send().status, 200);
}

#[test]
fn strict_refuses_a_repeated_parameter() {
    let mock = Mock::strict();
    let code = mock.code(&[]);
    for name in ["code", "scope", "x-unknown"] {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            (name, &code),
            (name, &code),
        ];
        let request = mock.request("POST", "/OAuth2/Token/bank");
        let answer = request.basic("bank-client", "bank-secret").form(&form).send();
        let text = format!("parameter {name} is sent more than once");
        assert_eq!(answer.error(), (400, "invalid_request".to_owned(), text));
    }
    assert_eq!(mock.exchange(&code, &[]).status, 200, "a refused request spends nothing");
}
