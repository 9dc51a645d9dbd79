//! Errors as RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6 want them: to the client once its
//! redirect URI is verified, with `state`, where the success would have been; else a page.

use super::ask::{Change, ask, ask_at};
use super::landing::{Place, outcome};
use crate::harness::Mock;

/// Mistakes that the client is told, and how.
const TOLD: [(&str, &[Change], &str); 10] = [
    (
        "unsupported response_type",
        &[("response_type", Some("id"))],
        "error=unsupported_response_type&error_description=invalid response_type: id",
    ),
    (
        "no response_type",
        &[("response_type", None)],
        "error=invalid_request&error_description=missing response_type",
    ),
    (
        "unknown scope",
        &[("scope", Some("openid payments"))],
        "error=invalid_scope&error_description=unknown scope requested",
    ),
    ("no scope", &[("scope", None)], "error=invalid_scope&error_description=missing scope"),
    (
        "unknown prompt",
        &[("prompt", Some("maybe"))],
        "error=invalid_request&error_description=unknown prompt value: maybe",
    ),
    (
        "prompt none with another",
        &[("prompt", Some("none login"))],
        "error=invalid_request&error_description=prompt none goes with no other value",
    ),
    (
        "unknown response_mode",
        &[("response_mode", Some("smoke"))],
        "error=invalid_request&error_description=unsupported response_mode",
    ),
    (
        "prompt none without a session",
        &[("prompt", Some("none"))],
        "error=login_required&error_description=user is not signed in",
    ),
    (
        "short code_challenge",
        &[("code_challenge", Some("short"))],
        "error=invalid_request&error_description=code_challenge must be 43 to 128 unreserved \
         characters, 43 with S256",
    ),
    (
        "repeated parameter",
        &[("login_hint", Some("a")), ("login_hint", Some("b"))],
        "error=invalid_request&error_description=parameter login_hint is sent more than once",
    ),
];

#[test]
fn the_client_is_told_at_its_redirect_uri_with_state() {
    let mock = Mock::strict();
    for (case, changes, error) in TOLD {
        let with_state = [changes, &[("state", Some("a b"))]].concat();
        let told = format!("?{error}&iss=/bank/");
        assert_eq!(outcome(&ask(&mock, None, changes)), told, "{case}");
        let told = format!("?{error}&state=a b&iss=/bank/");
        assert_eq!(outcome(&ask(&mock, None, &with_state)), told, "{case}");
    }
}

#[test]
fn an_error_stands_where_the_success_would_have_been() {
    let mock = Mock::strict();
    let modes = [
        ("code", None, Place::Query),
        ("id_token", None, Place::Fragment),
        ("code token", None, Place::Fragment),
        ("code", Some("fragment"), Place::Fragment),
        ("code id_token", Some("form_post"), Place::Form),
        ("code", Some("form_post"), Place::Form),
    ];
    let fixed = [("state", Some("xyz")), ("nonce", Some("n-0S6"))];
    for (response_type, mode, place) in modes {
        let sign = match place {
            Place::Query => '?',
            Place::Fragment => '#',
            Place::Form => '=',
        };
        let asked = [("response_type", Some(response_type)), ("response_mode", mode)];
        for (case, changes, error) in TOLD {
            let sets = |name| changes.iter().any(|(set, _)| *set == name);
            if sets("response_type") || sets("response_mode") {
                continue;
            }
            let answer = ask(&mock, None, &[&asked, changes, &fixed].concat());
            let told = format!("{sign}{error}&state=xyz&iss=/bank/");
            assert_eq!(outcome(&answer), told, "{case}: {response_type}, {mode:?}");
        }
    }
}

#[test]
fn an_error_of_an_unreadable_response_type_stands_in_the_query() {
    let mock = Mock::strict();
    for response_type in ["id", "token code none", "id_token id_token"] {
        let changes = [("response_type", Some(response_type)), ("state", Some("xyz"))];
        let told = format!(
            "?error=unsupported_response_type\
             &error_description=invalid response_type: {response_type}&state=xyz&iss=/bank/"
        );
        assert_eq!(outcome(&ask(&mock, None, &changes)), told);
    }
}

#[test]
fn an_unverified_client_or_redirect_uri_gets_a_page() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let rows: [(&str, &[Change], &str); 6] = [
        ("wrong client_id", &[("client_id", Some("nobody"))], "invalid_client"),
        ("client of another app", &[("client_id", Some("spa-client"))], "invalid_client"),
        ("no client_id", &[("client_id", None)], "invalid_client"),
        ("foreign URI", &[("redirect_uri", Some("https://a.example/cb"))], "invalid_request"),
        ("no URI", &[("redirect_uri", Some("callback"))], "invalid_request"),
        ("URI left out", &[("redirect_uri", None)], "invalid_request"),
    ];
    let more: [&[Change]; 4] = [
        &[],
        &[("response_type", Some("code id_token"))],
        &[("response_mode", Some("form_post"))],
        &[("response_type", None), ("prompt", Some("none")), ("scope", None)],
    ];
    for (case, changes, code) in rows {
        for session in [None, Some(alice.as_str())] {
            for more in more {
                let answer = ask(&mock, session, &[changes, more].concat());
                assert_eq!(outcome(&answer), format!("page 400 {code}"), "{case}, {more:?}");
                assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
            }
        }
    }
    let answer = ask_at(&mock, "123", Some(&alice), &[]);
    assert_eq!(outcome(&answer), "page 400 invalid_request");
    assert!(answer.body.contains("<p id=\"error-description\">unknown app 123</p>"), "{answer:?}");
}

#[test]
fn a_front_channel_id_token_needs_a_nonce() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let refused = "#error=invalid_request&error_description=missing nonce&state=xyz&iss=/bank/";
    for (response_type, expected) in [
        ("code", "?state=xyz&code=*&iss=/bank/"),
        (
            "code token",
            "#state=xyz&code=*&access_token=*&token_type=Bearer&expires_in=18000\
             &scope=openid profile&iss=/bank/",
        ),
        ("id_token", refused),
        ("id_token token", refused),
        ("code id_token", refused),
        ("code id_token token", refused),
    ] {
        let changes = [("response_type", Some(response_type)), ("state", Some("xyz"))];
        assert_eq!(outcome(&ask(&mock, Some(&alice), &changes)), expected, "{response_type}");
    }
}
