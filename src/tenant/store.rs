//! Short-lived entries under unguessable ids: codes, bounces, logins, sessions, tokens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};

use dashmap::DashMap;

use super::inspect::Alive;
use super::keys::fingerprint;
use crate::clock::Timestamp;
use crate::protocol::digest::hex_lower;

/// What an entry is found by: the SHA-256 of its id, so that ids of any length cost the same and
/// no look-up compares a secret byte by byte. Half of it: whoever looks for another id of the same
/// key has 2^128 to try, and a million entries are 20 MB less.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key([u8; 16]);

impl Key {
    fn of(id: &str) -> Self {
        Self(fingerprint(id))
    }
}

struct Entry<V> {
    value: V,
    expires: Timestamp,
    born: u64,
}

/// A map of entries that expire, of bounded size. A closure runs under the lock of its one entry,
/// so it must be short, and must not touch the store again.
pub(super) struct Store<V> {
    entries: DashMap<Key, Entry<V>>,
    limit: usize,
    births: AtomicU64,
    evicting: Mutex<()>,
}

impl<V> Store<V> {
    /// An empty store of at most `limit` entries.
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: DashMap::new(), limit, births: AtomicU64::new(0), evicting: Mutex::new(()) }
    }

    /// Adds an entry; in a full store the oldest make room.
    pub(super) fn insert(&self, id: &str, value: V, expires: Timestamp) {
        if self.entries.len() >= self.limit {
            self.evict_oldest();
        }
        let born = self.births.fetch_add(1, Ordering::Relaxed);
        self.entries.insert(Key::of(id), Entry { value, expires, born });
    }

    /// Adds an entry unless there is a live one under the id; whether it did.
    pub(super) fn insert_once(
        &self,
        id: &str,
        value: V,
        now: Timestamp,
        expires: Timestamp,
    ) -> bool {
        if self.entries.len() >= self.limit {
            self.evict_oldest();
        }
        let born = self.births.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { value, expires, born };
        match self.entries.entry(Key::of(id)) {
            dashmap::Entry::Occupied(taken) if taken.get().expires > now => false,
            dashmap::Entry::Occupied(mut dead) => {
                dead.insert(entry);
                true
            }
            dashmap::Entry::Vacant(free) => {
                free.insert(entry);
                true
            }
        }
    }

    /// Reads a live entry.
    pub(super) fn read<R>(
        &self,
        id: &str,
        now: Timestamp,
        read: impl FnOnce(&V) -> R,
    ) -> Option<R> {
        let entry = self.entries.get(&Key::of(id))?;
        (entry.expires > now).then(|| read(&entry.value))
    }

    /// Like [`Self::read`], with the time at which the entry expires.
    pub(super) fn read_with_expiry<R>(
        &self,
        id: &str,
        now: Timestamp,
        read: impl FnOnce(&V) -> R,
    ) -> Option<(R, Timestamp)> {
        let entry = self.entries.get(&Key::of(id))?;
        (entry.expires > now).then(|| (read(&entry.value), entry.expires))
    }

    /// Changes a live entry in place; of two racing callers the second sees what the first left.
    pub(super) fn change<R>(
        &self,
        id: &str,
        now: Timestamp,
        change: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let mut entry = self.entries.get_mut(&Key::of(id))?;
        (entry.expires > now).then(|| change(&mut entry.value))
    }

    /// Keeps a live entry at least until `expires`.
    pub(super) fn prolong(&self, id: &str, expires: Timestamp) {
        if let Some(mut entry) = self.entries.get_mut(&Key::of(id)) {
            entry.expires = entry.expires.max(expires);
        }
    }

    /// Removes a live entry and hands it over.
    pub(super) fn take(&self, id: &str, now: Timestamp) -> Option<V> {
        let (_, entry) = self.entries.remove(&Key::of(id))?;
        (entry.expires > now).then_some(entry.value)
    }

    /// Removes the live entries that `wanted` picks and hands them over.
    pub(super) fn take_all(&self, now: Timestamp, wanted: impl Fn(&V) -> bool) -> Vec<V> {
        let is_wanted = |entry: &Entry<V>| entry.expires > now && wanted(&entry.value);
        let listed = self.entries.iter().filter(|entry| is_wanted(entry));
        let keys: Vec<Key> = listed.map(|entry| *entry.key()).collect();
        let taken = keys.iter().filter_map(|key| self.entries.remove(key));
        taken.map(|(_, entry)| entry.value).collect()
    }

    /// Removes what has expired and gives back the memory.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.entries.retain(|_, entry| entry.expires > now);
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to_fit();
        }
    }

    /// What `show` makes of the live entries, of at most `limit` of them, each with the beginning
    /// of its id's SHA-256 and its end.
    pub(super) fn list(
        &self,
        now: Timestamp,
        limit: usize,
        show: impl Fn(&V) -> Alive,
    ) -> Vec<Alive> {
        let live = self.entries.iter().filter(|entry| entry.expires > now).take(limit);
        live.map(|entry| Alive {
            sha256: hex_lower(&entry.key().0[..8]),
            expires: entry.expires.seconds(),
            ..show(&entry.value)
        })
        .collect()
    }

    /// How many live entries `counted` picks.
    pub(super) fn count(&self, now: Timestamp, counted: impl Fn(&V) -> bool) -> usize {
        self.entries.iter().filter(|entry| entry.expires > now && counted(&entry.value)).count()
    }

    /// How many entries there are, expired ones included until the next sweep.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Removes the oldest sixteenth (at least one entry), so that the search for them is paid by
    /// as many insertions.
    fn evict_oldest(&self) {
        // Held by another thread: that one is already making room.
        let _guard = match self.evicting.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let mut births: Vec<u64> = self.entries.iter().map(|entry| entry.born).collect();
        if births.len() < self.limit {
            return;
        }
        let surplus = (births.len() - self.limit) + self.limit / 16;
        let last = surplus.min(births.len() - 1);
        let (_, youngest_to_go, _) = births.select_nth_unstable(last);
        let youngest_to_go = *youngest_to_go;
        self.entries.retain(|_, entry| entry.born > youngest_to_go);
    }
}

impl<V> std::fmt::Debug for Store<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("entries", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1000);
    const LATER: Timestamp = Timestamp::from_seconds(2000);

    #[test]
    fn an_expired_entry_is_not_found_and_swept() {
        let store = Store::new(10);
        store.insert("a", 1, LATER);
        assert_eq!(store.read("a", NOW, |value| *value), Some(1));
        assert_eq!(store.read("a", LATER, |value| *value), None);
        assert_eq!((store.change("a", LATER, |_| ()), store.len()), (None, 1));
        store.sweep(LATER);
        assert_eq!((store.take("a", NOW), store.len()), (None, 0));
    }

    #[test]
    fn a_full_store_lets_the_oldest_go() {
        let store = Store::new(32);
        for number in 0..200 {
            store.insert(&number.to_string(), number, LATER);
            assert!(store.len() <= 32);
            assert_eq!(store.take("nobody", NOW), None);
        }
        assert_eq!(store.read("199", NOW, |value| *value), Some(199));
        assert_eq!(store.read("180", NOW, |value| *value), Some(180));
        assert_eq!(store.read("160", NOW, |value| *value), None);
    }

    #[test]
    fn the_smallest_store_holds_the_newest_entry() {
        let store = Store::new(1);
        store.insert("a", 1, LATER);
        store.insert("b", 2, LATER);
        assert_eq!((store.take("a", NOW), store.take("b", NOW)), (None, Some(2)));
    }
}
