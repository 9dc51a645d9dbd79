//! The body of a request, which has to come within a time.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::{Bytes, BytesMut};
use futures_core::Stream;

use super::connection::Connection;
use super::endpoint::shown;

/// Sets a time for the body of a request, if it has one.
pub(super) fn limit_body(request: &mut ServiceRequest, within: Duration) {
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        let connection = Connection::of(request.request()).clone();
        let path = shown(request.path()).to_owned();
        let body = Body { payload, has_ended: false, within, timer: None, connection, path };
        request.set_payload(Payload::Stream { payload: Box::pin(body) });
    }
}

/// Whether this is the end of the time that a body has.
pub(super) fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// The whole body of a request.
///
/// Like that of actix, but nothing is set aside for it before it is there: most bodies come in one piece.
///
/// # Errors
///
/// `Overflow` when it is longer than `limit`, or says so; else what became of the payload.
pub(super) fn whole_body(
    headers: &HeaderMap,
    mut payload: Payload,
    limit: usize,
) -> impl Future<Output = Result<Bytes, PayloadError>> + use<> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let declared: Option<usize> = declared.and_then(|length| length.parse().ok());
    async move {
        if declared.is_some_and(|length| length > limit) {
            return Err(PayloadError::Overflow);
        }
        let (mut first, mut several) = (Bytes::new(), BytesMut::new());
        while let Some(piece) = poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
            let piece = piece?;
            if first.len().max(several.len()) + piece.len() > limit {
                return Err(PayloadError::Overflow);
            }
            if first.is_empty() {
                first = piece;
                continue;
            }
            if several.is_empty() {
                several.extend_from_slice(&first);
            }
            several.extend_from_slice(&piece);
        }
        Ok(if several.is_empty() { first } else { several.freeze() })
    }
}

/// Reads away what a request left of its body, as far as it has come. If some is still to come it is left unread,
/// and the connection ends with the answer.
pub(super) async fn pass_over_body(connection: &Connection) {
    let Some(mut rest) = connection.take_unread() else { return };
    let mut has_waited = false;
    let is_over = poll_fn(|context| {
        loop {
            match Pin::new(&mut rest).poll_next(context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(_) => return Poll::Ready(true),
                Poll::Pending if has_waited => return Poll::Ready(false),
                Poll::Pending => {
                    // What came with the head is not decoded before the request was looked at once.
                    has_waited = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
    })
    .await;
    if !is_over {
        connection.leave_unread(rest);
    }
}

struct Body {
    payload: Payload,
    /// Whether nothing more will come, be it by an error.
    has_ended: bool,
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
        body.has_ended = matches!(next, Poll::Ready(None | Some(Err(_))));
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

impl Drop for Body {
    fn drop(&mut self) {
        // By HTTP/2 the stream of the request ends alone.
        if !self.has_ended && matches!(self.payload, Payload::H1 { .. }) {
            self.connection.leave_unread(self.payload.take());
        }
    }
}
