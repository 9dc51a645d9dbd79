//! What a client is registered with acts, and is not only answered (RFC 7591 §3.2.1).

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{JWT_BEARER, ask, open, redeem, registered, tokens};
use crate::algorithms::assert_verified;
use crate::harness::{Answer, CALLBACK, ClientKeys, Jwt, Kept, Mock, Shelf, hs256, text, unsigned};

/// The error and description that an answer brings to the client; nothing when it brings none.
fn told(answer: &Answer) -> (String, String) {
    let value = |name| answer.callback_parameter(name).unwrap_or_default();
    (value("error"), value("error_description"))
}

fn with_keys(keys: &ClientKeys, more: &Value) -> Value {
    let mut metadata = json!({ "redirect_uris": [CALLBACK], "jwks": keys.jwks() });
    let more = more.as_object().expect("an object").clone();
    metadata.as_object_mut().expect("an object").extend(more);
    metadata
}

#[test]
fn request_objects_are_of_the_registered_algorithm_alone() {
    let (keys, mock) = (ClientKeys::generate(), open(Policy::strict()));
    for registered_alg in ["none", "HS256", "RS256", "PS256", "ES256", "EdDSA"] {
        let metadata = with_keys(&keys, &json!({ "request_object_signing_alg": registered_alg }));
        let client = registered(&mock, &metadata);
        for used in ["none", "HS256", "RS256", "PS256", "ES256", "EdDSA"] {
            let claims = json!({ "state": "inside" });
            let object = match used {
                "none" => unsigned(&claims),
                "HS256" => hs256(text(&client, "client_secret").as_bytes(), &claims),
                _ => keys.signed(used, &claims),
            };
            let answer = ask(&mock, &client, &[("request", &object)]);
            let expected = if used == registered_alg {
                (String::new(), String::new())
            } else {
                let text = "the client is registered for another algorithm of request objects";
                ("invalid_request_object".to_owned(), text.to_owned())
            };
            assert_eq!(told(&answer), expected, "{registered_alg}: {used}");
        }
    }
}

#[test]
fn assertions_are_of_the_registered_algorithm_alone() {
    let (keys, mock) = (ClientKeys::generate(), open(Policy::strict()));
    let metadata = with_keys(
        &keys,
        &json!({
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "PS256",
        }),
    );
    let client = registered(&mock, &metadata);
    let id = text(&client, "client_id");
    let code = ask(&mock, &client, &[]).callback_parameter("code").expect("a code");
    for used in ["RS256", "ES256", "EdDSA", "PS256"] {
        let claims = json!({
            "iss": id, "sub": id, "aud": mock.issuer("open"), "jti": used,
            "exp": mock.clock.now().seconds() + 60,
        });
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", CALLBACK),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &keys.signed(used, &claims)),
        ];
        let answer = mock.call("/OAuth2/Token/open", None, &form);
        let (status, error, description) = answer.error();
        if used == "PS256" {
            assert_eq!(status, 200, "{answer:?}");
        } else {
            let text = "the client is registered for assertions of PS256";
            assert_eq!((status, &*error, &*description), (401, "invalid_client", text), "{used}");
        }
    }
}

#[test]
fn default_max_age_wants_a_fresh_sign_in_under_both_policies() {
    for (preset, policy) in [("cyberark", Policy::cyberark()), ("strict", Policy::strict())] {
        let mock = open(policy);
        let metadata = json!({
            "redirect_uris": [CALLBACK], "default_max_age": 100, "require_auth_time": true,
        });
        let client = registered(&mock, &metadata);
        let id = text(&client, "client_id");
        let alice = mock.alice();
        let ask = |session: &str, more: &[(&str, &str)]| {
            mock.authorize("open", Some(session), &[&[("client_id", &*id)], more].concat())
        };
        mock.clock.advance(Duration::from_secs(90));
        let code = ask(&alice, &[]).callback_parameter("code").expect("fresh enough");
        let token = text(&redeem(&mock, &client, &code).json(), "id_token");
        let signed_in = mock.verified("open", &token).claims["auth_time"].as_i64().unwrap();
        assert!(mock.clock.now().seconds() - signed_in >= 90, "{preset}: auth_time");
        mock.clock.advance(Duration::from_secs(60));
        let asked = ask(&alice, &[]);
        assert!(asked.location().starts_with("/login?"), "{preset}: {asked:?}");
        let path = format!("/OAuth2/Authorize/open?bounce={}", asked.bounce());
        let back = mock.request("GET", &path).cookie(&mock.alice()).send();
        let code = back.callback_parameter("code").expect("signed in again");
        let token = text(&redeem(&mock, &client, &code).json(), "id_token");
        let again = mock.verified("open", &token).claims["auth_time"].as_i64().unwrap();
        assert!(again - signed_in >= 150, "{preset}: {again} {signed_in}");
        let overridden = ask(&alice, &[("max_age", "10000")]);
        let has_code = overridden.location().starts_with(CALLBACK);
        assert_eq!(has_code, preset == "strict", "{preset}: the product ignores max_age");
        let other = mock.authorize("open", Some(&alice), &[]);
        assert!(other.callback_parameter("code").is_some(), "{preset}: it is this client's own");
    }
}

#[test]
fn default_acr_values_are_those_of_a_request_without_any() {
    let mock = open(Policy::strict());
    let metadata = json!({ "redirect_uris": [CALLBACK], "default_acr_values": ["urn:a", "urn:b"] });
    let client = registered(&mock, &metadata);
    for (sent, expected) in [("", "urn:a"), ("urn:c", "urn:c")] {
        let code = ask(&mock, &client, &[("acr_values", sent)]).callback_parameter("code").unwrap();
        let token = text(&redeem(&mock, &client, &code).json(), "id_token");
        assert_eq!(mock.verified("open", &token).claims["acr"], expected, "{sent:?}");
    }
}

#[test]
fn a_client_keeps_to_the_scope_that_it_registered() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = open(policy);
        let metadata = json!({ "redirect_uris": [CALLBACK], "scope": "openid email" });
        let client = registered(&mock, &metadata);
        let within = ask(&mock, &client, &[("scope", "email openid")]);
        assert!(within.callback_parameter("code").is_some(), "{within:?}");
        let text = "the client is not registered for this scope";
        let beyond = ask(&mock, &client, &[("scope", "openid profile")]);
        assert_eq!(told(&beyond), ("invalid_scope".to_owned(), text.to_owned()));
    }
}

#[test]
fn request_uris_are_fetched() {
    let (shelf, mock) = (Shelf::start(), open(Policy::strict()));
    let document = mock.get("/open/.well-known/openid-configuration").json();
    assert_eq!(
        document["request_uri_parameter_supported"], true,
        "whoever registers may have some"
    );
    assert_eq!(document["require_request_uri_registration"], true);
    let metadata = json!({ "redirect_uris": [CALLBACK], "request_uris": [shelf.url("/o")] });
    let client = registered(&mock, &metadata);
    shelf.keep("/o", Kept::Object(unsigned(&json!({ "state": "inside" }))));
    let answer = ask(&mock, &client, &[("request_uri", &shelf.url("/o"))]);
    assert_eq!(answer.callback_parameter("state").as_deref(), Some("inside"), "{answer:?}");
    let other = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let answer = ask(&mock, &other, &[("request_uri", &shelf.url("/o"))]);
    assert_eq!(told(&answer).0, "invalid_request_uri");
    assert_eq!(shelf.asked(), 1);
}

/// Among them the module `oidcc-idtoken-rs256`.
#[test]
fn id_tokens_are_signed_as_each_client_registered() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = open(policy);
        let document = mock.get("/open/.well-known/openid-configuration").json();
        let all = json!(["RS256", "PS256", "ES256", "EdDSA"]);
        assert_eq!(document["id_token_signing_alg_values_supported"], all);
        let clients = ["RS256", "PS256", "ES256", "EdDSA"].map(|algorithm| {
            let metadata =
                json!({ "redirect_uris": [CALLBACK], "id_token_signed_response_alg": algorithm });
            (algorithm, registered(&mock, &metadata))
        });
        for (algorithm, client) in &clients {
            assert_eq!(client["id_token_signed_response_alg"], *algorithm);
            let tokens = tokens(&mock, client);
            let id_token = text(&tokens, "id_token");
            assert_eq!(Jwt::unverified(&id_token).header["alg"], *algorithm);
            assert_verified(&mock, "open", &id_token);
            let access_token = text(&tokens, "access_token");
            assert_eq!(Jwt::unverified(&access_token).header["alg"], "RS256", "the application's");
        }
        let hint = text(&tokens(&mock, &clients[3].1), "id_token");
        let id = text(&clients[3].1, "client_id");
        let more = [("client_id", &*id), ("id_token_hint", &hint), ("prompt", "none")];
        let answer = mock.authorize("open", Some(&mock.alice()), &more);
        assert!(answer.callback_parameter("code").is_some(), "a hint all the same: {answer:?}");
    }
}

#[test]
fn the_keys_of_an_application_are_those_that_its_clients_need() {
    let mock = open(Policy::strict());
    let algorithms = |mock: &Mock| {
        let keys = mock.get("/OAuth2/Keys/open").json()["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| text(key, "alg")).collect::<Vec<_>>()
    };
    assert_eq!(algorithms(&mock), ["RS256"]);
    registered(
        &mock,
        &json!({ "redirect_uris": [CALLBACK], "id_token_signed_response_alg": "EdDSA" }),
    );
    assert_eq!(algorithms(&mock), ["RS256", "EdDSA"]);
}
