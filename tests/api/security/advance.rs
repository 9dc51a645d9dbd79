//! `POST /Security/AdvanceAuthentication`: any failure ends the package.

use std::sync::Barrier;
use std::time::Duration;

use serde_json::{Value, json};

use super::{FAILED, Package, advance, advancing, assert_failure, outcome};
use crate::harness::{Mock, Setup};

const ALICE: &str = "alice@example.com";

/// A right answer with the member `name` set to `value`.
fn changed(package: &Package, name: &str, value: Value) -> Value {
    let mut body = package.answered("alice-password");
    body[name] = value;
    body
}

#[test]
fn a_failed_answer_ends_the_package() {
    let mock = Mock::start();
    for (name, value) in [
        ("Answer", json!("wrong")),
        ("Answer", json!("ALICE-PASSWORD")),
        ("Answer", json!("alice-password ")),
        ("Answer", json!("")),
        ("Answer", json!(null)),
        ("MechanismId", json!("unknown")),
        ("MechanismId", json!("")),
        ("MechanismId", json!(null)),
        ("Action", json!("StartOOB")),
        ("Action", json!("Poll")),
        ("Action", json!("answer")),
        ("Action", json!(null)),
    ] {
        let case = format!("{name}: {value}");
        let package = Package::started(&mock, ALICE);
        let failed = advance(&mock, &changed(&package, name, value));
        assert_failure(&failed, FAILED, &case);
        assert_eq!(failed.header("set-cookie"), None, "{case}");
        let too_late = advance(&mock, &package.answered("alice-password"));
        assert_failure(&too_late, FAILED, &case);
    }
}

#[test]
fn an_unknown_session_id_fails_and_harms_no_package() {
    let mock = Mock::start();
    let package = Package::started(&mock, ALICE);
    for value in [json!("unknown"), json!(""), json!(null), json!("a".repeat(10_000))] {
        let answer = advance(&mock, &changed(&package, "SessionId", value.clone()));
        assert_failure(&answer, FAILED, &value.to_string());
    }
    let right = advance(&mock, &package.answered("alice-password"));
    assert_eq!(outcome(&right), (200, true, json!("LoginSuccess")));
}

#[test]
fn a_mechanism_of_another_package_does_not_fit() {
    let mock = Mock::start();
    let (one, two) = (Package::started(&mock, ALICE), Package::started(&mock, ALICE));
    let mixed = changed(&one, "MechanismId", json!(two.mechanism_id));
    assert_failure(&advance(&mock, &mixed), FAILED, "mixed");
    let other = advance(&mock, &two.answered("alice-password"));
    assert_eq!(outcome(&other), (200, true, json!("LoginSuccess")), "the other lives on");
}

#[test]
fn an_answer_works_once() {
    let mock = Mock::start();
    let package = Package::started(&mock, ALICE);
    let body = package.answered("alice-password");
    let first = advance(&mock, &body).json();
    assert_failure(&advance(&mock, &body), FAILED, "again");
    let session = first["Result"]["Auth"].as_str().unwrap();
    let who = mock.request("GET", "/Security/whoami").cookie(session).send();
    assert_eq!(who.json()["success"], true, "the session of the first lives on");
}

#[test]
fn a_package_expires() {
    for (tenant, seconds) in [(json!({}), 300), (json!({ "login_lifetime": 20 }), 20)] {
        let mock = Setup::default().with(&json!({ "tenant": tenant })).start();
        let (one, two) = (Package::started(&mock, ALICE), Package::started(&mock, ALICE));
        mock.clock.advance(Duration::from_secs(seconds - 10));
        let early = advance(&mock, &one.answered("alice-password"));
        assert_eq!(outcome(&early), (200, true, json!("LoginSuccess")), "{tenant}");
        mock.clock.advance(Duration::from_secs(10));
        let late = advance(&mock, &two.answered("alice-password"));
        assert_failure(&late, FAILED, &tenant.to_string());
    }
}

#[test]
fn of_many_right_answers_at_once_exactly_one_succeeds() {
    const THREADS: usize = 8;
    let mock = Setup { workers: 4, ..Setup::default() }.start();
    for _ in 0..4 {
        let body = Package::started(&mock, ALICE).answered("alice-password");
        let barrier = Barrier::new(THREADS);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let racer = || {
                barrier.wait();
                advance(&mock, &body)
            };
            let racers: Vec<_> = (0..THREADS).map(|_| scope.spawn(racer)).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| outcome(answer).1);
        assert_eq!((good.len(), bad.len()), (1, THREADS - 1));
        for answer in bad {
            assert_failure(answer, FAILED, "a loser");
        }
    }
}

#[test]
fn the_cookie_is_auth_and_suits_the_scheme() {
    let mock = Mock::start();
    for (proto, attributes) in [
        ("http", "HttpOnly; SameSite=Lax; Path=/"),
        ("https", "HttpOnly; SameSite=None; Secure; Path=/"),
    ] {
        let body = Package::started(&mock, ALICE).answered("alice-password");
        let answer = advancing(&mock, &body).header("x-forwarded-proto", proto).send();
        let auth = answer.json()["Result"]["Auth"].as_str().unwrap().to_owned();
        assert_eq!(auth.len(), 128);
        assert!(auth.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)), "{auth}");
        let cookie = answer.header("set-cookie").unwrap();
        assert_eq!(cookie, format!(".ASPXAUTH={auth}; {attributes}"));
    }
}
