//! SHA-256 in the shapes the protocol wants it: `at_hash` and `c_hash`, store keys, derived UUIDs.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::jwk::SigningAlgorithm;

/// SHA-256 of the bytes.
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    digest(&SHA256, bytes.as_ref()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// `at_hash` of an access token, `c_hash` of a code: the left half of the hash that the ID token's
/// algorithm uses (SHA-256, with Ed25519 SHA-512), in unpadded base64url. `sha256` has to be that of
/// `value`: stores find a token by it, so there is one already.
///
/// [OpenID Connect Core §3.3.2.11](https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken)
pub fn half_hash(algorithm: SigningAlgorithm, value: &str, sha256: &[u8; 32]) -> String {
    match algorithm {
        SigningAlgorithm::RS256 | SigningAlgorithm::PS256 | SigningAlgorithm::ES256 => {
            URL_SAFE_NO_PAD.encode(&sha256[..16])
        }
        SigningAlgorithm::EdDSA => {
            URL_SAFE_NO_PAD.encode(&digest(&SHA512, value.as_bytes()).as_ref()[..32])
        }
    }
}

/// A UUID that depends on nothing but `name`: the same in each run.
///
/// Version 8, the vendor-defined layout of
/// [RFC 9562 §5.8](https://www.rfc-editor.org/rfc/rfc9562#section-5.8).
pub fn uuid_of(name: &str) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&sha256(name)[..16]);
    format_uuid(bytes, 8)
}

/// `bytes` as a UUID of the given version (RFC 9562 §4).
pub fn format_uuid(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hex_lower(&bytes);
    let part = |from: usize, to: usize| &digits[from..to];
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Lower-case hexadecimal digits of the bytes.
pub fn hex_lower(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([byte >> 4, byte & 0x0f].map(|digit| DIGITS[usize::from(digit)]));
    }
    String::from_utf8(text).expect("digits are ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_hash_matches_the_example_of_the_specification() {
        // OpenID Connect Core Appendix A.4 and A.6: the at_hash and c_hash of the examples.
        for (value, half) in [
            ("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"),
            (
                "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
                "LDktKdoQak3Pk0cnXxCltA",
            ),
        ] {
            assert_eq!(half_hash(SigningAlgorithm::RS256, value, &sha256(value)), half);
        }
    }

    #[test]
    fn a_derived_uuid_is_stable_and_well_formed() {
        let uuid = uuid_of("alice@example.com");
        assert_eq!(uuid, uuid_of("alice@example.com"));
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "8"));
        assert_ne!(uuid, uuid_of("bob@example.com"));
    }
}
