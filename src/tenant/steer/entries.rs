//! The entries of a tenant: found, taken, used up.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::super::asked::{Asked, Concerned};
use super::super::document::DocumentError;
use super::{Canned, Steer};

/// The most entries of a tenant.
pub const MOST_ENTRIES: usize = 10_000;

/// An entry, with what is left of it.
#[derive(Debug)]
pub(in crate::tenant) struct Entry {
    id: String,
    pub(in crate::tenant) steer: Steer,
    /// How many requests it is still for.
    left: Option<AtomicU32>,
}

impl Entry {
    fn show(&self) -> (String, Steer) {
        let left = self.left.as_ref().map(|left| left.load(Ordering::Acquire));
        (self.id.clone(), Steer { times: left, ..self.steer.clone() })
    }

    /// Takes one of the requests that it is for; whether there was one left.
    fn take(&self) -> bool {
        let Some(left) = &self.left else {
            return true;
        };
        let less = |left: u32| left.checked_sub(1);
        left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
    }

    fn is_spent(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.load(Ordering::Acquire) == 0)
    }
}

/// The entries of a tenant, in the order in which they came.
#[derive(Debug, Default)]
pub struct Steering {
    /// Whole lists, so that requests look without holding a lock.
    entries: RwLock<Arc<Vec<Arc<Entry>>>>,
    /// Whether there is any: the others need not be looked for before.
    any: AtomicBool,
}

impl Steering {
    /// Whether there is any entry.
    pub fn is_used(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Every entry by its id, with the requests that are left to it as `times`.
    pub fn list(&self) -> Vec<(String, Steer)> {
        self.read().iter().map(|entry| entry.show()).collect()
    }

    /// The entry of that id, with the requests that are left to it as `times`.
    pub fn get(&self, id: &str) -> Option<Steer> {
        self.list().into_iter().find(|(own, _)| own == id).map(|(_, steer)| steer)
    }

    /// Adds an entry, or puts it in the place of the one with the id; whether it is new.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] by the JSON path in the entry; nothing has changed then.
    pub fn put(&self, id: &str, steer: Steer) -> Result<bool, DocumentError> {
        steer.check()?;
        let left = steer.times.map(AtomicU32::new);
        let entry = Arc::new(Entry { id: id.to_owned(), steer, left });
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let at = entries.iter().position(|old| old.id == id);
        let list = Arc::make_mut(&mut entries);
        match at {
            Some(at) => list[at] = entry,
            None if list.len() >= MOST_ENTRIES => {
                let problem = format!("there are {MOST_ENTRIES} entries already: remove some");
                return Err(DocumentError::new("", problem));
            }
            None => list.push(entry),
        }
        self.any.store(true, Ordering::Release);
        Ok(at.is_none())
    }

    /// Removes an entry; whether there was one.
    pub fn remove(&self, id: &str) -> bool {
        self.keep(|entry| entry.id != id)
    }

    /// Removes every entry.
    pub fn clear(&self) {
        self.keep(|_| false);
    }

    /// Keeps some; whether any went.
    fn keep(&self, keep: impl Fn(&Entry) -> bool) -> bool {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let before = entries.len();
        Arc::make_mut(&mut entries).retain(|entry| keep(entry));
        self.any.store(!entries.is_empty(), Ordering::Release);
        entries.len() < before
    }

    fn read(&self) -> Arc<Vec<Arc<Entry>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the entries that fit a request: all of them, or the first.
    pub(in crate::tenant) fn take(
        &self,
        asked: Option<&Asked<'_>>,
        who: &Concerned,
        first_only: bool,
        fits: impl Fn(&Steer) -> bool,
    ) -> Vec<Arc<Entry>> {
        if !self.is_used() {
            return Vec::new();
        }
        let all = self.read();
        let fitting = all.iter().filter(|entry| {
            fits(&entry.steer) && entry.steer.when.fits(asked, who) && entry.take()
        });
        let most = if first_only { 1 } else { usize::MAX };
        let taken: Vec<_> = fitting.take(most).cloned().collect();
        if taken.iter().any(|entry| entry.is_spent()) {
            self.keep(|entry| !entry.is_spent());
        }
        taken
    }

    /// What is to happen to a request on the wire.
    pub fn of_request(&self, asked: &Asked<'_>, who: &Concerned) -> Option<Steer> {
        let is_authorize = asked.endpoint() == "authorize";
        let fits = |steer: &Steer| {
            let to_client =
                is_authorize && steer.answer.as_ref().is_some_and(Canned::is_for_client);
            !to_client && (steer.answer.is_some() || steer.delay.is_some() || steer.fault.is_some())
        };
        self.take(Some(asked), who, true, fits).pop().map(|entry| entry.steer.clone())
    }

    /// The error that the client of an authorization request is to get.
    pub(in crate::tenant) fn refusal(
        &self,
        asked: Option<&Asked<'_>>,
        who: &Concerned,
    ) -> Option<Canned> {
        let fits = |steer: &Steer| steer.answer.as_ref().is_some_and(Canned::is_for_client);
        self.take(asked, who, true, fits).pop().and_then(|entry| entry.steer.answer.clone())
    }
}
