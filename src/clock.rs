//! Time that tests can move. Everything that stamps or expires reads this clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point this many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since 1970, as JWT claims want them (RFC 7519 §2, `NumericDate`).
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The point `seconds` later; it stops at the end of time instead of wrapping.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

/// The system's time plus an offset. Clones share the offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_milliseconds: Arc<AtomicI64>,
}

impl Clock {
    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn now(&self) -> Timestamp {
        let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(
            milliseconds(system).saturating_add(self.offset_milliseconds.load(Ordering::Relaxed)),
        )
    }

    /// Moves the clock forward, for every clone of it.
    pub fn advance(&self, by: Duration) {
        let add = |offset: i64| Some(offset.saturating_add(milliseconds(by)));
        // The closure never returns `None`, so the update cannot fail.
        let _ = self.offset_milliseconds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = Clock::default();
        let clone = clock.clone();
        let before = clock.now();
        clone.advance(Duration::from_secs(3600));
        assert!(clock.now() >= before.plus_seconds(3600));
    }

    #[test]
    fn absurd_advances_stop_at_the_end_of_time() {
        let clock = Clock::default();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > Timestamp::from_seconds(4_000_000_000));
    }
}
