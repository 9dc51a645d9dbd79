//! A connection on which a test sends whatever bytes it likes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::{Answer, Trust};

/// A server that is silent for so long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
pub(crate) struct Wire {
    stream: Stream,
    unread: Vec<u8>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    /// Connects to the server at `url`, which is `http://ADDRESS:PORT`.
    pub(crate) fn open(url: &str) -> Self {
        Self { stream: Stream::Plain(connect("http://", url)), unread: Vec::new() }
    }

    /// Connects to the server at `url`, which is `https://ADDRESS:PORT`, as the server of that
    /// name; the error is that of the handshake.
    pub(crate) fn open_tls(trust: &Trust, url: &str, name: &str) -> io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).expect("a host name or an address");
        let client = ClientConnection::new(Arc::new(trust.config()), name).expect("good settings");
        let mut stream = StreamOwned::new(client, connect("https://", url));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self { stream: Stream::Tls(Box::new(stream)), unread: Vec::new() })
    }

    /// What was agreed on: the version of TLS, and the protocol in it.
    pub(crate) fn agreed(&self) -> (Option<rustls::ProtocolVersion>, Option<String>) {
        match &self.stream {
            Stream::Plain(_) => (None, None),
            Stream::Tls(stream) => {
                let protocol = stream.conn.alpn_protocol();
                let protocol = protocol.map(|name| String::from_utf8_lossy(name).into_owned());
                (stream.conn.protocol_version(), protocol)
            }
        }
    }

    /// The certificates that the server showed, its own first.
    pub(crate) fn shown(&self) -> &[rustls::pki_types::CertificateDer<'static>] {
        match &self.stream {
            Stream::Plain(_) => &[],
            Stream::Tls(stream) => stream.conn.peer_certificates().unwrap_or_default(),
        }
    }

    /// Sends; a server that has answered already may have closed, so errors have no meaning.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes),
            Stream::Tls(stream) => stream.write_all(bytes),
        };
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&self) {
        let stream = match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => &stream.sock,
        };
        let _ = stream.shutdown(Shutdown::Write);
    }

    /// The next answer, without interim ones; `None` when the server closed instead.
    ///
    /// # Panics
    ///
    /// When the server neither answers nor closes.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let head_ends = loop {
            match find(&self.unread, b"\r\n\r\n") {
                Some(at) if self.unread.starts_with(b"HTTP/1.1 1") => {
                    self.unread.drain(..at + 4);
                }
                Some(at) => break at,
                None if self.read_more() => {}
                None => return None,
            }
        };
        let head: Vec<u8> = self.unread.drain(..head_ends + 4).collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("no status line: {head}")),
            headers,
            body: String::new(),
        };
        let length = answer.header("content-length").expect("answers have a length");
        let length: usize = length.parse().expect("a length is a number");
        while self.unread.len() < length && self.read_more() {}
        let body: Vec<u8> = self.unread.drain(..length.min(self.unread.len())).collect();
        answer.body = String::from_utf8(body).expect("bodies are UTF-8");
        Some(answer)
    }

    /// Everything until the server closes.
    pub(crate) fn everything(&mut self) -> String {
        while self.read_more() {}
        String::from_utf8_lossy(&self.unread).into_owned()
    }

    /// Whether there was more before the end.
    fn read_more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        let read = match &mut self.stream {
            Stream::Plain(stream) => stream.read(&mut buffer),
            Stream::Tls(stream) => stream.read(&mut buffer),
        };
        match read {
            Ok(0) => false,
            Ok(length) => {
                self.unread.extend_from_slice(&buffer[..length]);
                true
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => false,
            // Over TLS: closed without saying so.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => panic!("the server hangs: {error}"),
        }
    }
}

fn connect(scheme: &str, url: &str) -> TcpStream {
    let address = url.strip_prefix(scheme).unwrap_or_else(|| panic!("{url} is not {scheme}"));
    let stream = TcpStream::connect(address).expect("the mock takes connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream
}

/// A request that asks for the connection to be closed; `headers` may bring `Host` and
/// `Content-Length` of their own.
pub(crate) fn request_bytes(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let has = |name: &str| headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
    let mut lines = vec![format!("{method} {target} HTTP/1.1"), "Connection: close".to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if !has("host") {
        lines.push("Host: mock.example".to_owned());
    }
    if !body.is_empty() && !has("content-length") && !has("transfer-encoding") {
        lines.push(format!("Content-Length: {}", body.len()));
    }
    [lines.join("\r\n").as_bytes(), b"\r\n\r\n", body].concat()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
