//! Who counts exchanges while they come.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::Exchange;

type Fits = Box<dyn Fn(&Exchange) -> bool + Send + Sync>;

/// Counts the exchanges that fit, from its making on until it is dropped.
pub struct Watch(Arc<Counter>);

struct Counter {
    fits: Fits,
    count: AtomicUsize,
}

impl Watch {
    /// How many came.
    pub fn count(&self) -> usize {
        self.0.count.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("count", &self.count()).finish_non_exhaustive()
    }
}

/// The watches of a journal that are still there.
#[derive(Default)]
pub(super) struct Watched(RwLock<Vec<Weak<Counter>>>);

impl Watched {
    pub(super) fn any(&self) -> bool {
        let watches = self.0.read().unwrap_or_else(PoisonError::into_inner);
        watches.iter().any(|watch| watch.strong_count() > 0)
    }

    pub(super) fn add(&self, fits: Fits) -> Watch {
        let counter = Arc::new(Counter { fits, count: AtomicUsize::new(0) });
        let mut watches = self.0.write().unwrap_or_else(PoisonError::into_inner);
        watches.retain(|watch| watch.strong_count() > 0);
        watches.push(Arc::downgrade(&counter));
        Watch(counter)
    }

    pub(super) fn see(&self, exchange: &Exchange) {
        let watches = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for counter in watches.iter().filter_map(Weak::upgrade) {
            if (counter.fits)(exchange) {
                counter.count.fetch_add(1, Ordering::AcqRel);
            }
        }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("any", &self.any()).finish_non_exhaustive()
    }
}
