//! Second factors: `StartOOB`, `Poll`, codes and the outbox.

use serde_json::{Value, json};

use super::{operate, outcome, start};
use crate::harness::Mock;

/// The package of dana, her password answered.
fn dana(mock: &Mock) -> Value {
    let package = start(mock, &json!({ "User": "dana@example.com", "Version": "1.0" })).json();
    let package = package["Result"].clone();
    let answer = operate(mock, &package, (0, "UP"), "Answer", &json!("dana-password"));
    assert_eq!(outcome(&answer), (200, true, json!("StartNextChallenge")));
    package
}

#[test]
fn a_code_by_mail_signs_in() {
    let mock = Mock::start();
    let package = dana(&mock);
    let email = (1, "EMAIL");
    let started = operate(&mock, &package, email, "StartOOB", &json!(null));
    assert_eq!(outcome(&started), (200, true, json!("OobPending")));
    let polled = operate(&mock, &package, email, "Poll", &json!(null));
    assert_eq!(outcome(&polled), (200, true, json!("OobPending")));
    let outbox = mock.get("/_mock/outbox?user=DANA@example.com").json();
    assert_eq!((&outbox[0]["mechanism"], outbox.as_array().unwrap().len()), (&json!("EMAIL"), 2));
    let right = operate(&mock, &package, email, "Answer", &outbox[0]["code"]);
    assert_eq!(outcome(&right), (200, true, json!("LoginSuccess")));
}

#[test]
fn the_link_of_a_message_signs_in_whoever_polls() {
    let mock = Mock::start();
    let package = dana(&mock);
    operate(&mock, &package, (1, "SMS"), "StartOOB", &json!(null));
    let link = mock.get("/_mock/outbox").json()[0]["link"].as_str().unwrap().to_owned();
    let page = mock.get(link.strip_prefix(&mock.url).unwrap());
    assert!(page.status == 200 && page.body.contains("id=\"answered\""), "{page:?}");
    assert_eq!(mock.get(link.strip_prefix(&mock.url).unwrap()).status, 409, "it works once");
    let polled = operate(&mock, &package, (1, "SMS"), "Poll", &json!(null));
    assert_eq!(outcome(&polled), (200, true, json!("LoginSuccess")));
}
