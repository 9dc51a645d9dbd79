//! Arbitrary requests, many of them, at one server.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{check_alive, check_harmless};
use crate::harness::{Mock, ROUTES, Wire};

/// A path of the mock, or of nobody.
fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(&ROUTES[..]).prop_map(|route| route.at("bank")),
        2 => ("[ -~]{0,20}", proptest::sample::select(&ROUTES[..]))
            .prop_map(|(app, route)| route.at(&app)),
        1 => "(/|%|[ -~]|\\PC){0,30}",
    ]
}

/// A parameter that means something, with a value that may.
fn pair() -> impl Strategy<Value = String> {
    let names: &[&str] = &[
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "prompt",
        "bounce",
        "grant_type",
        "code",
        "code_challenge",
        "code_verifier",
        "refresh_token",
        "username",
        "session_id",
        "cloudRedirect",
        "serviceName",
    ];
    let values: &[&str] = &[
        "bank-client",
        "http%3A%2F%2Flocalhost%2F",
        "code%20id_token",
        "form_post",
        "openid",
        "none",
        "authorization_code",
        "alice%40example.com",
    ];
    let value = prop_oneof![
        3 => proptest::sample::select(values).prop_map(str::to_owned),
        2 => "(%[0-9a-fA-F]{0,2}|[!-~]){0,12}",
    ];
    (proptest::sample::select(names), value).prop_map(|(name, value)| format!("{name}={value}"))
}

fn pairs() -> impl Strategy<Value = String> {
    vec(pair(), 0..8).prop_map(|pairs| pairs.join("&"))
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let names: &[&str] = &[
        "Host",
        "Authorization",
        "Cookie",
        "Content-Type",
        "Content-Length",
        "Transfer-Encoding",
        "Origin",
        "Access-Control-Request-Method",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "Expect",
        "Connection",
    ];
    let values: &[&str] = &[
        "mock.example",
        "Basic YmFuay1jbGllbnQ6YmFuay1zZWNyZXQ=",
        ".ASPXAUTH=x",
        "application/x-www-form-urlencoded",
        "application/json",
        "chunked",
        "7",
        "https",
    ];
    let value = prop_oneof![
        3 => proptest::sample::select(values).prop_map(|value| value.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..20),
    ];
    (proptest::sample::select(names), value)
        .prop_map(|(name, value)| [name.as_bytes(), b": ", &value, b"\r\n"].concat())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => pairs().prop_map(String::into_bytes),
        1 => "\\{\"(User|Version|SessionId|Answer)\":[\\[\\]{}\",:0-9a-z]{0,20}\\}?"
            .prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..60),
    ]
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let methods: &[&str] = &["GET", "POST", "OPTIONS", "PUT", "M-SEARCH"];
    let sane_length = any::<bool>();
    (proptest::sample::select(methods), path(), pairs(), vec(header(), 0..5), body(), sane_length)
        .prop_map(|(method, path, query, headers, body, sane_length)| {
            let mut bytes = format!("{method} {path}?{query} HTTP/1.1\r\n").into_bytes();
            if sane_length {
                let length = format!("Host: x\r\nContent-Length: {}\r\n", body.len());
                bytes.extend_from_slice(length.as_bytes());
            }
            bytes.extend(headers.concat());
            [&bytes[..], b"\r\n", &body].concat()
        })
}

/// Everything that the server says until it closes must be harmless.
fn check_survival(mock: &Mock, bytes: &[u8]) {
    let mut wire = Wire::open(&mock.url);
    wire.send(bytes);
    wire.finish();
    let case = String::from_utf8_lossy(bytes);
    while let Some(answer) = wire.answer() {
        check_harmless(&case, &answer);
    }
    check_alive(mock, &case);
}

#[test]
fn arbitrary_requests_do_no_harm() {
    let mock = Mock::start();
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&request(), |bytes| {
        check_survival(&mock, &bytes);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn arbitrary_bytes_do_no_harm() {
    let mock = Mock::start();
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    let bytes = vec(any::<u8>(), 0..200).prop_map(|bytes| [&bytes[..], b"\r\n\r\n"].concat());
    let outcome = TestRunner::new(config).run(&bytes, |bytes| {
        check_survival(&mock, &bytes);
        Ok(())
    });
    outcome.unwrap();
}
