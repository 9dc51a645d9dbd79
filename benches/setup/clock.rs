//! The machine's time, for figures that are compared within one run.

use std::time::{Duration, Instant};

/// How long the work takes.
#[expect(clippy::disallowed_methods, reason = "a bench measures the time of the machine")]
pub(crate) fn time<R>(work: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

/// The one in the middle.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
