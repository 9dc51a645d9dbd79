//! Connections: broken off, pipelined, in small pieces.

#[cfg(target_os = "linux")]
use std::net::TcpStream;
#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use cyberark_identity_mock::fixtures::built_in;
#[cfg(target_os = "linux")]
use cyberark_identity_mock::server::{Server, ServerOptions};
#[cfg(target_os = "linux")]
use cyberark_identity_mock::tenant::{Tenant, TenantParts};

use super::check_alive;
use crate::harness::{Answer, Mock, ROUTES, Wire, request_bytes};

#[test]
#[cfg(target_os = "linux")]
fn a_burst_of_connections_waits_until_it_is_taken() {
    let options = ServerOptions::default();
    let server = Server::bind(
        Tenant::new(built_in(), TenantParts::default()).unwrap(),
        "127.0.0.1",
        0,
        options,
    );
    // It listens, and takes nothing until it is run.
    let server = server.unwrap();
    let address = server.addresses()[0];
    let connected =
        (0..600).map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(500)));
    let connected: Result<Vec<_>, _> = connected.collect();
    assert_eq!(connected.unwrap().len(), 600);
}

#[test]
fn a_client_may_leave_at_any_byte_of_its_request() {
    let mock = Mock::start();
    for route in ROUTES {
        let path = route.at("bank");
        let whole = request_bytes(route.method, &path, &[("X", "y")], b"a=b&c=d");
        for length in (0..whole.len()).step_by(7) {
            let mut wire = Wire::open(&mock.url);
            wire.send(&whole[..length]);
            drop(wire);
        }
        check_alive(&mock, &path);
    }
}

#[test]
fn a_request_that_ends_early_is_refused_or_dropped() {
    let mock = Mock::start();
    for route in ROUTES {
        let path = route.at("bank");
        let whole = request_bytes(route.method, &path, &[], b"a=b&c=d");
        for missing in [1, 7, 8, 11, 30] {
            let mut wire = Wire::open(&mock.url);
            wire.send(&whole[..whole.len() - missing]);
            wire.finish();
            let status = wire.answer().map(|answer| answer.status);
            // A route that does not read the body may answer before the end is missed.
            assert!(
                matches!(status, None | Some(400 | 408)) || status == Some(route.plain),
                "{} {path}, {missing} bytes short: {status:?}",
                route.method
            );
        }
        check_alive(&mock, &path);
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let mock = Mock::start();
    let mut wire = Wire::open(&mock.url);
    let mut bytes = Vec::new();
    for _ in 0..40 {
        // The body is not read by this route, and must not be taken for the next request.
        bytes.extend_from_slice(
            b"POST /Security/logout HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nGET /trap HTTP/1.1\r\n\r\n....",
        );
        bytes.extend_from_slice(b"GET /OAuth2/Keys HTTP/1.1\r\nHost: x\r\n\r\n");
        bytes.extend_from_slice(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    wire.send(&bytes);
    for number in 0..40 {
        let mut status = || wire.answer().map(|answer| answer.status);
        assert_eq!((status(), status(), status()), (Some(200), Some(400), Some(200)), "{number}");
    }
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let mock = Mock::start();
    let mut wire = Wire::open(&mock.url);
    let form = b"grant_type=none";
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    for byte in request_bytes("POST", "/OAuth2/Token/bank", &headers, form) {
        wire.send(&[byte]);
    }
    let error = wire.answer().as_ref().map(Answer::error);
    assert_eq!(error, Some((400, "invalid_grant".into(), "invalid grant type".into())));
}

#[test]
fn a_client_that_asks_first_is_told_to_continue() {
    let mock = Mock::start();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Expect", "100-continue"),
        ("Content-Length", "15"),
    ];
    let mut wire = Wire::open(&mock.url);
    wire.send(&request_bytes("POST", "/OAuth2/Token/bank", &headers, b""));
    wire.send(b"grant_type=none");
    assert_eq!(wire.answer().map(|answer| answer.status), Some(400));
}

#[test]
fn open_connections_do_not_keep_others_out() {
    let mock = Mock::start();
    let idle: Vec<Wire> = (0..200)
        .map(|number| {
            let mut wire = Wire::open(&mock.url);
            wire.send(&b"POST /OAuth2/Token/bank HTTP/1.1\r\nContent-Length: 9"[..number % 50]);
            wire
        })
        .collect();
    check_alive(&mock, "200 open connections");
    drop(idle);
    check_alive(&mock, "200 closed connections");
}

#[test]
fn methods_of_proxies_and_other_protocols_are_refused() {
    let mock = Mock::start();
    for (line, status) in [
        ("CONNECT other.example:443", 404),
        ("CONNECT /health", 405),
        ("OPTIONS *", 404),
        ("TRACE /login", 405),
        ("PROPFIND /login", 405),
        ("get /login", 405),
        ("GET http://other.example/health", 200),
        ("GET http://other.example/nothing", 404),
    ] {
        let bytes = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = mock.raw(bytes.as_bytes()).map(|answer| answer.status);
        assert_eq!(answer, Some(status), "{line}");
        check_alive(&mock, line);
    }
}
