//! Signing keys: made, and brought along.

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
