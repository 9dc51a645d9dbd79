//! What came in and what went out: the last requests with their answers, secrets and all, for tests.

mod filter;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::filter::Filter;
use super::remarks::Remark;
use crate::clock::Stopwatch;

/// The most bytes of a body that are kept.
pub const KEPT_OF_BODY: usize = 16 * 1024;

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A request and its answer.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Exchange {
    /// Counted from one; it never comes again, not even after clearing.
    pub number: u64,
    /// When the request came by the tenant's clock, in RFC 3339.
    pub at: String,
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
    pub fields: Vec<Pair>,
    /// The parameters of query and body.
    pub parameters: Vec<Pair>,
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
    /// The entry of steering that made the answer.
    pub steered: bool,
    /// Header fields of the answer.
    #[serde(rename = "answer_headers")]
    pub answer_fields: Vec<Pair>,
    /// The body of the answer, its first 16 KiB.
    pub answer_body: String,
}

/// The last exchanges of a tenant.
#[derive(Debug)]
pub struct Journal {
    limit: usize,
    kept: Mutex<VecDeque<Arc<Exchange>>>,
    written: Condvar,
    last: AtomicU64,
}

impl Journal {
    /// An empty journal of at most `limit` exchanges; with 0 nothing is written.
    pub(super) fn new(limit: usize) -> Self {
        let (kept, last) = (Mutex::new(VecDeque::new()), AtomicU64::new(0));
        Self { limit, kept, written: Condvar::new(), last }
    }

    /// Whether anything is written.
    pub fn is_kept(&self) -> bool {
        self.limit > 0
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
        let oldest = if kept.len() >= self.limit { kept.pop_front() } else { None };
        kept.push_back(Arc::new(exchange));
        self.last.store(number, Ordering::Release);
        drop(kept);
        self.written.notify_all();
        // Freed without the lock.
        drop(oldest);
    }

    /// The exchanges that the filter lets through, the oldest first.
    pub fn find(&self, filter: &Filter) -> Vec<Arc<Exchange>> {
        let all: Vec<_> = self.kept().iter().cloned().collect();
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
            let kept = self.kept();
            // What came between looking and locking is looked at, not waited for.
            if self.last() == seen {
                drop(self.written.wait_timeout(kept, left));
            }
        }
    }

    /// Forgets every exchange; numbers go on.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut *self.kept());
        drop(forgotten);
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<Exchange>>> {
        // Exchanges are moved in and out whole, so a poisoned lock holds whole ones.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(path: &str) -> Exchange {
        Exchange { path: path.to_owned(), ..Exchange::default() }
    }

    #[test]
    fn the_oldest_makes_room() {
        let journal = Journal::new(2);
        for path in ["a", "b", "c"] {
            journal.write(exchange(path));
        }
        let found = journal.find(&Filter::default());
        assert_eq!(found.iter().map(|e| e.number).collect::<Vec<_>>(), [2, 3]);
        journal.clear();
        assert_eq!((journal.find(&Filter::default()).len(), journal.last()), (0, 3));
    }

    #[test]
    fn who_waits_is_woken() {
        let journal = Arc::new(Journal::new(9));
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
