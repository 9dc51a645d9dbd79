//! From a socket to requests: handshakes, and the faults of a connection, each with its log line.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service,
    map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Response};
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use super::stream::Stream;
use super::timeouts::Timeouts;
use super::wire::Wire;
use crate::http::{Connection, Door};

/// How long the other side has to answer when the server closes.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// A socket's part in what becomes of its connections.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) door: Door,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) timeouts: Timeouts,
}

/// A connection that is ready for requests.
type Ready = (Wire, Protocol, Option<SocketAddr>);

impl Entrance {
    async fn open(self, socket: TcpStream) -> Result<Ready, ()> {
        // HTTP/2 sends an answer in parts, each of which would wait until the client acknowledges the one
        // before: 40 ms on Linux. A socket that takes no option is broken, which reading will tell.
        let _ = socket.set_nodelay(true);
        let peer = socket.peer_addr().ok();
        let connection = Connection::new(self.door, peer);
        let header = self.timeouts.header;
        let wire =
            |stream, protocol| Wire::new(stream, connection.clone(), protocol, self.timeouts);
        let Some(tls) = self.tls else {
            let protocol = Protocol::Http1;
            return Ok((wire(Stream::Plain(socket), protocol), protocol, peer));
        };
        let shaken = timeout(header, TlsAcceptor::from(tls).accept(socket)).await;
        let error = match shaken {
            Ok(Ok(stream)) => {
                let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let protocol = if is_h2 { Protocol::Http2 } else { Protocol::Http1 };
                return Ok((wire(Stream::Tls(Box::new(stream)), protocol), protocol, peer));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("nothing more came in {} s", header.as_secs_f64()),
        };
        tracing::warn!(peer = connection.peer(), error, "the TLS handshake failed");
        Err(())
    }
}

/// What serves the connections of a socket with an application.
pub(super) fn service<F, I, S, B, D, Fut>(
    entrance: Entrance,
    application: F,
    stopping: D,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = (), InitError = ()>
where
    F: Fn() -> I,
    I: IntoServiceFactory<S, actix_http::Request>,
    S: ServiceFactory<actix_http::Request, Config = AppConfig, InitError = ()> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<actix_http::Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
    D: Fn() -> Fut + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let Timeouts { header, keep_alive, .. } = entrance.timeouts;
    let keep_alive =
        if keep_alive.is_zero() { KeepAlive::Disabled } else { KeepAlive::Timeout(keep_alive) };
    let application = application().into_factory().map_err(|error: S::Error| {
        let error: actix_web::Error = error.into();
        error.error_response()
    });
    let http = HttpService::build()
        .graceful_shutdown_signal(stopping)
        .keep_alive(keep_alive)
        // Of HTTP/2 alone: [`Wire`] is quicker with the heads of HTTP/1.1.
        .client_request_timeout(header + CLOSE_WITHIN)
        .client_disconnect_timeout(CLOSE_WITHIN)
        .local_addr(entrance.door.address)
        .on_connect_ext(|wire: &Wire, data| {
            data.insert(wire.connection().clone());
        })
        .finish(map_config(application, |()| AppConfig::default()));
    let http = apply_fn_factory(http, |ready: Ready, http| {
        let connection = ready.0.connection().clone();
        let served = http.call(ready);
        async move { served.await.inspect_err(|error| tell(&connection, error)) }
    });
    // Told already; the server has no use for it.
    let http = http.map_err(drop);
    fn_service(move |socket| entrance.clone().open(socket)).and_then(http)
}

/// A fault that ended a connection; those of the stream itself are told by [`Wire`].
fn tell(connection: &Connection, error: &DispatchError) {
    let what = match error {
        DispatchError::Io(_) | DispatchError::DisconnectTimeout => return,
        DispatchError::Parse(_) => "malformed HTTP",
        DispatchError::H2(_) => "the HTTP/2 connection broke",
        DispatchError::SlowRequestTimeout => "half a header: the rest did not come in time",
        _ => "the connection failed",
    };
    let peer = connection.peer();
    tracing::warn!(peer, %error, "{what}");
}

#[cfg(test)]
mod tests {
    use actix_web::rt::net::TcpListener;

    use super::*;

    #[actix_web::test]
    async fn parts_of_an_answer_do_not_wait_for_each_other() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        assert!(!socket.nodelay().unwrap());
        let door = Door { address, is_secure: false };
        let entrance = Entrance { door, tls: None, timeouts: Timeouts::default() };
        let (wire, ..) = entrance.open(socket).await.unwrap();
        assert!(wire.socket().nodelay().unwrap());
    }
}
