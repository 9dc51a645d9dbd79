//! `grant_type=authorization_code`: which codes are good, for whom and for how long.

use std::time::Duration;

use serde_json::json;

use super::{code_at, exchange_at_other, with_other};
use crate::harness::{CALLBACK, Mock, Setup};

/// The recorded body of a used, expired or unknown code: 90 bytes.
pub(super) const UNKNOWN_CODE: &str =
    r#"{"error":"invalid_grant","error_description":"supplied code does not match known request"}"#;

#[test]
fn an_unknown_code_is_refused_in_the_recorded_bytes() {
    assert_eq!(UNKNOWN_CODE.len(), 90);
    let mock = Mock::start();
    for code in ["unknown", "\u{0}", "\u{1f980}", &"a".repeat(10_000)] {
        let answer = mock.exchange(code, &[]);
        assert_eq!((answer.status, answer.body.as_str()), (400, UNKNOWN_CODE), "{code}");
    }
}

#[test]
fn a_code_expires_after_five_minutes() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    let early = mock.code(&[]);
    mock.clock.advance(Duration::from_secs(290));
    assert_eq!(mock.exchange(&early, &[]).status, 200);
    mock.clock.advance(Duration::from_secs(10));
    for swept in [false, true] {
        if swept {
            mock.tenant.sweep();
        }
        let late = mock.exchange(&code, &[]);
        assert_eq!((late.status, late.body.as_str()), (400, UNKNOWN_CODE), "swept: {swept}");
    }
}

#[test]
fn a_code_expires_when_the_tenant_says() {
    let tenant = json!({ "tenant": { "authorization_code_lifetime": 10 } });
    let mock = Setup::default().with(&tenant).start();
    let code = mock.code(&[]);
    mock.clock.advance(Duration::from_secs(10));
    assert_eq!(mock.exchange(&code, &[]).body, UNKNOWN_CODE);
}

#[test]
fn a_code_is_good_at_its_own_application_only() {
    let mock = with_other(&json!({})).start();
    let code = mock.code(&[]);
    let elsewhere = exchange_at_other(&mock, &code);
    assert_eq!((elsewhere.status, elsewhere.body.as_str()), (400, UNKNOWN_CODE));
    assert_eq!(mock.exchange(&code, &[]).status, 200, "the attempt elsewhere spends nothing");
}

#[test]
fn a_code_is_good_for_its_own_client_only() {
    let mock = with_other(&json!({ "client_id_type": "anything" })).start();
    let pkce = [("client_id", "first"), ("code_challenge", super::VERIFIER)];
    let code = code_at(&mock, "other", &pkce);
    let exchange = |client: &str| {
        mock.post(
            "/OAuth2/Token/other",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", client),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", super::VERIFIER),
            ],
        )
    };
    let stolen = exchange("second");
    assert_eq!((stolen.status, stolen.body.as_str()), (400, UNKNOWN_CODE));
    assert_eq!(exchange("first").status, 200, "the other client's attempt spends nothing");
}

#[test]
fn the_redirect_uri_is_compared_byte_by_byte() {
    let mock = Mock::start();
    for sent in [
        "http://localhost:3000/Callback",
        "http://localhost:3000/callback/",
        "http://localhost:3000/callback?",
        "HTTP://localhost:3000/callback",
        "http://127.0.0.1:3000/callback",
    ] {
        let answer = mock.exchange(&mock.code(&[]), &[("redirect_uri", sent)]);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"error":"invalid_request","error_description":"mismatched redirect"}"#),
            "{sent}"
        );
    }
    let unusual = "http://localhost:3000/c%61llback?a=%2f&b";
    let code = mock.code(&[("redirect_uri", unusual)]);
    assert_eq!(mock.exchange(&code, &[("redirect_uri", unusual)]).status, 200);
}
