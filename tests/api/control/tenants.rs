//! Reset, snapshot, restore; tenants that are put and deleted.

use serde_json::{Value, json};

use crate::harness::Mock;

#[test]
fn a_reset_brings_back_the_fixture_and_ends_every_session() {
    let mock = Mock::start();
    let session = mock.alice();
    mock.put("/_mock/v1/users/dora", &json!({ "name": "dora", "password": "p" }));
    mock.put("/_mock/v1/clock", &json!({ "now": "2040-01-01T00:00:00Z", "frozen": true }));
    for (method, path) in [("DELETE", "/_mock/v1"), ("POST", "/_mock/v1/reset")] {
        assert_eq!(mock.request(method, path).send().status, 204, "{path}");
    }
    assert_eq!(mock.get("/_mock/v1/users/dora").status, 404);
    assert_eq!(mock.get("/_mock/v1/clock").json()["frozen"], false);
    assert!(mock.authorize("bank", Some(&session), &[]).location().starts_with("/login?"));
    assert!(mock.tokens(&[])["id_token"].is_string());
}

#[test]
fn a_snapshot_is_a_fixture_that_restores_the_tenant() {
    let mock = Mock::start();
    mock.put("/_mock/v1/users/dora", &json!({ "name": "dora", "password": "p" }));
    let snapshot = mock.get("/_mock/v1/snapshot").json();
    assert_eq!(snapshot["tenant"]["id"], "ABC1234");
    mock.request("DELETE", "/_mock/v1/users/dora").send();
    mock.request("DELETE", "/_mock/v1/apps/spa").send();
    assert_eq!(mock.put("/_mock/v1/snapshot", &snapshot).status, 204);
    assert_eq!(mock.get("/_mock/v1/snapshot").json(), snapshot);
    mock.sign_in("dora", "p");
    mock.request("DELETE", "/_mock/v1").send();
    assert_eq!(mock.get("/_mock/v1/users/dora").status, 404);
}

#[test]
fn a_tenant_is_made_as_a_copy_of_the_default_or_of_a_document() {
    let mock = Mock::start();
    mock.put("/_mock/v1/users/dora", &json!({ "name": "dora", "password": "p" }));
    let made = mock.put("/_mock/v1/tenants/copy", &json!({}));
    assert_eq!(
        (made.status, made.json()["url"].clone()),
        (201, mock.at("copy").url.clone().into())
    );
    mock.at("copy").sign_in("dora", "p");

    let document = json!({ "users": [{ "name": "erin", "password": "p" }] });
    let made = mock.put("/_mock/v1/tenants/own", &json!({ "document": document }));
    assert_eq!(made.status, 201, "{made:?}");
    mock.at("own").sign_in("erin", "p");
    assert_eq!(
        mock.at("own").sign_in_answer("alice@example.com", "alice-password")["success"],
        false
    );

    let names: Vec<Value> = mock.get("/_mock/v1/tenants").json().as_array().unwrap().clone();
    let names: Vec<&Value> = names.iter().map(|tenant| &tenant["name"]).collect();
    assert_eq!(names, ["default", "copy", "own"]);
    assert_eq!(mock.request("DELETE", "/_mock/v1/tenants/own").send().status, 204);
    assert_eq!(mock.request("DELETE", "/_mock/v1/tenants/own").send().status, 404);
    assert_eq!(mock.at("own").get("/health").status, 404);
}

#[test]
fn putting_a_tenant_again_begins_anew() {
    let mock = Mock::start();
    assert_eq!(mock.put("/_mock/v1/tenants/t1", &json!({})).status, 201);
    let session = mock.at("t1").alice();
    assert_eq!(mock.put("/_mock/v1/tenants/t1", &json!({ "hosts": ["idp.test"] })).status, 200);
    let answer = mock.at("t1").authorize("bank", Some(&session), &[]);
    assert!(answer.location().starts_with("/_tenant/t1/login?"), "{answer:?}");
    assert_eq!(mock.get("/_mock/v1/tenants/t1").json()["hosts"], json!(["idp.test"]));
}

#[test]
fn an_operation_is_about_the_tenant_that_the_path_names() {
    let mock = Mock::start();
    mock.put("/_mock/v1/tenants/t1", &json!({}));
    let dora = json!({ "name": "dora" });
    assert_eq!(mock.put("/_mock/v1/tenants/t1/users/dora", &dora).status, 201);
    assert_eq!(mock.at("t1").get("/_mock/v1/users/dora").status, 200);
    assert_eq!(mock.get("/_mock/v1/users/dora").status, 404);
    assert_eq!(mock.get("/_mock/v1/tenants/default/users/dora").status, 404);
    assert_eq!(mock.request("POST", "/_mock/v1/tenants/t1/reset").send().status, 204);
    assert_eq!(mock.at("t1").get("/_mock/v1/users/dora").status, 404);
}

#[test]
fn two_hundred_tenants_do_not_see_each_other() {
    let mock = Mock::start();
    let check = |number: usize| {
        let (tenant, user) = (format!("t{number}"), format!("user{number}"));
        let document = json!({ "users": [{ "name": user, "password": "p" }] });
        mock.put(&format!("/_mock/v1/tenants/{tenant}"), &json!({ "document": document }));
        let place = mock.at(&tenant);
        place.sign_in(&user, "p");
        let users = place.get("/_mock/v1/users").json();
        assert_eq!(users.as_array().map(Vec::len), Some(1), "{users}");
        assert_eq!(users[0]["name"], user.as_str());
    };
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || (worker * 50..worker * 50 + 50).for_each(check));
        }
    });
    assert_eq!(mock.get("/_mock/v1/tenants").json().as_array().map(Vec::len), Some(201));
}
