//! Users, applications and roles.

use serde_json::json;

use crate::harness::{CALLBACK, Jwt, Mock, Setup};

#[test]
fn a_user_is_added_changed_and_deleted() {
    let mock = Mock::start();
    let path = "/_mock/v1/users/dora@example.com";
    let before = mock.get("/_mock/v1/users").json();
    let mut dora = json!({ "name": "dora@example.com", "password": "one", "mail": "d@x" });
    assert_eq!(mock.put(path, &dora).status, 201);
    assert_eq!(mock.put(path, &dora).status, 200);
    assert_eq!(mock.get(path).json(), dora);
    let session = mock.sign_in("dora@example.com", "one");
    dora["password"] = json!("two");
    mock.put("/_mock/v1/users/DORA%40example.com", &dora);
    mock.sign_in("dora@example.com", "two");
    assert_eq!(mock.sign_in_answer("dora@example.com", "one")["success"], false);
    assert_eq!(mock.request("DELETE", path).send().status, 204);
    assert_eq!(mock.request("DELETE", path).send().status, 404);
    assert!(mock.authorize("bank", Some(&session), &[]).location().starts_with("/login?"));
    assert_eq!(mock.get("/_mock/v1/users").json(), before);
}

#[test]
fn a_user_with_a_slash_in_the_name_has_a_path() {
    let mock = Mock::start();
    let path = "/_mock/v1/users/DOM%2Fdora";
    assert_eq!(mock.put(path, &json!({ "name": "DOM/dora" })).status, 201);
    assert_eq!(mock.get(path).json()["name"], "DOM/dora");
}

#[test]
fn an_application_is_added_changed_and_deleted() {
    let mock = Mock::start();
    let path = "/_mock/v1/apps/shop";
    let mut shop = json!({
        "application_id": "shop", "client_id": "shop-client", "redirect_uris": [CALLBACK],
    });
    assert_eq!(mock.put(path, &shop).status, 201);
    let alice = mock.alice();
    let pkce = [("code_challenge", "x".repeat(43))];
    let pkce: Vec<(&str, &str)> =
        pkce.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = mock.authorize("shop", Some(&alice), &pkce);
    assert!(answer.callback_parameter("code").is_some(), "{answer:?}");
    shop["redirect_uris"] = json!(["https://elsewhere.example/"]);
    assert_eq!(mock.put(path, &shop).status, 200);
    assert_eq!(mock.authorize("shop", Some(&alice), &pkce).status, 400);
    assert_eq!(mock.get(path).json()["redirect_uris"], shop["redirect_uris"]);
    assert_eq!(mock.request("DELETE", path).send().status, 204);
    assert_eq!(mock.get("/shop/.well-known/openid-configuration").status, 400);
    assert_eq!(mock.get(path).status, 404);
}

#[test]
fn every_member_of_a_snapshot_can_be_put() {
    let mock = Mock::start();
    let snapshot = mock.get("/_mock/v1/snapshot").json();
    for (list, name) in [("users", "name"), ("apps", "application_id")] {
        for member in snapshot[list].as_array().unwrap() {
            let path = format!("/_mock/v1/{list}/{}", member[name].as_str().unwrap());
            let answer = mock.put(&path, member);
            assert_eq!((answer.status, answer.json()), (200, member.clone()), "{path}");
        }
    }
    assert_eq!(mock.get("/_mock/v1/snapshot").json(), snapshot);
}

#[test]
fn a_role_is_given_and_taken() {
    let mock = Mock::start();
    let members = json!({ "members": ["alice@example.com", "bob@example.com"] });
    assert_eq!(mock.put("/_mock/v1/roles/Auditors", &members).status, 201);
    let only_bob = json!({ "members": ["BOB@example.com"] });
    assert_eq!(mock.put("/_mock/v1/roles/Auditors", &only_bob).status, 200);
    let role = mock.get("/_mock/v1/roles/Auditors").json();
    assert_eq!(role, json!({ "name": "Auditors", "members": ["bob@example.com"] }));
    let has = |user: &str| {
        let user = mock.get(&format!("/_mock/v1/users/{user}@example.com")).json();
        user["roles"].as_array().is_some_and(|roles| roles.contains(&json!("Auditors")))
    };
    assert_eq!((has("alice"), has("bob")), (false, true));
    let unknown = mock.put("/_mock/v1/roles/Auditors", &json!({ "members": ["nobody"] }));
    assert_eq!((unknown.status, unknown.json()["pointer"].clone()), (400, json!("/members/0")));
    assert_eq!(mock.request("DELETE", "/_mock/v1/roles/Auditors").send().status, 204);
    assert_eq!((has("bob"), mock.get("/_mock/v1/roles/Auditors").status), (false, 404));
}

#[test]
fn a_role_of_a_fixture_is_put_unchanged_and_needs_no_members() {
    let auditors = json!({
        "name": "Auditors", "description": "They read", "members": ["bob@example.com"],
    });
    let mock = Setup::default().with(&json!({ "roles": [auditors, { "name": "Empty" }] })).start();
    assert_eq!(mock.get("/_mock/v1/roles/Auditors").json(), auditors);
    assert_eq!(mock.get("/_mock/v1/roles/Empty").json(), json!({ "name": "Empty", "members": [] }));
    for status in [200, 204, 201] {
        let answer = match status {
            204 => mock.request("DELETE", "/_mock/v1/roles/Auditors").send(),
            _ => mock.put("/_mock/v1/roles/Auditors", &auditors),
        };
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let bob = mock.sign_in_answer("bob@example.com", "bob-password");
    let token = Jwt::unverified(bob["Result"]["Token"].as_str().unwrap());
    assert!(
        token.claims["user_roles"].as_array().unwrap().contains(&json!("Auditors")),
        "{token:?}"
    );
    let snapshot = mock.get("/_mock/v1/snapshot").json();
    assert_eq!(
        snapshot["roles"],
        json!([
            { "name": "Auditors", "description": "They read", "members": [] },
            { "name": "Empty", "members": [] },
        ]),
        "the members stand with the users"
    );
    assert_eq!(mock.put("/_mock/v1/snapshot", &snapshot).status, 204);
    assert_eq!(mock.get("/_mock/v1/roles/Auditors").json(), auditors);
}

#[test]
fn a_clients_key_may_have_what_belongs_to_keys_of_another_type() {
    let mock = Mock::start();
    let key = json!({ "kty": "OKP", "x": "", "n": {}, "e": 7, "y": null });
    let app = json!({ "application_id": "a", "jwks": { "keys": [key] } });
    let answer = mock.put("/_mock/v1/apps/a", &app);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.json()["jwks"]["keys"], json!([{ "kty": "OKP", "x": "" }]));
}
