//! HTTPS beside HTTP: where, and with which certificate.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::authority::Authority;
use super::certificate::{Chain, TlsError, private_key, problem, provider};
use super::tls_name::TlsName;

/// HTTPS beside HTTP.
#[derive(Debug)]
pub struct Https {
    /// What the server shows to clients.
    pub tls: Tls,
    /// Where it listens.
    pub door: HttpsDoor,
}

/// Where a server listens for HTTPS.
#[derive(Debug)]
pub enum HttpsDoor {
    /// This port of the host that HTTP is served at; 0 takes a free one.
    Port(u16),
    /// A socket that the caller has bound.
    Socket(TcpListener),
}

/// Certificate and key, for TLS 1.2 ([RFC 5246](https://www.rfc-editor.org/rfc/rfc5246)) and 1.3
/// ([RFC 8446](https://www.rfc-editor.org/rfc/rfc8446)).
#[derive(Debug, Clone)]
pub struct Tls {
    certified: Arc<CertifiedKey>,
    authority_pem: Option<String>,
}

impl Tls {
    /// A new certificate for these names, by an authority of the mock's own.
    pub fn issued_by(authority: &Authority, names: &[TlsName]) -> Self {
        let (certificate, key) = authority.issue(names);
        let certified = CertifiedKey::from_der(vec![certificate], key, &provider());
        let certified = certified.expect("the authority gives a certificate and its key");
        Self { certified: Arc::new(certified), authority_pem: Some(authority.pem().to_owned()) }
    }

    /// The caller's certificate, with those that lead from it to its authority, and the key.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, the two do not belong together, or a certificate is out of date.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let read = |file: &Path| fs::read(file).map_err(|error| problem(file, error));
        let chain = Chain::parse(certificate, &read(certificate)?)?;
        let certified = chain.check_key(key, private_key(key, &read(key)?)?)?;
        Ok(Self { certified: Arc::new(certified), authority_pem: None })
    }

    /// The certificate that clients have to trust, as PEM; `None` with the caller's certificate.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// The settings of the listener.
    pub(super) fn config(&self) -> ServerConfig {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(self.certified.clone())));
        config.alpn_protocols = ["h2", "http/1.1"].map(Into::into).to_vec();
        config
    }
}
