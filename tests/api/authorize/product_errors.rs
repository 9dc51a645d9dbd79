//! Errors as the product answers them, byte for byte (CyberArk's OpenAPI description of
//! `/OAuth2/Authorize`).

use super::ask::{Change, ask, ask_at};
use super::landing::object_moved;
use crate::harness::{Answer, CALLBACK, Mock};

/// A condition with the changes that bring it about.
type Row<'a> = (&'a str, &'a [Change<'a>], &'a str);

/// Errors that the product redirects: the path behind the redirect URI.
const REDIRECTED: [Row; 6] = [
    (
        "wrong client_id",
        &[("client_id", Some("nobody"))],
        "?error=invalid_client&error_description=invalid%20client%20creds",
    ),
    (
        "no client_id",
        &[("client_id", None)],
        "?error=invalid_client&error_description=invalid%20client%20creds",
    ),
    (
        "scope not defined on the app",
        &[("scope", Some("openid payments"))],
        "?error=invalid_scope&error_description=unknown%20scope%20requested",
    ),
    ("no scope", &[("scope", None)], "?error=invalid_scope&error_description=missing%20scope"),
    (
        "wrong client_id in the hybrid flow",
        &[("response_type", Some("code token")), ("client_id", Some("nobody"))],
        "?error=invalid_client&error_description=invalid%20client%20creds",
    ),
    (
        "unknown scope in the hybrid flow",
        &[("response_type", Some("code id_token")), ("scope", Some("nothing"))],
        "?error=invalid_scope&error_description=unknown%20scope%20requested",
    ),
];

/// Errors that the product shows in the browser, with their status.
const SHOWN: [(u16, Row); 9] = [
    (
        400,
        (
            "redirect_uri not in the list",
            &[("redirect_uri", Some("https://elsewhere.example/cb"))],
            r#"{"error":"invalid_request","error_description":"invalid redirect"}"#,
        ),
    ),
    (
        400,
        (
            "no redirect_uri",
            &[("redirect_uri", None)],
            r#"{"error":"invalid_request","error_description":"invalid redirect"}"#,
        ),
    ),
    (
        400,
        (
            "unsupported response_type",
            &[("response_type", Some("id"))],
            r#"{"error":"unsupported_response_type","error_description":"invalid response_type: id"}"#,
        ),
    ),
    (
        400,
        (
            "a response_type twice",
            &[("response_type", Some("code code"))],
            r#"{"error":"unsupported_response_type","error_description":"invalid response_type: code code"}"#,
        ),
    ),
    (
        400,
        (
            "prompt=consent",
            &[("prompt", Some("consent"))],
            r#"{"error":"unsupported_prompt","error_description":"Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'."}"#,
        ),
    ),
    (
        400,
        (
            "prompt=consent with offline_access, as oidc-agent asks",
            &[("prompt", Some("consent")), ("scope", Some("openid offline_access"))],
            r#"{"error":"unsupported_prompt","error_description":"Unsupported prompt value: 'consent'.  Supported prompt values: 'none' and 'login'."}"#,
        ),
    ),
    (
        500,
        (
            "redirect_uri not a URI",
            &[("redirect_uri", Some("callback"))],
            r#"{"error":"invalid_request","error_description":"Invalid URI: The format of the URI could not be determined."}"#,
        ),
    ),
    (
        500,
        (
            "no response_type",
            &[("response_type", None)],
            r#"{"error":"invalid_request","error_description":"missing response_type"}"#,
        ),
    ),
    (
        500,
        (
            "empty response_type",
            &[("response_type", Some(""))],
            r#"{"error":"invalid_request","error_description":"missing response_type"}"#,
        ),
    ),
];

fn assert_moved(answer: &Answer, location: &str, case: &str) {
    assert_eq!(answer.location(), location, "{case}");
    assert_eq!(answer.body, object_moved(location), "{case}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{case}");
}

#[test]
fn errors_that_the_product_redirects_stand_in_the_query() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (case, changes, parameters) in REDIRECTED {
        for session in [None, Some(alice.as_str())] {
            let answer = ask(&mock, session, changes);
            assert_moved(&answer, &format!("{CALLBACK}{parameters}"), case);
            let with_state = [changes, &[("state", Some("a b"))]].concat();
            let answer = ask(&mock, session, &with_state);
            assert_moved(&answer, &format!("{CALLBACK}{parameters}&state=a%20b"), case);
        }
    }
}

#[test]
fn errors_that_the_product_shows_are_json_in_the_browser() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (status, (case, changes, body)) in SHOWN {
        for session in [None, Some(alice.as_str())] {
            let with_state = [changes, &[("state", Some("a b"))]].concat();
            for changes in [changes, &with_state] {
                let answer = ask(&mock, session, changes);
                assert_eq!((answer.status, answer.body.as_str()), (status, body), "{case}");
                let json = Some("application/json; charset=utf-8");
                assert_eq!(answer.header("content-type"), json, "{case}");
                assert_eq!(answer.header("location"), None, "{case}");
            }
        }
    }
}

#[test]
fn an_unknown_app_redirects_to_a_uri_that_nobody_checked() {
    let mock = Mock::start();
    let elsewhere = "https://elsewhere.example/cb";
    let error = "error=invalid_request&error_description=unknown%20app%20123";
    for (redirect_uri, location) in [
        (elsewhere, format!("{elsewhere}?{error}")),
        ("https://elsewhere.example/cb?a=b", format!("https://elsewhere.example/cb?a=b&{error}")),
    ] {
        let answer = ask_at(&mock, "123", None, &[("redirect_uri", Some(redirect_uri))]);
        assert_moved(&answer, &location, redirect_uri);
    }
    let changes = [("redirect_uri", Some(elsewhere)), ("state", Some("a b"))];
    let answer = ask_at(&mock, "123", None, &changes);
    assert_moved(&answer, &format!("{elsewhere}?{error}&state=a%20b"), "with state");
}

#[test]
fn an_unknown_app_without_a_usable_uri_is_json() {
    let mock = Mock::start();
    for (redirect_uri, status, text) in [
        (None, 400, "invalid redirect"),
        (Some("callback"), 500, "Invalid URI: The format of the URI could not be determined."),
        (Some("mailto:a@b.example"), 400, "unknown app 123"),
    ] {
        let answer = ask_at(&mock, "123", None, &[("redirect_uri", redirect_uri)]);
        let body = format!(r#"{{"error":"invalid_request","error_description":"{text}"}}"#);
        assert_eq!((answer.status, answer.body), (status, body), "{redirect_uri:?}");
    }
}

#[test]
fn prompt_none_without_a_session_is_login_required() {
    let mock = Mock::start();
    for response_type in ["code", "id_token", "code id_token token"] {
        let changes = [("prompt", Some("none")), ("response_type", Some(response_type))];
        let error = "?error=login_required&error_description=user%20is%20not%20signed%20in";
        assert_moved(&ask(&mock, None, &changes), &format!("{CALLBACK}{error}"), response_type);
    }
}
