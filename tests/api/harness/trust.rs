//! Clients of https: whom they trust, and how they shake hands.

use std::net::TcpListener;
use std::sync::Arc;

use cyberark_identity_mock::server::{Authority, Https, HttpsDoor, Tls, TlsName};
use cyberark_identity_mock::tenant::Tenant;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ALL_VERSIONS, ClientConfig, RootCertStore, SupportedProtocolVersion};

use super::{Answer, Place, Setup, Wire};

/// A client that trusts one authority.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) pem: String,
    /// Versions of TLS that it speaks.
    pub(crate) versions: &'static [&'static SupportedProtocolVersion],
    /// Protocols that it offers by ALPN.
    pub(crate) protocols: &'static [&'static str],
}

impl Trust {
    /// Trusts the authority of this certificate.
    pub(crate) fn in_pem(pem: &str) -> Self {
        Self { pem: pem.to_owned(), versions: ALL_VERSIONS, protocols: &[] }
    }

    /// The certificate of the authority.
    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("the authority is in PEM")
    }

    /// Those trusted.
    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate()).expect("the authority can be trusted");
        Arc::new(roots)
    }

    /// The settings of a TLS client.
    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(self.versions)
            .expect("the provider has suites for these versions")
            .with_root_certificates(self.roots())
            .with_no_client_auth();
        let protocols = self.protocols.iter();
        config.alpn_protocols = protocols.map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// The same for the client that sends [`super::Request`]s.
    pub(crate) fn for_requests(&self) -> ureq::tls::TlsConfig {
        let certificate = ureq::tls::Certificate::from_der(&self.certificate()).to_owned();
        ureq::tls::TlsConfig::builder()
            .root_certs(ureq::tls::RootCerts::new_with_certs(&[certificate]))
            .unversioned_rustls_crypto_provider(provider())
            .build()
    }
}

/// The cryptography of the clients.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// A socket on a free port, and its URL.
pub(super) fn socket(scheme: &str) -> (TcpListener, String) {
    let socket = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = socket.local_addr().expect("the socket is bound");
    (socket, format!("{scheme}://{address}"))
}

/// HTTPS by an authority that nobody knows yet, on a socket of the test's own.
pub(super) fn https(tenant: &Tenant, socket: TcpListener) -> (Https, Trust) {
    let authority = Authority::generate();
    let tls = Tls::issued_by(&authority, &TlsName::usual(tenant, None));
    (Https { tls, door: HttpsDoor::Socket(socket) }, Trust::in_pem(authority.pem()))
}

impl Setup {
    /// With HTTPS, which every verb of the mock then uses.
    pub(crate) fn over_https(mut self) -> Self {
        self.https = true;
        self
    }
}

impl Place {
    /// A connection.
    pub(crate) fn wire(&self) -> Wire {
        match &self.trust {
            None => Wire::open(&self.url),
            Some(trust) => Wire::open_tls(trust, &self.url, "127.0.0.1").expect("a handshake"),
        }
    }

    /// Sends these bytes on a connection of their own; what the server answers before it closes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Option<Answer> {
        let mut wire = self.wire();
        wire.send(bytes);
        wire.answer()
    }
}
