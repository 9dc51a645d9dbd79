//! The certificate that the mock makes: for whom, by whom, for how long.

use std::time::Duration;

use cyberark_identity_mock::clock::Clock;
use cyberark_identity_mock::server::{Authority, TlsName};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use super::https;
use crate::harness::{Mock, Trust, provider};

const DAY: i64 = 24 * 60 * 60;

fn shown(mock: &Mock) -> CertificateDer<'static> {
    let wire = mock.wire();
    let [certificate] = wire.shown() else { panic!("{:?}", wire.shown()) };
    certificate.clone()
}

/// What a client that trusts `trust` makes of a certificate for the server of that name in so many
/// days.
fn verdict(
    trust: &Trust,
    certificate: &CertificateDer<'_>,
    name: &str,
    days: i64,
) -> Result<(), String> {
    let verifier = WebPkiServerVerifier::builder_with_provider(trust.roots(), provider()).build();
    let now = Clock::default().now().plus_seconds(days * DAY).seconds();
    let then = UnixTime::since_unix_epoch(Duration::from_secs(now.cast_unsigned()));
    let name = ServerName::try_from(name).expect("a name or an address");
    let verdict = verifier.expect("there is an authority").verify_server_cert(
        certificate,
        &[],
        &name,
        &[],
        then,
    );
    verdict.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn it_is_for_this_machine_and_the_tenants_hosts() {
    let mock = https();
    let (trust, certificate) = (mock.trust.as_ref().unwrap(), shown(&mock));
    for name in [
        "localhost",
        "127.0.0.1",
        "::1",
        "abc1234.id.cyberark.cloud",
        "abc1234.my.idaptive.app",
        "pod0.idaptive.app",
    ] {
        assert_eq!(verdict(trust, &certificate, name, 0), Ok(()), "{name}");
    }
    for name in ["127.0.0.2", "other.example", "id.cyberark.cloud"] {
        let error = verdict(trust, &certificate, name, 0).unwrap_err();
        assert!(error.contains("not valid for"), "{name}: {error}");
    }
}

#[test]
fn it_is_valid_for_a_year_and_no_longer_than_clients_take() {
    let mock = https();
    let (trust, certificate) = (mock.trust.as_ref().unwrap(), shown(&mock));
    for (days, valid) in [(-2, false), (0, true), (365, true), (396, true), (398, false)] {
        let verdict = verdict(trust, &certificate, "localhost", days);
        assert_eq!(verdict.is_ok(), valid, "{days}: {verdict:?}");
    }
}

#[test]
fn another_mocks_authority_did_not_issue_it() {
    let mock = https();
    let other = Trust::in_pem(Authority::generate().pem());
    let error = verdict(&other, &shown(&mock), "localhost", 0).unwrap_err();
    assert!(error.contains("UnknownIssuer"), "{error}");
}

/// Whether these bytes stand in a certificate.
fn has(certificate: &CertificateDer<'_>, bytes: &[u8]) -> bool {
    certificate.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn the_authority_may_issue_and_the_server_may_only_serve() {
    // Extensions in DER: id, critical or not, value (RFC 5280 §4.2.1).
    let basic_constraints_ca: &[u8] =
        b"\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00";
    let key_usage_sign: &[u8] = b"\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x01\x06";
    let server_auth: &[u8] =
        b"\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
    let digital_signature: &[u8] = b"\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80";
    let mock = https();
    let (authority, server) = (mock.trust.as_ref().unwrap().certificate(), shown(&mock));
    for (name, extension, of_authority) in [
        ("basicConstraints CA:TRUE, pathlen:0", basic_constraints_ca, true),
        ("keyUsage keyCertSign, cRLSign", key_usage_sign, true),
        ("extKeyUsage serverAuth", server_auth, false),
        ("keyUsage digitalSignature", digital_signature, false),
    ] {
        assert_eq!(has(&authority, extension), of_authority, "{name}: {authority:02x?}");
        assert_eq!(has(&server, extension), !of_authority, "{name}: {server:02x?}");
    }
}

#[test]
fn a_name_is_written_once_however_often_it_is_given() {
    let mock = https();
    let names = TlsName::usual(&mock.tenant, Some(&"https://localhost:8443".parse().unwrap()));
    assert_eq!(names.iter().filter(|name| name.to_string() == "localhost").count(), 2);
    let count = shown(&mock).windows(9).filter(|window| window == b"localhost").count();
    assert_eq!(count, 1);
}
