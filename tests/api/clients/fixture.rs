//! What a fixture may say about further clients.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::{Tenant, TenantParts};
use serde_json::{Value, json};

#[test]
fn clients_that_contradict_a_rule_are_refused_with_their_path() {
    for (app, expected) in [
        (
            json!({ "clients": [{ "client_id": "a" }, { "client_id": "a" }] }),
            r#"apps[0].clients[1].client_id: "a": another client of the application has it"#,
        ),
        (
            json!({ "client_id": "a", "clients": [{ "client_id": "a" }] }),
            r#"apps[0].clients[0].client_id: "a": another client"#,
        ),
        (
            json!({ "allowed_clients": ["a"], "clients": [{ "client_id": "a" }] }),
            r#"apps[0].clients[0].client_id: "a": another client"#,
        ),
        (json!({ "clients": [{ "client_id": "" }] }), "apps[0].clients[0].client_id: \"\""),
        (
            json!({ "clients": [{ "client_id": "a", "client_secret": "" }] }),
            "apps[0].clients[0].client_secret: \"\"",
        ),
        (
            json!({ "clients": [{
                "client_id": "a", "token_endpoint_auth_method": "client_secret_jwt",
            }] }),
            "apps[0].clients[0].client_secret: none: client_secret_jwt needs one",
        ),
        (
            json!({ "clients": [{
                "client_id": "a", "token_endpoint_auth_method": "private_key_jwt",
            }] }),
            "apps[0].clients[0].jwks: none",
        ),
        (
            json!({ "clients": [{ "client_id": "a", "response_types": ["none"] }] }),
            "apps[0].clients[0].response_types[0]: response type",
        ),
        (json!({ "clients": [{ "id": "a" }] }), "apps[0].clients[0].id: unknown field"),
    ] {
        assert_refused(&app, expected);
    }
}

#[test]
fn rules_of_how_clients_sign_and_ask_are_named_too() {
    for (app, expected) in [
        (
            json!({ "clients": [{ "client_id": "a", "token_endpoint_auth_signing_alg": "none" }] }),
            "apps[0].clients[0].token_endpoint_auth_signing_alg: none: an assertion has to be signed",
        ),
        (
            json!({ "token_endpoint_auth_signing_alg": "none" }),
            "apps[0].token_endpoint_auth_signing_alg: none: an assertion has to be signed",
        ),
        (
            json!({ "clients": [{
                "client_id": "a", "client_secret": "b", "jwks": { "keys": [] },
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "HS256",
            }] }),
            "token_endpoint_auth_signing_alg: HS256: it is of client_secret_jwt, not of private_key_jwt",
        ),
        (
            json!({ "request_uris": ["http://app.example/r"] }),
            "apps[0].request_uris[0]: request URI \"http://app.example/r\": expected an https URI",
        ),
        (
            json!({ "clients": [{ "client_id": "a", "scope": "a\"b" }] }),
            "apps[0].clients[0].scope: scope \"a\\\"b\": expected scope tokens",
        ),
        (json!({ "default_max_age": -1 }), "apps[0].default_max_age: "),
    ] {
        assert_refused(&app, expected);
    }
}

/// Asserts that an application with these members is refused in these words.
fn assert_refused(app: &Value, expected: &str) {
    let mut whole = json!({ "application_id": "x" });
    let members = whole.as_object_mut().expect("an object");
    members.extend(app.as_object().expect("an object").clone());
    let text = json!({ "apps": [whole] }).to_string();
    let error = match fixtures::from_text("x.json", &text) {
        Err(error) => error.to_string(),
        Ok(document) => {
            Tenant::new(document, TenantParts::default()).expect_err("a rule is broken").to_string()
        }
    };
    assert!(error.contains(expected), "{error}");
}
