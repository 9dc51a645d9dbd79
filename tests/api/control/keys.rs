//! Keys, and any claims signed.

use cyberark_identity_mock::protocol::jwk::SigningAlgorithm;
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::{Value, json};

use crate::harness::{Answer, Jwt, Mock};

fn post(mock: &Mock, path: &str, body: &Value) -> Answer {
    let answer = mock.request("POST", path).json(body).send();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn kids(mock: &Mock) -> Vec<String> {
    let keys = mock.get("/OAuth2/Keys/bank").json();
    let kids = keys["keys"].as_array().expect("a list").iter();
    kids.map(|key| key["kid"].as_str().expect("a string").to_owned()).collect()
}

#[test]
fn keys_are_rotated_and_removed() {
    let mock = Mock::start();
    let old = mock.access_token(&[]);
    let before = kids(&mock);
    let rotated = post(&mock, "/_mock/v1/keys/rotate", &json!({})).json();
    assert_eq!(
        (&rotated[0]["state"], &rotated[1]["state"]),
        (&json!("signing"), &json!("published"))
    );
    assert_eq!(rotated[1]["jwk"]["kid"], before[0].as_str());
    assert!(rotated[0]["jwk"].get("d").is_none());
    mock.verified("bank", &old);
    mock.verified("bank", &mock.access_token(&[]));
    let path = |kid: &str| format!("/_mock/v1/keys/{kid}");
    assert_eq!(mock.request("DELETE", &path(&before[0])).send().status, 204);
    assert_eq!(kids(&mock).len(), 1);
    assert_eq!(mock.request("DELETE", &path(&before[0])).send().status, 404);
    assert_eq!(mock.request("DELETE", &path(&kids(&mock)[0])).send().status, 409);
}

#[test]
fn a_key_is_published_beside_the_one_that_signs() {
    let mock = Mock::start();
    let before = kids(&mock);
    let pem = SigningKey::generate_pem();
    post(&mock, "/_mock/v1/keys", &json!({ "pem": pem }));
    let own = SigningKey::from_pem(&pem).unwrap().jwk().kid.clone();
    assert_eq!(kids(&mock), [before[0].clone(), own]);
    let signed = mock.verified("bank", &mock.access_token(&[]));
    assert_eq!(signed.header["kid"], before[0].as_str());
}

#[test]
fn any_claims_are_signed() {
    let mock = Mock::start();
    let token = |more: Value| {
        let mut body = json!({ "claims": { "sub": "x", "exp": "never" } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        post(&mock, "/_mock/v1/keys/sign", &body).json()["token"].as_str().unwrap().to_owned()
    };
    let signed = mock.verified("bank", &token(json!({ "header": { "typ": "x+jwt", "cty": "y" } })));
    assert_eq!((&signed.claims["exp"], &signed.header["cty"]), (&json!("never"), &json!("y")));
    assert_eq!(
        Jwt::unverified(&token(json!({ "header": { "kid": null } }))).header.get("kid"),
        None
    );
    let none = token(json!({ "signature": "none" }));
    assert!(none.ends_with('.') && Jwt::unverified(&none).header["alg"] == "none", "{none}");
    for bad in ["broken", "foreign"] {
        let forged = token(json!({ "signature": bad }));
        assert_eq!(forged.rsplit('.').next().map(str::len), Some(342), "{bad}");
        assert!(
            mock.tenant.signing_key(SigningAlgorithm::RS256).verify(&forged).is_none(),
            "{bad}"
        );
    }
    let pem = SigningKey::generate_pem();
    let own = SigningKey::from_pem(&pem).unwrap();
    let foreign = token(json!({ "pem": pem }));
    assert_eq!(Jwt::unverified(&foreign).header["kid"], own.jwk().kid.as_str());
    assert!(own.verify(&foreign).is_some());
    assert!(Jwt::unverified(&token(json!({ "algorithm": "ES256" }))).header["alg"] == "ES256");
}
