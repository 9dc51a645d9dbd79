//! `prompt` (OpenID Connect Core §3.1.2.1; the product knows `none` and `login`).

use std::time::Duration;

use super::ask::{ask, both_policies};
use super::landing::{Landing, by_policy, outcome, with_issuer};
use crate::harness::{Answer, CALLBACK, Mock};

fn bounced(mock: &Mock, key: &str, session: &str) -> Answer {
    mock.request("GET", &format!("/OAuth2/Authorize/bank?bounce={key}")).cookie(session).send()
}

#[test]
fn prompt_none_with_a_session_answers_at_once() {
    for (policy, mock) in both_policies() {
        let answer = ask(&mock, Some(&mock.alice()), &[("prompt", Some("none"))]);
        assert_eq!(Landing::of(&answer).target, CALLBACK, "{policy}");
        assert!(Landing::of(&answer).get("code").is_some(), "{policy}: {answer:?}");
    }
}

#[test]
fn prompt_none_never_shows_the_login_page() {
    let error = "error=login_required&error_description=user is not signed in&state=xyz";
    for ((policy, mock), hybrid) in both_policies().into_iter().zip(["?", "#"]) {
        for (response_type, sign) in [("code", "?"), ("code id_token", hybrid)] {
            let more = [("prompt", "none"), ("response_type", response_type)];
            for session in [None, Some("0123456789ABCDEF")] {
                let answer = mock.authorize("bank", session, &more);
                assert_eq!(
                    outcome(&answer),
                    by_policy(policy, &format!("{sign}{error}")),
                    "{policy}"
                );
            }
            let answer = mock.authorize(
                "bank",
                None,
                &[&more[..], &[("response_mode", "form_post")]].concat(),
            );
            assert_eq!(outcome(&answer), by_policy(policy, &format!("={error}")), "{policy}");
        }
    }
}

#[test]
fn prompt_login_wants_a_sign_in_after_the_request() {
    for (policy, mock) in both_policies() {
        let old = mock.alice();
        mock.clock.advance(Duration::from_secs(60));
        let asked = ask(&mock, Some(&old), &[("prompt", Some("login"))]);
        assert_eq!(outcome(&asked), "login", "{policy}");
        let again = bounced(&mock, &asked.bounce(), &old);
        assert_eq!(outcome(&again), "login", "{policy}: the old session is not enough");

        mock.clock.advance(Duration::from_secs(60));
        let new = mock.sign_in("bob@example.com", "bob-password");
        let signed_in = mock.clock.now().seconds();
        let landing = Landing::of(&bounced(&mock, &again.bounce(), &new));
        let answer = mock.exchange(landing.value("code"), &[]);
        let claims = mock.verified("bank", answer.json()["id_token"].as_str().unwrap()).claims;
        assert_eq!(claims["sub"], "b0b00000-0000-4000-8000-000000000002", "{policy}");
        let auth_time = claims["auth_time"].as_i64().unwrap();
        assert!((signed_in - 30..=signed_in).contains(&auth_time), "{policy}: {auth_time}");
    }
}

#[test]
fn prompt_login_takes_no_bearer_token_for_a_sign_in() {
    let mock = Mock::start();
    let tokens = mock.exchange(&mock.code(&[]), &[]).json();
    mock.clock.advance(Duration::from_secs(1));
    let access_token = tokens["access_token"].as_str().unwrap();
    let asked = mock
        .request("GET", "/OAuth2/Authorize/bank")
        .query(&super::ask::parameters(&[("prompt", Some("login"))]))
        .bearer(access_token)
        .send();
    assert_eq!(outcome(&asked), "login");
    let path = format!("/OAuth2/Authorize/bank?bounce={}", asked.bounce());
    let again = mock.request("GET", &path).bearer(access_token).send();
    assert_eq!(outcome(&again), "login");
}

#[test]
fn each_policy_has_its_prompt_values() {
    let unsupported = |value: &str| {
        format!(
            "400 {{\"error\":\"unsupported_prompt\",\"error_description\":\"Unsupported prompt \
             value: '{value}'.  Supported prompt values: 'none' and 'login'.\"}}"
        )
    };
    let refused = |text: &str| format!("?error=invalid_request&error_description={text}");
    let none_alone = || refused("prompt none goes with no other value");
    let unknown = |value: &str| refused(&format!("unknown prompt value: {value}"));
    let (product, specified) = (Mock::start(), Mock::strict());
    let (alice, strict_alice) = (product.alice(), specified.alice());
    for (value, cyberark, strict) in [
        ("consent", unsupported("consent"), "consent".to_owned()),
        ("select_account", unsupported("select_account"), "login".to_owned()),
        ("login consent", unsupported("login consent"), "login".to_owned()),
        ("consent select_account", unsupported("consent select_account"), "login".to_owned()),
        ("none consent", unsupported("none consent"), none_alone()),
        ("NONE", unsupported("NONE"), unknown("NONE")),
        ("maybe", unsupported("maybe"), unknown("maybe")),
        ("login", "login".to_owned(), "login".to_owned()),
        ("", "?responseType=code&code=*".to_owned(), "?code=*".to_owned()),
    ] {
        let changes = [("prompt", Some(value))];
        assert_eq!(outcome(&ask(&product, Some(&alice), &changes)), cyberark, "{value:?}");
        let strict = with_issuer("bank", &strict);
        assert_eq!(outcome(&ask(&specified, Some(&strict_alice), &changes)), strict, "{value:?}");
    }
}
