//! Calls at once: exactly one session comes of a package.

use std::sync::Barrier;

use serde_json::{Value, json};

use super::{operate, outcome, start};
use crate::harness::{Mock, Setup};

const USER: &str = "ray@example.com";

/// A mock on several threads, with a user whose only challenge is this.
fn mock(challenge: &str) -> Mock {
    let users = json!({ "users": [{
        "name": USER,
        "mail": USER,
        "oath_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "challenges": [challenge],
    }] });
    Setup { workers: 4, ..Setup::default() }.with(&users).start()
}

fn package(mock: &Mock) -> Value {
    start(mock, &json!({ "User": USER, "Version": "1.0" })).json()["Result"].take()
}

/// Runs the calls at once; their results in order.
fn at_once<T: Send>(calls: &[&(dyn Fn() -> T + Sync)]) -> Vec<T> {
    let barrier = Barrier::new(calls.len());
    std::thread::scope(|scope| {
        let barrier = &barrier;
        let mut racers = Vec::new();
        for call in calls {
            racers.push(scope.spawn(move || {
                barrier.wait();
                call()
            }));
        }
        racers.into_iter().map(|racer| racer.join().expect("no racer panics")).collect()
    })
}

fn newest(mock: &Mock) -> Value {
    mock.get("/_mock/outbox").json()[0].clone()
}

/// How many sessions the tenant has.
fn sessions(mock: &Mock) -> usize {
    let alive = mock.tenant.alive().into_iter();
    alive.filter(|one| one.kind == "session").count()
}

#[test]
fn a_poll_and_an_answer_at_once_are_told_of_one_session() {
    let mock = mock("EMAIL");
    for round in 1..=12 {
        let package = package(&mock);
        let email = |action: &str, answer: &Value| {
            operate(&mock, &package, (0, "EMAIL"), action, answer).json()["Result"].take()
        };
        email("StartOOB", &json!(null));
        let message = newest(&mock);
        let approve = format!("/_mock/outbox/{}/approve", message["id"].as_str().unwrap());
        assert_eq!(mock.request("POST", &approve).send().status, 200);
        let told =
            at_once(&[&|| email("Poll", &json!(null)), &|| email("Answer", &message["code"])]);
        for result in &told {
            assert_eq!(result["Summary"], "LoginSuccess", "{told:?}");
            assert_eq!(result["Auth"], told[0]["Auth"], "one session");
        }
        assert_eq!(sessions(&mock), round);
    }
}

#[test]
fn of_polls_at_once_one_signs_in() {
    let mock = mock("EMAIL");
    for round in 1..=12 {
        let package = package(&mock);
        let email = |action: &str, answer: &Value| {
            outcome(&operate(&mock, &package, (0, "EMAIL"), action, answer)).2
        };
        email("StartOOB", &json!(null));
        let id = newest(&mock)["id"].as_str().unwrap().to_owned();
        mock.request("POST", &format!("/_mock/outbox/{id}/approve")).send();
        let poll = || email("Poll", &json!(null));
        let outcomes = at_once(&[&poll, &poll, &poll]);
        let won = outcomes.iter().filter(|summary| **summary == "LoginSuccess").count();
        assert_eq!((won, sessions(&mock)), (1, round), "{outcomes:?}");
    }
}

#[test]
fn nobody_is_told_of_a_session_that_has_ended_or_by_a_wrong_answer() {
    let mock = mock("EMAIL");
    let package = package(&mock);
    let email = |action: &str, answer: &Value| {
        operate(&mock, &package, (0, "EMAIL"), action, answer).json()["Result"].take()
    };
    email("StartOOB", &json!(null));
    let signed_in = email("Answer", &newest(&mock)["code"]);
    assert_eq!(email("Poll", &json!(null))["Auth"], signed_in["Auth"]);
    assert_eq!(email("Answer", &json!("00000000"))["Summary"], "Failure");
    assert_eq!(email("Poll", &json!(null))["Summary"], "LoginSuccess", "the session stands");
    let session = signed_in["Auth"].as_str().unwrap();
    mock.request("POST", "/Security/logout").cookie(session).send();
    assert_eq!(email("Poll", &json!(null))["Summary"], "Failure", "signed out");
}

#[test]
fn of_an_approval_and_a_denial_at_once_one_counts() {
    let mock = mock("EMAIL");
    for _ in 0..12 {
        let package = package(&mock);
        operate(&mock, &package, (0, "EMAIL"), "StartOOB", &json!(null));
        let id = newest(&mock)["id"].as_str().unwrap().to_owned();
        let settle =
            |word: &str| mock.request("POST", &format!("/_mock/outbox/{id}/{word}")).send().status;
        let statuses = at_once(&[&|| settle("approve"), &|| settle("deny")]);
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [200, 409]);
        let polled = outcome(&operate(&mock, &package, (0, "EMAIL"), "Poll", &json!(null))).2;
        let expected = if statuses[0] == 200 { "LoginSuccess" } else { "Failure" };
        assert_eq!(polled, expected);
        let state = if statuses[0] == 200 { "approved" } else { "denied" };
        assert_eq!(newest(&mock)["state"], state);
    }
}

#[test]
fn of_the_same_code_twice_at_once_one_signs_in() {
    use super::mechanisms::{CODE, TIME};
    use cyberark_identity_mock::clock::Timestamp;
    for _ in 0..4 {
        let mock = mock("OATH");
        mock.clock.set(Timestamp::from_seconds(TIME));
        let package = package(&mock);
        let answer = || outcome(&operate(&mock, &package, (0, "OATH"), "Answer", &json!(CODE))).2;
        let outcomes = at_once(&[&answer, &answer, &answer, &answer]);
        let won = outcomes.iter().filter(|summary| **summary == "LoginSuccess").count();
        assert_eq!(won, 1, "{outcomes:?}");
    }
}
