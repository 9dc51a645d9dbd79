//! Where signing happens: on the worker's one blocking thread.
//!
//! A signature takes half a millisecond; on the worker itself it would make every other request
//! wait (measured: discovery at p99 10.7 ms against 1.3 ms).

use actix_web::error::BlockingError;
use actix_web::web;

/// Runs `work` on the blocking thread if it makes signatures, else at once.
///
/// # Errors
///
/// When the blocking thread is shutting down.
pub(super) async fn sign<R: Send + 'static>(
    signatures: usize,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, BlockingError> {
    if signatures == 0 { Ok(work()) } else { web::block(work).await }
}
