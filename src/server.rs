//! The listener: binds or takes a socket, serves the tenant, sweeps it, stops.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::middleware::{ErrorHandlers, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};

use crate::http::{Site, canonical_path, log_request, routes, wrong_method};
use crate::outgoing::Outgoing;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::tenants::Tenants;

/// How often expired entries are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// How the server serves.
#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// The URL under which browsers and clients reach the server. Without one, issuer and URLs
    /// follow each request's `X-Forwarded-*` and `Host`.
    pub public_url: Option<BaseUrl>,
    /// Worker threads; as many as there are cores when `None`.
    pub workers: Option<usize>,
}

/// A server that listens already and has still to be run.
pub struct Server {
    addresses: Vec<SocketAddr>,
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
        let site = Data::new(Site {
            tenants: tenants.clone(),
            public_url: options.public_url,
            outgoing: Outgoing::default(),
        });
        let mut server = HttpServer::new(move || {
            let errors = ErrorHandlers::new()
                .handler(StatusCode::METHOD_NOT_ALLOWED, |answer| Ok(wrong_method(answer)));
            App::new()
                .app_data(site.clone())
                .wrap(errors)
                .wrap(from_fn(log_request))
                .wrap(from_fn(canonical_path))
                .configure(routes)
        })
        .disable_signals()
        .worker_max_blocking_threads(1)
        .shutdown_timeout(1);
        if let Some(workers) = options.workers {
            server = server.workers(workers);
        }
        let server = match door {
            Door::Address(host, port) => {
                addresses_of(host, port)?.into_iter().try_fold(server, |server, mut address| {
                    // Port 0 is one port for every address that the name stands for.
                    if let Some(first) = server.addrs().first() {
                        address.set_port(first.port());
                    }
                    server.bind(address)
                })?
            }
            Door::Socket(socket) => server.listen(socket)?,
        };
        Ok(Self { addresses: server.addrs(), tenants, inner: server.run() })
    }

    /// The addresses listened on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
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
