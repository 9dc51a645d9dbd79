//! `login_hint` (OpenID Connect Core §3.1.2.1): the name of the user who is expected.

use crate::harness::{Mock, Request};

#[test]
fn the_hint_stands_in_the_field_of_the_user_name_under_strict() {
    let mock = Mock::strict();
    let hint = [("login_hint", "bob@example.com&x=\"y\"")];
    let location = mock.authorize("bank", None, &hint).location().to_owned();
    let (_, username) = location.split_once("&username=").expect("the hint is passed on");
    assert_eq!(username, "bob%40example.com%26x%3D%22y%22");
    let page = mock.get(&location).body;
    assert!(page.contains("value=\"bob@example.com&#38;x=&#34;y&#34;\""), "{page}");
}

#[test]
fn the_product_ignores_the_hint() {
    let mock = Mock::start();
    let answer = mock.authorize("bank", None, &[("login_hint", "bob@example.com")]);
    assert!(!answer.location().contains("username"), "{answer:?}");
}

#[test]
fn of_several_sessions_the_hinted_one_counts() {
    let mock = Mock::strict();
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let alice = mock.alice();
    let asked = |hint: &str| {
        let url = format!("{}/OAuth2/Authorize/bank", mock.url);
        let query = [
            ("client_id", "bank-client"),
            ("redirect_uri", crate::harness::CALLBACK),
            ("response_type", "id_token"),
            ("scope", "openid"),
            ("nonce", "n-0S6"),
            ("login_hint", hint),
        ];
        let answer = Request::new("GET", url).query(&query).cookie(&bob).bearer(&alice).send();
        let token = answer.callback_parameter("id_token").expect("an ID token");
        mock.verified("bank", &token).claims["sub"].as_str().unwrap_or_default()[..4].to_owned()
    };
    assert_eq!(asked("BOB@example.com"), "b0b0");
    assert_eq!(asked("alice@example.com"), "a11c");
    assert_eq!(asked("nobody@example.com"), "a11c", "the last to sign in");
    assert_eq!(asked(""), "a11c");
}

#[test]
fn how_the_pages_look_and_speak_is_accepted_without_effect() {
    for mock in [Mock::start(), Mock::strict()] {
        let alice = mock.alice();
        for more in [
            ("display", "page"),
            ("display", "popup"),
            ("display", "x"),
            ("ui_locales", "fr-CA fr en"),
            ("claims_locales", "se"),
        ] {
            let answer = mock.authorize("bank", Some(&alice), &[more]);
            assert!(answer.callback_parameter("code").is_some(), "{more:?}: {answer:?}");
        }
    }
}
