//! Certificates and keys in files: read, and checked before a client meets them.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{DateTime, Decode, Reader, SliceReader, Tag, TagNumber};
use rustls::Error;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::clock::Clock;

/// A certificate or key that cannot be used, by its file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct TlsError {
    /// The file or folder.
    pub file: String,
    /// What was found, and what is allowed.
    pub problem: String,
}

/// An error about a file.
pub(super) fn problem(file: &Path, problem: impl Display) -> TlsError {
    TlsError { file: file.display().to_string(), problem: problem.to_string() }
}

/// A certificate and those that lead from it to an authority, read from a file.
#[derive(Debug)]
pub(super) struct Chain<'f> {
    file: &'f Path,
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

impl<'f> Chain<'f> {
    /// Reads PEM; every certificate in it has to be valid now.
    pub(super) fn parse(file: &'f Path, pem: &[u8]) -> Result<Self, TlsError> {
        let expected = |error: &dyn Display| {
            problem(file, format!("expected certificates in PEM, \"BEGIN CERTIFICATE\": {error}"))
        };
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| expected(&error))?;
        if certificates.is_empty() {
            return Err(expected(&"there is none"));
        }
        for certificate in &certificates {
            check_validity(certificate).map_err(|error| problem(file, error))?;
        }
        Ok(Self { file, certificates })
    }

    /// Whether the first certificate has the subject of that one.
    pub(super) fn is_named_as(&self, other: &CertificateDer<'_>) -> bool {
        let named = |own: Fields<'_>| Fields::of(other).is_ok_and(|it| it.subject == own.subject);
        self.certificates.first().and_then(|first| Fields::of(first).ok()).is_some_and(named)
    }

    /// Certificate and key as they are served, if they belong together.
    pub(super) fn check_key(
        &self,
        key_file: &Path,
        key: PrivateKeyDer<'static>,
    ) -> Result<CertifiedKey, TlsError> {
        let provider = provider();
        let found = CertifiedKey::from_der(self.certificates.clone(), key, &provider);
        found.map_err(|error| match error {
            Error::InconsistentKeys(_) => {
                let certificate = self.file.display();
                problem(key_file, format!("the key does not belong to {certificate}"))
            }
            Error::InvalidCertificate(error) => problem(self.file, format!("{error:?}")),
            error => problem(key_file, error),
        })
    }
}

/// The cryptography of TLS; named here, as a program that embeds the mock may have several.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Reads a private key in PEM.
pub(super) fn private_key(file: &Path, pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| {
        let expected = "expected an unencrypted private key in PEM (PKCS#8, PKCS#1 or SEC 1)";
        problem(file, format!("{expected}: {error}"))
    })
}

/// The tag of a certificate's version.
const VERSION: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber::N0 };

/// What is looked at in a certificate.
struct Fields<'c> {
    not_before: DateTime,
    not_after: DateTime,
    /// As it is encoded.
    subject: &'c [u8],
}

impl<'c> Fields<'c> {
    /// [RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1); what is not looked at is
    /// skipped.
    fn of(certificate: &'c CertificateDer<'_>) -> der::Result<Self> {
        let mut reader = SliceReader::new(certificate)?;
        let fields = reader.sequence(|certificate| {
            let fields = certificate.sequence(|signed| {
                if signed.peek_tag()? == VERSION {
                    expect(signed, VERSION)?;
                }
                expect(signed, Tag::Integer)?; // The serial number.
                expect(signed, Tag::Sequence)?; // The algorithm.
                expect(signed, Tag::Sequence)?; // The issuer.
                let (not_before, not_after) =
                    signed.sequence(|validity| Ok((time(validity)?, time(validity)?)))?;
                let subject = expect(signed, Tag::Sequence)?;
                expect(signed, Tag::Sequence)?; // The public key.
                while !signed.is_finished() {
                    signed.tlv_bytes()?; // Unique ids and extensions.
                }
                Ok(Self { not_before, not_after, subject })
            })?;
            expect(certificate, Tag::Sequence)?; // The algorithm.
            expect(certificate, Tag::BitString)?; // The signature.
            Ok(fields)
        })?;
        reader.finish(fields)
    }
}

fn time<'c>(reader: &mut impl Reader<'c>) -> der::Result<DateTime> {
    Ok(match reader.peek_tag()? {
        Tag::UtcTime => UtcTime::decode(reader)?.to_date_time(),
        _ => GeneralizedTime::decode(reader)?.to_date_time(),
    })
}

/// The next field as it is encoded, which has to have this tag.
fn expect<'c>(reader: &mut impl Reader<'c>, tag: Tag) -> der::Result<&'c [u8]> {
    reader.peek_tag()?.assert_eq(tag)?;
    reader.tlv_bytes()
}

fn check_validity(certificate: &CertificateDer<'_>) -> Result<(), String> {
    let Fields { not_before, not_after, .. } = Fields::of(certificate)
        .map_err(|error| format!("the certificate cannot be read: {error}"))?;
    let now = u64::try_from(Clock::default().now().seconds()).unwrap_or_default();
    if now < not_before.unix_duration().as_secs() {
        return Err(format!("the certificate is not valid before {not_before}"));
    }
    if now > not_after.unix_duration().as_secs() {
        return Err(format!("the certificate expired at {not_after}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEQUENCE: u8 = 0x30;

    /// A value in DER, of less than 128 bytes.
    fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        [&[tag, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    }

    #[test]
    fn what_lacks_a_field_is_no_certificate() {
        let number = value(0x02, &[b"1"]);
        let some = value(SEQUENCE, &[]);
        let times = [value(0x17, &[b"200101000000Z"]), value(0x18, &[b"21000101000000Z"])];
        let validity = value(SEQUENCE, &[&times[0], &times[1]]);
        let name = value(SEQUENCE, &[&number]);
        let signature = value(0x03, &[&[0]]);
        let signed: [&[u8]; 6] = [&number, &some, &some, &validity, &name, &some];
        let whole = |signed: &[&[u8]], signature: &[u8]| {
            let signed = value(SEQUENCE, signed);
            CertificateDer::from(value(SEQUENCE, &[&signed, &some, signature]))
        };
        let read = whole(&signed, &signature);
        let fields = Fields::of(&read).unwrap();
        assert_eq!(fields.not_before.to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(fields.not_after.to_string(), "2100-01-01T00:00:00Z");
        assert_eq!(fields.subject, name);
        for left_out in 0..signed.len() {
            let mut signed = signed.to_vec();
            signed.remove(left_out);
            assert!(Fields::of(&whole(&signed, &signature)).is_err(), "{left_out}");
        }
        assert!(Fields::of(&whole(&signed, &[])).is_err());
        assert!(Fields::of(&whole(&signed, &[&signature[..], &some].concat())).is_err());
        let all = whole(&signed, &signature);
        for length in 0..all.len() {
            assert!(Fields::of(&CertificateDer::from(&all[..length])).is_err(), "{length}");
        }
    }
}
