//! A password, then each other mechanism.

use cyberark_identity_mock::clock::Timestamp;
use serde_json::{Value, json};

use super::super::mechanisms::{CODE, TIME};
use super::super::{advance, operate};
use super::{mock, newest, seen, starting, user};
use crate::harness::{Answer, Mock};

/// The answers to a password and then to these steps on the second challenge's mechanism: actions, an
/// approval in the outbox, or a text.
fn sequence(mock: &Mock, name: &str, steps: &[&str]) -> Vec<Answer> {
    let (_, package) = starting(mock);
    let mut answers = vec![operate(mock, &package, (0, "UP"), "Answer", &json!("fay-password"))];
    for step in steps {
        match *step {
            "approve" => {
                let id = newest(mock)["id"].as_str().expect("a message").to_owned();
                mock.request("POST", &format!("/_mock/outbox/{id}/approve")).send();
            }
            "StartOOB" | "Poll" | "RetryOOB" => {
                answers.push(operate(mock, &package, (1, name), step, &json!(null)));
            }
            "code" => {
                let code = newest(mock)["code"].take();
                answers.push(operate(mock, &package, (1, name), "Answer", &code));
            }
            text => answers.push(operate(mock, &package, (1, name), "Answer", &json!(text))),
        }
    }
    answers
}

#[test]
fn a_password_then_each_mechanism() {
    for (name, steps) in [
        ("SMS", &["StartOOB", "RetryOOB", "code"][..]),
        ("OATH", &["StartOOB", CODE]),
        ("U2F", &["StartOOB", "code"]),
        ("PF", &["StartOOB", "Poll", "approve", "Poll"]),
        ("QR", &["Poll", "approve", "Poll"]),
        ("DUO", &["StartOOB", "Poll", "approve", "Poll"]),
        ("RADIUS", &["246810"]),
        ("SQ", &["mia"]),
    ] {
        let mock = mock(&user(&json!({
            "radius_passcode": "246810",
            "security_questions": [{ "question": "What is your cat's name?", "answer": "Mia" }],
            "challenges": ["UP", name],
        })));
        mock.clock.set(Timestamp::from_seconds(TIME));
        let answers = seen(&sequence(&mock, name, steps));
        insta::assert_json_snapshot!(format!("password_then_{}", name.to_lowercase()), answers);
    }
}

#[test]
fn several_questions_answered_by_an_object() {
    let mock = mock(&user(&json!({
        "security_questions": [
            { "question": "What is your cat's name?", "answer": "Mia" },
            { "question": "Where were you born?", "answer": "Ulm" },
        ],
        "challenges": ["SQ"],
    })));
    let (_, package) = starting(&mock);
    let parts = &package["Challenges"][0]["Mechanisms"][0]["MultipartMechanism"]["MechanismParts"];
    let uuid = |part: usize| parts[part]["Uuid"].as_str().expect("a string").to_owned();
    let answers = json!({ uuid(0): "Mia", uuid(1): "Ulm" });
    let done = operate(&mock, &package, (0, "SQ"), "Answer", &answers);
    insta::assert_json_snapshot!(seen(&[done]));
}

#[test]
fn an_answer_and_a_start_in_one_call() {
    let mock = mock(&user(&json!({ "challenges": ["UP", "EMAIL"] })));
    let (_, package) = starting(&mock);
    let id =
        |challenge: usize| package["Challenges"][challenge]["Mechanisms"][0]["MechanismId"].clone();
    let operations = json!([
        { "MechanismId": id(0), "Answer": "fay-password", "Action": "Answer" },
        { "MechanismId": id(1), "Action": "StartOOB" },
    ]);
    let both = advance(
        &mock,
        &json!({
            "TenantId": "ABC1234",
            "SessionId": package["SessionId"],
            "MultipleOperations": operations,
        }),
    );
    let code = operate(&mock, &package, (1, "EMAIL"), "Answer", &newest(&mock)["code"]);
    insta::assert_json_snapshot!(seen(&[both, code]));
}

#[test]
fn a_wrong_password_and_a_right_one_too_late() {
    let mock = mock(&user(&json!({})));
    let (_, package) = starting(&mock);
    let answer = |text: &str| operate(&mock, &package, (0, "UP"), "Answer", &json!(text));
    let answers: Vec<Value> = seen(&[answer("wrong"), answer("fay-password")]);
    insta::assert_json_snapshot!(answers);
}
