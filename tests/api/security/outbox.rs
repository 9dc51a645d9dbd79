//! `/_mock/outbox`: what would have been sent, and the user's word on it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{operate, outcome, start};
use crate::harness::{Answer, Mock, Setup};

/// A mock with two users who answer by mail.
fn mock() -> Mock {
    let user = |name: &str| json!({ "name": name, "mail": name, "challenges": ["EMAIL"] });
    let users = json!({ "users": [user("one@example.com"), user("two@example.com")] });
    Setup::default().with(&users).start()
}

/// A package of the user with its mail sent.
fn sent(mock: &Mock, user: &str) -> Value {
    let package = start(mock, &json!({ "User": user, "Version": "1.0" })).json()["Result"].take();
    operate(mock, &package, (0, "EMAIL"), "StartOOB", &json!(null));
    package
}

fn list(mock: &Mock, query: &str) -> Vec<Value> {
    let answer = mock.get(&format!("/_mock/outbox{query}"));
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    answer.json().as_array().expect("a list").clone()
}

fn settle(mock: &Mock, id: &str, word: &str) -> Answer {
    mock.request("POST", &format!("/_mock/outbox/{id}/{word}")).send()
}

#[test]
fn messages_come_newest_first_and_by_user() {
    let mock = mock();
    for user in ["one@example.com", "two@example.com", "one@example.com"] {
        sent(&mock, user);
    }
    let users = |query: &str| -> Vec<String> {
        list(&mock, query).iter().map(|one| one["user"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(users(""), ["one@example.com", "two@example.com", "one@example.com"]);
    assert_eq!(users("?user=ONE@Example.com").len(), 2);
    assert_eq!(users("?user=two%40example.com"), ["two@example.com"]);
    assert_eq!(users("?user=nobody"), [""; 0]);
    assert_eq!(mock.request("DELETE", "/_mock/outbox").send().status, 204);
    assert_eq!(users(""), [""; 0]);
}

#[test]
fn a_message_says_what_a_person_needs_and_no_more() {
    let mock = mock();
    let package = sent(&mock, "one@example.com");
    let message = list(&mock, "").remove(0);
    let code = message["code"].as_str().unwrap();
    assert!(code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
    assert!(message["text"].as_str().unwrap().contains(code));
    let id = message["id"].as_str().unwrap();
    assert_eq!(message["link"], format!("{}/Security/AnswerOOBChallenge?answer={id}", mock.url));
    assert_eq!(
        (&message["mechanism"], &message["to"], &message["state"]),
        (&json!("EMAIL"), &json!("one@example.com"), &json!("waiting"))
    );
    assert!(!message.to_string().contains(package["SessionId"].as_str().unwrap()));
}

#[test]
fn the_answer_to_a_message_comes_back_with_its_state() {
    let mock = mock();
    for (word, state, polled) in
        [("approve", "approved", "LoginSuccess"), ("deny", "denied", "Failure")]
    {
        let package = sent(&mock, "one@example.com");
        let id = list(&mock, "")[0]["id"].as_str().unwrap().to_owned();
        let answer = settle(&mock, &id, word);
        assert_eq!((answer.status, &answer.json()["state"]), (200, &json!(state)));
        assert_eq!(list(&mock, "")[0]["state"], state);
        let polled_as = operate(&mock, &package, (0, "EMAIL"), "Poll", &json!(null));
        assert_eq!(outcome(&polled_as).2, polled, "{word}");
        assert_eq!(settle(&mock, &id, "approve").status, 409, "{word}: it is over");
        assert_eq!(list(&mock, "")[0]["state"], state, "{word}: nothing changed");
    }
}

#[test]
fn an_answer_that_nobody_waits_for_is_refused() {
    let mock = mock();
    for word in ["approve", "deny"] {
        assert_eq!(settle(&mock, "unknown", word).status, 404);
        assert_eq!(settle(&mock, "unknown", word).json()["error"], "no message has this id");
    }
    sent(&mock, "one@example.com");
    let id = list(&mock, "")[0]["id"].as_str().unwrap().to_owned();
    mock.clock.advance(Duration::from_secs(301));
    assert_eq!(settle(&mock, &id, "approve").status, 409, "the package has expired");
    mock.request("DELETE", "/_mock/outbox").send();
    assert_eq!(settle(&mock, &id, "approve").status, 404, "thrown away");
    let link = mock.get(&format!("/Security/AnswerOOBChallenge?answer={id}"));
    assert!(link.status == 404 && link.body.contains("id=\"not-answered\""), "{link:?}");
}

#[test]
fn messages_that_are_thrown_away_leave_their_codes_good() {
    let mock = mock();
    let package = sent(&mock, "one@example.com");
    let code = list(&mock, "")[0]["code"].clone();
    mock.request("DELETE", "/_mock/outbox").send();
    let answer = operate(&mock, &package, (0, "EMAIL"), "Answer", &code);
    assert_eq!(outcome(&answer).2, "LoginSuccess");
}

#[test]
fn the_outbox_keeps_the_newest_thousand() {
    let mock = mock();
    let package = sent(&mock, "one@example.com");
    let first = list(&mock, "")[0]["id"].clone();
    let base = mock.url.parse().expect("a base URL");
    let body = json!({
        "SessionId": package["SessionId"],
        "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
        "Action": "RetryOOB",
    });
    let request = serde_json::from_value(body).expect("a request");
    for _ in 0..1000 {
        mock.tenant.advance_authentication(&base, &request);
    }
    let kept = list(&mock, "");
    assert_eq!(kept.len(), 1000);
    assert!(kept.iter().all(|message| message["id"] != first));
}
