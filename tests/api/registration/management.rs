//! Reading, changing and ending a registration (RFC 7592).

use std::thread;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{ask, open, redeem, registered, tokens};
use crate::harness::{Answer, CALLBACK, Mock, text};

fn manage(mock: &Mock, method: &str, client: &Value, body: Option<&Value>) -> Answer {
    let path = format!("/OAuth2/Register/open/{}", text(client, "client_id"));
    let request = mock.request(method, &path).bearer(&text(client, "registration_access_token"));
    match body {
        Some(body) => request.json(body).send(),
        None => request.send(),
    }
}

/// The update that changes nothing.
fn same(client: &Value) -> Value {
    let mut same = client.clone();
    for name in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        same.as_object_mut().expect("an object").remove(name);
    }
    same
}

#[test]
fn a_client_stays_when_its_application_is_put_anew() {
    let mock = open(Policy::cyberark());
    let client = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let mut app = mock.get("/_mock/v1/apps/open").json();
    app["name"] = json!("Opened");
    assert_eq!(mock.put("/_mock/v1/apps/open", &app).status, 200);
    assert!(tokens(&mock, &client)["access_token"].is_string());
    mock.request("DELETE", "/_mock/v1/apps/open").send();
    assert_eq!(mock.put("/_mock/v1/apps/open", &app).status, 201);
    let asked = ask(&mock, &client, &[]);
    assert_eq!(asked.callback_parameter("code"), None, "with its application it goes: {asked:?}");
}

#[test]
fn a_registration_is_read_with_its_token() {
    let mock = open(Policy::strict());
    let client = registered(&mock, &json!({ "redirect_uris": [CALLBACK], "client_name": "A" }));
    let path = text(&client, "registration_client_uri");
    let path = path.strip_prefix(&mock.url).expect("a URL of the mock");
    let token = text(&client, "registration_access_token");
    let answer = mock.request("GET", path).bearer(&token).send();
    assert_eq!((answer.status, answer.json()), (200, client));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_wrong_token_opens_nothing() {
    let mock = open(Policy::strict());
    let client = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let other = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let token = text(&client, "registration_access_token");
    let access = text(&tokens(&mock, &client), "access_token");
    let secret = text(&client, "client_secret");
    let id = text(&client, "client_id");
    let foreign = text(&other, "registration_access_token");
    for (id, token) in [
        (&*id, &*foreign),
        (&id, &access),
        (&id, &secret),
        (&id, "x"),
        ("open-client", &token),
        ("unknown", &token),
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let request = mock.request(method, &format!("/OAuth2/Register/open/{id}"));
            let answer = request.bearer(token).json(&same(&client)).send();
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            let start = "Bearer realm=\"registration\", error=\"invalid_token\"";
            assert_eq!(answer.status, 401, "{method} {id}: {answer:?}");
            assert!(challenge.starts_with(start), "{method} {id}: {challenge}");
        }
    }
    let bare = mock.get(&format!("/OAuth2/Register/open/{id}"));
    assert_eq!((bare.status, &*bare.body), (401, ""));
    assert_eq!(bare.header("www-authenticate"), Some("Bearer realm=\"registration\""));
    assert_eq!(manage(&mock, "GET", &client, None).status, 200);
}

#[test]
fn an_update_takes_the_place_of_the_whole_registration() {
    let mock = open(Policy::strict());
    let client = registered(
        &mock,
        &json!({ "redirect_uris": ["https://app.example/old"], "client_name": "A" }),
    );
    let mut update = same(&client);
    update["redirect_uris"] = json!([CALLBACK]);
    update["client_name"] = Value::Null;
    update["token_endpoint_auth_method"] = "client_secret_post".into();
    let answer = manage(&mock, "PUT", &client, Some(&update));
    assert_eq!(answer.status, 200, "{answer:?}");
    let changed = answer.json();
    assert_eq!(changed.get("client_name"), None);
    assert_eq!(changed["client_secret"], client["client_secret"]);
    assert_eq!(manage(&mock, "GET", &client, None).json(), changed);
    let old = ask(&mock, &client, &[("redirect_uri", "https://app.example/old")]);
    assert_eq!(old.status, 400, "{old:?}");
    let code = ask(&mock, &client, &[]).callback_parameter("code").expect("a code");
    assert_eq!(redeem(&mock, &client, &code).error().1, "invalid_client");
    update["token_endpoint_auth_method"] = "none".into();
    let public = manage(&mock, "PUT", &client, Some(&update)).json();
    assert_eq!(public.get("client_secret"), None);
}

#[test]
fn an_update_brings_nothing_that_the_server_decides() {
    let mock = open(Policy::strict());
    let client = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    for (name, value) in [
        ("client_id", json!("other")),
        ("client_id", json!(1)),
        ("client_id", Value::Null),
        ("client_secret", json!("mine")),
        ("client_secret", json!(["mine"])),
        ("registration_access_token", json!("x")),
        ("registration_client_uri", json!("x")),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", json!(0)),
    ] {
        let mut update = same(&client);
        update[name] = value;
        let (status, error, description) = manage(&mock, "PUT", &client, Some(&update)).error();
        assert_eq!((status, &*error), (400, "invalid_request"), "{name}: {description}");
        assert!(description.starts_with(name), "{description}");
    }
    let mut update = same(&client);
    update["redirect_uris"] = json!(["https://app.example/#f"]);
    let refused = manage(&mock, "PUT", &client, Some(&update));
    assert_eq!(refused.error().1, "invalid_redirect_uri");
    assert_eq!(manage(&mock, "GET", &client, None).json(), client);
}

#[test]
fn what_was_granted_ends_with_the_registration() {
    let mock = open(Policy::strict());
    let metadata = json!({
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"],
    });
    let client = registered(&mock, &metadata);
    let tokens = tokens(&mock, &client);
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let answer = manage(&mock, "DELETE", &client, None);
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(manage(&mock, "GET", &client, None).status, 401);
    assert_eq!(manage(&mock, "DELETE", &client, None).status, 401);
    let info = mock.request("GET", "/OAuth2/UserInfo/open").bearer(&access).send();
    assert_eq!(info.status, 401);
    let who = Some(("open-client", "open-secret"));
    for token in [&access, &refresh] {
        let answer = mock.call("/OAuth2/Introspect/open", who, &[("token", token)]);
        assert_eq!(answer.json(), json!({ "active": false }));
    }
    let id = text(&client, "client_id");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let answer =
        mock.call("/OAuth2/Token/open", Some((&id, &text(&client, "client_secret"))), &form);
    assert_eq!(answer.error().1, "invalid_client");
    assert_eq!(mock.authorize("open", Some(&access), &[("client_id", &id)]).status, 400);
    let more = [("prompt", "none"), ("client_id", "open-client")];
    let session = mock.authorize("open", Some(&access), &more);
    assert_eq!(session.callback_parameter("error").as_deref(), Some("login_required"));
}

#[test]
fn a_registration_that_was_removed_does_not_come_back() {
    let mock = open(Policy::strict());
    for _ in 0..20 {
        let client = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
        let update = same(&client);
        thread::scope(|threads| {
            let put = threads.spawn(|| manage(&mock, "PUT", &client, Some(&update)).status);
            let put_too = threads.spawn(|| manage(&mock, "PUT", &client, Some(&update)).status);
            assert_eq!(manage(&mock, "DELETE", &client, None).status, 204);
            for put in [put, put_too] {
                assert!([200, 401].contains(&put.join().expect("no panic")));
            }
        });
        assert_eq!(manage(&mock, "GET", &client, None).status, 401);
    }
}
