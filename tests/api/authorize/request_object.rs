//! `request` and `request_uri` (OpenID Connect Core §6).

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::landing::{Landing, Place, outcome};
use crate::harness::{
    Answer, CALLBACK, CLIENT_ALGORITHMS, ClientKeys, Mock, hs256, jwt, unsigned,
    with_signing_client,
};

const CODE: &str = "?state=inside&code=*&iss=/desk/";
const OTHER: &str = "http://localhost:3000/other";

fn strict(keys: &ClientKeys) -> Mock {
    with_signing_client(Policy::strict(), keys).start()
}

/// Asks at `desk` with exactly these parameters.
fn ask(mock: &Mock, session: &str, query: &[(&str, &str)]) -> Answer {
    mock.request("GET", "/OAuth2/Authorize/desk").query(query).cookie(session).send()
}

/// What must stand beside an object, and the object.
fn beside(object: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", "desk-client"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("request", object),
    ]
}

/// Members of an object that is good.
fn members() -> Value {
    json!({
        "client_id": "desk-client", "response_type": "code", "redirect_uri": CALLBACK,
        "scope": "openid email", "state": "inside", "nonce": "n-inside",
    })
}

/// The ID token that the answer's code brings at `desk`.
fn id_token(mock: &Mock, answer: &Answer) -> Value {
    let code = Landing::of(answer).value("code").to_owned();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let answer = mock.call("/OAuth2/Token/desk", Some(("desk-client", "desk-secret")), &form);
    let tokens = answer.json();
    let token = tokens["id_token"].as_str().unwrap_or_else(|| panic!("{answer:?}"));
    let mut claims = mock.verified("desk", token).claims;
    claims["granted"] = tokens["scope"].clone();
    claims
}

#[test]
fn what_the_object_says_goes_before_what_stands_beside_it() {
    let keys = ClientKeys::generate();
    let mock = strict(&keys);
    let alice = mock.alice();
    let signed = CLIENT_ALGORITHMS.map(|name| (name, keys.signed(name, &members())));
    let others = [("unsigned", unsigned(&members())), ("HS256", hs256(b"desk-secret", &members()))];
    for (case, object) in others.into_iter().chain(signed) {
        let mut query = beside(&object);
        query.extend([("state", "beside"), ("nonce", "n-beside")]);
        let answer = ask(&mock, &alice, &query);
        assert_eq!(outcome(&answer), CODE, "{case}");
        let claims = id_token(&mock, &answer);
        assert_eq!(
            (&claims["nonce"], &claims["granted"]),
            (&json!("n-inside"), &json!("openid email")),
            "{case}"
        );
    }
}

#[test]
fn what_the_object_leaves_out_is_taken_from_beside() {
    let mock = strict(&ClientKeys::generate());
    let object = unsigned(&json!({ "nonce": "n-inside" }));
    let mut query = beside(&object);
    query.push(("state", "beside"));
    let answer = ask(&mock, &mock.alice(), &query);
    assert_eq!(outcome(&answer), "?state=beside&code=*&iss=/desk/");
    assert_eq!(id_token(&mock, &answer)["nonce"], "n-inside");
}

#[test]
fn the_redirect_uri_may_stand_inside_and_is_checked_there() {
    let mock = strict(&ClientKeys::generate());
    let alice = mock.alice();
    let object = unsigned(&members());
    let mut query = beside(&object);
    query.retain(|(name, _)| *name != "redirect_uri");
    assert_eq!(outcome(&ask(&mock, &alice, &query)), CODE, "inside alone");
    let foreign = unsigned(&json!({ "redirect_uri": OTHER }));
    let answer = ask(&mock, &alice, &beside(&foreign));
    assert_eq!(outcome(&answer), "page 400 invalid_request", "inside, and not the client's");
}

#[test]
fn state_and_mode_may_stand_inside_alone() {
    let mock = strict(&ClientKeys::generate());
    let mut inside = members();
    inside["response_mode"] = json!("form_post");
    let object = unsigned(&inside);
    let landing = Landing::of(&ask(&mock, &mock.alice(), &beside(&object)));
    assert_eq!((landing.place, landing.target.as_str()), (Place::Form, CALLBACK));
    assert_eq!(landing.value("state"), "inside");
    inside["scope"] = json!("openid unknown");
    let object = unsigned(&inside);
    let refused = outcome(&ask(&mock, &mock.alice(), &beside(&object)));
    let expected =
        "=error=invalid_scope&error_description=unknown scope requested&state=inside&iss=/desk/";
    assert_eq!(refused, expected, "an error goes the same way");
}

#[test]
fn members_keep_their_json_types() {
    let mock = strict(&ClientKeys::generate());
    let alice = mock.alice();
    let mut inside = members();
    inside["claims"] = json!({ "id_token": { "email": { "essential": true } } });
    let object = unsigned(&inside);
    let claims = id_token(&mock, &ask(&mock, &alice, &beside(&object)));
    assert_eq!(claims["email"], "alice@example.com");
    mock.clock.advance(Duration::from_secs(100));
    for (max_age, expected) in [(10, "login"), (1_000, CODE)] {
        let mut inside = members();
        inside["max_age"] = json!(max_age);
        let object = unsigned(&inside);
        assert_eq!(outcome(&ask(&mock, &alice, &beside(&object))), expected, "{max_age}");
    }
}

#[test]
fn the_object_is_kept_while_the_user_signs_in() {
    let mock = strict(&ClientKeys::generate());
    let object = unsigned(&members());
    let asked = mock.request("GET", "/OAuth2/Authorize/desk").query(&beside(&object)).send();
    let alice = mock.alice();
    let answer = ask(&mock, &alice, &[("bounce", &asked.bounce())]);
    assert_eq!(outcome(&answer), CODE);
    assert_eq!(id_token(&mock, &answer)["nonce"], "n-inside");
}

/// Objects that are refused, each with the reason that the client is told.
fn bad_objects(keys: &ClientKeys) -> Vec<(&'static str, &'static str, String)> {
    const UNREADABLE: &str = "the request object is malformed, or not signed by the client";
    const NESTED: &str = "a request object holds no other request object";
    let with = |name: &str, value: &str| {
        let mut members = members();
        members[name] = json!(value);
        members
    };
    let good = keys.signed("ES256", &members());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let [header, _] = message.split('.').collect::<Vec<_>>()[..] else { panic!("{message}") };
    let tampered = unsigned(&with("state", "evil"));
    let tampered = tampered.split('.').nth(1).expect("claims");
    let foreign = ClientKeys::generate();
    let client = "client_id differs inside and beside the request object";
    let response_type = "response_type differs inside and beside the request object";
    vec![
        ("client_id", client, unsigned(&with("client_id", "bank-client"))),
        ("response_type", response_type, unsigned(&with("response_type", "code id_token"))),
        ("nested", NESTED, unsigned(&with("request", &good))),
        ("nested reference", NESTED, unsigned(&with("request_uri", "https://x/"))),
        ("a word", UNREADABLE, "x".to_owned()),
        ("two parts", UNREADABLE, message.to_owned()),
        ("four parts", UNREADABLE, format!("{good}.{signature}")),
        ("no signature", UNREADABLE, format!("{message}.")),
        ("tampered", UNREADABLE, format!("{header}.{tampered}.{signature}")),
        ("none with a signature", UNREADABLE, jwt("none", &members(), |_| vec![1])),
        ("NONE", UNREADABLE, jwt("NONE", &members(), |_| Vec::new())),
        ("RS256 of somebody", UNREADABLE, foreign.signed("RS256", &members())),
        ("ES256 of somebody", UNREADABLE, foreign.signed("ES256", &members())),
        ("EdDSA of somebody", UNREADABLE, foreign.signed("EdDSA", &members())),
        ("HS256 of somebody", UNREADABLE, hs256(b"bank-secret", &members())),
        ("HS256 with the public key", UNREADABLE, hs256(keys.rsa_public(), &members())),
        ("a list", UNREADABLE, unsigned(&json!(["client_id"]))),
        ("10,000 characters", UNREADABLE, "a".repeat(10_000)),
    ]
}

#[test]
fn a_bad_object_is_told_to_the_client() {
    let keys = ClientKeys::generate();
    let mock = strict(&keys);
    let alice = mock.alice();
    for (case, reason, object) in bad_objects(&keys) {
        let mut query = beside(&object);
        query.push(("state", "beside"));
        let expected = format!(
            "?error=invalid_request_object&error_description={reason}&state=beside&iss=/desk/"
        );
        assert_eq!(outcome(&ask(&mock, &alice, &query)), expected, "{case}");
    }
}

#[test]
fn a_bad_object_without_a_proven_client_is_told_on_a_page() {
    let mock = strict(&ClientKeys::generate());
    let alice = mock.alice();
    for (case, changed) in [
        ("no redirect URI", ("redirect_uri", "")),
        ("another's redirect URI", ("redirect_uri", OTHER)),
        ("no URI at all", ("redirect_uri", "x")),
        ("another client", ("client_id", "bank-client")),
    ] {
        let mut query = beside("x");
        query.retain(|(name, _)| *name != changed.0);
        query.push(changed);
        let answer = ask(&mock, &alice, &query);
        assert_eq!(outcome(&answer), "page 400 invalid_request_object", "{case}");
    }
}

#[test]
fn an_object_by_reference_is_not_supported_where_no_client_has_request_uris() {
    let mock = strict(&ClientKeys::generate());
    let mut query = beside("");
    query.extend([("request_uri", "https://client.example/object"), ("state", "beside")]);
    let expected = "?error=request_uri_not_supported&error_description=request objects are read by \
                    value only: no client has request_uris&state=beside&iss=/desk/";
    assert_eq!(outcome(&ask(&mock, &mock.alice(), &query)), expected);
}

#[test]
fn the_product_ignores_request_objects() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::cyberark(), &keys).start();
    let alice = mock.alice();
    for object in [unsigned(&members()), "x".to_owned()] {
        let mut query = beside(&object);
        query.extend([("state", "beside"), ("request_uri", "https://client.example/object")]);
        let answer = ask(&mock, &alice, &query);
        assert_eq!(outcome(&answer), "?state=beside&responseType=code&code=*");
        assert_eq!(id_token(&mock, &answer)["granted"], "openid");
    }
}
