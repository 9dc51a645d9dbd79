//! What came in and what went out: the last requests with their answers, secrets and all, for tests.

mod filter;
mod har;
mod pairs;
mod watch;

use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytestring::ByteString;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

pub use self::filter::Filter;
pub use self::har::har;
pub use self::pairs::{Pair, Pairs};
pub use self::watch::Watch;
use self::watch::Watched;
use super::remarks::Remark;
use crate::clock::{Stopwatch, Timestamp};

/// The most bytes of a body that are kept.
pub const KEPT_OF_BODY: usize = 16 * 1024;

/// A request and its answer.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Exchange {
    /// Counted from one; it never comes again, not even after clearing or a reset.
    pub number: u64,
    /// When the request came by the tenant's clock, in RFC 3339.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// How long the answer took, in microseconds by a clock that nobody moves.
    pub duration: u64,
    /// The method.
    pub method: String,
    /// The whole URL as the client knows it.
    pub url: String,
    /// The path in canonical form, below the tenant's.
    pub path: String,
    /// The endpoint, as steering names it.
    pub endpoint: String,
    /// Header fields of the request.
    #[serde(rename = "headers")]
    pub fields: Pairs,
    /// The parameters of query and body.
    pub parameters: Pairs,
    /// The body of the request, its first 16 KiB.
    pub body: String,
    /// Application ID that it concerns.
    pub app: Option<String>,
    /// The `client_id` that it concerns.
    pub client: Option<String>,
    /// Login name of the user whom it concerns.
    pub user: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error code that the answer tells, to client or browser.
    pub error: Option<String>,
    /// Its description.
    pub error_description: Option<String>,
    /// What the client should do otherwise, by the README's table of rows.
    pub remarks: Vec<Remark>,
    /// Whether steering made or changed the answer.
    pub steered: bool,
    /// Header fields of the answer.
    #[serde(rename = "answer_headers")]
    pub answer_fields: Pairs,
    /// The body of the answer, its first 16 KiB.
    #[schemars(with = "String")]
    pub answer_body: ByteString,
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// The last exchanges of a tenant.
#[derive(Debug, Default)]
pub struct Journal {
    limit: AtomicUsize,
    kept: Mutex<Kept>,
    written: Condvar,
    last: AtomicU64,
    watched: Watched,
}

/// What is kept, the oldest first.
#[derive(Debug, Default)]
struct Kept {
    exchanges: VecDeque<Arc<Exchange>>,
    /// How many wait for the next: to wake nobody is a call of the system too.
    waiting: usize,
}

impl Journal {
    /// Forgets every exchange, and keeps at most `limit` from now on; with 0 it keeps none. Numbers
    /// go on.
    pub(super) fn begin_anew(&self, limit: usize) {
        self.limit.store(limit, Ordering::Release);
        self.clear();
    }

    /// Whether exchanges are kept.
    pub fn is_kept(&self) -> bool {
        self.limit.load(Ordering::Acquire) > 0
    }

    /// Whether anybody wants to know of exchanges: they are kept, or watched.
    pub fn is_wanted(&self) -> bool {
        self.is_kept() || self.watched.any()
    }

    /// Counts the exchanges that fit from now on, for as long as what is returned lives, whatever the
    /// journal keeps or forgets.
    pub fn watch(&self, fits: impl Fn(&Exchange) -> bool + Send + Sync + 'static) -> Watch {
        self.watched.add(Box::new(fits))
    }

    /// The number of the last exchange that was written; 0 before the first.
    pub fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// Writes an exchange, whose number is given here; the oldest makes room.
    pub fn write(&self, mut exchange: Exchange) {
        let mut kept = self.kept();
        let number = self.last() + 1;
        exchange.number = number;
        // Under the lock: who has waited for an exchange finds it counted.
        self.watched.see(&exchange);
        let limit = self.limit.load(Ordering::Acquire);
        let is_full = kept.exchanges.len() >= limit;
        let oldest = if is_full { kept.exchanges.pop_front() } else { None };
        if limit > 0 {
            kept.exchanges.push_back(Arc::new(exchange));
        }
        self.last.store(number, Ordering::Release);
        let is_awaited = kept.waiting > 0;
        drop(kept);
        if is_awaited {
            self.written.notify_all();
        }
        // Freed without the lock.
        drop(oldest);
    }

    /// The exchanges that the filter lets through, the oldest first.
    pub fn find(&self, filter: &Filter) -> Vec<Arc<Exchange>> {
        let all: Vec<_> = self.kept().exchanges.iter().cloned().collect();
        let mut found: Vec<_> = all.into_iter().filter(|exchange| filter.lets(exchange)).collect();
        if let Some(limit) = filter.limit {
            found.drain(..found.len().saturating_sub(limit));
        }
        found
    }

    /// Waits until as many exchanges as `filter.limit` (one when absent) have come; what there is
    /// after `timeout`.
    pub fn wait(&self, filter: &Filter, timeout: Duration) -> Vec<Arc<Exchange>> {
        let (started, wanted) = (Stopwatch::start(), filter.limit.unwrap_or(1));
        let every = Filter { limit: None, ..filter.clone() };
        loop {
            let seen = self.last();
            let found = self.find(&every);
            let left = timeout.saturating_sub(started.elapsed());
            if found.len() >= wanted || left.is_zero() {
                return found;
            }
            let mut kept = self.kept();
            // What came between looking and locking is looked at, not waited for.
            if self.last() == seen {
                kept.waiting += 1;
                let woken = self.written.wait_timeout(kept, left);
                woken.unwrap_or_else(PoisonError::into_inner).0.waiting -= 1;
            }
        }
    }

    /// Forgets every exchange; numbers go on.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut self.kept().exchanges);
        drop(forgotten);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Exchanges are moved in and out whole, so a poisoned lock holds whole ones.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(limit: usize) -> Journal {
        let journal = Journal::default();
        journal.begin_anew(limit);
        journal
    }

    fn exchange(path: &str) -> Exchange {
        Exchange { path: path.to_owned(), ..Exchange::default() }
    }

    #[test]
    fn the_oldest_makes_room() {
        let journal = of(2);
        for path in ["a", "b", "c"] {
            journal.write(exchange(path));
        }
        let found = journal.find(&Filter::default());
        assert_eq!(found.iter().map(|e| e.number).collect::<Vec<_>>(), [2, 3]);
        journal.clear();
        assert_eq!((journal.find(&Filter::default()).len(), journal.last()), (0, 3));
    }

    #[test]
    fn who_watches_counts_what_is_not_kept_too() {
        let journal = of(0);
        assert!(!journal.is_wanted());
        journal.write(exchange("a"));
        let watch = journal.watch(|exchange| exchange.path == "a");
        let other = journal.watch(|exchange| exchange.number > 2);
        assert!(journal.is_wanted() && !journal.is_kept());
        for path in ["a", "b", "a"] {
            journal.write(exchange(path));
        }
        journal.begin_anew(1);
        journal.write(exchange("a"));
        assert_eq!((watch.count(), other.count(), journal.last()), (3, 3, 5));
        assert_eq!(journal.find(&Filter::default()).len(), 1);
        drop((watch, other));
        journal.begin_anew(0);
        assert!(!journal.is_wanted());
    }

    #[test]
    fn who_waits_is_woken() {
        let journal = Arc::new(of(9));
        let (writer, filter) =
            (journal.clone(), Filter { path: Some("b".into()), ..Filter::default() });
        assert!(journal.wait(&filter, Duration::from_millis(1)).is_empty());
        let thread = std::thread::spawn(move || {
            for path in ["a", "b"] {
                std::thread::sleep(Duration::from_millis(5));
                writer.write(exchange(path));
            }
        });
        assert_eq!(journal.wait(&filter, Duration::from_secs(20)).len(), 1);
        thread.join().unwrap();
    }
}
