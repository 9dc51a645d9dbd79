//! Rotation: the new key signs at once, the old one verifies until its last token is dead.

use std::time::Duration;

use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::{assert_verified, keys, kids, setup, tokens};
use crate::harness::{CALLBACK, Mock, Setup};

fn new_key() -> SigningKey {
    SigningKey::from_pem(&SigningKey::generate_pem()).expect("a fresh key")
}

fn userinfo(mock: &Mock, app: &str, token: &str) -> u16 {
    mock.request("GET", &format!("/OAuth2/UserInfo/{app}")).bearer(token).send().status
}

#[test]
fn the_new_key_signs_at_once_and_the_old_one_verifies() {
    for app in ["rs256", "ps256"] {
        let mock = setup(Policy::cyberark()).start();
        let old = kids(&mock, app);
        let [_, access_token, id_token] = tokens(&mock, app);
        mock.tenant.rotate_key(new_key());
        let both = kids(&mock, app);
        assert_eq!((both.len(), &both[1..]), (2, &old[..]), "{app}: the signing key is first");
        assert_ne!(both[0], both[1], "{app}");
        let [_, new_token, _] = tokens(&mock, app);
        assert_eq!(assert_verified(&mock, app, &new_token), both[0], "{app}");
        assert_eq!(assert_verified(&mock, app, &access_token), both[1], "{app}");
        assert_eq!(assert_verified(&mock, app, &id_token), both[1], "{app}");
        assert_eq!(userinfo(&mock, app, &access_token), 200, "{app}");
    }
}

#[test]
fn the_old_key_stays_until_its_last_token_is_dead() {
    for app in ["rs256", "ps256"] {
        let mock = setup(Policy::cyberark()).start();
        let [_, last_token, _] = tokens(&mock, app);
        let old = kids(&mock, app);
        mock.tenant.rotate_key(new_key());
        mock.clock.advance(Duration::from_secs(19_900));
        mock.tenant.sweep();
        assert_eq!(assert_verified(&mock, app, &last_token), old[0], "{app}");
        assert_eq!(userinfo(&mock, app, &last_token), 200, "{app}: not yet dead");
        mock.clock.advance(Duration::from_secs(100));
        let left = kids(&mock, app);
        assert_eq!((left.len(), left.contains(&old[0])), (1, false), "{app}");
        assert_eq!(userinfo(&mock, app, &last_token), 401, "{app}: dead");
        mock.tenant.sweep();
        assert_eq!(kids(&mock, app), left, "{app}");
        let [_, new_token, _] = tokens(&mock, app);
        assert_eq!(assert_verified(&mock, app, &new_token), left[0], "{app}");
    }
}

#[test]
fn the_longest_session_keeps_the_old_key_too() {
    let tenant = json!({ "session_lifetime": 90_000 });
    let mock = Setup::default().with(&json!({ "tenant": tenant })).start();
    let login = mock.sign_in_answer("alice@example.com", "alice-password");
    let token = login["Result"]["Token"].as_str().unwrap();
    mock.tenant.rotate_key(new_key());
    mock.clock.advance(Duration::from_secs(89_900));
    assert_verified(&mock, "bank", token);
    mock.clock.advance(Duration::from_secs(100));
    assert_eq!(keys(&mock, "bank").len(), 1);
}

#[test]
fn an_rsa_key_replaces_no_other_kind() {
    let mock = setup(Policy::strict()).start();
    let before = ["es256", "eddsa"].map(|app| kids(&mock, app));
    mock.tenant.rotate_key(new_key());
    assert_eq!(["es256", "eddsa"].map(|app| kids(&mock, app)), before);
}

#[test]
fn several_rotations_keep_every_key_that_is_needed_once() {
    let mock = setup(Policy::strict()).start();
    let (second, third) = (new_key(), new_key());
    let [_, first_token, _] = tokens(&mock, "rs256");
    let first = kids(&mock, "rs256")[0].clone();
    let name = |key: &SigningKey| key.jwk().kid.clone();
    let (b, c) = (name(&second), name(&third));
    for (key, expected) in [
        (second.clone(), vec![&b, &first]),
        (third.clone(), vec![&c, &first, &b]),
        // The same key again, and one that was retired.
        (third, vec![&c, &first, &b]),
        (SigningKey::development(), vec![&first, &b, &c]),
        (second, vec![&b, &c, &first]),
    ] {
        mock.tenant.rotate_key(key);
        let listed = kids(&mock, "rs256");
        assert_eq!(listed.iter().collect::<Vec<_>>(), expected);
        assert_verified(&mock, "rs256", &first_token);
        let [_, token, _] = tokens(&mock, "rs256");
        assert_eq!(assert_verified(&mock, "rs256", &token), *expected[0]);
    }
    mock.clock.advance(Duration::from_secs(20_000));
    assert_eq!(kids(&mock, "rs256"), [b]);
}

#[test]
fn a_hint_is_good_as_long_as_its_key() {
    let mock = setup(Policy::strict()).start();
    let [_, _, hint] = tokens(&mock, "rs256");
    mock.tenant.rotate_key(new_key());
    let is_taken = || {
        let more = [("id_token_hint", &*hint), ("prompt", "none")];
        let answer = mock.authorize("rs256", Some(&mock.alice()), &more);
        answer.callback_parameter("code").is_some()
    };
    assert!(is_taken());
    mock.clock.advance(Duration::from_secs(19_900));
    assert!(is_taken());
    mock.clock.advance(Duration::from_secs(100));
    assert!(!is_taken());
}

#[test]
fn a_code_of_before_brings_tokens_of_the_new_key() {
    let mock = Mock::start();
    let (code, before) = (mock.code(&[("redirect_uri", CALLBACK)]), kids(&mock, "bank"));
    mock.tenant.rotate_key(new_key());
    let tokens = mock.exchange(&code, &[]).json();
    for name in ["id_token", "access_token"] {
        let kid = assert_verified(&mock, "bank", tokens[name].as_str().unwrap());
        assert_ne!(kid, before[0], "{name}");
    }
}
