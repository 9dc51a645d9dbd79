//! The sequence of each documented flow, answer for answer, as clients see it.

mod elsewhere;
mod second_factors;

use serde_json::{Value, json};

use super::{operate, start};
use crate::harness::{Answer, Mock, Setup};

/// A mock that answers the same ids in each run, with these users.
fn mock(users: &Value) -> Mock {
    let tenant = json!({ "authentication": {
        "allow_persistent_login": true, "allow_forgot_password": true,
    } });
    Setup {
        seed: Some(7),
        public_url: Some("https://abc1234.id.cyberark.cloud"),
        ..Setup::default()
    }
    .with(&json!({ "tenant": tenant, "users": users }))
    .start()
}

fn user(more: &Value) -> Value {
    let mut user = json!({
        "name": "fay@example.cloud.371805",
        "uuid": "fa000000-0000-4000-8000-000000000001",
        "display_name": "Fay",
        "mail": "fay@cyberark.com",
        "phone": "+1 555 123 6789",
        "password": "fay-password",
        "oath_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    });
    for (name, value) in more.as_object().expect("an object") {
        user[name] = value.clone();
    }
    json!([user])
}

/// What is left of answers when what is signed or drawn anew is taken out.
fn seen(answers: &[Answer]) -> Vec<Value> {
    let plain = |answer: &Answer| {
        let mut envelope = answer.json();
        let result = &mut envelope["Result"];
        if result["Token"].is_string() {
            result["Token"] = json!("[token]");
        }
        let challenges = result.get_mut("Challenges").and_then(Value::as_array_mut);
        for challenge in challenges.into_iter().flatten() {
            for mechanism in challenge["Mechanisms"].as_array_mut().expect("a list") {
                if let Some(image) = mechanism.get("Image").and_then(Value::as_str) {
                    assert!(image.starts_with("data:image/png;base64,iVBORw0KGgo"), "{image}");
                    mechanism["Image"] = json!("[picture]");
                }
            }
        }
        envelope
    };
    answers.iter().map(plain).collect()
}

fn starting(mock: &Mock) -> (Answer, Value) {
    let answer = start(mock, &json!({ "User": "fay@example.cloud.371805", "Version": "1.0" }));
    let package = answer.json()["Result"].take();
    (answer, package)
}

fn newest(mock: &Mock) -> Value {
    mock.get("/_mock/outbox").json()[0].clone()
}

#[test]
fn every_mechanism_is_described_as_the_vendor_does() {
    let mock = mock(&user(&json!({
        "radius_passcode": "x",
        "security_questions": [{ "question": "What is your cat's name?", "answer": "Mia" }],
        "challenges": ["UP,SQ,RADIUS", "EMAIL,SMS,OATH,OTP,U2F,PF,QR,DUO"],
    })));
    insta::assert_json_snapshot!(seen(&[starting(&mock).0]));
}

#[test]
fn several_questions_are_described_as_the_vendor_does() {
    let mock = mock(&user(&json!({
        "security_questions": [
            { "question": "What is your cat's name?", "answer": "Mia" },
            { "question": "Where were you born?", "answer": "Ulm" },
        ],
        "challenges": ["SQ"],
    })));
    insta::assert_json_snapshot!(seen(&[starting(&mock).0]));
}

#[test]
fn password_then_mail() {
    let mock = mock(&user(&json!({ "challenges": ["UP", "EMAIL"] })));
    let (started, package) = starting(&mock);
    let password = operate(&mock, &package, (0, "UP"), "Answer", &json!("fay-password"));
    let sent = operate(&mock, &package, (1, "EMAIL"), "StartOOB", &json!(null));
    let polled = operate(&mock, &package, (1, "EMAIL"), "Poll", &json!(null));
    let code = operate(&mock, &package, (1, "EMAIL"), "Answer", &newest(&mock)["code"]);
    insta::assert_json_snapshot!(seen(&[started, password, sent, polled, code]));
}

#[test]
fn password_then_push() {
    let mock = mock(&user(&json!({ "challenges": ["UP", "OTP"] })));
    let (_, package) = starting(&mock);
    let password = operate(&mock, &package, (0, "UP"), "Answer", &json!("fay-password"));
    let sent = operate(&mock, &package, (1, "OTP"), "StartOOB", &json!(null));
    let id = newest(&mock)["id"].as_str().unwrap().to_owned();
    mock.request("POST", &format!("/_mock/outbox/{id}/approve")).send();
    let polled = operate(&mock, &package, (1, "OTP"), "Poll", &json!(null));
    insta::assert_json_snapshot!(seen(&[password, sent, polled]));
}

#[test]
fn a_forced_change_of_the_password() {
    let mock = mock(&user(&json!({ "must_change_password": true })));
    let (_, package) = starting(&mock);
    let reset = operate(&mock, &package, (0, "UP"), "Answer", &json!("fay-password"));
    let package = reset.json()["Result"].take();
    let weak = operate(&mock, &package, (0, "RESET"), "Answer", &json!("weak"));
    let chosen = operate(&mock, &package, (0, "RESET"), "Answer", &json!("Chosen-passw0rd"));
    insta::assert_json_snapshot!(seen(&[reset, weak, chosen]));
}

#[test]
fn a_forgotten_password() {
    let mock = mock(&user(&json!({})));
    let (_, package) = starting(&mock);
    let sent = operate(&mock, &package, (0, "UP"), "ForgotPassword", &json!(null));
    insta::assert_json_snapshot!(seen(&[sent]));
}
