//! `scope` at the authorization endpoint (RFC 6749 §3.3, OpenID Connect Core §3.1.2.1).

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::ask::{ask, ask_at, both_policies};
use super::landing::{Landing, by_policy, outcome};
use crate::harness::{CALLBACK, Mock, Setup};

/// The scope that came with the tokens of an implicit request, or what came instead.
fn granted(mock: &Mock, app: &str, session: &str, scope: &str) -> String {
    let changes = [
        ("client_id", Some(if app == "desk" { "desk-client" } else { "bank-client" })),
        ("response_type", Some("id_token token")),
        ("scope", Some(scope)),
    ];
    let answer = ask_at(mock, app, Some(session), &changes);
    match Landing::of(&answer).get("scope") {
        Some(granted) => granted.to_owned(),
        None => outcome(&answer),
    }
}

#[test]
fn a_scope_is_granted_once_in_the_order_first_named() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (sent, expected) in [
        ("openid", "openid"),
        ("profile openid", "profile openid"),
        ("openid profile email address phone", "openid profile email address phone"),
        ("openid profile openid profile", "openid profile"),
        ("  email   openid ", "email openid"),
    ] {
        assert_eq!(granted(&mock, "bank", &alice, sent), expected, "{sent:?}");
    }
}

#[test]
fn an_app_knows_its_own_scopes_and_no_others() {
    let mock = Setup::default()
        .with(&json!({ "apps": [{
            "application_id": "desk",
            "client_id": "desk-client",
            "client_secret": "desk-secret",
            "redirect_uris": [CALLBACK],
            "scopes": [
                { "name": "ReadUserProfile", "description": "Read the profile" },
                { "name": "https://api.example/all" },
            ],
        }] }))
        .start();
    let alice = mock.alice();
    let unknown = "?error=invalid_scope&error_description=unknown scope requested";
    for (app, sent, expected) in [
        ("desk", "ReadUserProfile openid", "ReadUserProfile openid"),
        ("desk", "openid https://api.example/all", "openid https://api.example/all"),
        ("desk", "openid readuserprofile", unknown),
        ("desk", "openid https://api.example/", unknown),
        ("desk", "OpenID", unknown),
        ("bank", "ReadUserProfile openid", unknown),
        ("bank", "openid offline_access", unknown),
        ("bank", "nothing", unknown),
    ] {
        assert_eq!(granted(&mock, app, &alice, sent), expected, "{app}: {sent}");
    }
}

#[test]
fn a_missing_or_malformed_scope_is_reported_to_the_client() {
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for (sent, text) in [
            (None, "missing scope"),
            (Some(""), "missing scope"),
            (Some("openid \"profile\""), "malformed scope"),
            (Some("openid\tprofile"), "malformed scope"),
            (Some("openid pro\\file"), "malformed scope"),
            (Some("openid \u{e9}"), "malformed scope"),
        ] {
            let answer = ask(&mock, Some(&alice), &[("scope", sent)]);
            let told = format!("?error=invalid_scope&error_description={text}");
            assert_eq!(outcome(&answer), by_policy(policy, &told), "{policy}: {sent:?}");
        }
    }
}

#[test]
fn a_front_channel_id_token_needs_openid() {
    let error = "error=invalid_request&error_description=an ID token needs the scope openid";
    for ((policy, mock), sign) in both_policies().into_iter().zip(["?", "#"]) {
        let alice = mock.alice();
        let types = ["id_token", "id_token token", "code id_token", "code id_token token"];
        for response_type in types {
            let changes = [
                ("response_type", Some(response_type)),
                ("scope", Some("profile")),
                ("nonce", Some("n-0S6")),
            ];
            let answer = ask(&mock, Some(&alice), &changes);
            let told = by_policy(policy, &format!("{sign}{error}"));
            assert_eq!(outcome(&answer), told, "{policy}: {response_type}");
        }
    }
}

#[test]
fn without_openid_a_code_brings_no_id_token() {
    let lenient = json!({ "tenant": { "policy": { "openid_scope": "optional" } } });
    let strict = Setup { policy: Policy::strict(), ..Setup::default() }.with(&lenient).start();
    for (policy, mock) in [("cyberark", Mock::start()), ("strict but for openid", strict)] {
        let alice = mock.alice();
        for response_type in ["code", "code token"] {
            let changes = [("response_type", Some(response_type)), ("scope", Some("profile"))];
            let landing = Landing::of(&ask(&mock, Some(&alice), &changes));
            let tokens = mock.exchange(landing.value("code"), &[]).json();
            assert_eq!(tokens["scope"], "profile", "{policy}: {response_type}");
            assert!(tokens["access_token"].is_string(), "{policy}: {response_type}");
            assert_eq!(tokens.get("id_token"), None, "{policy}: {response_type}");
        }
    }
}
