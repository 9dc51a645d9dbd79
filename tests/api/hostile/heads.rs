//! Request lines and headers.

use super::survive;
use crate::harness::{Mock, ROUTES, Route, request_bytes};

#[test]
fn a_malformed_head_is_400_on_every_route() {
    let mock = Mock::start();
    for route in ROUTES {
        let Route { method, .. } = route;
        let path = route.at("bank");
        let line = format!("{method} {path} HTTP/1.1\r\n");
        let with = |headers: &str| format!("{line}Host: x\r\n{headers}\r\n\r\n").into_bytes();
        let cases: [(&str, Vec<u8>); 17] = [
            ("no Host", format!("{line}\r\n").into_bytes()),
            ("two Hosts", with("Host: y")),
            ("a header without a colon", with("nonsense")),
            ("a header name with a space", with("X Y: z")),
            ("NUL in a header", with("X: a\0b")),
            ("a control character in a header", with("X: a\u{1}b")),
            ("a length that is no number", with("Content-Length: ten")),
            ("a negative length", with("Content-Length: -1")),
            ("a signed length", with("Content-Length: +1")),
            ("a length beyond every number", with("Content-Length: 99999999999999999999999")),
            ("two lengths", with("Content-Length: 1\r\nContent-Length: 2")),
            ("length and chunks", with("Content-Length: 1\r\nTransfer-Encoding: chunked")),
            ("an unknown transfer encoding", with("Transfer-Encoding: gzip")),
            ("a space in the path", format!("{method} {path} x HTTP/1.1\r\n\r\n").into_bytes()),
            ("raw markup in the path", request_bytes(method, &format!("{path}<b>"), &[], b"")),
            ("raw bytes in the path", [method.as_bytes(), b" /\xff HTTP/1.1\r\n\r\n"].concat()),
            ("a URL of 70,000 characters", {
                request_bytes(method, &format!("{path}?state={}", "a".repeat(70_000)), &[], b"")
            }),
        ];
        for (case, bytes) in cases {
            let answer = survive(&mock, &format!("{method} {path}, {case}"), &bytes);
            assert_eq!(answer.status, 400, "{method} {path}, {case}");
        }
    }
}

#[test]
fn what_is_no_http_is_400() {
    let mock = Mock::start();
    for bytes in [
        &b"\0\x01\x02\x03\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /health HTTP/3.7\r\nHost: x\r\n\r\n",
        b"GET /health\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ] {
        assert_eq!(survive(&mock, &format!("{bytes:?}"), bytes).status, 400, "{bytes:?}");
    }
}

#[test]
fn headers_beyond_the_limits_are_431() {
    let mock = Mock::start();
    for route in ROUTES {
        let path = route.at("bank");
        let large = "a".repeat(140_000);
        let many: Vec<(String, String)> =
            (0..150).map(|number| (format!("X-{number}"), "a".to_owned())).collect();
        let many: Vec<(&str, &str)> =
            many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for headers in [&[("X", large.as_str())][..], &many] {
            let bytes = request_bytes(route.method, &path, headers, b"");
            let answer = survive(&mock, &path, &bytes);
            assert_eq!(answer.status, 431, "{} {path}: {answer:?}", route.method);
        }
    }
}

/// Headers and parameters that mean nothing change nothing: each route answers as if they were not
/// there.
#[test]
fn noise_in_the_head_is_ignored() {
    let mock = Mock::start();
    let long = "s".repeat(5_000);
    let header_noise: [&[(&str, &str)]; 18] = [
        &[("Authorization", "")],
        &[("Authorization", "Basic")],
        &[("Authorization", "Basic !!!")],
        &[("Authorization", "Basic AAAA")],
        &[("Authorization", "Basic /w==")],
        &[("Authorization", "Bearer")],
        &[("Authorization", "Bearer  \t ")],
        &[("Authorization", "Bearer a.b.c")],
        &[("Authorization", "Bearer \u{e9}")],
        &[("Authorization", &long)],
        &[("Authorization", "Basic YTpi"), ("Authorization", "Bearer x")],
        &[("Cookie", ".ASPXAUTH")],
        &[("Cookie", "=;;; .ASPXAUTH=%FF; \u{e9}=\u{e9}; a=\"")],
        &[("Cookie", &long)],
        &[("X-IDAP-NATIVE-CLIENT'", "true"), ("X-Cybr-Telemetry", "{}")],
        &[("Accept", "nothing/at-all"), ("Accept-Encoding", "\u{e9}"), ("Range", "bytes=9-1")],
        &[("Origin", "\u{e9}"), ("Referer", "::"), ("If-None-Match", "*"), ("Forwarded", ";;=")],
        &[("Content-Type", "\u{e9}"), ("Content-Encoding", "gzip")],
    ];
    let query_noise = [
        "",
        "&&&",
        "=&=&==",
        "%=%zz&%",
        "a=100%",
        "%00=%00",
        "a=%0D%0AInjected:%20yes",
        "client_id&client_secret&code&nonce&prompt&state&scope&username&session_id",
        "client_id=a&client_id=b&state=a&state=b",
        "{}|\\^`[]'",
        "https://other.example/?a=b",
        &long,
    ];
    for route in ROUTES {
        let (method, path) = (route.method, route.at("bank"));
        for headers in header_noise {
            let answer = survive(&mock, &path, &request_bytes(method, &path, headers, b""));
            assert_eq!(answer.status, route.plain, "{method} {path} {headers:?}");
        }
        for query in query_noise {
            let bytes = request_bytes(method, &format!("{path}?{query}"), &[], b"");
            let answer = survive(&mock, &path, &bytes);
            assert_eq!(answer.status, route.plain, "{method} {path}?{query}");
        }
    }
}

#[test]
fn old_clients_without_host_are_served() {
    let mock = Mock::start();
    for route in ROUTES {
        let (method, path) = (route.method, route.at("bank"));
        // Every POST of HTTP/1.0 has a length (RFC 1945 section 7.2.2).
        let bytes = format!("{method} {path} HTTP/1.0\r\nContent-Length: 0\r\n\r\n").into_bytes();
        let answer = survive(&mock, &path, &bytes);
        assert_eq!(answer.status, route.plain, "{method} {path}");
    }
}

#[test]
fn hostile_application_ids_are_unknown() {
    let mock = Mock::start();
    let long = "a".repeat(10_000);
    let ids = [
        "%00",
        "%FF",
        "%zz",
        "%",
        "..",
        "%2e%2e",
        "%2F",
        "a%2Fb",
        "%5C",
        "%0D%0AInjected:%20yes",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "\"{}|",
        "bank%20",
        "bank;x=y",
        "$%7Bjndi:x%7D",
        &long,
    ];
    for route in ROUTES.iter().filter(|route| route.path.contains("{app}")) {
        for id in ids {
            let (method, path) = (route.method, route.at(id));
            let answer = survive(&mock, &path, &request_bytes(method, &path, &[], b""));
            assert_eq!(answer.status, 400, "{method} {path}: {answer:?}");
            assert_eq!(answer.json()["error"], "invalid_request", "{method} {path}");
        }
    }
}
