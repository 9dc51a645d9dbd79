//! Claims of front-channel tokens, whole and in order (identity-developer.cyberark.com/docs/id-tokens
//! and /docs/access-tokens; a published decoded token of
//! cyberark/identity-aws-verified-permissions-demo).

use std::time::Duration;

use serde_json::json;

use super::landing::{Landing, is_opaque_id};
use crate::harness::{Mock, Setup, half_hash};

const ALL: [(&str, &str); 2] =
    [("response_type", "code id_token token"), ("scope", "openid profile email phone")];

#[test]
fn claims_stand_whole_and_in_the_products_order() {
    let mock = Mock::start();
    let before = mock.clock.now().seconds();
    let session = mock.alice();
    let signed_in = mock.clock.now().seconds();
    mock.clock.advance(Duration::from_secs(100));
    let landing = Landing::of(&mock.authorize("bank", Some(&session), &ALL));
    let id_token = mock.verified("bank", landing.value("id_token"));
    let access_token = mock.verified("bank", landing.value("access_token"));
    let number = |name: &str| id_token.claims[name].as_i64().unwrap();
    let (auth_time, iat) = (number("auth_time"), number("iat"));
    assert!((before..=signed_in).contains(&auth_time), "{before} {auth_time} {signed_in}");
    assert!((before + 100..=mock.clock.now().seconds()).contains(&iat), "{iat}");
    let expected = json!({
        "auth_time": auth_time,
        "iss": mock.issuer("bank"),
        "iat": iat,
        "aud": "bank-client",
        "unique_name": "alice@example.com",
        "exp": iat + 18_000,
        "sub": "a11ce000-0000-4000-8000-000000000001",
        "nonce": "n-0S6",
        "at_hash": half_hash(landing.value("access_token")),
        "c_hash": half_hash(landing.value("code")),
        "given_name": "Alice Adams",
        "name": "Alice Adams",
        "email": "alice@example.com",
        "family_name": "Alice Adams",
        "preferred_username": "alice@example.com",
        "email_verified": true,
        "phone_number": "+1 555 0100",
        "phone_number_verified": true,
    });
    assert_eq!(id_token.claims.to_string(), expected.to_string());
    let expected = json!({
        "auth_time": auth_time,
        "iss": mock.issuer("bank"),
        "iat": iat,
        "aud": "bank-client",
        "unique_name": "alice@example.com",
        "exp": iat + 18_000,
        "sub": "a11ce000-0000-4000-8000-000000000001",
        "nonce": "n-0S6",
        "scope": "openid profile email phone",
        "app_id": "bank",
        "jti": access_token.claims["jti"],
    });
    assert_eq!(access_token.claims.to_string(), expected.to_string());
    assert!(is_opaque_id(access_token.claims["jti"].as_str().unwrap()));
}

#[test]
fn a_request_without_nonce_brings_tokens_without_nonce() {
    let mock = Mock::start();
    let more = [("nonce", ""), ("response_type", "id_token token")];
    let landing = Landing::of(&mock.authorize("bank", Some(&mock.alice()), &more));
    for token in ["id_token", "access_token"] {
        let claims = mock.verified("bank", landing.value(token));
        assert!(!claims.names().contains(&"nonce"), "{token}");
    }
}

#[test]
fn claims_of_user_and_app_stand_at_the_top_level_in_any_type() {
    let mock = Setup::default()
        .with(&json!({
            "users": [{
                "name": "carol@example.com",
                "password": "carol-password",
                "claims": { "groups": ["a", "b"], "level": 3, "department": "of the user" },
            }],
            "apps": [{
                "application_id": "desk",
                "client_id": "desk-client",
                "client_secret": "desk-secret",
                "redirect_uris": ["http://localhost:3000/callback"],
                "token_lifetime": "0.00:15:00",
                "claims": { "department": { "of": "the app" }, "active": true, "none": null },
            }],
        }))
        .start();
    let carol = mock.sign_in("carol@example.com", "carol-password");
    let more = [("response_type", "id_token token"), ("scope", "openid")];
    let landing = Landing::of(&mock.authorize("desk", Some(&carol), &more));
    assert_eq!(landing.get("expires_in"), Some("900"));
    for token in ["id_token", "access_token"] {
        let claims = mock.verified("desk", landing.value(token)).claims;
        let custom = ["groups", "level", "department", "active", "none"];
        let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
        assert_eq!(names[names.len() - custom.len()..], custom, "{token}");
        assert_eq!(claims["groups"], json!(["a", "b"]), "{token}");
        assert_eq!(claims["level"], 3, "{token}");
        assert_eq!(claims["department"], json!({ "of": "the app" }), "{token}");
        assert_eq!(claims["active"], true, "{token}");
        assert!(claims["none"].is_null(), "{token}");
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(lifetime, 900, "{token}");
    }
}

#[test]
fn profile_claims_follow_the_scope() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (scope, names) in [
        ("openid", &[][..]),
        ("openid profile", &["given_name", "name", "family_name", "preferred_username"]),
        ("openid email", &["email", "email_verified"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid address", &[]),
    ] {
        let more = [("response_type", "id_token"), ("scope", scope)];
        let landing = Landing::of(&mock.authorize("bank", Some(&alice), &more));
        let id_token = mock.verified("bank", landing.value("id_token"));
        assert_eq!(&id_token.names()[8..], names, "{scope}");
    }
}
