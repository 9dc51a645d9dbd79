//! Signing keys: made, and brought along.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{DEVELOPMENT_KID, folder, kid};
use crate::harness::Program;

#[test]
fn a_generated_key_signs_under_a_kid_of_its_own() {
    let generated = Program::run(&["--generate-key"], &[]);
    assert_eq!((generated.code, generated.err.as_str()), (Some(0), ""));
    assert!(generated.out.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{}", generated.out);
    assert!(generated.out.ends_with("\n-----END PRIVATE KEY-----\n"), "{}", generated.out);
    let file = folder("a_generated_key").join("new.pem");
    std::fs::write(&file, &generated.out).unwrap();
    let start = || Program::start(&["--port", "0", "--key", file.to_str().unwrap()], &[]);
    let new = kid(&start(), "bank");
    assert_ne!(new, DEVELOPMENT_KID);
    assert_eq!((new.len(), kid(&start(), "bank")), (40, new));
    assert_eq!(kid(&Program::start(&["--port", "0"], &[]), "bank"), DEVELOPMENT_KID);
}

#[test]
fn a_key_in_pkcs_1_is_the_same_key() {
    use rsa::pkcs1::{EncodeRsaPrivateKey, LineEnding};
    use rsa::pkcs8::DecodePrivateKey;
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(include_str!("../../../keys/development-rsa.pem"));
    let folder = folder("a_key_in_pkcs_1");
    for (name, ending) in [("lf.pem", LineEnding::LF), ("crlf.pem", LineEnding::CRLF)] {
        let pem = key.as_ref().unwrap().to_pkcs1_pem(ending).unwrap();
        assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
        let file = folder.join(name);
        std::fs::write(&file, pem.as_bytes()).unwrap();
        let program = Program::start(&["--port", "0", "--key", file.to_str().unwrap()], &[]);
        assert_eq!(kid(&program, "bank"), DEVELOPMENT_KID, "{name}");
    }
}

const KEY: &str = include_str!("../../../keys/development-rsa.pem");
const CERTIFICATE: &str = include_str!("../../certificates/development-rsa.crt");
const AUTHORITY: &str = include_str!("../../certificates/authority.crt");
/// As `openssl x509 -fingerprint` tells it.
const FINGERPRINT: &str = "B16E271C78E3AE4B83AC03188ADC4872F2A3CCF6";

#[test]
fn a_key_with_a_certificate_is_published_with_it_and_named_by_its_thumbprint() {
    let folder = folder("a_key_with_a_certificate");
    for (name, text) in [
        ("key-first.pem", [KEY, CERTIFICATE, AUTHORITY].concat()),
        ("key-last.pem", ["words of a tool\n", CERTIFICATE, AUTHORITY, KEY].concat()),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let program = Program::start(&["--port", "0", "--key", file.to_str().unwrap()], &[]);
        let keys = super::get(&program, "/OAuth2/Keys/bank").json();
        let key = &keys["keys"][0];
        let names: Vec<&String> = key.as_object().unwrap().keys().collect();
        assert_eq!(names, ["kty", "alg", "use", "kid", "n", "e", "x5c", "x5t", "x5t#S256"]);
        let der = |pem: &str| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
        assert_eq!(key["x5c"], serde_json::json!([der(CERTIFICATE), der(AUTHORITY)]), "{name}");
        assert_eq!(key["kid"], FINGERPRINT, "{name}");
        let certificate = STANDARD.decode(der(CERTIFICATE)).unwrap();
        for (member, algorithm) in [("x5t", &SHA1_FOR_LEGACY_USE_ONLY), ("x5t#S256", &SHA256)] {
            let thumbprint = URL_SAFE_NO_PAD.encode(digest(algorithm, &certificate));
            assert_eq!(key[member], thumbprint, "{name}: {member}");
        }
    }
}
