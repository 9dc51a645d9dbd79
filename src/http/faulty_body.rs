//! Bodies that go wrong on the wire: slowly, or not to their end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::Bytes;

use super::connection::Answering;
use crate::tenant::steer::Fault;

/// The connection is closed by the steering of a test.
#[derive(Debug)]
pub(super) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("steering closes the connection")
    }
}

impl std::error::Error for Cut {}

/// What was sent has time to leave before the connection is closed.
const BEFORE_CUT: Duration = Duration::from_millis(50);

/// A body that promises its whole length.
pub(super) struct FaultyBody {
    length: u64,
    rest: Bytes,
    fault: Fault,
    pause: Option<Pin<Box<Sleep>>>,
    /// The request is being answered for as long.
    _answering: Answering,
}

impl FaultyBody {
    pub(super) fn new(body: &Bytes, fault: Fault, answering: Answering) -> Self {
        let length = body.len().try_into().unwrap_or(u64::MAX);
        let kept = match fault {
            Fault::Drop => 0,
            Fault::Truncate(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
            Fault::Slow(_) => body.len(),
        };
        // Something has to be missing, or the connection would be kept.
        let length = if fault.is_whole() { length } else { length.max(1) };
        let rest = body.slice(..kept.min(body.len()));
        Self { length, rest, fault, pause: None, _answering: answering }
    }

    fn next(&mut self) -> Option<Result<Bytes, Cut>> {
        match self.fault {
            Fault::Slow(_) if self.rest.is_empty() => None,
            Fault::Slow(pause) => {
                self.pause = Some(Box::pin(sleep(Duration::from_millis(pause.into()))));
                Some(Ok(self.rest.split_to(1)))
            }
            Fault::Truncate(_) if !self.rest.is_empty() => {
                self.pause = Some(Box::pin(sleep(BEFORE_CUT)));
                Some(Ok(std::mem::take(&mut self.rest)))
            }
            Fault::Drop | Fault::Truncate(_) => Some(Err(Cut)),
        }
    }
}

impl MessageBody for FaultyBody {
    type Error = Cut;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Cut>>> {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.pause = None;
        }
        Poll::Ready(self.next())
    }
}
