//! The certificate that may stand beside a private key.
//!
//! [RFC 7468 §2, §5](https://www.rfc-editor.org/rfc/rfc7468#section-5),
//! [RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use der::asn1::AnyRef;
use der::{Decode, SliceReader, Tag, Tagged};
use rsa::pkcs8::{Document, SubjectPublicKeyInfoRef};

use super::KeyError;
use crate::protocol::digest::{hex_lower, sha256};
use crate::protocol::jwk::JwkCertificate;

/// The label of a certificate's block.
const LABEL: &str = "CERTIFICATE";

/// Certificates, that of the key first.
#[derive(Debug)]
pub(super) struct Chain(Vec<Document>);

impl Chain {
    /// Reads the `CERTIFICATE` blocks of a PEM text; `None` when it has none.
    pub(super) fn of(pem: &str) -> Result<Option<Self>, KeyError> {
        let blocks = blocks(pem).into_iter().filter(|(label, _)| *label == LABEL);
        let read = |(_, block)| match Document::from_pem(block) {
            Ok((_, document)) => Ok(document),
            Err(error) => Err(KeyError::Certificate(error.to_string())),
        };
        let chain = blocks.map(read).collect::<Result<Vec<_>, _>>()?;
        Ok((!chain.is_empty()).then_some(Self(chain)))
    }

    /// The members of the key that the first certificate is for, and the `kid` that is its SHA-1
    /// thumbprint; `public` is the key itself.
    pub(super) fn of_key(&self, public: &[u8]) -> Result<(String, JwkCertificate), KeyError> {
        let own = self.0[0].as_bytes();
        match public_key(own) {
            Ok(certified) if certified == public => {}
            Ok(_) => return Err(KeyError::OfAnotherKey),
            Err(error) => return Err(KeyError::Certificate(error.to_string())),
        }
        let thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, own);
        let members = JwkCertificate {
            x5c: self.0.iter().map(|certificate| STANDARD.encode(certificate.as_bytes())).collect(),
            x5t: URL_SAFE_NO_PAD.encode(thumbprint),
            x5t_s256: URL_SAFE_NO_PAD.encode(sha256(own)),
        };
        Ok((hex_lower(thumbprint.as_ref()).to_uppercase(), members))
    }
}

/// The public key that a certificate is for.
fn public_key(certificate: &[u8]) -> der::Result<Vec<u8>> {
    let whole = AnyRef::from_der(certificate)?;
    whole.tag().assert_eq(Tag::Sequence)?;
    let signed = AnyRef::decode(&mut SliceReader::new(whole.value())?)?;
    signed.tag().assert_eq(Tag::Sequence)?;
    let mut fields = SliceReader::new(signed.value())?;
    // Version, which may be missing, serial number, algorithm, issuer, validity, subject.
    let has_version = AnyRef::decode(&mut fields)?.tag().is_context_specific();
    for _ in 0..if has_version { 5 } else { 4 } {
        AnyRef::decode(&mut fields)?;
    }
    let key = SubjectPublicKeyInfoRef::decode(&mut fields)?;
    Ok(key.subject_public_key.raw_bytes().to_vec())
}

/// The one block that is no certificate: the private key. Without one the whole text, whose fault
/// its reader tells.
pub(super) fn key_block(pem: &str) -> Result<&str, KeyError> {
    let blocks = blocks(pem);
    let mut others = blocks.iter().filter(|(label, _)| *label != LABEL);
    match (others.next(), others.next()) {
        (Some((_, block)), None) => Ok(block),
        (Some(_), Some((label, _))) => {
            Err(KeyError::Unreadable(format!("there is a {label} beside the first key")))
        }
        (None, _) => Ok(blocks.first().map_or(pem, |(_, block)| block)),
    }
}

/// Label and text of each block.
fn blocks(pem: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = pem;
    while let Some(at) = rest.find(BEGIN) {
        rest = &rest[at..];
        let Some((label, _)) = rest[BEGIN.len()..].split_once(DASHES) else { break };
        let end = format!("-----END {label}{DASHES}");
        let Some(ends) = rest.find(&end).map(|at| at + end.len()) else { break };
        blocks.push((label, &rest[..ends]));
        rest = &rest[ends..];
    }
    blocks
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn arbitrary_text_never_panics(text: String, bytes: Vec<u8>) {
            let _ = key_block(&text);
            let _ = Chain::of(&text);
            let _ = public_key(&bytes);
            let _ = key_block(&format!("{BEGIN}{text}"));
        }
    }
}
