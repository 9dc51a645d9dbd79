//! The `healthcheck` subcommand: images without a shell probe themselves with it.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the server at host and port for `/health`.
pub(crate) fn ask(host: &str, port: u16) -> Result<(), String> {
    // A server that listens on every address answers on loopback.
    let host = match host {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        other => other,
    };
    match status_line(host, port) {
        Ok(line) if line.starts_with("HTTP/1.1 200") || line.starts_with("HTTP/1.0 200") => Ok(()),
        Ok(line) => Err(format!("{host} port {port} is not healthy: {line}")),
        Err(error) => Err(format!("{host} port {port} does not answer: {error}")),
    }
}

fn status_line(host: &str, port: u16) -> std::io::Result<String> {
    let address = (host, port).to_socket_addrs()?.next().ok_or(std::io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer[..length]);
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
