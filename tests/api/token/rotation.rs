//! Refresh tokens that work once (RFC 9700 §4.14.2), and those that work again and again.

use std::sync::Barrier;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{API, Answer, BANK, Mock, Setup, text, with_api};

/// The mock's own words: the product's are not published.
const REFUSED: &str = r#"{"error":"invalid_grant","error_description":"refresh token is unknown, expired, revoked or of another client"}"#;

fn refresh(mock: &Mock, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    mock.call("/OAuth2/Token/bank", Some(BANK), &[&grant, more].concat())
}

/// The tokens of a sign-in and those of this many refreshes after it, each with the newest token.
fn generations(mock: &Mock, refreshes: usize) -> Vec<Value> {
    let mut tokens = vec![mock.tokens(&[])];
    for _ in 0..refreshes {
        let newest = text(tokens.last().expect("there is a first"), "refresh_token");
        tokens.push(refresh(mock, &newest, &[]).json());
    }
    tokens
}

#[test]
fn each_refresh_brings_tokens_that_differ_from_all_before() {
    let mock = Mock::strict();
    let tokens = generations(&mock, 3);
    for name in ["access_token", "refresh_token"] {
        let mut seen: Vec<String> = tokens.iter().map(|one| text(one, name)).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 4, "{name}");
    }
    for one in &tokens {
        assert_eq!(mock.userinfo(&text(one, "access_token")).status, 200, "older ones live on");
    }
}

#[test]
fn any_spent_token_ends_the_whole_family_and_no_other() {
    for spent in 0..3 {
        let mock = Mock::strict();
        let (tokens, bystander) = (generations(&mock, 3), mock.tokens(&[]));
        let answer = refresh(&mock, &text(&tokens[spent], "refresh_token"), &[]);
        assert_eq!((answer.status, answer.body.as_str()), (400, REFUSED), "{spent}");
        for (generation, one) in tokens.iter().enumerate() {
            let case = format!("generation {generation} after {spent}");
            assert_eq!(mock.userinfo(&text(one, "access_token")).status, 401, "{case}");
            for name in ["access_token", "refresh_token"] {
                let told = mock.introspected(&text(one, name));
                assert_eq!(told, json!({ "active": false }), "{case} {name}");
            }
            let answer = refresh(&mock, &text(one, "refresh_token"), &[]);
            assert_eq!((answer.status, answer.body.as_str()), (400, REFUSED), "{case}");
        }
        assert_eq!(mock.introspected(&text(&tokens[0], "id_token")), json!({ "active": false }));
        assert_eq!(mock.userinfo(&text(&bystander, "access_token")).status, 200);
        assert_eq!(refresh(&mock, &text(&bystander, "refresh_token"), &[]).status, 200);
    }
}

#[test]
fn a_spent_token_is_not_active_before_it_is_used_again() {
    let mock = Mock::strict();
    let tokens = generations(&mock, 1);
    let told = |one: &Value| mock.introspected(&text(one, "refresh_token"))["active"].clone();
    assert_eq!((told(&tokens[0]), told(&tokens[1])), (json!(false), json!(true)));
    assert_eq!(mock.userinfo(&text(&tokens[1], "access_token")).status, 200, "asking ends nothing");
}

#[test]
fn the_product_takes_a_refresh_token_again_and_again() {
    let mock = Mock::start();
    let token = text(&mock.tokens(&[]), "refresh_token");
    for _ in 0..3 {
        let answer = refresh(&mock, &token, &[]);
        assert_eq!((answer.status, answer.json().get("refresh_token")), (200, None));
        assert_eq!(mock.userinfo(&text(&answer.json(), "access_token")).status, 200);
        assert_eq!(mock.introspected(&token)["active"], json!(true));
    }
}

#[test]
fn one_application_can_depart_from_the_tenants_policy() {
    for (policy, own, rotates) in [
        (Policy::cyberark(), json!({ "refresh_tokens": "rotated" }), true),
        (Policy::cyberark(), json!({}), false),
        (Policy::strict(), json!({ "refresh_tokens": "reusable" }), false),
        (Policy::strict(), json!({}), true),
    ] {
        let mock = with_api(policy, &json!({ "policy": own })).start();
        let form = [("grant_type", "client_credentials")];
        let tokens = mock.call("/OAuth2/Token/api", Some(API), &form).json();
        let token = text(&tokens, "refresh_token");
        let refresh = || {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            mock.call("/OAuth2/Token/api", Some(API), &form)
        };
        let (first, second) = (refresh(), refresh());
        assert_eq!(first.json().get("refresh_token").is_some(), rotates, "{own}");
        let expected = if rotates { (200, 400) } else { (200, 200) };
        assert_eq!((first.status, second.status), expected, "{own}");
    }
}

#[test]
fn a_narrowed_refresh_leaves_the_next_token_its_whole_scope() {
    let mock = Mock::strict();
    let token = text(&mock.tokens(&[("scope", "openid profile email")]), "refresh_token");
    let narrowed = refresh(&mock, &token, &[("scope", "openid")]).json();
    assert_eq!(narrowed["scope"], "openid");
    let next = refresh(&mock, &text(&narrowed, "refresh_token"), &[]).json();
    assert_eq!(next["scope"], "openid profile email");
}

#[test]
fn a_spent_token_in_strange_hands_ends_nothing() {
    let mock = with_api(Policy::strict(), &json!({})).start();
    let tokens = generations(&mock, 1);
    let spent = text(&tokens[0], "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", spent.as_str())];
    for (case, path, basic, expected) in [
        ("another application's client", "/OAuth2/Token/api", API, (400, "invalid_grant")),
        ("a wrong secret", "/OAuth2/Token/bank", (BANK.0, "wrong"), (401, "invalid_client")),
    ] {
        let (status, error, _) = mock.call(path, Some(basic), &form).error();
        assert_eq!((status, error.as_str()), expected, "{case}");
    }
    assert_eq!(mock.userinfo(&text(&tokens[1], "access_token")).status, 200);
    assert_eq!(refresh(&mock, &text(&tokens[1], "refresh_token"), &[]).status, 200);
}

#[test]
fn of_racing_refreshes_with_one_token_exactly_one_wins() {
    const THREADS: usize = 8;
    for _ in 0..4 {
        let mock = Setup { policy: Policy::strict(), workers: 4, ..Setup::default() }.start();
        let token = text(&mock.tokens(&[]), "refresh_token");
        let barrier = Barrier::new(THREADS);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let racer = || {
                barrier.wait();
                refresh(&mock, &token, &[])
            };
            let racers: Vec<_> = (0..THREADS).map(|_| scope.spawn(racer)).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|one| one.status == 200);
        assert_eq!((good.len(), bad.len()), (1, THREADS - 1));
        assert!(bad.iter().all(|one| one.status == 400 && one.body == REFUSED), "{bad:?}");
        let access_token = text(&good[0].json(), "access_token");
        assert_eq!(mock.userinfo(&access_token).status, 401, "the losers were replays");
    }
}
