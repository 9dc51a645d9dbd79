//! Bad input: a problem document that names the member, and nothing has changed.

use serde_json::{Value, json};

use crate::harness::Mock;

/// Method, path, body; the pointer and a part of the detail.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    ("PUT", "/users/a", r#"{"name":"a","pass":"b"}"#, "/pass", "unknown field `pass`"),
    ("PUT", "/users/a", r#"{"name":7}"#, "/name", "invalid type: integer `7`"),
    ("PUT", "/users/a", r#"{"name":"b"}"#, "/name", "the path names \"a\""),
    (
        "PUT",
        "/users/a",
        r#"{"name":"a","claims":{"iss":"x"}}"#,
        "/claims/iss",
        "the server computes",
    ),
    ("PUT", "/users/a", "[]", "", "expected a JSON object"),
    ("PUT", "/users/a", "", "", "expected a JSON object"),
    ("PUT", "/users/a", "{} {}", "", "missing field `name`"),
    ("PUT", "/users/a", r#"{"name":"a"} x"#, "", "trailing characters"),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","token_lifetime":-1}"#,
        "/token_lifetime",
        "lifetime -1",
    ),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","token_lifetime":1e300}"#,
        "/token_lifetime",
        "invalid",
    ),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","redirect_uris":["/x"]}"#,
        "/redirect_uris/0",
        "absolute URI",
    ),
    ("PUT", "/apps/a%2Fb", r#"{"application_id":"a/b"}"#, "/application_id", "expected letters"),
    ("PUT", "/clock", r#"{"now":"300000-01-01T00:00:00Z"}"#, "/now", "of the years 1970 to 9999"),
    ("PUT", "/clock", r#"{"now":-1}"#, "/now", "of the years 1970 to 9999"),
    ("PUT", "/clock", r#"{"now":9223372036854775807}"#, "/now", "of the years 1970 to 9999"),
    ("PUT", "/clock", r#"{"noon":1}"#, "/noon", "unknown field"),
    ("POST", "/clock/advance", r#"{"by":-5}"#, "/by", "lifetime -5"),
    (
        "PUT",
        "/snapshot",
        r#"{"users":[{"name":"a"},{"name":"A"}]}"#,
        "/users/1/name",
        "another user",
    ),
    ("PUT", "/snapshot", r#"{"tenant":{"live_limit":0}}"#, "/tenant/live_limit", "at least 1"),
    (
        "PUT",
        "/tenants/t1",
        r#"{"document":{"users":[{}]}}"#,
        "/document/users/0",
        "missing field `name`",
    ),
    (
        "PUT",
        "/tenants/t1",
        r#"{"document":{"users":[{"name":" "}]}}"#,
        "/document/users/0/name",
        "login name",
    ),
    ("PUT", "/tenants/t1", r#"{"hosts":["a:80"]}"#, "/hosts/0", "without port"),
    ("POST", "/keys/rotate", r#"{"pem":"x"}"#, "/pem", "expected an unencrypted RSA private key"),
    ("POST", "/keys/sign", r#"{"claims":[]}"#, "/claims", "expected a map"),
    ("POST", "/keys/rotate", "  ", "", "expected a JSON object"),
    ("POST", "/keys/rotate", "[null]", "", "expected a JSON object"),
    ("POST", "/keys", "null", "", "expected a JSON object"),
    ("PUT", "/tenants/t1", "\t", "", "expected a JSON object"),
    // A list is no object, at whatever depth.
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","policy":[null,null]}"#,
        "/policy",
        "list, expected an object",
    ),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","scopes":[["x",null]]}"#,
        "/scopes/0",
        "list, expected an object",
    ),
    ("PUT", "/steering/e", r#"{"answer":[200]}"#, "/answer", "list, expected an object"),
    ("PUT", "/steering/e", r#"{"when":["bank"],"delay":1}"#, "/when", "list, expected an object"),
    ("PUT", "/steering/e", r#"{"tokens":[]}"#, "/tokens", "list, expected an object"),
    (
        "PUT",
        "/snapshot",
        r#"{"tenant":{"authentication":{"lockout":[3,60]}}}"#,
        "/tenant/authentication/lockout",
        "list, expected an object",
    ),
    ("PUT", "/snapshot", r#"{"users":[["a"]]}"#, "/users/0", "list, expected an object"),
    ("PUT", "/tenants/t1", r#"{"document":[]}"#, "/document", "list, expected an object"),
    (
        "POST",
        "/mint/id-token",
        r#"{"app":"bank","tokens":[null]}"#,
        "/tokens",
        "list, expected an object",
    ),
    // Roles.
    ("PUT", "/roles/r", r#"{"name":"s"}"#, "/name", "the path names \"r\""),
    ("PUT", "/roles/r", r#"{"members":"alice"}"#, "/members", "expected a sequence"),
    ("PUT", "/roles/r", r#"{"member":[]}"#, "/member", "unknown field"),
    ("PUT", "/roles/%20", "{}", "/name", "expected the name of a role"),
    (
        "PUT",
        "/snapshot",
        r#"{"roles":[{"name":"r","members":["nobody"]}]}"#,
        "/roles/0/members/0",
        "the login name of a user",
    ),
    (
        "PUT",
        "/snapshot",
        r#"{"roles":[{"name":"r"},{"name":"r"}]}"#,
        "/roles/1/name",
        "another role",
    ),
    ("PUT", "/snapshot", r#"{"roles":[{}]}"#, "/roles/0/name", "the name of a role"),
    // Absurd numbers.
    ("PUT", "/clock", r#"{"now":253402300800}"#, "/now", "of the years 1970 to 9999"),
    ("PUT", "/clock", r#"{"now":1e300}"#, "/now", "expected a time in RFC 3339, or whole seconds"),
    ("PUT", "/clock", r#"{"now":[1]}"#, "/now", "expected a time in RFC 3339, or whole seconds"),
    ("PUT", "/clock", r#"{"frozen":1}"#, "/frozen", "expected a boolean"),
    ("POST", "/clock/advance", r#"{"by":9223372036854775808}"#, "/by", "expected 1 to"),
    ("POST", "/clock/advance", r#"{"by":0}"#, "/by", "expected 1 to"),
    ("POST", "/clock/advance", r#"{"by":1.5}"#, "/by", "invalid type: floating point"),
    ("POST", "/clock/advance", r#"{"by":"1000000.00:00:00"}"#, "/by", "expected 1 to"),
    ("POST", "/clock/advance", "{}", "", "missing field `by`"),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","refresh_token_lifetime":9223372036854775808}"#,
        "/refresh_token_lifetime",
        "expected 1 to",
    ),
    (
        "PUT",
        "/snapshot",
        r#"{"tenant":{"session_lifetime":-9223372036854775809}}"#,
        "/tenant/session_lifetime",
        "invalid type",
    ),
    (
        "PUT",
        "/snapshot",
        r#"{"tenant":{"journal_limit":1000001}}"#,
        "/tenant/journal_limit",
        "expected at most 1000000",
    ),
    ("PUT", "/snapshot", r#"{"tenant":{"live_limit":-1}}"#, "/tenant/live_limit", "invalid value"),
    ("PUT", "/steering/e", r#"{"delay":172800000}"#, "/delay", "at most 60000 milliseconds"),
    ("PUT", "/steering/e", r#"{"delay":1e99}"#, "/delay", "invalid type"),
    ("PUT", "/steering/e", r#"{"fault":{"slow":4294967296}}"#, "/fault/slow", "invalid value"),
    ("PUT", "/steering/e", r#"{"times":-1,"delay":1}"#, "/times", "invalid value"),
    (
        "PUT",
        "/steering/e",
        r#"{"tokens":{"lifetime":9223372036854775808}}"#,
        "/tokens/lifetime",
        "invalid value",
    ),
    ("PUT", "/steering/e", r#"{"sign_in":"lose"}"#, "/sign_in", "unknown variant `lose`"),
    // Names.
    ("PUT", "/users/%0A", r#"{"name":"\n"}"#, "/name", ""),
    ("PUT", "/users/%20a", r#"{"name":" a"}"#, "/name", ""),
    ("PUT", "/apps/.well-known", r#"{"application_id":".well-known"}"#, "/application_id", ""),
    ("PUT", "/apps/..%2F..%2Fx", r#"{"application_id":"../../x"}"#, "/application_id", ""),
    // Wrong types.
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","jwks":{"keys":[{"kty":0,"n":"","e":""}]}}"#,
        "/jwks/keys/0",
        "invalid type: integer `0`",
    ),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","jwks":{"keys":[{"kty":"EC","x":""}]}}"#,
        "/jwks/keys/0",
        "missing field `y`",
    ),
    (
        "PUT",
        "/apps/a",
        r#"{"application_id":"a","jwks":{"keys":[{"kty":"EC","x":"","y":7}]}}"#,
        "/jwks/keys/0",
        "y: 7: expected a string",
    ),
    ("PUT", "/users/a", r#"{"name":"a","claims":[]}"#, "/claims", "expected a map"),
    ("PUT", "/users/a", r#"{"name":"a","roles":[7]}"#, "/roles/0", "expected a string"),
    ("PUT", "/users/a", r#"{"name":"a","federated":"yes"}"#, "/federated", "expected a boolean"),
    ("PUT", "/users/a", r#"{"name":"a","name":"a"}"#, "/name", "duplicate field `name`"),
    ("POST", "/tokens/verify", r#"{"token":{}}"#, "/token", "expected a string"),
    ("POST", "/mint/session", r#"{"user":null}"#, "/user", "expected a string"),
];

#[test]
fn a_wrong_body_is_a_problem_that_names_the_member() {
    let mock = Mock::start();
    mock.put("/_mock/v1/clock", &json!({ "now": 1_900_000_000, "frozen": true }));
    let before = state(&mock);
    for (method, path, body, pointer, detail) in ROWS.iter().copied() {
        let request = mock.request(method, &format!("/_mock/v1{path}"));
        let answer = request.body("application/json", body).send();
        let case = format!("{method} {path} {}: {answer:?}", &body[..body.len().min(60)]);
        assert_eq!(answer.status, 400, "{case}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{case}");
        let problem = answer.json();
        assert_eq!(problem["pointer"], pointer, "{case}");
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{case}");
        assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(400)));
    }
    assert_eq!(state(&mock), before);
}

/// Everything that a wrong call might have changed.
fn state(mock: &Mock) -> Vec<Value> {
    let parts = ["snapshot", "roles", "clock", "keys", "steering", "live", "tenants"];
    parts.map(|part| mock.get(&format!("/_mock/v1/{part}")).json()).to_vec()
}

#[test]
fn a_body_without_bottom_is_refused() {
    let mock = Mock::start();
    mock.put("/_mock/v1/clock", &json!({ "now": 1_900_000_000, "frozen": true }));
    let before = state(&mock);
    for (method, path, head, tail, pointer) in [
        ("PUT", "/users/a", r#"{"name":"a","claims":{"x":"#, "}}", "/claims/x"),
        (
            "PUT",
            "/snapshot",
            r#"{"users":[{"name":"a","claims":{"x":"#,
            "}}]}",
            "/users/0/claims/x",
        ),
        ("PUT", "/steering/e", r#"{"tokens":{"claims":{"x":"#, "}}}", "/tokens/claims/x"),
        ("POST", "/keys/sign", r#"{"claims":{"x":"#, "}}", "/claims/x"),
        ("POST", "/mint/code", r#"{"tokens":{"header":{"x":"#, "}}}", "/tokens/header/x"),
    ] {
        for (open, close) in [("[", "]"), ("{\"y\":", "}")] {
            let (open, close) = (open.repeat(300), close.repeat(300));
            let body = format!("{head}{open}1{close}{tail}");
            let request = mock.request(method, &format!("/_mock/v1{path}"));
            let answer = request.body("application/json", body).send();
            assert_eq!(answer.status, 400, "{path}: {answer:?}");
            let problem = answer.json();
            let told = problem["detail"].as_str().unwrap();
            assert!(told.contains("recursion limit exceeded"), "{path}: {told}");
            assert!(problem["pointer"].as_str().unwrap().starts_with(pointer), "{path}: {problem}");
        }
    }
    assert_eq!(state(&mock), before);
}

#[test]
fn names_with_slashes_have_paths_or_are_refused() {
    let mock = Mock::start();
    let role = json!({ "name": "a/b", "members": ["alice@example.com"] });
    assert_eq!(mock.put("/_mock/v1/roles/a%2Fb", &role).status, 201);
    assert_eq!(mock.get("/_mock/v1/roles/a%2Fb").json(), role);
    let entry = json!({ "delay": 1 });
    assert_eq!(mock.put("/_mock/v1/steering/a%2Fb", &entry).status, 201);
    assert_eq!(mock.request("DELETE", "/_mock/v1/steering/a%2Fb").send().status, 204);
    for (method, path, status) in [
        ("DELETE", "/_mock/v1/keys/a%2Fb", 404),
        ("PUT", "/_mock/v1/tenants/a%2Fb", 400),
        ("GET", "/_mock/v1/tenants/a%2Fb/users", 404),
        ("GET", "/_mock/v1/roles/a/b", 404),
        ("GET", "/_mock/v1/apps/%2E%2E%2Fapps", 404),
    ] {
        let answer = mock.request(method, path).send();
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
    }
}

#[test]
fn what_is_not_there_is_a_problem_too() {
    let mock = Mock::start();
    for (method, path, status, parameter) in [
        ("GET", "/_mock/v1/nothing", 404, Value::Null),
        ("GET", "/_mock/v1/users/nobody", 404, json!("user")),
        ("GET", "/_mock/v1/users/%ff", 404, Value::Null),
        ("GET", "/_mock/v1/users/a/b", 404, Value::Null),
        ("GET", "/_mock/v1/tenants/t9/users", 404, json!("tenant")),
        ("DELETE", "/_mock/v1/tenants/default", 409, json!("tenant")),
        ("PUT", "/_mock/v1/tenants/A%2FB", 400, json!("tenant")),
        ("PATCH", "/_mock/v1/users/nobody", 405, Value::Null),
    ] {
        let answer = mock.request(method, path).send();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(answer.json()["parameter"], parameter, "{method} {path}");
    }
    let wrong_method = mock.request("PATCH", "/_mock/v1/users/nobody").send();
    assert_eq!(wrong_method.header("allow"), Some("GET, PUT, DELETE"));
    let no_key = mock.request("DELETE", "/_mock/v1/keys/rotate").send();
    assert_eq!((no_key.status, no_key.header("allow")), (405, Some("POST")));
}

#[test]
fn a_body_of_many_megabytes_is_refused() {
    let mock = Mock::start();
    let body = format!("{{\"name\":\"{}\"}}", "a".repeat(17 * 1024 * 1024));
    let answer = mock.request("PUT", "/_mock/v1/users/a").body("application/json", body).send();
    assert_eq!((answer.status, answer.json()["status"].clone()), (413, json!(413)));
    let large = json!({ "name": "a", "claims": { "x": "y".repeat(1024 * 1024) } });
    assert_eq!(mock.put("/_mock/v1/users/a", &large).status, 201);
}
