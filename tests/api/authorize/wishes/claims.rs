//! The `claims` parameter (OpenID Connect Core §5.5).

use serde_json::{Value, json};

use super::super::landing::outcome;
use super::{CODE, OTHER_USER, PRODUCT_CODE, back, id_token};
use crate::harness::Mock;

const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
const BOB: &str = "b0b00000-0000-4000-8000-000000000002";

/// What every ID token of a code and every answer of `UserInfo` has.
const PLAIN_ID_TOKEN: &str = "auth_time iss iat aud exp sub nonce at_hash";
const PLAIN_USERINFO: &str = "auth_time aud unique_name sub";

/// ID token and `UserInfo` of a request with this `claims` parameter.
fn given(mock: &Mock, session: &str, scope: &str, claims: &Value) -> (Value, Value) {
    let claims = claims.to_string();
    let more = [("claims", claims.as_str()), ("scope", scope)];
    let answer = mock.authorize("bank", Some(session), &more);
    let code = answer.callback_parameter("code").unwrap_or_else(|| panic!("{answer:?}"));
    let tokens = mock.exchange(&code, &[]).json();
    let id_token = mock.verified("bank", tokens["id_token"].as_str().expect("a string")).claims;
    (id_token, mock.userinfo(tokens["access_token"].as_str().expect("a string")).json())
}

fn names(claims: &Value) -> String {
    let names: Vec<&str> =
        claims.as_object().expect("an object").keys().map(String::as_str).collect();
    names.join(" ")
}

#[test]
fn single_claims_are_given_where_they_are_asked_for() {
    let mock = Mock::strict();
    let alice = mock.alice();
    for (claims, in_id_token, in_userinfo) in [
        (json!({}), "", ""),
        (json!({ "id_token": null, "userinfo": null, "other": [1] }), "", ""),
        (json!({ "userinfo": { "email": null } }), "", " email"),
        (json!({ "id_token": { "email": null } }), " email", ""),
        (json!({ "id_token": { "name": { "essential": true } } }), " name", ""),
        (
            json!({ "userinfo": { "phone_number": { "essential": true }, "name": { "essential": false } } }),
            "",
            " phone_number name",
        ),
        (
            json!({ "id_token": { "given_name": {} }, "userinfo": { "family_name": { "x": 1 } } }),
            " given_name",
            " family_name",
        ),
        (json!({ "userinfo": { "birthdate": { "essential": true }, "no_such": null } }), "", ""),
        (json!({ "id_token": { "auth_time": { "essential": true }, "iss": null } }), "", ""),
    ] {
        let (id_token, userinfo) = given(&mock, &alice, "openid", &claims);
        assert_eq!(names(&id_token), format!("{PLAIN_ID_TOKEN}{in_id_token}"), "{claims}");
        assert_eq!(names(&userinfo), format!("{PLAIN_USERINFO}{in_userinfo}"), "{claims}");
    }
}

#[test]
fn a_claim_is_given_only_with_a_value_asked_for() {
    let mock = Mock::strict();
    let alice = mock.alice();
    for (claim, is_given) in [
        (json!({ "value": "Alice Adams" }), true),
        (json!({ "values": ["Bob Brown", "Alice Adams"] }), true),
        (json!({ "value": "Bob Brown", "values": ["Alice Adams"] }), true),
        (json!({ "values": [] }), true),
        (json!({ "value": "Bob Brown" }), false),
        (json!({ "value": "alice adams", "essential": true }), false),
        (json!({ "values": ["Bob Brown", 1, null] }), false),
    ] {
        let request = json!({ "id_token": { "name": claim }, "userinfo": { "name": claim } });
        let (id_token, userinfo) = given(&mock, &alice, "openid", &request);
        let expected = is_given.then(|| json!("Alice Adams"));
        assert_eq!(id_token.get("name"), expected.as_ref(), "{claim}");
        assert_eq!(userinfo.get("name"), expected.as_ref(), "{claim}");
    }
}

#[test]
fn what_the_user_does_not_have_is_left_out_even_if_essential() {
    let mock = Mock::strict();
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let essential = json!({ "essential": true });
    let request = json!({ "userinfo": { "phone_number": essential, "email": essential } });
    let (_, userinfo) = given(&mock, &bob, "openid", &request);
    assert_eq!(names(&userinfo), format!("{PLAIN_USERINFO} email"));
}

#[test]
fn the_scopes_claims_come_beside_and_no_protocol_claim_changes() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let request = json!({
        "userinfo": { "phone_number": null, "sub": { "value": "x" }, "aud": { "value": "x" } },
        "id_token": { "sub": { "value": ALICE }, "aud": { "value": "x" }, "nonce": { "value": "x" } },
    });
    let (id_token, userinfo) = given(&mock, &alice, "openid email", &request);
    assert_eq!(names(&id_token), PLAIN_ID_TOKEN);
    assert_eq!((&id_token["aud"], &id_token["nonce"]), (&json!("bank-client"), &json!("n-0S6")));
    assert_eq!(names(&userinfo), format!("{PLAIN_USERINFO} email email_verified phone_number"));
    assert_eq!((&userinfo["sub"], &userinfo["aud"]), (&json!(ALICE), &json!("bank-client")));
}

#[test]
fn an_acr_may_be_asked_for_as_a_claim() {
    let mock = Mock::strict();
    let alice = mock.alice();
    for (claims, acr_values, acr) in [
        (json!({ "id_token": { "acr": { "values": ["a", "b"] } } }), "", json!("a")),
        (json!({ "id_token": { "acr": { "value": "a", "essential": true } } }), "b", json!("a")),
        (json!({ "id_token": { "acr": null } }), "b", json!("b")),
        (json!({ "userinfo": { "acr": { "value": "a" } } }), "b", json!("b")),
    ] {
        let text = claims.to_string();
        let more = [("claims", text.as_str()), ("acr_values", acr_values)];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(id_token(&mock, &answer)["acr"], acr, "{claims}");
    }
}

#[test]
fn another_users_sub_is_answered_for_that_user_only() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let request = |sub: &Value| json!({ "id_token": { "sub": sub } }).to_string();
    for (sub, expected) in [
        (json!({ "value": ALICE }), CODE),
        (json!({ "values": [BOB, ALICE] }), CODE),
        (json!(null), CODE),
        (json!({ "value": BOB }), OTHER_USER),
        (json!({ "value": "x", "essential": true }), OTHER_USER),
        (json!({ "value": 7 }), OTHER_USER),
    ] {
        let more = [("claims", &*request(&sub)), ("prompt", "none")];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(outcome(&answer), expected, "{sub}");
    }
    let more = [("claims", &*request(&json!({ "value": BOB })))];
    let ask = || mock.authorize("bank", Some(&alice), &more);
    assert_eq!(outcome(&ask()), "login");
    assert_eq!(outcome(&back(&mock, &ask(), &alice)), OTHER_USER);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    assert_eq!(id_token(&mock, &back(&mock, &ask(), &bob))["sub"], BOB);
}

#[test]
fn what_is_no_claims_request_is_refused() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let refused = "?error=invalid_request&error_description=claims: expected a JSON object with \
                   the members id_token and userinfo&state=xyz&iss=/bank/";
    let (long, deep) = ("a".repeat(10_000), "[".repeat(10_000));
    let nested = format!(r#"{{"userinfo":{{"a":{}}}}}"#, "[".repeat(5_000) + &"]".repeat(5_000));
    for claims in [
        "x",
        "{",
        "null",
        "[]",
        "7",
        r#"{"userinfo":[]}"#,
        r#"{"id_token":{"a":true}}"#,
        r#"{"id_token":{"a":{"essential":"yes"}}}"#,
        r#"{"id_token":{"a":{"values":"x"}}}"#,
        r#"{"userinfo":{}} {}"#,
        &long,
        &deep,
        &nested,
    ] {
        for session in [None, Some(alice.as_str())] {
            let answer = mock.authorize("bank", session, &[("claims", claims)]);
            assert_eq!(outcome(&answer), refused, "{claims:.40}");
        }
    }
}

#[test]
fn a_long_claims_request_is_answered() {
    let mock = Mock::strict();
    let many: serde_json::Map<_, _> =
        (0..500).map(|number| (format!("claim-number-{number}"), Value::Null)).collect();
    let request = json!({ "userinfo": many, "id_token": { "a".repeat(10_000): null } });
    let (id_token, userinfo) = given(&mock, &mock.alice(), "openid", &request);
    assert_eq!((&*names(&id_token), &*names(&userinfo)), (PLAIN_ID_TOKEN, PLAIN_USERINFO));
}

#[test]
fn the_product_ignores_the_claims_parameter() {
    let mock = Mock::start();
    let alice = mock.alice();
    let request = json!({ "userinfo": { "email": null }, "id_token": { "email": null } });
    let (id_token, userinfo) = given(&mock, &alice, "openid", &request);
    assert_eq!(
        (&*names(&id_token), &*names(&userinfo)),
        ("auth_time iss iat aud unique_name exp sub nonce at_hash", PLAIN_USERINFO)
    );
    let other = json!({ "id_token": { "sub": { "value": BOB } } }).to_string();
    for claims in ["x", "[]", &other] {
        let more = [("claims", claims), ("prompt", "none")];
        let answer = mock.authorize("bank", Some(&alice), &more);
        assert_eq!(outcome(&answer), PRODUCT_CODE, "{claims}");
    }
}
