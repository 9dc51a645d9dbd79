//! The journal: what came in and what went out.

use std::time::Duration;

use cyberark_identity_mock::clock::Stopwatch;
use serde_json::{Value, json};

use crate::harness::{BANK, Mock};

fn find(mock: &Mock, query: &str) -> Vec<Value> {
    let answer = mock.get(&format!("/_mock/v1/journal{query}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().as_array().expect("a list").clone()
}

#[test]
fn a_sign_in_is_told_request_by_request() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    mock.exchange(&code, &[]);
    let all = find(&mock, "");
    let told: Vec<Value> = all
        .iter()
        .map(|entry| {
            json!([
                entry["endpoint"],
                entry["app"],
                entry["client"],
                entry["user"],
                entry["status"]
            ])
        })
        .collect();
    let alice = "alice@example.com";
    assert_eq!(
        told,
        [
            json!(["startauthentication", null, null, alice, 200]),
            json!(["advanceauthentication", null, null, alice, 200]),
            json!(["authorize", "bank", "bank-client", alice, 302]),
            json!(["token", "bank", "bank-client", alice, 200]),
        ]
    );
    let token = &all[3];
    assert_eq!(token["url"], format!("{}/oauth2/token/bank", mock.url));
    let sent = token["parameters"].as_array().unwrap();
    assert!(sent.contains(&json!({ "name": "code", "value": code })), "{token}");
    assert!(token["body"].as_str().unwrap().contains("grant%5Ftype=authorization%5Fcode"));
    assert!(token["answer_body"].as_str().unwrap().contains("id_token"));
    assert!(token["duration"].as_u64() > Some(0) && token["error"].is_null(), "{token}");
}

#[test]
fn a_refusal_tells_its_error() {
    let mock = Mock::start();
    mock.exchange("nonsense", &[]);
    mock.sign_in_answer("alice@example.com", "wrong");
    mock.authorize("bank", None, &[("response_type", "nonsense")]);
    let errors: Vec<Value> =
        find(&mock, "?error=*").iter().map(|entry| entry["error"].clone()).collect();
    assert_eq!(errors[..2], [json!("invalid_grant"), json!("failure")]);
    assert_eq!(errors.len(), 3);
}

#[test]
fn entries_are_filtered() {
    let mock = Mock::start();
    mock.tokens(&[]);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    mock.authorize("spa", Some(&bob), &[("code_challenge", &"x".repeat(43))]);
    mock.get("/nothing?a=b&c");
    for (query, count) in [
        ("?app=bank", 2),
        ("?app=spa&user=BOB@example.com", 1),
        ("?client=bank-client&endpoint=token", 1),
        ("?method=GET&status=404", 1),
        ("?path=/nothing", 1),
        ("?parameter=c", 1),
        ("?parameter=a%3Db", 1),
        ("?parameter=a%3Dx", 0),
        ("?limit=2", 2),
        ("?after=7", 1),
        ("?user=nobody", 0),
    ] {
        assert_eq!(find(&mock, query).len(), count, "{query}");
    }
    for query in ["?appl=bank", "?status=x", "?limit=-1"] {
        let answer = mock.get(&format!("/_mock/v1/journal{query}"));
        assert_eq!((answer.status, answer.json()["status"].clone()), (400, json!(400)), "{query}");
    }
    assert_eq!(mock.request("DELETE", "/_mock/v1/journal").send().status, 204);
    assert!(find(&mock, "").is_empty());
}

#[test]
fn who_waits_gets_the_request_when_it_comes() {
    let mock = Mock::start();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            find(&mock, "/wait?endpoint=token&parameter=grant_type%3Dpassword&timeout=20000")
        });
        std::thread::sleep(Duration::from_millis(30));
        mock.call(
            "/OAuth2/Token/bank",
            Some(BANK),
            &[("grant_type", "password"), ("username", "x")],
        );
        assert_eq!(waiting.join().unwrap().len(), 1);
    });
    let started = Stopwatch::start();
    assert!(find(&mock, "/wait?endpoint=keys&timeout=50").is_empty());
    assert!((50..5000).contains(&started.elapsed().as_millis()));
    let absurd = mock.get("/_mock/v1/journal/wait?timeout=86400000");
    assert_eq!((absurd.status, absurd.json()["parameter"].clone()), (400, json!("timeout")));
}

#[test]
fn an_export_is_har() {
    let mock = Mock::start();
    mock.get("/OAuth2/Keys/bank?a=b%20c");
    let har = mock.get("/_mock/v1/journal/har").json();
    assert_eq!(har["log"]["version"], "1.2");
    let entry = &har["log"]["entries"][0];
    assert_eq!(entry["request"]["queryString"], json!([{ "name": "a", "value": "b c" }]));
    assert_eq!(entry["response"]["status"], 200);
    assert_eq!(entry["response"]["content"]["mimeType"], "application/json; charset=utf-8");
}

#[test]
fn header_fields_are_told_by_name_so_that_like_messages_compare() {
    let mock = Mock::start();
    for _ in 0..3 {
        mock.call("/OAuth2/Introspect/bank", Some(BANK), &[("token", "none")]);
    }
    let all = find(&mock, "?endpoint=introspect");
    for member in ["headers", "answer_headers"] {
        let fields = all[0][member].as_array().unwrap();
        assert!(fields.len() > 3 && fields.is_sorted_by_key(|field| field["name"].as_str()));
    }
    assert!(all.iter().all(|entry| entry["headers"] == all[0]["headers"]), "{all:?}");
}

#[test]
fn the_journal_is_bounded_by_a_setting_and_its_own_in_each_tenant() {
    let mock = Mock::start();
    let document = json!({ "tenant": { "journal_limit": 3 } });
    mock.put("/_mock/v1/tenants/t1", &json!({ "document": document }));
    mock.put("/_mock/v1/tenants/t2", &json!({ "document": { "tenant": { "journal_limit": 0 } } }));
    for _ in 0..5 {
        mock.at("t1").get("/health");
        mock.at("t2").get("/health");
    }
    let numbers = mock.get("/_mock/v1/tenants/t1/journal").json();
    let numbers: Vec<&Value> = numbers.as_array().unwrap().iter().map(|e| &e["number"]).collect();
    assert_eq!(numbers, [3, 4, 5]);
    assert_eq!(mock.get("/_mock/v1/tenants/t2/journal").json(), json!([]));
    assert!(find(&mock, "").is_empty());
}

#[test]
fn bodies_of_registrations_and_of_calls_that_are_not_imitated_are_told() {
    let mock = Mock::start();
    for (method, path) in [
        ("POST", "/OAuth2/Register/bank"),
        ("PUT", "/OAuth2/Register/bank/a-client"),
        ("POST", "/UserMgmt/ChangeUserPassword"),
    ] {
        let body = json!({ "client_name": "shop", "redirect_uris": ["https://shop.example/"] });
        mock.request(method, path).json(&body).send();
        let entry = find(&mock, "").pop().unwrap();
        let told: Value = serde_json::from_str(entry["body"].as_str().unwrap()).expect("JSON");
        assert_eq!(told, body, "{method} {path}");
        let pair = json!({ "name": "client_name", "value": "shop" });
        assert!(entry["parameters"].as_array().unwrap().contains(&pair), "{entry}");
    }
}

#[test]
fn numbers_go_on_after_a_reset() {
    let mock = Mock::start();
    mock.get("/health");
    mock.get("/health");
    mock.request("DELETE", "/_mock/v1").send();
    assert!(find(&mock, "").is_empty());
    mock.get("/health");
    assert_eq!(find(&mock, "?after=2")[0]["number"], 3);
}

#[test]
fn who_waits_over_a_reset_gets_the_request_too() {
    let mock = Mock::start();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| find(&mock, "/wait?path=/health&timeout=20000"));
        std::thread::sleep(Duration::from_millis(30));
        mock.request("POST", "/_mock/v1/reset").send();
        mock.get("/health");
        assert_eq!(waiting.join().unwrap().len(), 1);
    });
}

#[test]
fn what_strict_remarks_on_stands_beside_the_request() {
    for (mock, rows) in [(Mock::strict(), vec![17, 20, 21]), (Mock::start(), vec![])] {
        mock.authorize("bank", None, &[]);
        let entry = find(&mock, "?endpoint=authorize").remove(0);
        let found: Vec<u64> =
            entry["remarks"].as_array().unwrap().iter().filter_map(|r| r["row"].as_u64()).collect();
        assert_eq!(found, rows, "{entry}");
    }
}
