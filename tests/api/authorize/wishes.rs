//! What a client wishes for beside code and tokens (OpenID Connect Core §3.1.2.1): how fresh the
//! sign-in is, and which `acr` it has. The product ignores all of it.

mod claims;
mod hints;
mod login_hint;

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::ask::desk;
use super::landing::{Landing, by_policy, outcome, with_issuer};
use crate::harness::{Answer, Mock, Setup};

const CODE: &str = "?state=xyz&code=*&iss=/bank/";
const PRODUCT_CODE: &str = "?state=xyz&responseType=code&code=*";
const NOT_SIGNED_IN: &str =
    "?error=login_required&error_description=user is not signed in&state=xyz&iss=/bank/";
const OTHER_USER: &str =
    "?error=login_required&error_description=another user is signed in&state=xyz&iss=/bank/";

/// Comes back from the login page.
fn back(mock: &Mock, asked: &Answer, session: &str) -> Answer {
    let path = format!("/OAuth2/Authorize/bank?bounce={}", asked.bounce());
    mock.request("GET", &path).cookie(session).send()
}

/// The claims of the ID token that the answer's code brings.
fn id_token(mock: &Mock, answer: &Answer) -> Value {
    let landing = Landing::of(answer);
    let tokens = mock.exchange(landing.value("code"), &[]).json();
    mock.verified("bank", tokens["id_token"].as_str().expect("an ID token")).claims
}

/// An authorization request of `bank` with every one of these credentials.
fn with_credentials(
    mock: &Mock,
    cookie: &str,
    bearer: Option<&str>,
    auth: Option<&str>,
    more: &[(&str, &str)],
) -> Answer {
    let mut query = super::ask::parameters(&[("state", Some("xyz"))]);
    query.extend(more);
    query.extend(auth.map(|auth| ("Auth", auth)));
    let request = mock.request("GET", "/OAuth2/Authorize/bank").query(&query).cookie(cookie);
    match bearer {
        Some(bearer) => request.bearer(bearer).send(),
        None => request.send(),
    }
}

#[test]
fn max_age_wants_a_sign_in_that_is_fresh_enough() {
    let mock = Mock::strict();
    let alice = mock.alice();
    mock.clock.advance(Duration::from_secs(100));
    for (max_age, prompt, expected) in [
        ("160", "", CODE),
        ("10000", "", CODE),
        ("9223372036854775807", "none", CODE),
        ("160", "none", CODE),
        ("", "", CODE),
        ("99", "", "login"),
        ("1", "", "login"),
        ("0", "", "login"),
        ("99", "none", NOT_SIGNED_IN),
        ("0", "none", NOT_SIGNED_IN),
    ] {
        let more = [("max_age", max_age), ("prompt", prompt)];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(outcome(&answer), expected, "{more:?}");
        let nobody = if prompt == "none" { NOT_SIGNED_IN } else { "login" };
        assert_eq!(outcome(&mock.authorize("bank", None, &more)), nobody, "{more:?}");
    }
}

#[test]
fn a_sign_in_is_never_fresh_enough_for_max_age_0() {
    let mock = Mock::strict();
    let answer = mock.authorize("bank", Some(&mock.alice()), &[("max_age", "0")]);
    assert_eq!(outcome(&answer), "login");
    assert_eq!(outcome(&back(&mock, &answer, &mock.alice())), CODE, "but one for it is");
}

#[test]
fn max_age_is_a_number_of_seconds() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let long = "9".repeat(10_000);
    let refused = "?error=invalid_request&error_description=max_age: expected a number of seconds\
                   &state=xyz&iss=/bank/";
    for max_age in ["x", "-1", "1.5", "+5", " 5", "5 ", "0x10", "1e3", "9223372036854775808", &long]
    {
        for session in [None, Some(alice.as_str())] {
            let answer = mock.authorize("bank", session, &[("max_age", max_age)]);
            assert_eq!(outcome(&answer), refused, "{max_age}");
        }
    }
}

#[test]
fn a_stale_sign_in_is_repeated_and_auth_time_says_so() {
    let mock = Mock::strict();
    let old = mock.alice();
    let more = [("max_age", "10")];
    let first = id_token(&mock, &mock.authorize("bank", Some(&old), &more));
    mock.clock.advance(Duration::from_secs(60));
    let asked = mock.authorize("bank", Some(&old), &more);
    assert_eq!(outcome(&asked), "login");
    let again = back(&mock, &asked, &old);
    assert_eq!(outcome(&again), "login", "the old session is still too old");
    let new = mock.alice();
    let second = id_token(&mock, &back(&mock, &again, &new));
    let (first, second) = (first["auth_time"].as_i64().unwrap(), second["auth_time"].as_i64());
    let later = second.unwrap() - first;
    assert!((60..90).contains(&later), "{later}");
    let silent = mock.authorize("bank", Some(&new), &[("max_age", "10000"), ("prompt", "none")]);
    assert_eq!(id_token(&mock, &silent)["auth_time"].as_i64(), second);
}

#[test]
fn the_product_ignores_max_age_and_acr_values() {
    let mock = Mock::start();
    let alice = mock.alice();
    mock.clock.advance(Duration::from_secs(100));
    for max_age in ["0", "1", "x", "-1"] {
        let more = [("max_age", max_age), ("acr_values", "urn:a")];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(outcome(&answer), PRODUCT_CODE, "{max_age}");
        assert_eq!(id_token(&mock, &answer).get("acr"), None);
    }
}

#[test]
fn the_newest_sign_in_counts_whichever_credential_proves_it() {
    for (policy, mock) in super::ask::both_policies() {
        let asked = mock.authorize("bank", None, &[("prompt", "login")]);
        let old = mock.alice();
        mock.clock.advance(Duration::from_secs(60));
        let asked_later = mock.authorize("bank", Some(&old), &[("prompt", "login")]);
        let login = mock.sign_in_answer("bob@example.com", "bob-password");
        let auth = login["Result"]["Auth"].as_str().unwrap();
        let token = login["Result"]["Token"].as_str().unwrap();
        for (case, bearer, parameter) in [("Bearer", Some(token), None), ("Auth", None, Some(auth))]
        {
            let case = format!("{policy}: {case}");
            let answer = with_credentials(&mock, &old, bearer, parameter, &[]);
            assert_eq!(
                id_token(&mock, &answer)["sub"],
                "b0b00000-0000-4000-8000-000000000002",
                "{case}"
            );
        }
        let path = format!("/OAuth2/Authorize/bank?bounce={}", asked_later.bounce());
        let answer = mock.request("GET", &path).cookie(&old).bearer(token).send();
        assert_eq!(
            id_token(&mock, &answer)["sub"],
            "b0b00000-0000-4000-8000-000000000002",
            "{policy}"
        );
        let answer = back(&mock, &asked, &old);
        let code = if policy == "strict" { "?state=xyz&code=*" } else { PRODUCT_CODE };
        assert_eq!(outcome(&answer), by_policy(policy, code), "both were after the request");
    }
}

#[test]
fn an_old_cookie_does_not_hide_a_fresher_credential_from_max_age() {
    let mock = Mock::strict();
    let old = mock.alice();
    mock.clock.advance(Duration::from_secs(60));
    let new = mock.sign_in("bob@example.com", "bob-password");
    let more = [("max_age", "30"), ("prompt", "none")];
    for (cookie, auth) in [(&old, &new), (&new, &old)] {
        let answer = with_credentials(&mock, cookie, None, Some(auth), &more);
        assert_eq!(id_token(&mock, &answer)["sub"], "b0b00000-0000-4000-8000-000000000002");
    }
    let answer = with_credentials(&mock, &old, None, Some(&old), &more);
    assert_eq!(outcome(&answer), NOT_SIGNED_IN);
}

#[test]
fn the_first_acr_value_is_claimed() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let long = "a".repeat(10_000);
    for (acr_values, acr) in [
        ("urn:a urn:b", json!("urn:a")),
        ("  urn:b", json!("urn:b")),
        ("1", json!("1")),
        (long.as_str(), json!(long)),
        ("\"<script>\u{e9}", json!("\"<script>\u{e9}")),
        ("", Value::Null),
        ("  ", Value::Null),
    ] {
        let more = [("acr_values", acr_values), ("response_type", "code id_token")];
        let answer = mock.authorize("bank", Some(&alice), &more);
        let landing = Landing::of(&answer);
        let front = mock.verified("bank", landing.value("id_token")).claims;
        assert_eq!(front.get("acr"), Some(&acr).filter(|acr| !acr.is_null()), "{acr_values:.20}");
        assert_eq!(id_token(&mock, &answer).get("acr"), front.get("acr"), "{acr_values:.20}");
    }
    let answer = mock.authorize("bank", Some(&alice), &[]);
    assert_eq!(id_token(&mock, &answer).get("acr"), None);
}

#[test]
fn each_wish_is_a_field_of_the_policy() {
    let junk = ["max_age", "claims", "id_token_hint"];
    for (name, value) in
        [("max_age", "honoured"), ("claims_parameter", "honoured"), ("id_token_hint", "checked")]
    {
        let mock = desk(&json!({}), &json!({ name: value })).start();
        let ignoring = desk(&json!({}), &json!({ name: "ignored" }));
        let ignoring = Setup { policy: Policy::strict(), ..ignoring }.start();
        let (alice, alice_at_ignoring) = (mock.alice(), ignoring.alice());
        for parameter in junk {
            let is_it = name.starts_with(parameter);
            let more = [(parameter, "junk")];
            let error = |mock: &Mock, app: &str, session: &str| {
                let answer = mock.authorize(app, Some(session), &more);
                answer.callback_parameter("error").is_some()
            };
            assert!(!error(&mock, "bank", &alice), "{name}, {parameter}");
            assert_eq!(error(&mock, "desk", &alice), is_it, "{name}, {parameter}");
            assert!(error(&ignoring, "bank", &alice_at_ignoring), "{name}, {parameter}");
            assert_eq!(error(&ignoring, "desk", &alice_at_ignoring), !is_it, "{name}, {parameter}");
        }
    }
}

#[test]
fn the_issuer_parameter_is_a_field_of_the_policy() {
    let sending = desk(&json!({}), &json!({ "issuer_parameter": "sent" })).start();
    let omitting = desk(&json!({}), &json!({ "issuer_parameter": "omitted" }));
    let omitting = Setup { policy: Policy::strict(), ..omitting }.start();
    let (alice, alice_at_omitting) = (sending.alice(), omitting.alice());
    let plain = "?state=xyz&code=*";
    for (mock, app, session, expected) in [
        (&sending, "bank", &alice, PRODUCT_CODE.to_owned()),
        (&sending, "desk", &alice, with_issuer("desk", PRODUCT_CODE)),
        (&omitting, "bank", &alice_at_omitting, with_issuer("bank", plain)),
        (&omitting, "desk", &alice_at_omitting, plain.to_owned()),
    ] {
        assert_eq!(outcome(&mock.authorize(app, Some(session), &[])), expected, "{app}");
    }
}
