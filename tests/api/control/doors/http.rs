//! Each operation through HTTP.

use serde_json::{Value, json};

use super::ALICE;
use crate::harness::{Answer, CALLBACK, Mock};

type Test = fn(&Mock);

pub(super) const TABLE: &[(&str, Test)] = &[
    ("DELETE ", |mock| resets(mock, "DELETE", "")),
    ("POST /reset", |mock| resets(mock, "POST", "/reset")),
    ("GET /snapshot", |mock| assert_eq!(get(mock, "/snapshot")["tenant"]["id"], "ABC1234")),
    ("PUT /snapshot", |mock| {
        put(mock, "/snapshot", &json!({ "users": [{ "name": "dora" }] }), 204);
        assert_eq!(get(mock, "/users").as_array().map(Vec::len), Some(1));
    }),
    ("GET /tenants", |mock| assert_eq!(get(mock, "/tenants")[0]["name"], "default")),
    ("GET /tenants/{tenant}", |mock| {
        assert_eq!(get(mock, "/tenants/default")["url"], mock.url);
    }),
    ("PUT /tenants/{tenant}", |mock| {
        put(mock, "/tenants/t1", &json!({}), 201);
        assert_eq!(mock.at("t1").get("/health").status, 200);
    }),
    ("DELETE /tenants/{tenant}", |mock| {
        put(mock, "/tenants/t1", &json!({}), 201);
        is_deleted(mock, "/tenants/t1");
    }),
    ("GET /users", |mock| assert_eq!(get(mock, "/users")[0]["name"], ALICE)),
    ("GET /users/{user}", |mock| assert_eq!(get(mock, &format!("/users/{ALICE}"))["name"], ALICE)),
    ("PUT /users/{user}", |mock| {
        put(mock, "/users/dora", &json!({ "name": "dora", "password": "p" }), 201);
        mock.sign_in("dora", "p");
    }),
    ("DELETE /users/{user}", |mock| is_deleted(mock, &format!("/users/{ALICE}"))),
    ("GET /apps", |mock| assert!(get(mock, "/apps").as_array().is_some_and(|all| all.len() > 1))),
    ("GET /apps/{app}", |mock| {
        assert_eq!(get(mock, "/apps/bank")["client_id"], "bank-client");
    }),
    ("PUT /apps/{app}", |mock| {
        put(mock, "/apps/shop", &json!({ "application_id": "shop" }), 201);
        assert_eq!(mock.get("/shop/.well-known/openid-configuration").status, 200);
    }),
    ("DELETE /apps/{app}", |mock| is_deleted(mock, "/apps/bank")),
    ("GET /roles", |mock| assert_eq!(get(mock, "/roles")[0]["name"], "Everybody")),
    ("GET /roles/{role}", |mock| {
        assert_eq!(get(mock, "/roles/System%20Administrator")["members"], json!([ALICE]));
    }),
    ("PUT /roles/{role}", |mock| {
        put(mock, "/roles/r", &json!({ "name": "r", "members": [ALICE] }), 201);
        let roles = get(mock, &format!("/users/{ALICE}"))["roles"].clone();
        assert!(roles.as_array().is_some_and(|roles| roles.contains(&json!("r"))), "{roles}");
    }),
    ("DELETE /roles/{role}", |mock| is_deleted(mock, "/roles/Everybody")),
    ("GET /steering", |mock| assert_eq!(get(mock, "/steering"), json!([]))),
    ("POST /steering", |mock| {
        let added = post(mock, "/steering", &down(), 201);
        assert_eq!(mock.get("/OAuth2/Keys/bank").status, 503);
        assert_eq!(get(mock, "/steering")[0]["id"], added["id"]);
    }),
    ("DELETE /steering", |mock| {
        post(mock, "/steering", &down(), 201);
        send(mock, "DELETE", "/steering", 204);
        assert_eq!(mock.get("/OAuth2/Keys/bank").status, 200);
    }),
    ("GET /steering/{id}", |mock| {
        put(mock, "/steering/e", &down(), 201);
        assert_eq!(get(mock, "/steering/e")["entry"], down());
    }),
    ("PUT /steering/{id}", |mock| {
        put(mock, "/steering/e", &down(), 201);
        put(mock, "/steering/e", &down(), 200);
        assert_eq!(mock.get("/OAuth2/Keys/bank").status, 503);
    }),
    ("DELETE /steering/{id}", |mock| {
        put(mock, "/steering/e", &down(), 201);
        is_deleted(mock, "/steering/e");
    }),
    ("GET /clock", |mock| assert_eq!(get(mock, "/clock")["frozen"], false)),
    ("PUT /clock", |mock| {
        put(mock, "/clock", &json!({ "now": 1000, "frozen": true }), 200);
        assert_eq!(get(mock, "/clock")["seconds"], 1000);
    }),
    ("POST /clock/advance", |mock| {
        put(mock, "/clock", &json!({ "now": 1000, "frozen": true }), 200);
        assert_eq!(post(mock, "/clock/advance", &json!({ "by": 5 }), 200)["seconds"], 1005);
    }),
    ("DELETE /clock", |mock| {
        put(mock, "/clock", &json!({ "now": 1000, "frozen": true }), 200);
        send(mock, "DELETE", "/clock", 200);
        assert!(get(mock, "/clock")["seconds"].as_i64() > Some(1_700_000_000));
    }),
    ("GET /keys", |mock| assert_eq!(get(mock, "/keys")[0]["state"], "signing")),
    ("POST /keys/rotate", |mock| {
        let before = get(mock, "/keys")[0]["jwk"]["kid"].clone();
        assert_ne!(post(mock, "/keys/rotate", &json!({}), 200)[0]["jwk"]["kid"], before);
    }),
    ("POST /keys", |mock| {
        assert_eq!(post(mock, "/keys", &json!({}), 200)[1]["state"], "published");
    }),
    ("DELETE /keys/{kid}", |mock| {
        let added = post(mock, "/keys", &json!({}), 200)[1]["jwk"]["kid"].clone();
        is_removed(mock, &format!("/keys/{}", added.as_str().expect("a text")));
    }),
    ("POST /keys/sign", |mock| {
        let signed = post(mock, "/keys/sign", &json!({ "claims": { "a": 1 } }), 200);
        assert_eq!(mock.verified("bank", text(&signed, "token")).claims, json!({ "a": 1 }));
    }),
    ("POST /mint/id-token", |mock| {
        let minted = post(mock, "/mint/id-token", &json!({ "app": "bank", "user": ALICE }), 201);
        assert_eq!(mock.verified("bank", text(&minted, "token")).claims["aud"], "bank-client");
    }),
    ("POST /mint/access-token", |mock| {
        let minted =
            post(mock, "/mint/access-token", &json!({ "app": "bank", "user": ALICE }), 201);
        assert_eq!(mock.userinfo(text(&minted, "token")).status, 200);
    }),
    ("POST /mint/code", |mock| {
        let wanted = json!({ "app": "bank", "user": ALICE, "redirect_uri": CALLBACK });
        let minted = post(mock, "/mint/code", &wanted, 201);
        assert_eq!(mock.exchange(text(&minted, "code"), &[]).status, 200);
    }),
    ("POST /mint/session", |mock| {
        let minted = post(mock, "/mint/session", &json!({ "user": ALICE }), 201);
        let answer = mock.authorize("bank", Some(text(&minted, "session")), &[]);
        assert!(answer.callback_parameter("code").is_some(), "{answer:?}");
    }),
    ("GET /journal", |mock| {
        mock.get("/health");
        assert_eq!(get(mock, "/journal")[0]["path"], "/health");
    }),
    ("DELETE /journal", |mock| {
        mock.get("/health");
        send(mock, "DELETE", "/journal", 204);
        assert_eq!(get(mock, "/journal"), json!([]));
    }),
    ("GET /journal/wait", |mock| {
        mock.get("/health");
        assert_eq!(get(mock, "/journal/wait?path=/health&timeout=1")[0]["status"], 200);
    }),
    ("GET /journal/har", |mock| {
        mock.get("/health");
        assert_eq!(get(mock, "/journal/har")["log"]["entries"].as_array().map(Vec::len), Some(1));
    }),
    ("GET /live", |mock| {
        mock.alice();
        assert!(get(mock, "/live").to_string().contains(r#""kind":"session""#));
    }),
    ("POST /tokens/verify", |mock| {
        let verdict = post(mock, "/tokens/verify", &json!({ "token": "x" }), 200);
        assert_eq!(verdict["valid"], false);
    }),
];

fn down() -> Value {
    json!({ "when": {}, "answer": { "status": 503 } })
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a text")
}

fn send(mock: &Mock, method: &str, path: &str, status: u16) -> Answer {
    let answer = mock.request(method, &format!("/_mock/v1{path}")).send();
    assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    answer
}

fn get(mock: &Mock, path: &str) -> Value {
    send(mock, "GET", path, 200).json()
}

fn put(mock: &Mock, path: &str, body: &Value, status: u16) {
    let answer = mock.put(&format!("/_mock/v1{path}"), body);
    assert_eq!(answer.status, status, "{path}: {answer:?}");
}

fn post(mock: &Mock, path: &str, body: &Value, status: u16) -> Value {
    let answer = mock.request("POST", &format!("/_mock/v1{path}")).json(body).send();
    assert_eq!(answer.status, status, "{path}: {answer:?}");
    answer.json()
}

fn is_removed(mock: &Mock, path: &str) {
    send(mock, "DELETE", path, 204);
    send(mock, "DELETE", path, 404);
}

fn is_deleted(mock: &Mock, path: &str) {
    is_removed(mock, path);
    send(mock, "GET", path, 404);
}

fn resets(mock: &Mock, method: &str, path: &str) {
    put(mock, "/users/dora", &json!({ "name": "dora" }), 201);
    send(mock, method, path, 204);
    send(mock, "GET", "/users/dora", 404);
}
