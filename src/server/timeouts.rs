//! How long clients may take.

use std::time::Duration;

/// How long clients may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the handshake of TLS, and for the head of a request from its first byte on.
    pub header: Duration,
    /// For the body of a request, from its head on.
    pub body: Duration,
    /// Until the client takes some more of an answer that does not fit into the system's buffers.
    pub answer: Duration,
    /// Until the next request of a connection that is kept open; zero keeps none.
    pub keep_alive: Duration,
}

impl Default for Timeouts {
    /// 5 seconds, twice 30 seconds, and 75 seconds, which is longer than the pools of usual clients keep
    /// a connection, so that it is they who close.
    fn default() -> Self {
        Self {
            header: Duration::from_secs(5),
            body: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
        }
    }
}
