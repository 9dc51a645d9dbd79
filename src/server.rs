//! The listener: binds or takes a socket, serves the tenant, sweeps it, stops.

mod authority;
mod certificate;
mod tls;
mod tls_name;

use std::fmt::Display;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::middleware::{ErrorHandlers, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};

pub use crate::http::ControlAccess;
pub(crate) use crate::http::SESSION_COOKIE;
use crate::http::{
    Metrics, Site, canonical_path, guard_control, journaled, log_request, routes, steered,
    wrong_method,
};
use crate::outgoing::Outgoing;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::tenants::Tenants;

pub use authority::Authority;
pub use certificate::TlsError;
pub use tls::{Https, HttpsDoor, Tls};
pub use tls_name::{TlsName, TlsNameError};

/// How often expired entries are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// The most TLS handshakes under way. A full worker would take no connection at all, not even a
/// plain one; this is as many as it takes plain ones.
const HANDSHAKES: usize = 25_600;

/// How the server serves.
#[derive(Debug, Default)]
pub struct ServerOptions {
    /// The URL under which browsers and clients reach the server. Without one, issuer and URLs
    /// follow each request's `X-Forwarded-*` and `Host`.
    pub public_url: Option<BaseUrl>,
    /// Who may call the control API below `/_mock`.
    pub control: ControlAccess,
    /// Worker threads; as many as there are cores when `None`.
    pub workers: Option<usize>,
    /// HTTPS beside HTTP.
    pub https: Option<Https>,
}

/// A server that listens already and has still to be run.
pub struct Server {
    addresses: Vec<SocketAddr>,
    https_addresses: Vec<SocketAddr>,
    has_authority: bool,
    tenants: Tenants,
    inner: actix_web::dev::Server,
}

/// Where a server listens.
enum Door<'a> {
    Address(&'a str, u16),
    Socket(TcpListener),
}

impl Server {
    /// Serves a tenant, or several, at this host and port; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be resolved or is taken.
    pub fn bind(
        tenants: impl Into<Tenants>,
        host: &str,
        port: u16,
        options: ServerOptions,
    ) -> io::Result<Self> {
        Self::open(tenants.into(), Door::Address(host, port), options)
    }

    /// Serves a tenant, or several, on a socket that the caller has bound.
    ///
    /// # Errors
    ///
    /// When the socket cannot be used.
    pub fn listen(
        tenants: impl Into<Tenants>,
        socket: TcpListener,
        options: ServerOptions,
    ) -> io::Result<Self> {
        Self::open(tenants.into(), Door::Socket(socket), options)
    }

    fn open(tenants: Tenants, door: Door<'_>, options: ServerOptions) -> io::Result<Self> {
        let tls = options.https.as_ref().map(|https| &https.tls);
        let authority_pem = tls.and_then(Tls::authority_pem).map(str::to_owned);
        let has_authority = authority_pem.is_some();
        let site = Data::new(Site {
            tenants: tenants.clone(),
            public_url: options.public_url,
            authority_pem,
            outgoing: Outgoing::default(),
            control: options.control,
            metrics: Metrics::default(),
        });
        let mut server = HttpServer::new(move || {
            App::new()
                .app_data(site.clone())
                .wrap(wrong_methods())
                .wrap(from_fn(steered))
                .wrap(from_fn(journaled))
                .wrap(from_fn(guard_control))
                .wrap(from_fn(canonical_path))
                .wrap(from_fn(log_request))
                .configure(routes)
        })
        .disable_signals()
        .worker_max_blocking_threads(1)
        .max_connection_rate(HANDSHAKES)
        .shutdown_timeout(1);
        if let Some(workers) = options.workers {
            server = server.workers(workers);
        }
        let server = match door {
            Door::Address(host, port) => {
                let addresses = addresses_of(host, port).map_err(|error| at(host, port, &error))?;
                addresses.into_iter().try_fold(server, |server, mut address| {
                    // Port 0 is one port for every address that the name stands for.
                    if let Some(first) = server.addrs().first() {
                        address.set_port(first.port());
                    }
                    server.bind(address).map_err(|error| at(host, port, &error))
                })?
            }
            Door::Socket(socket) => server.listen(socket)?,
        };
        let addresses = server.addrs();
        let server = match options.https {
            None => server,
            Some(Https { tls, door: HttpsDoor::Socket(socket) }) => {
                server.listen_rustls_0_23(socket, tls.config())?
            }
            Some(Https { tls, door: HttpsDoor::Port(mut port) }) => {
                addresses.iter().try_fold(server, |server, http| {
                    let address = SocketAddr::new(http.ip(), port);
                    let server = server
                        .bind_rustls_0_23(address, tls.config())
                        .map_err(|error| at(address.ip(), port, &error))?;
                    port = server.addrs().last().map_or(port, SocketAddr::port);
                    Ok::<_, io::Error>(server)
                })?
            }
        };
        let https_addresses = server.addrs().split_off(addresses.len());
        Ok(Self { addresses, https_addresses, has_authority, tenants, inner: server.run() })
    }

    /// The addresses listened on for HTTP.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The addresses listened on for HTTPS; none when it is off.
    pub fn https_addresses(&self) -> &[SocketAddr] {
        &self.https_addresses
    }

    /// Whether `GET /_mock/ca.pem` gives the certificate that clients have to trust for HTTPS.
    pub fn has_authority(&self) -> bool {
        self.has_authority
    }

    /// A handle that stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.inner.handle()
    }

    /// Serves until the handle stops it.
    ///
    /// # Errors
    ///
    /// When the listener fails.
    pub async fn run(self) -> io::Result<()> {
        let tenants = self.tenants;
        let sweeper = rt::spawn(async move {
            let mut ticks = rt::time::interval(SWEEP_EVERY);
            loop {
                ticks.tick().await;
                tenants.sweep();
            }
        });
        let outcome = self.inner.await;
        sweeper.abort();
        outcome
    }
}

/// An error of listening, by where it was tried.
fn at(host: impl Display, port: u16, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{host} port {port}: {error}"))
}

/// Gives a 405 a text for people.
fn wrong_methods<B: 'static>() -> ErrorHandlers<B> {
    let handlers = ErrorHandlers::new();
    handlers.handler(StatusCode::METHOD_NOT_ALLOWED, |answer| Ok(wrong_method(answer)))
}

/// The addresses that a name stands for, without those that this machine does not have.
fn addresses_of(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.len() > 1 {
        let is_here = |address: &SocketAddr| TcpListener::bind((address.ip(), 0)).is_ok();
        addresses.retain(is_here);
    }
    if addresses.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "the name has no address here",
        ));
    }
    addresses.dedup();
    Ok(addresses)
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
