//! An application under test: it takes notices, answers them as it is told, and remembers them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Channel, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long a notice may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long one that must not come is waited for.
const SHORTLY: Duration = Duration::from_millis(300);

/// How an application answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    /// With this status.
    Status(u16),
    /// Never; the connection stays open.
    Nothing,
}

/// An application that listens on a port of its own until it is dropped.
pub(crate) struct Receiver {
    scheme: &'static str,
    address: SocketAddr,
    received: Channel<Received>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A request that an application got.
#[derive(Debug)]
pub(crate) struct Received {
    /// Method, path and query.
    pub(crate) line: String,
    /// In lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Receiver {
    pub(crate) fn start(reply: Reply) -> Self {
        Self::listen("http", move |stream, send| serve(stream, reply, send).map(drop_later))
    }

    /// Over https, with a certificate that nobody vouches for.
    pub(crate) fn start_tls(reply: Reply) -> Self {
        let config = tls_config();
        Self::listen("https", move |stream, send| {
            let connection = ServerConnection::new(config.clone()).expect("the key fits");
            serve(StreamOwned::new(connection, stream), reply, send).map(drop_later)
        })
    }

    fn listen(
        scheme: &'static str,
        serve: impl Fn(TcpStream, &Sender<Received>) -> Option<Held> + Send + 'static,
    ) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = socket.local_addr().expect("the socket is bound");
        let (send, received) = channel();
        let over = Arc::new(AtomicBool::new(false));
        let stop = over.clone();
        let thread = std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in socket.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let stream = stream.expect("a connection");
                stream.set_read_timeout(Some(PATIENCE)).expect("the time-out is not zero");
                held.extend(serve(stream, &send));
            }
        });
        Self { scheme, address, received, over, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The next request.
    pub(crate) fn next(&self) -> Received {
        self.received.recv_timeout(PATIENCE).expect("a request comes")
    }

    pub(crate) fn assert_nothing(&self) {
        let received = self.received.recv_timeout(SHORTLY);
        assert!(matches!(received, Err(RecvTimeoutError::Timeout)), "{received:?}");
    }
}

/// A connection that is kept open.
type Held = Box<dyn std::any::Any>;

fn drop_later(connection: impl std::any::Any) -> Held {
    Box::new(connection)
}

fn tls_config() -> Arc<ServerConfig> {
    let certificate = include_bytes!("../../certificates/development-rsa.crt");
    let certificate = CertificateDer::from_pem_slice(certificate).expect("it is well-formed");
    let key = include_bytes!("../../../keys/development-rsa.pem");
    let key = PrivateKeyDer::from_pem_slice(key).expect("it is well-formed");
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key));
    Arc::new(config.expect("certificate and key fit"))
}

/// Reads one request and answers it; a connection without an answer is handed back.
fn serve<S: Read + Write>(stream: S, reply: Reply, send: &Sender<Received>) -> Option<S> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().map(|_| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut headers = Vec::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let received = Received { line: first, headers, body: String::new() };
    let length = received.header("content-length").map_or(0, |text| text.parse().expect("digits"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).expect("forms are text");
    let _ = send.send(Received { body, ..received });
    match reply {
        Reply::Status(status) => {
            let answer =
                format!("HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
            let mut stream = reader.into_inner();
            let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
            None
        }
        Reply::Nothing => Some(reader.into_inner()),
    }
}

impl Received {
    /// The first header of that name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(own, _)| own == name)?;
        Some(value)
    }

    /// The parameters of the form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// The `logout_token` of a notice.
    pub(crate) fn logout_token(&self) -> String {
        let form = self.form();
        let [(name, token)] = &form[..] else { panic!("one parameter: {self:?}") };
        assert_eq!(name, "logout_token", "{self:?}");
        token.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
