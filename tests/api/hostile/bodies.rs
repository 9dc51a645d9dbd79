//! Bodies: too large, of the wrong type, not what their type says.

use super::survive;
use crate::harness::{Mock, ROUTES, Route, request_bytes};

/// The most bytes that are read.
const LIMIT: usize = 64 * 1024;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The routes that read a body.
fn readers() -> impl Iterator<Item = Route> {
    let ignores = [
        "/OAuth2/Keys/{app}",
        "/Security/whoami",
        "/Security/logout",
        "/Security/ChallengeUser",
        "/Security/SubmitQRCode",
    ];
    ROUTES
        .into_iter()
        .filter(move |route| route.method == "POST" && !ignores.contains(&route.path))
        .filter(|route| route.plain != 404)
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(10_000) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

#[test]
fn a_body_at_the_limit_is_read_and_one_above_is_413() {
    let mock = Mock::start();
    let chunks = ("Transfer-Encoding", "chunked");
    for Route { method, path, plain, .. } in readers() {
        let path = path.replace("{app}", "bank");
        for (length, status) in [(LIMIT, plain), (LIMIT + 1, 413)] {
            // A parameter, or a JSON string, without any meaning.
            let is_vendors = ["/Security/", "/U2f/"].iter().any(|start| path.starts_with(start));
            let body = if is_vendors {
                format!("\"{}\"", "x".repeat(length - 2))
            } else {
                format!("x={}", "x".repeat(length - 2))
            };
            let with_length = request_bytes(method, &path, &[FORM], body.as_bytes());
            let in_chunks =
                request_bytes(method, &path, &[FORM, chunks], &chunked(body.as_bytes()));
            for bytes in [with_length, in_chunks] {
                let case = format!("{method} {path} with {length} bytes");
                let answer = survive(&mock, &case, &bytes);
                assert_eq!(answer.status, status, "{case}: {answer:?}");
                let told = r#"{"error":"invalid_request","error_description":"the body is larger than 65536 bytes"}"#;
                let tells = if is_vendors {
                    answer.body.contains(r#""Message":"the body is larger than 65536 bytes""#)
                } else {
                    answer.body == told
                };
                assert_eq!(tells, status == 413, "{case}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_length_that_nobody_could_send_is_413_at_once() {
    let mock = Mock::start();
    let length = ("Content-Length", "18446744073709551615");
    for Route { method, path, .. } in readers() {
        let path = path.replace("{app}", "bank");
        let answer = survive(&mock, &path, &request_bytes(method, &path, &[FORM, length], b""));
        assert_eq!(answer.status, 413, "{method} {path}: {answer:?}");
    }
}

/// Whatever a body says it is: the routes see no parameters and answer as they do without any.
#[test]
fn bodies_that_are_not_what_their_type_says_bring_no_parameters() {
    let mock = Mock::start();
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let deep_object = "{\"User\":".repeat(7_000);
    let cases: [(&str, &[u8]); 20] = [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"null"),
        ("application/json", b"[]"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"{\"User\":\"\xff\"}"),
        ("application/json", deep.as_bytes()),
        ("application/json", deep_object.as_bytes()),
        ("application/json", b"{\"User\":1e999,\"Version\":-99999999999999999999}"),
        ("application/json", b"{\"User\":{\"a\":[1]},\"SessionId\":[],\"Answer\":7}"),
        ("application/json", b"{\"User\":\"a\",\"User\":\"b\"}"),
        ("application/json", b"{\"User\":\"\\ud800\"}"),
        ("application/json; charset=utf-16", b"{}"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("multipart/form-data", b"no boundary"),
        ("text/xml", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"),
        ("text/plain", b"grant_type=authorization_code"),
        ("", b"=&=&&"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b&a=c&d"),
        ("application/x-www-form-urlencoded", b"%=%zz&a=%00%0D%0A&\xc3\xa9=\xc3\xa9"),
    ];
    for route in ROUTES {
        let (method, path) = (route.method, route.at("bank"));
        for (content_type, body) in cases {
            let bytes = request_bytes(method, &path, &[("Content-Type", content_type)], body);
            let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let case = format!("{method} {path}, {content_type}, {start}");
            let answer = survive(&mock, &case, &bytes);
            assert_eq!(answer.status, route.plain, "{case}: {answer:?}");
        }
    }
}

#[test]
fn parameters_that_are_not_utf_8_are_named() {
    let mock = Mock::start();
    // These read JSON, and no parameters.
    let reads_json = |route: &Route| {
        ["Security", "Register", "U2f"].iter().any(|word| route.path.contains(word))
    };
    for Route { method, path, .. } in readers().filter(|route| !reads_json(route)) {
        let path = path.replace("{app}", "bank");
        for (query, body) in [("state=%FF", ""), ("", "state=%FF"), ("", "state=\u{fffd}")] {
            let raw = body.replace('\u{fffd}', "X").into_bytes();
            let raw: Vec<u8> =
                raw.into_iter().map(|byte| if byte == b'X' { 0xff } else { byte }).collect();
            let target = format!("{path}?{query}");
            let answer = survive(&mock, &target, &request_bytes(method, &target, &[FORM], &raw));
            assert_eq!(
                answer.error(),
                (400, "invalid_request".into(), "parameter state is not UTF-8".into()),
                "{method} {target} {body}"
            );
        }
    }
}

#[test]
fn the_authentication_api_answers_its_envelope_to_every_body() {
    let mock = Mock::start();
    for path in ["/Security/StartAuthentication", "/Security/AdvanceAuthentication"] {
        for body in ["", "{", "[]", "7", r#"{"User":7}"#, r#"{"User":"","Version":"9.9"}"#] {
            let bytes = request_bytes("POST", path, &[JSON], body.as_bytes());
            let answer = survive(&mock, path, &bytes).json();
            assert_eq!(answer["success"], false, "{path} {body}");
            let text = answer["Message"].as_str().unwrap();
            assert!(text.starts_with("Authentication (login or challenge) has failed."), "{text}");
        }
    }
}

#[test]
fn a_chunked_body_that_breaks_off_is_400() {
    let mock = Mock::start();
    for Route { method, path, .. } in readers() {
        let path = path.replace("{app}", "bank");
        for body in ["zz\r\n\r\n", "fffffffffffffffff\r\n", "5\r\nabcdefgh\r\n", "-1\r\n\r\n"] {
            let headers = [FORM, ("Transfer-Encoding", "chunked")];
            let bytes = request_bytes(method, &path, &headers, body.as_bytes());
            let answer = survive(&mock, &path, &bytes);
            assert_eq!(answer.status, 400, "{method} {path} {body:?}: {answer:?}");
        }
    }
}
