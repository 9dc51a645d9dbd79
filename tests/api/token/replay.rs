//! A code works once, and using it again ends what it brought (RFC 6749 §4.1.2, §10.5).

use std::sync::Barrier;

use serde_json::{Value, json};

use super::code::UNKNOWN_CODE;
use super::{VERIFIER, code_at, exchange_at_other, with_other};
use crate::harness::{Answer, CALLBACK, Mock, Setup};

fn refresh(mock: &Mock, tokens: &Value) -> Answer {
    mock.request("POST", "/OAuth2/Token/bank")
        .basic("bank-client", "bank-secret")
        .form(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens["refresh_token"].as_str().expect("a string")),
        ])
        .send()
}

#[test]
fn a_code_works_once() {
    for mock in [Mock::start(), Mock::strict()] {
        let code = mock.code(&[]);
        assert_eq!(mock.exchange(&code, &[]).status, 200);
        for _ in 0..2 {
            let again = mock.exchange(&code, &[]);
            assert_eq!((again.status, again.body.as_str()), (400, UNKNOWN_CODE));
        }
    }
}

#[test]
fn a_replay_revokes_the_tokens_of_the_code_and_no_others() {
    let mock = Mock::start();
    let (code, bystander) = (mock.code(&[]), mock.tokens(&[]));
    let tokens = mock.exchange(&code, &[]).json();
    let refreshed = refresh(&mock, &tokens).json();
    mock.exchange(&code, &[]);
    for (case, token) in [("first", &tokens), ("refreshed", &refreshed)] {
        let answer = mock.userinfo(token["access_token"].as_str().unwrap());
        assert_eq!(answer.status, 401, "{case}");
    }
    let (status, error, _) = refresh(&mock, &tokens).error();
    assert_eq!((status, error.as_str()), (400, "invalid_grant"));
    assert_eq!(mock.userinfo(bystander["access_token"].as_str().unwrap()).status, 200);
    assert_eq!(refresh(&mock, &bystander).status, 200);
}

#[test]
fn a_replay_with_another_redirect_or_verifier_revokes_too() {
    let mock = Mock::start();
    for (name, value) in [("redirect_uri", "http://localhost:1/"), ("code_verifier", VERIFIER)] {
        let code = mock.code(&[]);
        let tokens = mock.exchange(&code, &[]).json();
        assert_eq!(mock.exchange(&code, &[(name, value)]).body, UNKNOWN_CODE, "{name}");
        let access_token = tokens["access_token"].as_str().unwrap();
        assert_eq!(mock.userinfo(access_token).status, 401, "{name}");
    }
}

#[test]
fn a_replay_by_another_application_revokes_nothing() {
    let mock = with_other(&json!({})).start();
    let code = mock.code(&[]);
    let tokens = mock.exchange(&code, &[]).json();
    assert_eq!(exchange_at_other(&mock, &code).body, UNKNOWN_CODE);
    assert_eq!(mock.userinfo(tokens["access_token"].as_str().unwrap()).status, 200);
}

#[test]
fn a_replay_by_another_client_or_a_failed_one_revokes_nothing() {
    let app = json!({
        "client_secret": null, "client_id_type": "list", "allowed_clients": ["second"],
    });
    let mock = with_other(&app).start();
    let code = code_at(&mock, "other", &[("code_challenge", VERIFIER)]);
    let exchange = |client: &str| {
        mock.post(
            "/OAuth2/Token/other",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", client),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        )
    };
    let tokens = exchange("other-client").json();
    assert_eq!(exchange("second").body, UNKNOWN_CODE);
    assert_eq!(exchange("nobody").error().1, "invalid_client");
    let userinfo = || {
        let request = mock.request("GET", "/OAuth2/UserInfo/other");
        request.bearer(tokens["access_token"].as_str().unwrap()).send().status
    };
    assert_eq!(userinfo(), 200);
    exchange("other-client");
    assert_eq!(userinfo(), 401);
}

#[test]
fn of_many_exchanges_at_once_exactly_one_succeeds() {
    const THREADS: usize = 8;
    const EACH: usize = 8;
    let mock = Setup { workers: 4, ..Setup::default() }.start();
    let code = mock.code(&[]);
    let barrier = Barrier::new(THREADS);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let racer = || {
            barrier.wait();
            (0..EACH).map(|_| mock.exchange(&code, &[])).collect::<Vec<_>>()
        };
        let racers: Vec<_> = (0..THREADS).map(|_| scope.spawn(racer)).collect();
        racers.into_iter().flat_map(|racer| racer.join().unwrap()).collect()
    });
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|one| one.status == 200);
    assert_eq!((good.len(), bad.len()), (1, THREADS * EACH - 1));
    assert!(bad.iter().all(|one| one.status == 400 && one.body == UNKNOWN_CODE), "{bad:?}");
    let access_token = good[0].json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(mock.userinfo(&access_token).status, 401, "the losers were replays");
}

#[test]
fn a_replay_is_noticed_as_long_as_what_the_code_brought_lives() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    let tokens = mock.exchange(&code, &[]).json();
    mock.clock.advance(std::time::Duration::from_secs(3600));
    mock.tenant.sweep();
    assert_eq!(mock.exchange(&code, &[]).status, 400);
    let refreshed = mock.exchange(
        "",
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ],
    );
    assert_eq!(refreshed.error().1, "invalid_grant");
}
