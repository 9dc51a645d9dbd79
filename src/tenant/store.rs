//! Short-lived entries under unguessable ids: codes, bounces, logins, sessions, tokens.

mod shard;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::shard::{Shard, Slot};
use crate::clock::Timestamp;
use crate::protocol::digest::{hex_lower, sha256};

/// What an entry is found by: the SHA-256 of its id, so that ids of any length cost the same and
/// no look-up compares a secret byte by byte. A quarter of it: among a million entries two have the same
/// once in thirty million tenants, and each entry is 24 bytes less. An id that somebody else holds takes
/// 2^64 tries to meet; who makes two that meet, of those that clients choose, harms themselves alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u64);

impl Key {
    pub(super) fn of(id: &str) -> Self {
        Self::of_hash(&sha256(id))
    }

    /// By the SHA-256 of the id.
    pub(super) fn of_hash(sha256: &[u8; 32]) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&sha256[..8]);
        Self(u64::from_be_bytes(first))
    }

    /// As good as any hash of it: it is one.
    fn hash(self) -> u64 {
        self.0
    }
}

/// What a store tells of an entry, beside what is in it.
pub(super) struct Found {
    /// The first 16 hexadecimal digits of the SHA-256 of its id.
    pub(super) sha256: String,
    pub(super) expires: Timestamp,
}

/// Stores are divided, so that callers seldom wait for each other, unless they are small: those forget
/// in the order of birth alone.
const SHARDS: usize = 8;

/// The most entries of a store that is not divided.
const SMALL: usize = 4096;

/// A map of entries that expire, of bounded size. A closure runs under the lock of a part of the store,
/// so it must be short, and must not touch the store again.
pub(super) struct Store<V> {
    shards: Box<[RwLock<Shard<V>>]>,
    limit: usize,
    len: AtomicUsize,
}

impl<V> Store<V> {
    /// An empty store of at most `limit` entries.
    pub(super) fn new(limit: usize) -> Self {
        let shards = if limit > SMALL { SHARDS } else { 1 };
        // Keys are spread by chance: some parts have a few more than others.
        let most = limit / shards + limit / shards / 32;
        let shards = (0..shards).map(|_| RwLock::new(Shard::new(most))).collect();
        Self { shards, limit, len: AtomicUsize::new(0) }
    }

    /// Adds an entry; in a full store an old one makes room.
    pub(super) fn insert(&self, id: &str, value: V, expires: Timestamp) {
        self.insert_at(Key::of(id), value, expires);
    }

    /// Like [`Self::insert`], for who has the key.
    pub(super) fn insert_at(&self, key: Key, value: V, expires: Timestamp) {
        self.put(&mut self.shard_of(key), Slot { key, expires, value });
    }

    /// Adds an entry unless there is a live one under the id; whether it did.
    pub(super) fn insert_once(
        &self,
        id: &str,
        value: V,
        now: Timestamp,
        expires: Timestamp,
    ) -> bool {
        let key = Key::of(id);
        let mut shard = self.shard_of(key);
        let is_free = shard.get(key).is_none_or(|slot| slot.expires <= now);
        if is_free {
            self.put(&mut shard, Slot { key, expires, value });
        }
        is_free
    }

    /// Reads a live entry.
    pub(super) fn read<R>(
        &self,
        id: &str,
        now: Timestamp,
        read: impl FnOnce(&V) -> R,
    ) -> Option<R> {
        self.read_at(Key::of(id), now, |value, _| read(value))
    }

    /// Like [`Self::read`], told the time at which the entry expires.
    pub(super) fn read_with_expiry<R>(
        &self,
        id: &str,
        now: Timestamp,
        read: impl FnOnce(&V, Timestamp) -> R,
    ) -> Option<R> {
        self.read_at(Key::of(id), now, read)
    }

    /// Like [`Self::read_with_expiry`], for who looks in several stores.
    pub(super) fn read_at<R>(
        &self,
        key: Key,
        now: Timestamp,
        read: impl FnOnce(&V, Timestamp) -> R,
    ) -> Option<R> {
        let shard = reading(self.part(key));
        let slot = shard.get(key).filter(|slot| slot.expires > now)?;
        Some(read(&slot.value, slot.expires))
    }

    /// Changes a live entry in place; of two racing callers the second sees what the first left.
    pub(super) fn change<R>(
        &self,
        id: &str,
        now: Timestamp,
        change: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let key = Key::of(id);
        let mut shard = self.shard_of(key);
        let slot = shard.get_mut(key).filter(|slot| slot.expires > now)?;
        Some(change(&mut slot.value))
    }

    /// Keeps a live entry at least until `expires`.
    pub(super) fn prolong(&self, id: &str, expires: Timestamp) {
        let key = Key::of(id);
        if let Some(slot) = self.shard_of(key).get_mut(key) {
            slot.expires = slot.expires.max(expires);
        }
    }

    /// Removes a live entry and hands it over.
    pub(super) fn take(&self, id: &str, now: Timestamp) -> Option<V> {
        let key = Key::of(id);
        let slot = self.shard_of(key).remove(key)?;
        self.forget(1);
        (slot.expires > now).then_some(slot.value)
    }

    /// Removes the live entries that `wanted` picks and hands them over.
    pub(super) fn take_all(&self, now: Timestamp, wanted: impl Fn(&V) -> bool) -> Vec<V> {
        let is_wanted = |slot: &&Slot<V>| slot.expires > now && wanted(&slot.value);
        let mut taken = Vec::new();
        for shard in &self.shards {
            let mut shard = writing(shard);
            let keys: Vec<Key> = shard.slots().filter(is_wanted).map(|slot| slot.key).collect();
            taken.extend(keys.iter().filter_map(|key| shard.remove(*key)).map(|slot| slot.value));
        }
        self.forget(taken.len());
        taken
    }

    /// Removes what has expired and gives back the memory.
    pub(super) fn sweep(&self, now: Timestamp) {
        for shard in &self.shards {
            let swept = writing(shard).sweep(now);
            self.forget(swept);
        }
    }

    /// What `show` makes of the live entries, of at most `limit` of them.
    pub(super) fn list<R>(
        &self,
        now: Timestamp,
        limit: usize,
        show: impl Fn(Found, &V) -> R,
    ) -> Vec<R> {
        let mut listed = Vec::new();
        for shard in &self.shards {
            let shard = reading(shard);
            let live = shard.slots().filter(|slot| slot.expires > now);
            listed.extend(live.take(limit - listed.len()).map(|slot| {
                let sha256 = hex_lower(&slot.key.0.to_be_bytes());
                show(Found { sha256, expires: slot.expires }, &slot.value)
            }));
        }
        listed
    }

    /// How many live entries `counted` picks.
    pub(super) fn count(&self, now: Timestamp, counted: impl Fn(&V) -> bool) -> usize {
        let is_counted = |slot: &&Slot<V>| slot.expires > now && counted(&slot.value);
        self.shards.iter().map(|shard| reading(shard).slots().filter(is_counted).count()).sum()
    }

    /// How many entries there are, expired ones included until the next sweep.
    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    fn put(&self, shard: &mut Shard<V>, slot: Slot<V>) {
        let mut gone = shard.remove(slot.key);
        if gone.is_none() && self.len() >= self.limit {
            // Keys are spread evenly: the oldest of this shard is one of the oldest of all.
            gone = shard.remove_oldest();
        }
        if gone.is_none() {
            self.len.fetch_add(1, Ordering::Relaxed);
        }
        shard.push(slot);
    }

    fn forget(&self, entries: usize) {
        self.len.fetch_sub(entries, Ordering::Relaxed);
    }

    fn part(&self, key: Key) -> &RwLock<Shard<V>> {
        // Bits from the middle: a hash table looks at either end.
        &self.shards[usize::from(key.0.to_be_bytes()[4]) % self.shards.len()]
    }

    fn shard_of(&self, key: Key) -> RwLockWriteGuard<'_, Shard<V>> {
        writing(self.part(key))
    }
}

// Only closures that read or change a value could panic under a lock; the shard around it is whole.

fn reading<V>(shard: &RwLock<Shard<V>>) -> RwLockReadGuard<'_, Shard<V>> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn writing<V>(shard: &RwLock<Shard<V>>) -> RwLockWriteGuard<'_, Shard<V>> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
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
    fn a_large_store_is_full_at_its_limit_and_keeps_the_young() {
        let store = Store::new(2 * SMALL);
        for number in 0..3 * SMALL {
            store.insert(&number.to_string(), number, LATER);
            assert_eq!(store.len(), (number + 1).min(2 * SMALL));
        }
        let young = (2 * SMALL..3 * SMALL).map(|number| number.to_string());
        assert!(young.into_iter().all(|id| store.read(&id, NOW, |_| ()).is_some()));
        assert_eq!(store.count(NOW, |_| true), 2 * SMALL);
    }

    #[test]
    fn the_smallest_store_holds_the_newest_entry() {
        let store = Store::new(1);
        store.insert("a", 1, LATER);
        store.insert("b", 2, LATER);
        assert_eq!((store.take("a", NOW), store.take("b", NOW)), (None, Some(2)));
    }

    #[test]
    fn an_id_is_there_once() {
        let store = Store::new(2);
        store.insert("a", 1, LATER);
        store.insert("b", 2, LATER);
        store.insert("a", 3, LATER);
        assert!(!store.insert_once("a", 4, NOW, LATER) && store.insert_once("b", 5, LATER, LATER));
        assert_eq!((store.len(), store.take_all(NOW, |_| true).len(), store.len()), (2, 2, 0));
    }
}
