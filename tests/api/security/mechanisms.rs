//! Mechanism × action × outcome: each of the twelve kinds as a challenge of its own.

use cyberark_identity_mock::clock::Timestamp;
use serde_json::{Value, json};

use super::{operate, outcome, start};
use crate::harness::{Mock, Setup};

/// A time of RFC 6238 Appendix B, and the code of that time for the secret of [`mock`].
pub(super) const TIME: i64 = 2_000_000_000;
pub(super) const CODE: &str = "279037";

/// A mock with a user for each kind, `{kind}@kinds.example`, whose one challenge it is.
fn mock() -> Mock {
    let kinds = ["UP", "SQ", "EMAIL", "SMS", "OATH", "OTP", "PF", "U2F", "QR", "DUO", "RADIUS"];
    let user = |kind: &str| {
        json!({
            "name": format!("{kind}@kinds.example"),
            "mail": "kim@example.com",
            "phone": "+1 555 6789",
            "password": "right-password",
            "oath_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "radius_passcode": "right-passcode",
            "security_questions": [{ "question": "Which cat?", "answer": "Mia" }],
            "challenges": [kind],
        })
    };
    let mut users: Vec<Value> = kinds.into_iter().map(user).collect();
    users.push(json!({
        "name": "RESET@kinds.example",
        "password": "right-password",
        "must_change_password": true,
    }));
    let mock = Setup::default().with(&json!({ "users": users })).start();
    mock.clock.set(Timestamp::from_seconds(TIME));
    mock.clock.freeze();
    mock
}

fn newest(mock: &Mock, kind: &str) -> Value {
    mock.get(&format!("/_mock/outbox?user={kind}@kinds.example")).json()[0].clone()
}

/// The right answer now; for a code that was not sent yet one of its shape.
fn right(mock: &Mock, kind: &str) -> Value {
    match kind {
        "UP" => json!("right-password"),
        "SQ" => json!(" mia "),
        "OATH" => json!(CODE),
        "RADIUS" => json!("right-passcode"),
        "RESET" => json!("Chosen-passw0rd"),
        _ => match &newest(mock, kind)["code"] {
            Value::Null => json!("00000000"),
            code => code.clone(),
        },
    }
}

/// Does one step, and tells in a word what came of it.
fn step(mock: &Mock, package: &Value, kind: &str, step: &str) -> String {
    if let "approve" | "deny" = step {
        let id = newest(mock, kind)["id"].as_str().unwrap_or("none").to_owned();
        let answer = mock.request("POST", &format!("/_mock/outbox/{id}/{step}")).send();
        return answer.status.to_string();
    }
    let (action, answer) = match step {
        "right" => ("Answer", right(mock, kind)),
        "wrong" => ("Answer", json!("wrong")),
        "none" => ("Answer", json!(null)),
        action => (action, json!(null)),
    };
    let answer = operate(mock, package, (0, kind), action, &answer);
    let (status, success, summary) = outcome(&answer);
    assert_eq!((status, success), (200, summary != "Failure"), "{kind} {step}: {answer:?}");
    assert_eq!(answer.header("set-cookie").is_some(), summary == "LoginSuccess", "{kind} {step}");
    summary.as_str().expect("a string").to_owned()
}

/// A fresh package of the kind: for `RESET` the one that comes after the password.
fn package(mock: &Mock, kind: &str) -> Value {
    let name = format!("{kind}@kinds.example");
    let package = start(mock, &json!({ "User": name, "Version": "1.0" })).json()["Result"].take();
    if kind == "RESET" {
        let reset = operate(mock, &package, (0, "UP"), "Answer", &json!("right-password"));
        assert_eq!(outcome(&reset), (200, true, json!("NewPackage")));
        return reset.json()["Result"].take();
    }
    package
}

const IN_BAND: &[&str] = &["UP", "SQ", "RADIUS", "RESET"];
/// Sent: a code to be entered, and an approval that a poll finds.
const EITHER: &[&str] = &["EMAIL", "SMS", "OTP"];

/// Kinds, steps on a fresh package of each of them, and what comes of each step.
const TABLE: &[(&[&str], &str, &str)] = &[
    (IN_BAND, "right", "LoginSuccess"),
    (IN_BAND, "right right", "LoginSuccess Failure"),
    (&["UP", "SQ", "RADIUS"], "wrong right", "Failure Failure"),
    (&["UP", "SQ", "RADIUS"], "none right", "Failure Failure"),
    (IN_BAND, "StartOOB right", "Failure Failure"),
    (IN_BAND, "RetryOOB right", "Failure Failure"),
    (IN_BAND, "Poll right", "Failure Failure"),
    (IN_BAND, "ForgotPassword right", "Failure Failure"),
    // A new password that is too weak can be followed by a better one.
    (&["RESET"], "wrong none right", "Failure Failure LoginSuccess"),
    (EITHER, "StartOOB right", "OobPending LoginSuccess"),
    (EITHER, "StartOOB right right", "OobPending LoginSuccess Failure"),
    (EITHER, "StartOOB wrong right", "OobPending Failure Failure"),
    (EITHER, "StartOOB none right", "OobPending Failure Failure"),
    (EITHER, "right", "Failure"),
    (EITHER, "Poll StartOOB", "Failure Failure"),
    (EITHER, "StartOOB Poll Poll right", "OobPending OobPending OobPending LoginSuccess"),
    (EITHER, "StartOOB StartOOB right", "OobPending OobPending LoginSuccess"),
    (EITHER, "StartOOB RetryOOB right", "OobPending OobPending LoginSuccess"),
    (EITHER, "RetryOOB right", "OobPending LoginSuccess"),
    (EITHER, "StartOOB approve Poll Poll", "OobPending 200 LoginSuccess Failure"),
    (EITHER, "StartOOB approve approve Poll", "OobPending 200 409 LoginSuccess"),
    (EITHER, "StartOOB approve deny Poll", "OobPending 200 409 LoginSuccess"),
    // Starting is never answered with success: SDKs cannot take it.
    (EITHER, "StartOOB approve StartOOB Poll", "OobPending 200 OobPending LoginSuccess"),
    (EITHER, "StartOOB approve RetryOOB Poll", "OobPending 200 OobPending LoginSuccess"),
    // Poll and Answer race: whichever comes first, the user did both.
    (EITHER, "StartOOB approve right", "OobPending 200 LoginSuccess"),
    (EITHER, "StartOOB right Poll Poll", "OobPending LoginSuccess LoginSuccess LoginSuccess"),
    (
        EITHER,
        "StartOOB approve Poll right Poll",
        "OobPending 200 LoginSuccess LoginSuccess Failure",
    ),
    (EITHER, "StartOOB approve Poll none", "OobPending 200 LoginSuccess Failure"),
    (EITHER, "StartOOB right StartOOB", "OobPending LoginSuccess Failure"),
    (EITHER, "StartOOB deny Poll Poll", "OobPending 200 Failure Failure"),
    (EITHER, "StartOOB deny right", "OobPending 200 Failure"),
    (EITHER, "StartOOB deny approve Poll", "OobPending 200 409 Failure"),
    (EITHER, "StartOOB deny StartOOB Poll", "OobPending 200 OobPending Failure"),
    (EITHER, "StartOOB right approve", "OobPending LoginSuccess 409"),
    (EITHER, "StartOOB ForgotPassword Poll", "OobPending Failure Failure"),
    (&["OATH"], "wrong", "Failure"),
    (&["OATH"], "StartOOB wrong", "OobPending Failure"),
    (&["OATH"], "Poll", "Failure"),
    (&["OATH"], "StartOOB approve", "OobPending 404"),
    // Last of its kind: the code works once.
    (
        &["OATH"],
        "StartOOB StartOOB RetryOOB Poll right",
        "OobPending OobPending OobPending OobPending LoginSuccess",
    ),
    (&["U2F"], "StartOOB right", "OobPending LoginSuccess"),
    (&["U2F"], "StartOOB approve wrong", "OobPending 200 LoginSuccess"),
    (&["U2F"], "StartOOB approve none", "OobPending 200 Failure"),
    (&["U2F"], "StartOOB wrong right", "OobPending Failure Failure"),
    (&["U2F"], "StartOOB deny right", "OobPending 200 Failure"),
    (&["U2F"], "StartOOB Poll right", "OobPending Failure Failure"),
    (&["U2F"], "StartOOB approve Poll", "OobPending 200 Failure"),
    (&["PF", "QR", "DUO"], "StartOOB Poll approve Poll", "OobPending OobPending 200 LoginSuccess"),
    (
        &["PF", "QR", "DUO"],
        "StartOOB RetryOOB approve Poll",
        "OobPending OobPending 200 LoginSuccess",
    ),
    (&["PF", "QR", "DUO"], "StartOOB deny Poll", "OobPending 200 Failure"),
    (&["PF", "QR", "DUO"], "StartOOB right", "OobPending Failure"),
    (&["PF", "QR", "DUO"], "StartOOB approve right Poll", "OobPending 200 Failure Failure"),
    (&["PF", "QR", "DUO"], "right", "Failure"),
    (&["PF", "DUO"], "Poll", "Failure"),
    (&["PF", "QR", "DUO"], "StartOOB approve Poll Poll", "OobPending 200 LoginSuccess Failure"),
    (&["QR"], "Poll Poll approve Poll", "OobPending OobPending 200 LoginSuccess"),
    (&["QR"], "approve Poll", "200 LoginSuccess"),
    (&["QR"], "deny Poll", "200 Failure"),
];

#[test]
fn each_action_on_each_mechanism_comes_out_as_the_vendor_says() {
    for (kinds, steps, expected) in TABLE {
        // A new password is chosen for good: each row has users of its own.
        let mock = mock();
        for kind in *kinds {
            let package = package(&mock, kind);
            let steps: Vec<&str> = steps.split(' ').collect();
            let outcomes: Vec<String> =
                steps.iter().map(|action| step(&mock, &package, kind, action)).collect();
            assert_eq!(outcomes.join(" "), *expected, "{kind}: {steps:?}");
        }
    }
}

#[test]
fn a_message_is_sent_once_and_again_on_retry_alone() {
    let mock = mock();
    for (kind, first, retried) in [
        ("EMAIL", 1, 2),
        ("SMS", 1, 2),
        ("OTP", 1, 2),
        ("PF", 1, 2),
        ("U2F", 1, 2),
        ("QR", 1, 2),
        ("DUO", 1, 2),
        ("OATH", 0, 0),
    ] {
        let package = package(&mock, kind);
        let count = || {
            let outbox = mock.get(&format!("/_mock/outbox?user={kind}@kinds.example")).json();
            outbox.as_array().expect("a list").len()
        };
        step(&mock, &package, kind, "StartOOB");
        step(&mock, &package, kind, "StartOOB");
        assert_eq!(count(), first, "{kind} started twice");
        let old = right(&mock, kind);
        step(&mock, &package, kind, "RetryOOB");
        assert_eq!(count(), retried, "{kind} retried");
        if ["EMAIL", "SMS", "OTP", "U2F"].contains(&kind) {
            let late = operate(&mock, &package, (0, kind), "Answer", &old);
            assert!(!outcome(&late).1, "{kind}: the code before the retry is void");
        }
    }
}

#[test]
fn a_push_shows_the_number_that_is_to_be_found_on_the_device() {
    let mock = mock();
    let package = package(&mock, "OTP");
    for action in ["StartOOB", "StartOOB", "Poll", "RetryOOB", "Poll"] {
        let shown = operate(&mock, &package, (0, "OTP"), action, &json!(null)).json();
        let number = newest(&mock, "OTP")["number"].take();
        assert_eq!(shown["Result"]["GeneratedAuthValue"], number, "{action}");
        assert_eq!(number.as_str().map(str::len), Some(2), "{action}");
    }
}

#[test]
fn several_security_questions_are_answered_by_an_object() {
    let questions = json!([
        { "question": "Which cat?", "answer": "Mia" },
        { "question": "Which town?", "answer": "Ulm" },
    ]);
    let user = json!({
        "name": "quinn@example.com", "security_questions": questions, "challenges": ["SQ"],
    });
    let mock = Setup::default().with(&json!({ "users": [user] })).start();
    for (mia, ulm, extra, expected) in [
        ("mia", " ULM ", false, true),
        ("Mia", "Ulm", true, true),
        ("Mia", "wrong", false, false),
        ("Ulm", "Mia", false, false),
    ] {
        let started = start(&mock, &json!({ "User": "quinn@example.com", "Version": "1.0" }));
        let package = started.json()["Result"].take();
        let mechanism = &package["Challenges"][0]["Mechanisms"][0];
        assert_eq!(mechanism["Question"], json!(null));
        let parts = &mechanism["MultipartMechanism"]["MechanismParts"];
        assert_eq!(parts[1]["QuestionText"], "Which town?");
        let uuid = |part: usize| parts[part]["Uuid"].as_str().expect("a string").to_owned();
        let mut answer = json!({ uuid(0): mia, uuid(1): ulm });
        if extra {
            answer["u_other"] = json!("x");
        }
        let answered = operate(&mock, &package, (0, "SQ"), "Answer", &answer);
        assert_eq!(outcome(&answered).1, expected, "{answer}");
    }
    for answer in [json!("Mia"), json!({}), json!(["Mia", "Ulm"]), json!(null)] {
        let started = start(&mock, &json!({ "User": "quinn@example.com", "Version": "1.0" }));
        let package = started.json()["Result"].take();
        let answered = operate(&mock, &package, (0, "SQ"), "Answer", &answer);
        assert!(!outcome(&answered).1, "{answer}");
    }
}

#[test]
fn a_code_of_an_authenticator_works_once_and_a_step_to_either_side() {
    for (off, works) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
        let mock = mock();
        mock.clock.set(Timestamp::from_seconds(TIME + off));
        let expected = if works { "LoginSuccess" } else { "Failure" };
        let first = package(&mock, "OATH");
        assert_eq!(step(&mock, &first, "OATH", "right"), expected, "{off}");
        let again = package(&mock, "OATH");
        assert_eq!(step(&mock, &again, "OATH", "right"), "Failure", "{off}: a replay");
        mock.clock.set(Timestamp::from_seconds(TIME + 600));
        let old = package(&mock, "OATH");
        assert_eq!(step(&mock, &old, "OATH", "right"), "Failure", "{off}: long after");
    }
}
