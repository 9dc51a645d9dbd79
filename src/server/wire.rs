//! The bytes of a connection, and what goes wrong with them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::Protocol;
#[cfg(test)]
use actix_web::rt::net::TcpStream;
use actix_web::rt::time::{Sleep, sleep};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::Stream;
use super::timeouts::Timeouts;
use crate::clock::Stopwatch;
use crate::http::Connection;

/// What a client is told whose head did not come in time.
const TOO_LATE: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A connection's stream, which ends when the head of a request does not come in time, and when the
/// client does not take its answer.
pub(super) struct Wire {
    stream: Stream,
    connection: Connection,
    protocol: Protocol,
    timeouts: Timeouts,
    /// One for many heads: when it ends it is seen how old the head at hand is.
    timer: Option<Pin<Box<Sleep>>>,
    /// Runs while the client takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether something came while a request was being answered, or an answer waited to be taken.
    is_behind: bool,
    /// Whether the client said that nothing more will come.
    has_ended: bool,
}

impl Wire {
    pub(super) fn new(
        stream: Stream,
        connection: Connection,
        protocol: Protocol,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            stream,
            connection,
            protocol,
            timeouts,
            timer: None,
            stalled: None,
            is_behind: false,
            has_ended: false,
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    #[cfg(test)]
    pub(super) fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(socket) => socket,
            Stream::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Waits for more of a head no longer than it may take.
    fn poll_time(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if self.protocol != Protocol::Http1 {
            return Poll::Pending;
        }
        let within = self.timeouts.header;
        if self.timer.is_none() && (self.connection.head().is_some() || self.connection.is_new()) {
            self.timer = Some(Box::pin(sleep(within)));
        }
        while let Some(timer) = &mut self.timer {
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let age = self.connection.head().map(Stopwatch::elapsed);
            self.timer = match age.map(|age| within.checked_sub(age).unwrap_or_default()) {
                Some(Duration::ZERO) => return Poll::Ready(self.late(context)),
                Some(left) => Some(Box::pin(sleep(left))),
                None if self.connection.is_new() => {
                    let peer = self.connection.peer();
                    tracing::debug!(peer, "closed: no request came");
                    return Poll::Ready(io::ErrorKind::TimedOut.into());
                }
                None => None,
            };
        }
        Poll::Pending
    }

    fn late(&mut self, context: &mut Context<'_>) -> io::Error {
        if self.connection.has_unread() {
            // What came is the rest of a body, after the last answer.
            return io::ErrorKind::TimedOut.into();
        }
        let peer = self.connection.peer();
        let seconds = self.timeouts.header.as_secs_f64();
        tracing::warn!(peer, seconds, "half a header: the rest did not come in time");
        // As far as the system takes it at once: the client has no claim to an answer.
        if Pin::new(&mut self.stream).poll_write(context, TOO_LATE).is_ready() {
            let _ = Pin::new(&mut self.stream).poll_flush(context);
            let _ = Pin::new(&mut self.stream).poll_shutdown(context);
        }
        io::ErrorKind::TimedOut.into()
    }

    fn ended(&mut self) {
        self.has_ended = true;
        if self.connection.is_answering() {
            let peer = self.connection.peer();
            tracing::info!(peer, "the client closed its side before it was answered");
        }
    }

    fn broken(&self, error: &io::Error) {
        let peer = self.connection.peer();
        if self.connection.is_answering() || self.connection.head().is_some() {
            tracing::warn!(peer, %error, "the client left in the middle of a request");
        }
    }

    /// What became of an attempt to send: a client that takes nothing has a time for it.
    fn sent<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome.map_err(|error| self.unheard(error));
        }
        let within = self.timeouts.answer;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(within)));
        timer.as_mut().poll(context).map(|()| Err(self.untaken()))
    }

    fn unheard(&self, error: io::Error) -> io::Error {
        let peer = self.connection.peer();
        tracing::warn!(peer, %error, "the client left before its answer");
        error
    }

    fn untaken(&self) -> io::Error {
        let (peer, seconds) = (self.connection.peer(), self.timeouts.answer.as_secs_f64());
        tracing::warn!(peer, seconds, "the client does not take its answer");
        io::ErrorKind::TimedOut.into()
    }
}

impl Drop for Wire {
    /// What came before the end may have been a whole request: that is known only now.
    fn drop(&mut self) {
        let connection = &self.connection;
        let has_head = connection.head().is_some() && !connection.has_unread();
        if self.has_ended && has_head && self.protocol == Protocol::Http1 {
            let peer = self.connection.peer();
            tracing::warn!(peer, "half a header: the client left");
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        let is_busy = wire.stalled.is_some() || wire.connection.is_answering();
        // When nothing is under way, actix decodes all that it has right after this.
        wire.is_behind &= is_busy;
        let before = buffer.filled().len();
        match Pin::new(&mut wire.stream).poll_read(context, buffer) {
            Poll::Pending => wire.poll_time(context).map(Err),
            Poll::Ready(Err(error)) => {
                wire.broken(&error);
                Poll::Ready(Err(error))
            }
            Poll::Ready(Ok(())) => {
                if buffer.filled().len() == before {
                    wire.ended();
                } else if is_busy {
                    wire.is_behind = true;
                } else {
                    wire.connection.received();
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() && self.is_behind && self.protocol == Protocol::Http1 {
            // actix looks at what came meanwhile only when something wakes it, which the last answer does not.
            context.waker().wake_by_ref();
        }
        self.sent(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.sent(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.sent(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
