//! Requests that no honest client sends: every one is answered, none with a failure of the server,
//! and the server lives on.

mod arbitrary;
mod bodies;
mod connections;
mod echoes;
mod heads;

use crate::harness::{Answer, Mock};

/// The bodies with which the product itself answers 500, as far as they are fixed.
const DOCUMENTED_500: [&str; 3] = [
    r#"{"error":"invalid_request","error_description":"missing response_type"}"#,
    r#"{"error":"invalid_request","error_description":"Invalid URI: The format of the URI could not be determined."}"#,
    r#"{"error":"500","error_description":"State not found for type OAuthBounce, key "#,
];

/// Sends the bytes; the answer must be harmless, and the server must go on.
fn survive(mock: &Mock, case: &str, bytes: &[u8]) -> Answer {
    let answer = mock.raw(bytes).unwrap_or_else(|| panic!("{case}: closed without an answer"));
    check_harmless(case, &answer);
    check_alive(mock, case);
    answer
}

fn check_alive(mock: &Mock, case: &str) {
    let health = mock.raw(b"GET /health HTTP/1.0\r\n\r\n");
    assert_eq!(health.map(|health| health.status), Some(200), "{case}: the server is gone");
}

/// No failure of the server but a documented one, no markup in a JSON string, no line break in a
/// header.
fn check_harmless(case: &str, answer: &Answer) {
    let documented = DOCUMENTED_500.iter().any(|body| answer.body.starts_with(body));
    assert!(answer.status < 500 || (answer.status == 500 && documented), "{case}: {answer:?}");
    let content_type = answer.header("content-type").unwrap_or_default();
    let is_json = content_type.starts_with("application/json");
    assert!(!is_json || !answer.body.contains('<'), "{case}: {answer:?}");
    for (name, value) in &answer.headers {
        assert!(!value.contains(['\r', '\n', '\0']), "{case}: {name}: {value:?}");
    }
}
