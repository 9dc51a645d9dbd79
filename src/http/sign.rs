//! Where signing happens: on threads beside the worker's.
//!
//! A signature takes half a millisecond; on the worker itself it would make every other request
//! wait (measured: discovery at p99 10.7 ms against 1.3 ms).

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use actix_web::error::BlockingError;
use actix_web::web;

use crate::clock::Stopwatch;

/// A thread that begins sooner than this after it has ended comes from a queue.
const STRAIGHT_ON: Duration = Duration::from_micros(30);

thread_local! {
    /// When this thread was done with its last work.
    static LAST: Cell<Option<Stopwatch>> = const { Cell::new(None) };
}

/// Runs `work` on a blocking thread if it makes signatures, else at once.
///
/// # Errors
///
/// When the blocking threads are shutting down.
pub(super) async fn sign<R: Send + 'static>(
    signatures: usize,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, BlockingError> {
    if signatures == 0 { Ok(work()) } else { web::block(|| in_turn(work)).await }
}

/// Lets whoever waits for the processor go first when the last work was done just now: as long as there is
/// a queue, the thread would keep the processor for the whole of its time slice, some milliseconds, in which
/// the worker can answer nothing.
fn in_turn<R>(work: impl FnOnce() -> R) -> R {
    if LAST.get().is_some_and(|last| last.elapsed() < STRAIGHT_ON) {
        thread::yield_now();
    }
    let done = work();
    LAST.set(Some(Stopwatch::start()));
    done
}
