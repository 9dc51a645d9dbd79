//! `id_token_hint` (OpenID Connect Core §3.1.2.1): an ID token of the application, dead or alive,
//! that names the user whom the client wants.

use std::time::Duration;

use super::super::landing::outcome;
use super::{CODE, NOT_SIGNED_IN, OTHER_USER, PRODUCT_CODE, back, id_token};
use crate::harness::{Mock, forged_hints};

const REFUSED: &str = "?error=invalid_request&error_description=id_token_hint is not an ID token of \
                       this application&state=xyz&iss=/bank/";

fn hint(mock: &Mock) -> String {
    mock.tokens(&[])["id_token"].as_str().expect("a string").to_owned()
}

#[test]
fn a_hint_of_the_user_who_is_signed_in_changes_nothing() {
    let mock = Mock::strict();
    let (alice, hint) = (mock.alice(), hint(&mock));
    for prompt in ["", "none"] {
        let more = [("id_token_hint", &*hint), ("prompt", prompt)];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(
            id_token(&mock, &answer)["sub"],
            "a11ce000-0000-4000-8000-000000000001",
            "{prompt}"
        );
        let nobody = if prompt == "none" { NOT_SIGNED_IN } else { "login" };
        assert_eq!(outcome(&mock.authorize("bank", None, &more)), nobody, "{prompt}");
    }
}

#[test]
fn a_hint_of_another_user_wants_that_user() {
    let mock = Mock::strict();
    let hint = hint(&mock);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let ask = |prompt| {
        mock.authorize("bank", Some(&bob), &[("id_token_hint", &*hint), ("prompt", prompt)])
    };
    assert_eq!(outcome(&ask("none")), OTHER_USER);
    assert_eq!(outcome(&ask("")), "login");
    assert_eq!(outcome(&back(&mock, &ask(""), &bob)), OTHER_USER, "bob signed in again");
    let answer = back(&mock, &ask(""), &mock.alice());
    assert_eq!(id_token(&mock, &answer)["sub"], "a11ce000-0000-4000-8000-000000000001");
}

#[test]
fn of_two_sessions_that_of_the_hinted_user_counts() {
    let mock = Mock::strict();
    let (alice, hint) = (mock.alice(), hint(&mock));
    mock.clock.advance(Duration::from_secs(60));
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let more = [("id_token_hint", &*hint), ("prompt", "none")];
    for (cookie, auth) in [(&alice, &bob), (&bob, &alice)] {
        let answer = super::with_credentials(&mock, cookie, None, Some(auth), &more);
        assert_eq!(id_token(&mock, &answer)["sub"], "a11ce000-0000-4000-8000-000000000001");
    }
}

#[test]
fn a_dead_hint_is_a_hint() {
    let mock = Mock::strict();
    let (alice, hint) = (mock.alice(), hint(&mock));
    mock.clock.advance(Duration::from_secs(6 * 60 * 60));
    let more = [("id_token_hint", &*hint), ("prompt", "none")];
    assert_eq!(outcome(&mock.authorize("bank", Some(&alice), &more)), CODE);
}

#[test]
fn what_is_no_id_token_of_the_application_is_refused() {
    let mock = Mock::strict();
    let alice = mock.alice();
    for (case, hint) in forged_hints(&mock) {
        for prompt in ["", "none"] {
            for session in [None, Some(alice.as_str())] {
                let more = [("id_token_hint", &*hint), ("prompt", prompt)];
                let answer = mock.authorize("bank", session, &more);
                assert_eq!(outcome(&answer), REFUSED, "{case}, {prompt:?}, {session:?}");
            }
        }
    }
}

#[test]
fn the_product_ignores_the_hint() {
    let mock = Mock::start();
    let alices = hint(&mock);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let others = forged_hints(&mock).into_iter().chain([("another user's", alices)]);
    for (case, hint) in others {
        let more = [("id_token_hint", &*hint), ("prompt", "none")];
        let answer = mock.authorize("bank", Some(&bob), &more);
        assert_eq!(outcome(&answer), PRODUCT_CODE, "{case}");
    }
}
