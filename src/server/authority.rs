//! The certificate authority (CA) that the mock makes for itself, so that https needs no files.
//!
//! Keys are ECDSA P-256, which takes no time to make. Certificates follow
//! [RFC 5280](https://www.rfc-editor.org/rfc/rfc5280).

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

use super::certificate::{Chain, TlsError, problem};
use super::tls_name::TlsName;
use crate::clock::Clock;

/// The certificate, in the folder of a kept authority.
const CERTIFICATE_FILE: &str = "ca.pem";
/// The private key, in the folder of a kept authority.
const KEY_FILE: &str = "ca-key.pem";

/// How long the authority is trusted.
const AUTHORITY_DAYS: i64 = 3650;
/// How long a server certificate is good for: at most 398 days are taken by every client.
const SERVER_DAYS: i64 = 397;

/// A certificate authority for tests: who trusts its certificate trusts whatever server has its key.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// A new one, known to nobody yet.
    pub fn generate() -> Self {
        Self::with_new_certificate(new_key())
    }

    /// The one kept in this folder; a new one is put there the first time, so that a trust store
    /// which knows it can stay as it is.
    ///
    /// # Errors
    ///
    /// When the files cannot be read or written, do not belong together, or are out of date.
    pub fn kept_in(folder: &Path) -> Result<Self, TlsError> {
        let (key_file, file) = (folder.join(KEY_FILE), folder.join(CERTIFICATE_FILE));
        fs::create_dir_all(folder).map_err(|error| problem(folder, error))?;
        let key = kept_key(&key_file)?;
        let params = params_of_authority(&key);
        if !fs::exists(&file).map_err(|error| problem(&file, error))? {
            let made = Self::with_new_certificate(key);
            fs::write(&file, made.pem()).map_err(|error| problem(&file, error))?;
            return Ok(made);
        }
        let pem = fs::read_to_string(&file).map_err(|error| problem(&file, error))?;
        let chain = Chain::parse(&file, pem.as_bytes())?;
        chain.check_key(&key_file, PrivateKeyDer::Pkcs8(key.serialize_der().into()))?;
        let own = params.self_signed(&key).expect("a P-256 key signs");
        if !chain.is_named_as(own.der()) {
            return Err(problem(&file, "expected an authority that this program made"));
        }
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    fn with_new_certificate(key: KeyPair) -> Self {
        let params = params_of_authority(&key);
        let certificate = params.self_signed(&key).expect("a P-256 key signs");
        let pem = certificate.pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// The certificate that clients have to trust, as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a server of these names, and its key.
    pub(super) fn issue(
        &self,
        names: &[TlsName],
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = new_key();
        let mut params = valid_for(SERVER_DAYS);
        params.distinguished_name.push(DnType::CommonName, "cyberark-identity-mock");
        for name in names.iter().map(TlsName::in_certificate) {
            if !params.subject_alt_names.contains(&name) {
                params.subject_alt_names.push(name);
            }
        }
        params.key_usages.push(KeyUsagePurpose::DigitalSignature);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let certificate = params.signed_by(&key, &self.issuer).expect("a P-256 key signs");
        (certificate.der().clone(), PrivateKeyDer::Pkcs8(key.serialize_der().into()))
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("a P-256 key can always be made")
}

/// From yesterday, for clients whose clock is slow.
fn valid_for(days: i64) -> CertificateParams {
    let now = OffsetDateTime::from_unix_timestamp(Clock::default().now().seconds());
    let now = now.expect("a clock of our days");
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "cyberark-identity-mock, tests only");
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(days);
    params.use_authority_key_identifier_extension = true;
    params
}

/// Everything but the validity follows from the key, so that a kept key issues under the name that
/// its certificate has, and two authorities never share one.
fn params_of_authority(key: &KeyPair) -> CertificateParams {
    let mut params = valid_for(AUTHORITY_DAYS);
    let id = params.key_identifier(key);
    let id = id.iter().take(4).fold(0_u32, |id, byte| (id << 8) | u32::from(*byte));
    params
        .distinguished_name
        .push(DnType::CommonName, format!("cyberark-identity-mock CA {id:08x}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// The key in that file; a new one, when there is no file.
fn kept_key(file: &Path) -> Result<KeyPair, TlsError> {
    let key = new_key();
    match write_new(file, &key.serialize_pem()) {
        Ok(()) => return Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(problem(file, error)),
    }
    let pem = fs::read_to_string(file).map_err(|error| problem(file, error))?;
    KeyPair::from_pem(&pem)
        .map_err(|error| problem(file, format!("expected a private key in PEM, PKCS#8: {error}")))
}

/// Writes a file that only its owner can read, and that appears whole, unless there is one.
fn write_new(file: &Path, text: &str) -> io::Result<()> {
    if fs::exists(file)? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(text.as_bytes())?;
    // A link never replaces the key of a process that was quicker.
    let linked = fs::hard_link(&draft, file);
    let _ = fs::remove_file(&draft);
    linked
}
