//! Whatever is sent to the authentication API, the answer is HTTP 200 with an envelope.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{FAILED, Package, advance, assert_failure, outcome, start};
use crate::harness::Mock;

const ALICE: &str = "alice@example.com";

#[test]
fn what_clients_send_beside_has_no_meaning() {
    let mock = Mock::start();
    for (name, value) in [
        ("TenantId", json!("ABC1234")),
        ("TenantId", json!("junk")),
        ("TenantId", json!(null)),
        ("TenantId", json!({ "junk": [] })),
        ("PlatformTokenResponse", json!(true)),
        ("PlatformTokenResponse", json!("true")),
        ("PlatformTokenResponse", json!(["junk"])),
        ("AssociatedEntityType", json!("API")),
        ("MfaRequestor", json!("DeviceAgent")),
        ("Version", json!(null)),
    ] {
        let mut body = json!({ "User": ALICE, "Version": "1.0" });
        body[name] = value;
        let answer = start(&mock, &body);
        assert_eq!(outcome(&answer), (200, true, json!("NewPackage")), "{body}");
        assert_eq!(answer.json()["Result"]["TenantId"], "ABC1234", "{body}");
    }
    let without_version = start(&mock, &json!({ "User": ALICE }));
    assert_eq!(outcome(&without_version), (200, true, json!("NewPackage")));
    let mut body = Package::started(&mock, ALICE).answered("alice-password");
    body["PersistentLogin"] = json!(false);
    body["TenantId"] = json!(["junk"]);
    assert_eq!(outcome(&advance(&mock, &body)), (200, true, json!("LoginSuccess")));
}

#[test]
fn a_start_that_cannot_be_read_or_done_fails_in_the_envelope() {
    let mock = Mock::start();
    for body in [
        r#"{"User":"alice@example.com","Version":"2.0"}"#,
        r#"{"User":"alice@example.com","Version":""}"#,
        r#"{"User":"alice@example.com","Version":1.0}"#,
        r#"{"Version":"1.0"}"#,
        r#"{"User":null,"Version":"1.0"}"#,
        r#"{"User":"","Version":"1.0"}"#,
        r#"{"User":" ","Version":"1.0"}"#,
        r#"{"User":7,"Version":"1.0"}"#,
        r#"{"User":{"a":1},"Version":"1.0"}"#,
        r#"{"User":"alice@example.com","Version":"1.0""#,
        r#"{"User":"alice@example.com","User":"bob@example.com"}"#,
        r#"["alice@example.com","1.0"]"#,
        r#""alice@example.com""#,
        "null",
        "{}",
        "[]",
        "User=alice@example.com&Version=1.0",
        "\u{0}",
    ] {
        let request = mock.request("POST", "/Security/StartAuthentication");
        assert_failure(&request.body("application/json", body).send(), "null", body);
    }
    let bytes = mock.request("POST", "/Security/StartAuthentication");
    let bytes = bytes.body("application/json", vec![b'"', 0xff, b'"']).send();
    assert_failure(&bytes, "null", "no UTF-8");
}

#[test]
fn an_answer_that_cannot_be_read_fails_in_the_envelope() {
    let mock = Mock::start();
    let package = Package::started(&mock, ALICE);
    let right = package.answered("alice-password").to_string();
    for body in [
        right.replace("\"alice-password\"", "7"),
        right.replace("\"Answer\",", "[\"Answer\"],"),
        right.replace('}', ""),
        "{}".to_owned(),
        "[]".to_owned(),
        String::new(),
    ] {
        let request = mock.request("POST", "/Security/AdvanceAuthentication");
        let answer = request.body("application/json", body.as_str()).send();
        assert_failure(&answer, FAILED, &body);
    }
}

#[test]
fn the_content_type_and_the_native_header_have_no_meaning() {
    let mock = Mock::start();
    let body = json!({ "User": ALICE, "Version": "1.0" }).to_string();
    for content_type in ["application/json", "application/json; charset=utf-8", "text/plain", "x"] {
        for native in ["x-idap-native-client", "x-centrify-native-client", "x-cfy-src"] {
            let request = mock.request("POST", "/security/startauthentication/");
            let answer = request.body(content_type, body.as_str()).header(native, "Web").send();
            let expected = (200, true, json!("NewPackage"));
            assert_eq!(outcome(&answer), expected, "{content_type} {native}");
        }
    }
}

/// Sends bytes as they are and returns status line and body.
fn raw(mock: &Mock, head: &str, body: &str) -> (String, String) {
    let address = mock.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the mock listens");
    let length = body.len();
    write!(stream, "{head}Host: {address}\r\nConnection: close\r\n").expect("the request is sent");
    write!(stream, "Content-Length: {length}\r\n\r\n{body}").expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer is text");
    let (status, _) = answer.split_once("\r\n").expect("it has two parts");
    let (_, body) = answer.split_once("\r\n\r\n").expect("it has two parts");
    (status.to_owned(), body.to_owned())
}

#[test]
fn a_header_with_a_stray_apostrophe_is_no_bad_request() {
    let mock = Mock::start();
    // As the Go SDKs send it when they look for the tenant of a suffix.
    let head = "POST /Security/StartAuthentication HTTP/1.1\r\n\
                X-IDAP-NATIVE-CLIENT': true\r\nContent-Type: application/json\r\n";
    let (status, body) = raw(&mock, head, r#"{"User":"alice@example.com","Version":"1.0"}"#);
    assert_eq!(status, "HTTP/1.1 200 OK");
    let envelope: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(envelope["Result"]["Summary"], "NewPackage");
}

#[test]
fn an_empty_body_with_or_without_a_content_type_gets_the_envelope() {
    let mock = Mock::start();
    for (path, success, result) in [
        ("StartAuthentication", false, json!(null)),
        ("AdvanceAuthentication", false, json!({ "Summary": "Failure" })),
        ("whoami", false, json!(null)),
        ("logout", true, json!("")),
    ] {
        for content_type in ["", "Content-Type: application/json\r\n"] {
            let head = format!("POST /Security/{path} HTTP/1.1\r\n{content_type}");
            let (status, body) = raw(&mock, &head, "");
            assert_eq!(status, "HTTP/1.1 200 OK", "{head}");
            let envelope: Value = serde_json::from_str(&body).unwrap();
            let expected = (&json!(success), &result);
            assert_eq!((&envelope["success"], &envelope["Result"]), expected, "{head}");
        }
    }
}
