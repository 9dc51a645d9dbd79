//! The document that describes the control API.

use serde_json::Value;

use crate::harness::Mock;

/// Every `$ref` in the document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_document_describes_every_operation_and_refers_to_what_it_has() {
    let mock = Mock::start();
    let answer = mock.get("/_mock/openapi.json");
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    for path in ["/_mock/v1/users/{user}", "/_mock/v1/tenants/{tenant}/users/{user}"] {
        for method in ["get", "put", "delete"] {
            assert!(document["paths"][path][method]["responses"].is_object(), "{method} {path}");
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn the_committed_document_is_fresh() {
    let made = Mock::start().get("/_mock/openapi.json").body;
    // Optimised builds give the committed one.
    assert!(
        made == include_str!("../../../src/http/control/openapi.json"),
        "make it anew, by a debug build that serves: \
         curl -s http://127.0.0.1:8080/_mock/openapi.json > src/http/control/openapi.json"
    );
}
