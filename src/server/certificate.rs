//! Certificates and keys in files: read, and checked before a client meets them.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use rustls::Error;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::Certificate;
use x509_cert::der::Decode;

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
        let subject = |der: &CertificateDer<'_>| {
            Certificate::from_der(der).map(|read| read.tbs_certificate.subject).ok()
        };
        subject(other).is_some_and(|name| self.certificates.first().and_then(subject) == Some(name))
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

fn check_validity(certificate: &CertificateDer<'_>) -> Result<(), String> {
    let certificate = Certificate::from_der(certificate)
        .map_err(|error| format!("the certificate cannot be read: {error}"))?;
    let validity = certificate.tbs_certificate.validity;
    let now = u64::try_from(Clock::default().now().seconds()).unwrap_or_default();
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err(format!("the certificate is not valid before {}", validity.not_before));
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err(format!("the certificate expired at {}", validity.not_after));
    }
    Ok(())
}
