//! `GET|POST /OAuth2/Keys/{app}`.

use std::collections::BTreeSet;

use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::{Value, json};

use crate::harness::{Mock, Setup};

fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn the_key_is_published_as_the_product_shapes_it() {
    let mock = Mock::start();
    let keys = mock.get("/OAuth2/Keys/bank").json();
    assert_eq!(names(&keys), ["keys"]);
    let [key] = &keys["keys"].as_array().unwrap()[..] else { panic!("one key: {keys}") };
    assert_eq!(names(key), ["kty", "alg", "use", "kid", "n", "e"]);
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"], &key["e"]),
        (&json!("RSA"), &json!("RS256"), &json!("sig"), &json!("AQAB"))
    );
    let kid = key["kid"].as_str().unwrap();
    assert_eq!(kid.len(), 40);
    assert!(kid.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)), "{kid}");
    assert_eq!(key["n"].as_str().unwrap().len(), 342, "2048 bits in unpadded base64url");
}

#[test]
fn the_keys_are_got_and_posted_for_at_every_spelling_of_the_path() {
    let mock = Mock::start();
    let body = mock.get("/OAuth2/Keys/bank").body;
    for method in ["GET", "POST"] {
        for path in
            ["/OAuth2/Keys/bank/", "/oauth2/keys/bank", "//OAUTH2/Keys//bank", "/OAuth2/Keys/spa"]
        {
            let answer = mock.request(method, path).send();
            assert_eq!((answer.status, &answer.body), (200, &body), "{method} {path}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/json; charset=utf-8"),
                "{path}"
            );
        }
    }
    let with_token = mock.request("GET", "/OAuth2/Keys/bank").bearer("anything").send();
    assert_eq!(with_token.body, body, "a token has no meaning here");
}

#[test]
fn every_token_names_its_key_and_nothing_else_in_its_header() {
    let mock = Mock::start();
    let kid = mock.get("/OAuth2/Keys/bank").json()["keys"][0]["kid"].clone();
    let tokens = mock.tokens(&[]);
    let login = mock.sign_in_answer("alice@example.com", "alice-password");
    for token in [&tokens["id_token"], &tokens["access_token"], &login["Result"]["Token"]] {
        let header = mock.verified("bank", token.as_str().unwrap()).header;
        let names: BTreeSet<_> = names(&header).into_iter().collect();
        assert_eq!(names, BTreeSet::from(["alg", "kid", "typ"]));
        assert_eq!(header, json!({ "typ": "JWT", "alg": "RS256", "kid": kid }));
    }
}

#[test]
fn a_key_with_a_certificate_signs_under_its_thumbprint_beside_the_key_before_it() {
    let ps256 =
        json!({ "application_id": "ps", "client_id": "ps-client", "signing_algorithm": "PS256" });
    let mock = Setup::default().with(&json!({ "apps": [ps256] })).start();
    let old = mock.tokens(&[]);
    let pem = [
        include_str!("../../keys/development-rsa.pem"),
        include_str!("../certificates/development-rsa.crt"),
    ];
    mock.tenant.rotate_key(SigningKey::from_pem(&pem.concat()).unwrap());
    let new = mock.tokens(&[]);
    let [old, new] = [old, new].map(|tokens| {
        let token = tokens["id_token"].as_str().expect("a string").to_owned();
        mock.verified("bank", &token).header["kid"].clone()
    });
    let keys = mock.get("/OAuth2/Keys/bank").json();
    let [first, second] = &keys["keys"].as_array().unwrap()[..] else { panic!("two: {keys}") };
    assert_eq!((&first["kid"], &second["kid"]), (&new, &old));
    assert!(first["x5c"].is_array() && second["x5c"].is_null(), "{keys}");
    let with_ps256 = mock.get("/OAuth2/Keys/ps").json()["keys"][0].clone();
    assert_eq!(with_ps256["x5t"], first["x5t"], "one certificate");
    assert_ne!(with_ps256["kid"], new, "a set may hold the key once for each algorithm");
}

#[test]
fn an_unknown_application_has_no_keys() {
    let mock = Mock::start();
    for method in ["GET", "POST"] {
        for (path, description) in [
            ("/OAuth2/Keys/123", "unknown app 123"),
            ("/OAuth2/Keys", "bad URL"),
            ("/OAuth2/Keys/", "bad URL"),
        ] {
            let answer = mock.request(method, path).send();
            let body = json!({ "error": "invalid_request", "error_description": description });
            assert_eq!((answer.status, answer.body), (400, body.to_string()), "{method} {path}");
        }
    }
}
