//! `GET /health`.

use crate::harness::Mock;

#[test]
fn a_started_server_is_healthy() {
    let answer = Mock::start().get("/health");
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"ok"}"#));
}
