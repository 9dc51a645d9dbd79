//! What an authorization request must have.

use serde_json::{Value, json};

use super::Four;
use crate::harness::{
    Answer, CALLBACK, ClientKeys, Mock, Setup, hs256, text, unsigned, with_signing_client,
};
use cyberark_identity_mock::tenant::policy::Policy;

const CHALLENGE: [(&str, &str); 2] = [
    ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ("code_challenge_method", "S256"),
];

/// The description of the error at the redirect URI, if there is one.
fn error(answer: &Answer) -> Option<String> {
    answer.callback_parameter("error_description")
}

#[test]
fn a_public_client_brings_a_code_challenge() {
    let four = Four::start("pkce", "optional", "public_clients");
    for (demands, mock) in four.sides() {
        let alice = mock.alice();
        for response_type in ["code", "code id_token"] {
            let wanted = ("response_type", response_type);
            let missing = error(&mock.authorize("spa", Some(&alice), &[wanted]));
            let text = "missing code_challenge".to_owned();
            assert_eq!(missing, demands.then_some(text), "{response_type}");
            let with = [&CHALLENGE[..], &[wanted]].concat();
            assert_eq!(error(&mock.authorize("spa", Some(&alice), &with)), None, "{response_type}");
            assert_eq!(error(&mock.authorize("bank", Some(&alice), &[wanted])), None);
        }
        let no_code = [("response_type", "id_token")];
        assert_eq!(error(&mock.authorize("spa", Some(&alice), &no_code)), None);
    }
}

#[test]
fn pkce_can_be_required_of_one_application_under_both_presets() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let desk = json!({
            "application_id": "desk", "client_id": "desk-client", "client_secret": "desk-secret",
            "redirect_uris": [CALLBACK], "policy": { "pkce": "required" },
        });
        let setup = Setup { policy, ..Setup::default() };
        let mock = setup.with(&json!({ "apps": [desk] })).start();
        let alice = mock.alice();
        let missing = error(&mock.authorize("desk", Some(&alice), &[]));
        assert_eq!(missing.as_deref(), Some("missing code_challenge"));
        assert_eq!(error(&mock.authorize("desk", Some(&alice), &CHALLENGE)), None);
        assert_eq!(error(&mock.authorize("bank", Some(&alice), &[])), None);
    }
}

#[test]
fn a_sign_in_asks_for_the_scope_openid() {
    let four = Four::start("openid_scope", "optional", "required");
    for (demands, mock) in four.sides() {
        let alice = mock.alice();
        let answer = mock.authorize("bank", Some(&alice), &[("scope", "profile")]);
        let text = "missing scope openid".to_owned();
        assert_eq!(error(&answer), demands.then_some(text));
        assert_eq!(error(&mock.authorize("bank", Some(&alice), &[("scope", "openid")])), None);
    }
}

#[test]
fn userinfo_takes_a_token_with_the_scope_openid() {
    let strict_like = |policy, fields: Value| {
        let all = ["AuthorizationCode", "ResourceCreds"];
        let desk = json!({
            "application_id": "desk", "client_id": "desk-client", "client_secret": "desk-secret",
            "redirect_uris": [CALLBACK], "allowed_auth": all, "policy": fields,
        });
        let setup = Setup { policy, ..Setup::default() };
        setup.with(&json!({ "apps": [desk] })).start()
    };
    let required = json!({ "openid_scope": "required" });
    for (case, mock, status) in [
        ("product", strict_like(Policy::cyberark(), json!({})), 200),
        ("product that demands it", strict_like(Policy::cyberark(), required), 401),
        ("strict", strict_like(Policy::strict(), json!({})), 403),
    ] {
        for (scope, expected) in [("profile", status), ("openid profile", 200)] {
            let form = [
                ("grant_type", "password"),
                ("username", "alice@example.com"),
                ("password", "alice-password"),
                ("scope", scope),
            ];
            let answer =
                mock.call("/OAuth2/Token/desk", Some(("desk-client", "desk-secret")), &form);
            let token = text(&answer.json(), "access_token");
            let answer = mock.request("GET", "/OAuth2/UserInfo/desk").bearer(&token).send();
            assert_eq!(answer.status, expected, "{case}, {scope}: {answer:?}");
            if expected == 403 {
                let challenge = answer.header("www-authenticate").unwrap();
                assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
            }
        }
    }
}

#[test]
fn a_redirect_uri_in_the_clear_stays_on_the_machine() {
    let uris = ["http://app.example/cb", "https://app.example/cb", "com.example.app:/cb", CALLBACK];
    for (policy, refuses) in [(Policy::cyberark(), false), (Policy::strict(), true)] {
        let desk = json!({
            "application_id": "desk", "client_id": "desk-client", "client_secret": "desk-secret",
            "redirect_uris": uris,
        });
        let setup = Setup { policy, ..Setup::default() };
        let mock = setup.with(&json!({ "apps": [desk] })).start();
        let alice = mock.alice();
        for uri in uris {
            let answer = mock.authorize("desk", Some(&alice), &[("redirect_uri", uri)]);
            let is_refused = refuses && uri == uris[0];
            assert_eq!(answer.status, if is_refused { 400 } else { 302 }, "{uri}");
        }
    }
}

#[test]
fn an_s256_challenge_is_base64url() {
    for mock in [Mock::start(), Mock::strict()] {
        let alice = mock.alice();
        for last in [".", "~", "=", "+"] {
            let challenge = format!("{}{last}", &CHALLENGE[0].1[..42]);
            let sent = [("code_challenge", challenge.as_str()), CHALLENGE[1]];
            assert!(error(&mock.authorize("bank", Some(&alice), &sent)).is_some(), "{challenge}");
        }
    }
}

/// The error of a request to `desk` with this object and what is beside it.
fn object_error(mock: &Mock, alice: &str, object: &str, without: &str) -> String {
    let beside = [
        ("client_id", "desk-client"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("request", object),
    ];
    let kept: Vec<_> = beside.into_iter().filter(|(name, _)| *name != without).collect();
    let request = mock.request("GET", "/OAuth2/Authorize/desk").query(&kept).cookie(alice);
    let answer = request.send();
    if answer.status == 400 {
        return "page".to_owned();
    }
    error(&answer).unwrap_or_default()
}

#[test]
fn a_request_object_is_for_this_issuer_and_for_now() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let product = with_signing_client(Policy::cyberark(), &ClientKeys::generate()).start();
    let (alice, alice_at_product) = (mock.alice(), product.alice());
    let (now, issuer) = (mock.clock.now().seconds(), mock.issuer("desk"));
    for (name, value, expected) in [
        ("iss", json!("desk-client"), ""),
        ("iss", json!("bank-client"), "iss of the request object is not its client"),
        ("iss", json!(1), "iss of the request object is not its client"),
        ("aud", json!(issuer), ""),
        ("aud", json!(["https://other.example/", issuer]), ""),
        ("aud", json!("https://other.example/"), "aud of the request object is not this issuer"),
        ("aud", json!([]), "aud of the request object is not this issuer"),
        ("exp", json!(now + 600), ""),
        ("exp", json!(now - 1), "the request object has expired"),
        ("exp", json!("never"), "the request object has expired"),
        ("nbf", json!(now - 1), ""),
        ("nbf", json!(now + 600), "the request object is not valid yet"),
        ("nbf", json!("later"), "the request object is not valid yet"),
        ("sub", json!("desk-client"), "sub of a request object is not its client"),
    ] {
        let mut members = json!({
            "client_id": "desk-client", "response_type": "code", "scope": "openid", "state": "x",
        });
        members[name] = value.clone();
        for object in [unsigned(&members), hs256(b"desk-secret", &members)] {
            assert_eq!(object_error(&mock, &alice, &object, ""), expected, "{name} {value}");
            let ignored = object_error(&product, &alice_at_product, &object, "");
            assert_eq!(ignored, "", "{name} {value}");
        }
    }
}

#[test]
fn a_replayed_request_object_is_good_until_it_expires() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let now = mock.clock.now().seconds();
    let members = json!({ "client_id": "desk-client", "exp": now + 60 });
    let object = hs256(b"desk-secret", &members);
    for _ in 0..2 {
        assert_eq!(object_error(&mock, &mock.alice(), &object, ""), "");
    }
    mock.clock.advance(std::time::Duration::from_secs(61));
    let replayed = object_error(&mock, &mock.alice(), &object, "");
    assert_eq!(replayed, "the request object has expired");
}

#[test]
fn an_oversized_request_object_is_not_read() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let object = unsigned(&json!({ "state": "x".repeat(70_000) }));
    let answer = mock.post("/OAuth2/Authorize/desk", &[("request", &object)]);
    assert_eq!(answer.status, 413, "{answer:?}");
}

#[test]
fn what_is_required_stands_beside_the_request_object_too() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let alice = mock.alice();
    let object = unsigned(&json!({
        "client_id": "desk-client", "response_type": "code", "scope": "openid",
    }));
    for (without, expected) in [
        ("", ""),
        ("client_id", "page"),
        ("response_type", "response_type must stand beside the request object"),
        ("scope", "scope openid must stand beside the request object"),
    ] {
        assert_eq!(object_error(&mock, &alice, &object, without), expected, "{without}");
    }
}
