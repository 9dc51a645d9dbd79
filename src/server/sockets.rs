//! The sockets that a server listens on.

use std::fmt::Display;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use socket2::SockRef;

use super::tls::HttpsDoor;

/// Connections that the system keeps until they are taken. With the 128 of `std` the clients of a burst
/// have to try again, a second later each time.
const WAITING: i32 = 1024;

/// Where a server listens.
pub(super) enum Place<'a> {
    Address(&'a str, u16),
    Socket(TcpListener),
}

impl Place<'_> {
    /// A socket for each address that the host stands for.
    pub(super) fn listen(self) -> io::Result<Vec<TcpListener>> {
        let (host, port) = match self {
            Self::Address(host, port) => (host, port),
            Self::Socket(socket) => return Ok(vec![socket]),
        };
        let addresses = addresses_at(host, port).map_err(|error| at(host, port, &error))?;
        // Port 0 is one port for every address that the name stands for.
        listen_at(addresses, port, |_, error| at(host, port, error))
    }
}

impl HttpsDoor {
    /// A socket beside each of those for HTTP.
    pub(super) fn listen(self, beside: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
        match self {
            Self::Socket(socket) => Ok(vec![socket]),
            Self::Port(port) => listen_at(beside.to_vec(), port, |address, error| {
                at(address.ip(), address.port(), error)
            }),
        }
    }
}

fn listen_at(
    addresses: Vec<SocketAddr>,
    mut port: u16,
    told: impl Fn(SocketAddr, &io::Error) -> io::Error,
) -> io::Result<Vec<TcpListener>> {
    let mut sockets = Vec::new();
    for address in addresses {
        let address = SocketAddr::new(address.ip(), port);
        let socket = TcpListener::bind(address).map_err(|error| told(address, &error))?;
        // It listens already; this changes how many may wait.
        SockRef::from(&socket).listen(WAITING)?;
        port = socket.local_addr()?.port();
        sockets.push(socket);
    }
    Ok(sockets)
}

/// The addresses of sockets.
pub(super) fn addresses_of(sockets: &[TcpListener]) -> io::Result<Vec<SocketAddr>> {
    sockets.iter().map(TcpListener::local_addr).collect()
}

/// An error of listening, by where it was tried.
fn at(host: impl Display, port: u16, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{host} port {port}: {error}"))
}

/// The addresses that a name stands for, without those that this machine does not have.
fn addresses_at(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
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
