//! Versions, protocols, and handshakes that come to nothing.

use rustls::ProtocolVersion::{TLSv1_2, TLSv1_3};
use rustls::version::{TLS12, TLS13};
use rustls::{ALL_VERSIONS, SupportedProtocolVersion};

use super::{https, plain};
use crate::harness::{Mock, Trust, Wire, request_bytes};

const ONLY_1_2: &[&SupportedProtocolVersion] = &[&TLS12];
const ONLY_1_3: &[&SupportedProtocolVersion] = &[&TLS13];

fn check_alive(mock: &Mock, after: &str) {
    assert_eq!(mock.get("/health").status, 200, "https after {after}");
    assert_eq!(plain(mock, "GET", "/health").send().status, 200, "http after {after}");
}

#[test]
fn tls_1_2_and_1_3_are_spoken() {
    let mock = https();
    for (versions, agreed) in [(ONLY_1_2, TLSv1_2), (ONLY_1_3, TLSv1_3), (ALL_VERSIONS, TLSv1_3)] {
        let trust = Trust { versions, ..mock.trust.clone().unwrap() };
        let mut wire = Wire::open_tls(&trust, &mock.url, "localhost").unwrap();
        assert_eq!(wire.agreed().0, Some(agreed));
        wire.send(&request_bytes("GET", "/health", &[], b""));
        assert_eq!(wire.answer().map(|answer| answer.status), Some(200), "{agreed:?}");
    }
}

#[test]
fn the_protocol_is_agreed_on_by_alpn() {
    let mock = https();
    let cases: [(&'static [&'static str], _); 4] = [
        (&[], None),
        (&["http/1.1"], Some("http/1.1")),
        (&["h2"], Some("h2")),
        (&["http/1.1", "h2"], Some("h2")),
    ];
    for (protocols, agreed) in cases {
        let trust = Trust { protocols, ..mock.trust.clone().unwrap() };
        let wire = Wire::open_tls(&trust, &mock.url, "localhost").unwrap();
        assert_eq!(wire.agreed().1.as_deref(), agreed, "{protocols:?}");
    }
    let trust = Trust { protocols: &["gopher"], ..mock.trust.clone().unwrap() };
    assert!(Wire::open_tls(&trust, &mock.url, "localhost").is_err());
}

#[test]
fn one_connection_serves_many_requests() {
    let mock = https();
    let mut wire = mock.wire();
    for _ in 0..3 {
        wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(wire.answer().map(|answer| answer.status), Some(200));
    }
}

/// A connection to the https port without TLS.
fn without_tls(mock: &Mock) -> Wire {
    Wire::open(&mock.url.replace("https:", "http:"))
}

#[test]
fn plain_http_at_the_https_port_is_closed() {
    let mock = https();
    let mut wire = without_tls(&mock);
    wire.send(&request_bytes("GET", "/health", &[], b""));
    assert!(wire.answer().is_none());
    check_alive(&mock, "plain HTTP");
}

#[test]
fn a_client_that_distrusts_the_authority_does_no_harm() {
    let mock = https();
    let other = super::https();
    let error = Wire::open_tls(other.trust.as_ref().unwrap(), &mock.url, "localhost").err();
    assert!(error.is_some_and(|error| error.to_string().contains("certificate")));
    check_alive(&mock, "a distrustful client");
}

#[test]
fn broken_handshakes_are_closed() {
    let mock = https();
    // The last is a TLS 1.3 record of a ClientHello that is said to be longer than it is.
    let cases: [&[u8]; 4] = [
        b"\x00\x01\x02\x03\x04",
        b"\x16\x03\x01\xff\xff\x01",
        b"\x15\x03\x03\x00\x02\x01\x00",
        b"\x16\x03\x01\x00\x05\x01\x00\xff\xff\x03",
    ];
    for bytes in cases {
        let mut wire = without_tls(&mock);
        wire.send(bytes);
        wire.finish();
        assert!(wire.answer().is_none(), "{bytes:?}");
        check_alive(&mock, &format!("{bytes:?}"));
    }
    for _ in 0..50 {
        without_tls(&mock).send(b"\x16\x03\x01\x02");
    }
    check_alive(&mock, "aborted handshakes");
}

#[test]
fn idle_handshakes_keep_nobody_out() {
    let mock = https();
    let idle: Vec<Wire> = (0..300)
        .map(|number| {
            let mut wire = without_tls(&mock);
            wire.send(&b"\x16\x03\x01\x02\x00\x01"[..number % 6]);
            wire
        })
        .collect();
    let clock = cyberark_identity_mock::clock::Clock::default();
    let before = clock.now();
    check_alive(&mock, "300 idle handshakes");
    // They are given up after five seconds; nobody had to wait for that.
    assert!(clock.now() < before.plus_seconds(2));
    drop(idle);
    check_alive(&mock, "300 closed handshakes");
}
