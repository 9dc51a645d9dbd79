//! The listener: binds or takes a socket, serves the tenant, sweeps it, stops.

mod accept;
mod authority;
mod certificate;
mod sockets;
mod stream;
mod timeouts;
mod tls;
mod tls_name;
mod wire;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, Error, rt};

pub use crate::http::ControlAccess;
pub(crate) use crate::http::SESSION_COOKIE;
use crate::http::{Door, Metrics, Signers, Site, around, routes};
use crate::outgoing::Outgoing;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::tenants::Tenants;

use self::accept::{Entrance, service};
use self::sockets::{Place, addresses_of};
pub use authority::Authority;
pub use certificate::TlsError;
pub use timeouts::Timeouts;
pub use tls::{Https, HttpsDoor, Tls};
pub use tls_name::{TlsName, TlsNameError};

/// How often expired entries are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// How the server serves.
#[derive(Debug, Default)]
pub struct ServerOptions {
    /// The URL under which browsers and clients reach the server. Without one, issuer and URLs
    /// follow each request's `X-Forwarded-*` and `Host`.
    pub public_url: Option<BaseUrl>,
    /// Who may call the control API below `/_mock`.
    pub control: ControlAccess,
    /// Threads that answer; half as many as there are cores when `None`. Each hands signatures to threads
    /// of its own, so that all of them together can use every core.
    pub workers: Option<usize>,
    /// HTTPS beside HTTP.
    pub https: Option<Https>,
    /// How long clients may take.
    pub timeouts: Timeouts,
}

/// A server that listens already and has still to be run.
pub struct Server {
    addresses: Vec<SocketAddr>,
    https_addresses: Vec<SocketAddr>,
    has_authority: bool,
    tenants: Tenants,
    inner: actix_web::dev::Server,
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
        Self::open(tenants.into(), Place::Address(host, port), options)
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
        Self::open(tenants.into(), Place::Socket(socket), options)
    }

    fn open(tenants: Tenants, place: Place<'_>, options: ServerOptions) -> io::Result<Self> {
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
            body_within: options.timeouts.body,
        });
        let http = place.listen()?;
        let addresses = addresses_of(&http)?;
        let tls = tls.map(|tls| Arc::new(tls.config()));
        let https = options.https.map(|https| https.door.listen(&addresses)).transpose()?;
        let https = https.unwrap_or_default();
        let https_addresses = addresses_of(&https)?;
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers = options.workers.unwrap_or(cores.div_ceil(2)).max(1);
        let threads = cores.div_ceil(workers);
        let mut server = actix_web::dev::Server::build()
            .disable_signals()
            .workers(workers)
            .worker_max_blocking_threads(threads)
            .shutdown_timeout(1);
        let plain = http.into_iter().map(|socket| (socket, None));
        let secure = https.into_iter().map(|socket| (socket, tls.clone()));
        for (socket, tls) in plain.chain(secure) {
            let address = socket.local_addr()?;
            let door = Door { address, is_secure: tls.is_some() };
            let entrance = Entrance { door, tls, timeouts: options.timeouts };
            let (site, stopping) = (site.clone(), server.graceful_shutdown_signal());
            server = server.listen(address.to_string(), socket, move || {
                let (site, stopping) = (site.clone(), stopping.clone());
                let stopping = move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                };
                let app = move || application(site.clone(), Signers::new(threads));
                service(entrance.clone(), app, stopping)
            })?;
        }
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

/// The application that serves the site.
fn application(
    site: Data<Site>,
    signers: Signers,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new().app_data(site).app_data(signers).wrap(from_fn(around)).configure(routes)
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
