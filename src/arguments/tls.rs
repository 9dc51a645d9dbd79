//! The flags of https.

use std::path::PathBuf;

use clap::Args;
use cyberark_identity_mock::server::TlsName;

/// Where https is served, and with which certificate.
#[derive(Debug, Args)]
pub(crate) struct TlsArguments {
    /// Port to serve HTTPS at, beside HTTP; 0 takes any free one.
    #[arg(id = "tls_port", long = "tls-port", env = "CYBERARK_MOCK_TLS_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// Certificate chain to show (PEM), with --tls-key; without one the server makes an authority
    /// (CA) and a certificate, and gives the CA's at /_mock/ca.pem.
    #[arg(
        id = "tls_certificate",
        long = "tls-certificate",
        env = "CYBERARK_MOCK_TLS_CERTIFICATE",
        value_name = "FILE",
        requires_all = ["tls_port", "tls_key"]
    )]
    pub(crate) certificate: Option<PathBuf>,

    /// Private key of --tls-certificate (PEM: PKCS#8, PKCS#1 or SEC 1).
    #[arg(
        id = "tls_key",
        long = "tls-key",
        env = "CYBERARK_MOCK_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate"
    )]
    pub(crate) key: Option<PathBuf>,

    /// Names and addresses, by commas, that the made certificate is for too, beside localhost and
    /// the loopback addresses, --host, the host of --public-url and the tenant's.
    #[arg(
        id = "tls_names",
        long = "tls-names",
        env = "CYBERARK_MOCK_TLS_NAMES",
        value_name = "NAMES",
        value_delimiter = ',',
        requires = "tls_port",
        conflicts_with = "tls_certificate"
    )]
    pub(crate) names: Vec<TlsName>,

    /// Folder to keep the made CA in, as ca.pem and ca-key.pem, so that it is the same each time.
    #[arg(
        long,
        env = "CYBERARK_MOCK_CA_FOLDER",
        value_name = "FOLDER",
        requires = "tls_port",
        conflicts_with = "tls_certificate"
    )]
    pub(crate) ca_folder: Option<PathBuf>,

    /// File to write the certificate of the made CA to, for trust stores.
    #[arg(
        long,
        env = "CYBERARK_MOCK_CA_FILE",
        value_name = "FILE",
        requires = "tls_port",
        conflicts_with = "tls_certificate"
    )]
    pub(crate) ca_file: Option<PathBuf>,
}
