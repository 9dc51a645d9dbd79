//! The body of a request, which has to come within a time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::Bytes;
use futures_core::Stream;

use super::connection::Connection;
use super::endpoint::shown;

/// Sets a time for the body of a request, if it has one.
pub(super) fn limit_body(request: &mut ServiceRequest, within: Duration) {
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        let connection = Connection::of(request.request()).clone();
        let path = shown(request.path()).to_owned();
        let body = Body { payload, within, timer: None, connection, path };
        request.set_payload(Payload::Stream { payload: Box::pin(body) });
    }
}

/// Whether this is the end of the time that a body has.
pub(super) fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

struct Body {
    payload: Payload,
    within: Duration,
    /// Begins when there is something to wait for: most bodies come with their heads.
    timer: Option<Pin<Box<Sleep>>>,
    connection: Connection,
    path: String,
}

impl Body {
    fn late(&self) -> PayloadError {
        let (peer, path, seconds) = (self.connection.peer(), &self.path, self.within.as_secs_f64());
        tracing::warn!(peer, path, seconds, "half a body: the rest did not come in time");
        PayloadError::Io(io::ErrorKind::TimedOut.into())
    }

    fn broken(&self, error: &PayloadError) {
        let (peer, path) = (self.connection.peer(), &self.path);
        tracing::warn!(peer, path, %error, "half a body: the client left, or sent no HTTP");
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = &mut *self;
        let next = Pin::new(&mut body.payload).poll_next(context);
        if let Poll::Ready(Some(Err(error))) = &next {
            body.broken(error);
        }
        if next.is_ready() {
            return next;
        }
        let within = body.within;
        let timer = body.timer.get_or_insert_with(|| Box::pin(sleep(within)));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(body.late()))),
            Poll::Pending => Poll::Pending,
        }
    }
}
