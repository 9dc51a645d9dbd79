//! Time that tests can move. Everything that stamps or expires reads this clock.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point this many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The point this many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970.
    pub const fn milliseconds(self) -> i64 {
        self.0
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

impl fmt::Display for Timestamp {
    /// [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = i128::from(self.0.clamp(0, END_OF_TIME.0)) * 1_000_000;
        let time =
            OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(|_| fmt::Error)?;
        f.write_str(&time.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    /// Reads RFC 3339: `2026-01-31T23:59:59Z`, with or without a fraction and an offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok();
        let milliseconds = time.map(|time| time.unix_timestamp_nanos().div_euclid(1_000_000));
        milliseconds
            .and_then(|milliseconds| i64::try_from(milliseconds).ok())
            .filter(|milliseconds| (0..=END_OF_TIME.0).contains(milliseconds))
            .map(Self)
            .ok_or("expected a time like 2026-01-31T23:59:59Z, of the years 1970 to 9999")
    }
}

/// The last moment that a clock shows: the year 9999 ends with it, as in RFC 3339.
pub const END_OF_TIME: Timestamp = Timestamp(253_402_300_799_999);

/// Stands for "runs" where a frozen clock keeps its moment.
const RUNS: i64 = i64::MIN;

/// The system's time plus an offset, or a moment at which it stands still. Clones are one clock.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    offset: AtomicI64,
    frozen: AtomicI64,
    /// Held while the hands are moved; reading needs no lock.
    moving: Mutex<()>,
}

/// How a clock stands, so that it can be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockState {
    offset: i64,
    frozen: i64,
}

impl Default for Clock {
    fn default() -> Self {
        let (offset, frozen) = (AtomicI64::new(0), AtomicI64::new(RUNS));
        Self(Arc::new(Hands { offset, frozen, moving: Mutex::new(()) }))
    }
}

impl Clock {
    /// The time now, the end of time at the latest.
    pub fn now(&self) -> Timestamp {
        let frozen = self.0.frozen.load(Ordering::Acquire);
        if frozen != RUNS {
            return Timestamp(frozen);
        }
        let offset = self.0.offset.load(Ordering::Acquire);
        Timestamp(system_time().saturating_add(offset)).min(END_OF_TIME)
    }

    /// Whether the clock stands still.
    pub fn is_frozen(&self) -> bool {
        self.0.frozen.load(Ordering::Acquire) != RUNS
    }

    /// Moves the clock forward, whether it runs or not.
    pub fn advance(&self, by: Duration) {
        self.move_hands(|now, frozen| {
            let then = Timestamp(now.0.saturating_add(milliseconds(by))).min(END_OF_TIME);
            (then, frozen)
        });
    }

    /// Sets the clock, which runs on from there or stands still as before.
    pub fn set(&self, to: Timestamp) {
        self.move_hands(|_, frozen| (to.min(END_OF_TIME), frozen));
    }

    /// Stops the clock at the moment that it shows.
    pub fn freeze(&self) {
        self.move_hands(|now, _| (now, true));
    }

    /// Lets the clock run on from the moment that it shows.
    pub fn unfreeze(&self) {
        self.move_hands(|now, _| (now, false));
    }

    /// How the clock stands.
    pub fn state(&self) -> ClockState {
        let _moving = self.moving();
        let frozen = self.0.frozen.load(Ordering::Acquire);
        ClockState { offset: self.0.offset.load(Ordering::Acquire), frozen }
    }

    /// Puts the clock back to how it stood.
    pub fn restore(&self, state: ClockState) {
        let _moving = self.moving();
        self.0.offset.store(state.offset, Ordering::Release);
        self.0.frozen.store(state.frozen, Ordering::Release);
    }

    fn moving(&self) -> MutexGuard<'_, ()> {
        // The lock guards no data that could be left half-way.
        self.0.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn move_hands(&self, to: impl FnOnce(Timestamp, bool) -> (Timestamp, bool)) {
        let _moving = self.moving();
        let (then, frozen) = to(self.now(), self.is_frozen());
        if frozen {
            self.0.frozen.store(then.0, Ordering::Release);
        } else {
            self.0.offset.store(then.0.saturating_sub(system_time()), Ordering::Release);
            self.0.frozen.store(RUNS, Ordering::Release);
        }
    }
}

/// How long something takes, by a clock that nobody moves.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn system_time() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
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
    fn a_frozen_clock_moves_only_when_it_is_moved() {
        let clock = Clock::default();
        let began = clock.state();
        clock.set(Timestamp::from_seconds(1000));
        clock.freeze();
        let at = clock.now();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!((clock.now(), clock.is_frozen()), (at, true));
        clock.advance(Duration::from_secs(10));
        assert_eq!(clock.now(), at.plus_seconds(10));
        clock.unfreeze();
        assert!(!clock.is_frozen() && clock.now() < at.plus_seconds(20));
        clock.restore(began);
        assert!(clock.now() > Timestamp::from_seconds(1_000_000_000));
    }

    #[test]
    fn times_are_written_and_read() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
            (END_OF_TIME.0, "9999-12-31T23:59:59.999Z"),
        ] {
            let time = Timestamp::from_milliseconds(milliseconds);
            assert_eq!(time.to_string(), text);
            assert_eq!(text.parse(), Ok(time));
        }
        for (text, seconds) in [
            ("2026-09-21T16:13:20+02:00", 1_790_000_000),
            ("2026-09-21t14:13:20.9z", 1_790_000_000),
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().seconds(), seconds, "{text}");
        }
        for text in [
            "",
            "now",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "1969-12-31T23:59:59Z",
            "300000-01-01T00:00:00Z",
            "-300-01-01T00:00:00Z",
            "\u{661}970-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn absurd_advances_stop_at_the_end_of_time() {
        let clock = Clock::default();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > Timestamp::from_seconds(4_000_000_000));
    }
}
