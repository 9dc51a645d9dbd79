//! An application under test: it takes notices, answers them as it is told, and remembers them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Channel, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

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
                held.extend(stream.ok().and_then(|stream| serve(stream, reply, &send)));
            }
        });
        Self { address, received, over, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
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

/// Reads one request and answers it; a connection without an answer is handed back.
fn serve(stream: TcpStream, reply: Reply, send: &Sender<Received>) -> Option<TcpStream> {
    stream.set_read_timeout(Some(PATIENCE)).expect("the time-out is not zero");
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
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            let _ = reader.into_inner().write_all(answer.as_bytes());
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
