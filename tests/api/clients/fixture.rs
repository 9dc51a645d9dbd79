//! What a fixture may say about further clients.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::{Tenant, TenantParts};
use serde_json::json;

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
        let mut whole = json!({ "application_id": "x" });
        whole.as_object_mut().unwrap().extend(app.as_object().unwrap().clone());
        let text = json!({ "apps": [whole] }).to_string();
        let error = match fixtures::from_text("x.json", &text) {
            Err(error) => error.to_string(),
            Ok(document) => Tenant::new(document, TenantParts::default()).unwrap_err().to_string(),
        };
        assert!(error.contains(expected), "{error}");
    }
}
