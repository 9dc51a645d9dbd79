//! Certificates and keys in files: read, and checked before a client meets them.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{DateTime, Decode, Reader, SliceReader, Tag};
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
                if signed.peek_tag()?.is_context_specific() {
                    signed.tlv_bytes()?; // The version.
                }
                for _before in ["serialNumber", "signature", "issuer"] {
                    signed.tlv_bytes()?;
                }
                let (not_before, not_after) =
                    signed.sequence(|validity| Ok((time(validity)?, time(validity)?)))?;
                let subject = signed.tlv_bytes()?;
                skip_rest(signed)?;
                Ok(Self { not_before, not_after, subject })
            })?;
            skip_rest(certificate)?;
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

fn skip_rest<'c>(reader: &mut impl Reader<'c>) -> der::Result<()> {
    while !reader.is_finished() {
        reader.tlv_bytes()?;
    }
    Ok(())
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
