//! The policy `hybrid_tokens: as_printed`: the table of identity-developer.cyberark.com/docs/hybrid-flow
//! has the tokens of `code token` and `code id_token` swapped.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::ask::desk;
use super::landing::{Landing, Place, outcome, with_issuer};
use crate::harness::{CALLBACK, Mock, Setup, half_hash};

fn land(mock: &Mock, app: &str, session: &str, response_type: &str) -> Landing {
    let landing =
        Landing::of(&mock.authorize(app, Some(session), &[("response_type", response_type)]));
    assert_eq!((landing.place, landing.target.as_str()), (Place::Fragment, CALLBACK));
    landing
}

fn assert_as_printed(mock: &Mock, app: &str) {
    let alice = mock.alice();
    let landing = land(mock, app, &alice, "token code");
    let expected = "#state=xyz&responseType=code, token&code=*&id_token=*&scope=openid profile";
    assert_eq!(landing.to_string(), expected, "{app}");
    let id_token = mock.verified(app, landing.value("id_token"));
    assert_eq!(id_token.claims["c_hash"], half_hash(landing.value("code")), "{app}");
    assert!(!id_token.names().contains(&"at_hash"), "{app}");

    let landing = land(mock, app, &alice, "code id_token");
    let expected = "#state=xyz&responseType=code, id_token&code=*&access_token=*\
                    &token_type=Bearer&expires_in=18000&scope=openid profile";
    assert_eq!(landing.to_string(), expected, "{app}");
    let access_token = mock.verified(app, landing.value("access_token"));
    assert_eq!(access_token.claims["scope"], "openid profile", "{app}");
    assert_others_are_unchanged(mock, app, &alice);
}

/// The types with two tokens or none have nothing to swap.
fn assert_others_are_unchanged(mock: &Mock, app: &str, session: &str) {
    let rest = "token_type=Bearer&expires_in=18000&id_token=*&scope=openid profile";
    for (response_type, expected) in [
        ("code", "?state=xyz&responseType=code&code=*".to_owned()),
        ("id_token", "#state=xyz&responseType=id_token&id_token=*&scope=openid profile".to_owned()),
        (
            "id_token token",
            format!("#state=xyz&responseType=id_token, token&access_token=*&{rest}"),
        ),
        (
            "code id_token token",
            format!("#state=xyz&responseType=code, id_token, token&code=*&access_token=*&{rest}"),
        ),
    ] {
        let answer = mock.authorize(app, Some(session), &[("response_type", response_type)]);
        assert_eq!(outcome(&answer), expected, "{app}: {response_type}");
    }
}

fn assert_core(mock: &Mock, app: &str) {
    let alice = mock.alice();
    let landing = land(mock, app, &alice, "code token");
    assert!(landing.get("access_token").is_some() && landing.get("id_token").is_none(), "{app}");
    let landing = land(mock, app, &alice, "code id_token");
    assert!(landing.get("id_token").is_some() && landing.get("access_token").is_none(), "{app}");
}

#[test]
fn a_tenant_may_swap_the_hybrid_tokens_as_the_products_page_prints_them() {
    let mock = desk(&json!({ "hybrid_tokens": "as_printed" }), &json!({})).start();
    assert_as_printed(&mock, "bank");
    assert_as_printed(&mock, "desk");
}

#[test]
fn one_app_may_swap_the_hybrid_tokens() {
    let mock = desk(&json!({}), &json!({ "hybrid_tokens": "as_printed" })).start();
    assert_core(&mock, "bank");
    assert_as_printed(&mock, "desk");
}

#[test]
fn one_app_may_keep_to_core_where_the_tenant_swaps() {
    let as_printed = json!({ "hybrid_tokens": "as_printed" });
    let mock = desk(&as_printed, &json!({ "hybrid_tokens": "core" })).start();
    assert_as_printed(&mock, "bank");
    assert_core(&mock, "desk");
}

#[test]
fn swapped_tokens_keep_the_rules_of_the_token_that_comes() {
    let as_printed = json!({ "hybrid_tokens": "as_printed" });
    let setup = desk(&as_printed, &json!({ "hybrid_tokens": "core" }));
    let mock = Setup { policy: Policy::strict(), ..setup }.start();
    let alice = mock.alice();
    let no_nonce = "#error=invalid_request&error_description=missing nonce&state=xyz";
    let access = "#state=xyz&code=*&access_token=*&token_type=Bearer&expires_in=18000\
                  &scope=openid profile";
    for (app, response_type, expected) in [
        ("bank", "code token", no_nonce),
        ("bank", "code id_token", access),
        ("desk", "code id_token", no_nonce),
        ("desk", "code token", access),
    ] {
        let more = [("nonce", ""), ("response_type", response_type)];
        let answer = mock.authorize(app, Some(&alice), &more);
        assert_eq!(outcome(&answer), with_issuer(app, expected), "{app}: {response_type}");
    }
}
