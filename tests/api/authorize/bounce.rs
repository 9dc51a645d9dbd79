//! The way through the login page and back: `bounce` (identity-developer.cyberark.com/docs/hybrid-flow).

use std::sync::Barrier;
use std::time::Duration;

use serde_json::json;

use super::ask::both_policies;
use super::landing::{Landing, is_opaque_id, object_moved, outcome};
use crate::harness::{Answer, CALLBACK, Mock, Setup};

fn back(mock: &Mock, app: &str, key: &str, session: &str) -> Answer {
    mock.request("GET", &format!("/OAuth2/Authorize/{app}?bounce={key}")).cookie(session).send()
}

/// The product's answer to a key that it does not know.
fn not_found(key: &str) -> String {
    format!(
        "500 {{\"error\":\"500\",\"error_description\":\"State not found for type OAuthBounce, \
         key {key}\"}}"
    )
}

/// Asserts that the key is answered as unknown, in the words of the policy.
fn assert_not_found(mock: &Mock, policy: &str, key: &str, session: &str) {
    let expected = match policy {
        "cyberark" => not_found(key),
        _ => "page 400 invalid_request".to_owned(),
    };
    let answer = back(mock, "bank", key, session);
    assert_eq!(outcome(&answer), expected, "{policy}");
    assert_eq!(answer.header("location"), None, "{policy}");
}

#[test]
fn who_is_not_signed_in_is_sent_to_the_login_page() {
    for (policy, mock) in both_policies() {
        let answer = mock.authorize("bank", None, &[]);
        let key = answer.bounce();
        assert!(is_opaque_id(&key), "{policy}: {key}");
        let location = format!("/login?cloudRedirect=Oauth2%2FAuthorize%2Fbank%3Fbounce%3D{key}");
        assert_eq!(answer.location(), location, "{policy}");
        assert_eq!(answer.body, object_moved(&location), "{policy}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{policy}");
    }
}

#[test]
fn a_login_location_carries_the_prefix_of_the_public_url() {
    let setup = Setup { public_url: Some("https://tenant.example/identity"), ..Setup::default() };
    let answer = setup.start().authorize("bank", None, &[]);
    let key = answer.bounce();
    let location =
        format!("/identity/login?cloudRedirect=Oauth2%2FAuthorize%2Fbank%3Fbounce%3D{key}");
    assert_eq!(answer.location(), location);
}

#[test]
fn the_waiting_request_replaces_every_other_parameter() {
    let contradicting = [
        ("client_id", "nobody"),
        ("redirect_uri", "https://elsewhere.example/cb"),
        ("response_type", "id"),
        ("response_mode", "form_post"),
        ("scope", "nothing"),
        ("state", "other"),
        ("nonce", "other"),
        ("prompt", "consent"),
        ("code_challenge", "short"),
    ];
    for (policy, mock) in both_policies() {
        let more = [("response_type", "code id_token"), ("state", "its own")];
        let key = mock.authorize("bank", None, &more).bounce();
        let answer = mock
            .request("GET", "/OAuth2/Authorize/bank")
            .query(&contradicting)
            .query(&[("bounce", &key)])
            .query(&contradicting)
            .cookie(&mock.alice())
            .send();
        let landing = Landing::of(&answer);
        let expected = match policy {
            "cyberark" => {
                "#state=its own&responseType=code, id_token&code=*&id_token=*&scope=openid profile"
            }
            _ => "#state=its own&code=*&id_token=*&iss=/bank/",
        };
        assert_eq!(landing.to_string(), expected, "{policy}");
        assert_eq!(landing.target, CALLBACK, "{policy}");
        let id_token = mock.verified("bank", landing.value("id_token"));
        assert_eq!(id_token.claims["nonce"], "n-0S6", "{policy}");
        assert_eq!(id_token.claims["aud"], "bank-client", "{policy}");
        assert_eq!(mock.exchange(landing.value("code"), &[]).status, 200, "{policy}");
    }
}

#[test]
fn the_way_back_is_found_in_any_spelling_and_by_post() {
    let mock = Mock::start();
    let alice = mock.alice();
    let key = || mock.authorize("bank", None, &[]).bounce();
    let paths = ["/Oauth2/Authorize/bank", "/oauth2/authorize/bank/", "//OAUTH2//AUTHORIZE/bank"];
    for path in paths {
        let answer = mock.request("GET", &format!("{path}?bounce={}", key())).cookie(&alice).send();
        assert_eq!(outcome(&answer), "?state=xyz&responseType=code&code=*", "{path}");
    }
    let form = mock.request("POST", paths[0]).form(&[("bounce", &key())]).cookie(&alice).send();
    assert_eq!(outcome(&form), "?state=xyz&responseType=code&code=*");
}

#[test]
fn a_key_works_once() {
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        let key = mock.authorize("bank", None, &[]).bounce();
        assert!(Landing::of(&back(&mock, "bank", &key, &alice)).get("code").is_some(), "{policy}");
        assert_not_found(&mock, policy, &key, &alice);
    }
}

#[test]
fn an_unknown_key_is_not_found() {
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for key in ["oRun", "0", &"a".repeat(200)] {
            assert_not_found(&mock, policy, key, &alice);
        }
    }
}

#[test]
fn a_key_expires() {
    for (policy, mock) in both_policies() {
        let first = mock.authorize("bank", None, &[]).bounce();
        let second = mock.authorize("bank", None, &[]).bounce();
        mock.clock.advance(Duration::from_secs(15 * 60 - 30));
        let alice = mock.alice();
        assert!(Landing::of(&back(&mock, "bank", &first, &alice)).get("code").is_some());
        mock.clock.advance(Duration::from_secs(30));
        assert_not_found(&mock, policy, &second, &alice);
    }
}

#[test]
fn the_tenant_sets_how_long_a_key_lives() {
    let setup = Setup::default().with(&json!({ "tenant": { "bounce_lifetime": 60 } }));
    let mock = setup.start();
    let key = mock.authorize("bank", None, &[]).bounce();
    mock.clock.advance(Duration::from_secs(60));
    assert_not_found(&mock, "cyberark", &key, &mock.alice());
}

#[test]
fn a_key_of_another_app_is_not_found_and_stays_good_for_its_own() {
    let mock = Mock::start();
    let alice = mock.alice();
    let key = mock.authorize("spa", None, &[]).bounce();
    for app in ["bank", "Spa", "123"] {
        assert_eq!(outcome(&back(&mock, app, &key, &alice)), not_found(&key), "{app}");
    }
    let answer = back(&mock, "spa", &key, &alice);
    assert_eq!(outcome(&answer), "?state=xyz&responseType=code&code=*");
}

#[test]
fn coming_back_without_a_session_leads_to_the_login_page_again() {
    for (policy, mock) in both_policies() {
        let first = mock.authorize("bank", None, &[("state", "kept")]).bounce();
        let path = format!("/OAuth2/Authorize/bank?bounce={first}");
        let second = mock.get(&path).bounce();
        assert_ne!(first, second, "{policy}");
        let alice = mock.alice();
        assert_not_found(&mock, policy, &first, &alice);
        let landing = Landing::of(&back(&mock, "bank", &second, &alice));
        assert_eq!(landing.get("state"), Some("kept"), "{policy}");
    }
}

#[test]
fn of_two_uses_at_once_exactly_one_succeeds() {
    let mock = Setup { workers: 2, ..Setup::default() }.start();
    let alice = mock.alice();
    for round in 0..20 {
        let key = mock.authorize("bank", None, &[]).bounce();
        let start = Barrier::new(2);
        let use_key = || {
            start.wait();
            outcome(&back(&mock, "bank", &key, &alice))
        };
        let mut outcomes = std::thread::scope(|scope| {
            let uses = [scope.spawn(use_key), scope.spawn(use_key)];
            uses.map(|thread| thread.join().unwrap())
        });
        outcomes.sort();
        let expected = [not_found(&key), "?state=xyz&responseType=code&code=*".to_owned()];
        assert_eq!(outcomes, expected, "round {round}");
    }
}
