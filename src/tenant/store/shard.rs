//! A part of a store: entries in the order of their birth, close together, and where to find each.

use std::collections::VecDeque;

use hashbrown::HashTable;

use super::Key;
use crate::clock::Timestamp;

/// A longer row is given the room of a full one: a full store goes round in its row, so that every place of
/// it takes memory in the end, and rows that were too short leave holes.
const DOUBLED: usize = 2048;

/// An entry.
pub(super) struct Slot<V> {
    pub(super) key: Key,
    pub(super) expires: Timestamp,
    pub(super) value: V,
}

/// Entries by key. A hash table of whole entries would be half empty most of the time; this one is of
/// four bytes for each.
pub(super) struct Shard<V> {
    /// As many entries as it has when the store is full, about.
    most: usize,
    /// The oldest first; `None` where one was removed.
    slots: VecDeque<Option<Slot<V>>>,
    /// The number of the first slot; the others are counted on from there, around the end of `u32`.
    first: u32,
    /// The number of the next slot.
    next: u32,
    /// The numbers of the entries' slots.
    numbers: HashTable<u32>,
    /// No entry expires earlier.
    quiet_until: Option<Timestamp>,
}

impl<V> Shard<V> {
    pub(super) fn new(most: usize) -> Self {
        let (slots, numbers) = (VecDeque::new(), HashTable::new());
        Self { most, slots, first: 0, next: 0, numbers, quiet_until: None }
    }

    pub(super) fn get(&self, key: Key) -> Option<&Slot<V>> {
        self.slots[self.place_of(key)?].as_ref()
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Slot<V>> {
        let place = self.place_of(key)?;
        self.slots[place].as_mut()
    }

    /// Adds an entry; there must be none under its key.
    pub(super) fn push(&mut self, slot: Slot<V>) {
        if self.slots.len() > 2 * self.numbers.len() + 32 {
            self.slots.retain(Option::is_some);
            self.count_anew();
        }
        let len = self.slots.len();
        if len == self.slots.capacity() && len >= DOUBLED {
            self.slots.reserve_exact(self.most.saturating_sub(len).clamp(len / 8, len * 8));
        }
        let earliest = self.quiet_until.map_or(slot.expires, |earliest| earliest.min(slot.expires));
        self.quiet_until = Some(earliest);
        let hash = slot.key.hash();
        self.slots.push_back(Some(slot));
        self.number(hash);
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<Slot<V>> {
        let (slots, first) = (&self.slots, self.first);
        let is_it = |number: &u32| holds(slots, place(*number, first), key);
        let (number, _) = self.numbers.find_entry(key.hash(), is_it).ok()?.remove();
        let removed = self.slots[place(number, self.first)].take();
        while let Some(None) = self.slots.front() {
            self.slots.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        removed
    }

    pub(super) fn remove_oldest(&mut self) -> Option<Slot<V>> {
        let oldest = self.slots().next()?.key;
        self.remove(oldest)
    }

    /// Removes what has expired and gives back the memory; how many entries that were.
    pub(super) fn sweep(&mut self, now: Timestamp) -> usize {
        if self.quiet_until.is_none_or(|earliest| earliest > now) {
            return 0;
        }
        let before = self.numbers.len();
        self.slots.retain(|slot| slot.as_ref().is_some_and(|slot| slot.expires > now));
        self.quiet_until = self.slots().map(|slot| slot.expires).min();
        if self.slots.len() < self.slots.capacity() / 4 {
            self.slots.shrink_to_fit();
            self.numbers = HashTable::with_capacity(self.slots.len());
        }
        self.count_anew();
        before - self.numbers.len()
    }

    /// The entries, the oldest first.
    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot<V>> {
        self.slots.iter().flatten()
    }

    fn place_of(&self, key: Key) -> Option<usize> {
        let is_it = |number: &u32| holds(&self.slots, place(*number, self.first), key);
        let number = self.numbers.find(key.hash(), is_it)?;
        Some(place(*number, self.first))
    }

    /// Numbers the slots, none of which is empty.
    fn count_anew(&mut self) {
        self.numbers.clear();
        (self.first, self.next) = (0, 0);
        for place in 0..self.slots.len() {
            let hash = self.slots[place].as_ref().map_or(0, |slot| slot.key.hash());
            self.number(hash);
        }
    }

    /// Gives the next slot, whose key has this hash, its number.
    fn number(&mut self, hash: u64) {
        let (slots, first) = (&self.slots, self.first);
        let hash_of =
            |number: &u32| slots[place(*number, first)].as_ref().map_or(0, |slot| slot.key.hash());
        self.numbers.insert_unique(hash, self.next, hash_of);
        self.next = self.next.wrapping_add(1);
    }
}

/// Where the slot of this number is, seen from the first one.
fn place(number: u32, first: u32) -> usize {
    number.wrapping_sub(first) as usize
}

fn holds<V>(slots: &VecDeque<Option<Slot<V>>>, place: usize, key: Key) -> bool {
    slots[place].as_ref().is_some_and(|slot| slot.key == key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: u8) -> Key {
        Key::of(&id.to_string())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    /// What is done to a shard: something new or removed, by id and second of expiry, or a sweep.
    fn done() -> impl Strategy<Value = (u8, u8, i64)> {
        (0..6_u8, any::<u8>(), 0..20_i64)
    }

    proptest! {
        #[test]
        fn a_shard_is_a_queue_with_keys(
            doings in proptest::collection::vec(done(), 0..400),
            first in prop_oneof![Just(0), Just(u32::MAX - 20)],
        ) {
            let mut shard = Shard { first, next: first, ..Shard::new(9) };
            let mut model: Vec<(u8, i64)> = Vec::new();
            for (doing, id, second) in doings {
                let known = model.iter().position(|(own, _)| *own == id);
                prop_assert_eq!(shard.get(key(id)).map(|slot| slot.value), known.map(|_| id));
                match (doing, known) {
                    (0..=2, None) => {
                        shard.push(Slot { key: key(id), expires: at(second), value: id });
                        model.push((id, second));
                    }
                    (0..=3, _) => {
                        let removed = shard.remove(key(id)).map(|slot| slot.value);
                        prop_assert_eq!(removed, known.map(|place| model.remove(place).0));
                    }
                    (4, _) => {
                        let oldest = (!model.is_empty()).then(|| model.remove(0).0);
                        prop_assert_eq!(shard.remove_oldest().map(|slot| slot.value), oldest);
                    }
                    _ => {
                        let before = model.len();
                        model.retain(|(_, expires)| *expires > second / 4);
                        prop_assert_eq!(shard.sweep(at(second / 4)), before - model.len());
                    }
                }
                let kept = shard.slots().map(|slot| slot.value);
                prop_assert!(kept.eq(model.iter().map(|(id, _)| *id)));
            }
        }
    }

    #[test]
    fn holes_and_what_has_expired_leave_no_memory_behind() {
        let mut shard = Shard::new(9);
        shard.push(Slot { key: key(0), expires: at(2), value: () });
        for _ in 0..10_000 {
            shard.push(Slot { key: key(1), expires: at(1), value: () });
            shard.remove(key(1));
        }
        assert!(shard.slots.len() < 40);
        for id in 1..=255 {
            shard.push(Slot { key: key(id), expires: at(1), value: () });
        }
        assert_eq!((shard.sweep(at(1)), shard.slots.capacity()), (255, 1));
        assert!(shard.numbers.capacity() < 8 && shard.get(key(0)).is_some());
    }
}
