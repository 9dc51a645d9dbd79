//! Parameters and header fields of requests and answers.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use hashbrown::DefaultHashBuilder;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Names and values in their order, read as a slice. Clones are the same ones.
///
/// A list is written for each request and read when a test asks for it, so it is kept in one piece, and
/// taken apart when it is read first.
#[derive(Clone, Default)]
pub struct Pairs(Option<Arc<Packed>>);

struct Packed {
    /// Name, value, name and so on, before each its length in four bytes.
    bytes: Box<[u8]>,
    pairs: OnceLock<Box<[Pair]>>,
}

impl Pairs {
    /// A list of these pairs; one of the last of this thread if that is equal.
    pub(crate) fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        RECENT.with_borrow_mut(|recent| recent.list_of(pairs))
    }

    fn packed(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(Some(Arc::new(Packed { bytes: bytes.into(), pairs: OnceLock::new() })))
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |packed| &packed.bytes)
    }
}

impl Packed {
    fn unpacked(&self) -> Box<[Pair]> {
        let mut rest = &*self.bytes;
        let next = || Some(Pair { name: take(&mut rest)?, value: take(&mut rest)? });
        std::iter::from_fn(next).collect()
    }
}

/// The next text.
fn take(rest: &mut &[u8]) -> Option<String> {
    let (length, texts) = rest.split_first_chunk()?;
    let (text, others) = texts.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = others;
    Some(String::from_utf8_lossy(text).into_owned())
}

impl Deref for Pairs {
    type Target = [Pair];

    fn deref(&self) -> &[Pair] {
        self.0.as_ref().map_or(&[], |packed| packed.pairs.get_or_init(|| packed.unpacked()))
    }
}

impl PartialEq for Pairs {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Pairs {}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> IntoIterator for &'a Pairs {
    type Item = &'a Pair;
    type IntoIter = std::slice::Iter<'a, Pair>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl JsonSchema for Pairs {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pairs".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Pair>::json_schema(generator)
    }
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// The last lists that differ: clients send the same fields again and again, and those are kept once.
#[derive(Default)]
struct Recent {
    /// Each with the hash of its bytes, the one that was asked for last at the end: those of others are
    /// passed by without a look at them, each of which is at a place of its own in memory.
    lists: VecDeque<(u64, Pairs)>,
    hasher: DefaultHashBuilder,
    /// Where a list is put together.
    bytes: Vec<u8>,
}

impl Recent {
    /// So many of the last lists may come again.
    const MOST: usize = 64;

    /// The most bytes of a list that may come again: lists stay with the thread when the journal is cleared,
    /// and longer ones would be too much.
    const LONGEST: usize = 4096;

    fn list_of<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Pairs {
        self.bytes.clear();
        for text in pairs.flat_map(|(name, value)| [name, value]) {
            let length = u32::try_from(text.len()).expect("requests have less than 4 GB");
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
        }
        if self.bytes.is_empty() {
            return Pairs::default();
        }
        if self.bytes.len() > Self::LONGEST {
            return Pairs::packed(std::mem::take(&mut self.bytes));
        }
        let hash = self.hasher.hash_one(&self.bytes);
        let is_equal = |(other, list): &(u64, Pairs)| *other == hash && list.bytes() == self.bytes;
        let known = self.lists.iter().rposition(is_equal).and_then(|at| self.lists.remove(at));
        if known.is_none() && self.lists.len() == Self::MOST {
            self.lists.pop_front();
        }
        let list = known.map_or_else(|| Pairs::packed(&*self.bytes), |(_, list)| list);
        self.lists.push_back((hash, list.clone()));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let pairs = [("host", "localhost"), ("", "\u{e9}"), ("x", ""), ("host", "localhost")];
        let list = Pairs::of(pairs.into_iter());
        let read: Vec<_> = list.iter().map(|pair| (&*pair.name, &*pair.value)).collect();
        assert_eq!(read, pairs);
        assert!(Pairs::of([].into_iter()).is_empty() && Pairs::default().is_empty());
        // Borders between texts count.
        let one = |name, value| Pairs::of([(name, value)].into_iter());
        assert!(one("ab", "c") != one("a", "bc") && one("ab", "c") == one("ab", "c"));
    }

    #[test]
    fn only_the_last_lists_are_shared() {
        let mut recent = Recent::default();
        let mut list =
            |number: usize| recent.list_of([("number", &*number.to_string())].into_iter());
        let first = list(0);
        let is_first = |list: &Pairs| std::ptr::eq(list.bytes(), first.bytes());
        assert!(is_first(&list(0)));
        // Whoever comes again stays.
        for number in 1..2 * Recent::MOST {
            list(number);
            assert!(number % 9 > 0 || is_first(&list(0)), "{number}");
        }
        for number in 1..=Recent::MOST {
            list(number);
        }
        let again = list(0);
        assert!(!is_first(&again) && again == first);
        // A long one is nobody's but the journal's.
        let long = "x".repeat(Recent::LONGEST);
        let list = recent.list_of([("name", &*long)].into_iter());
        assert_eq!((list[0].value.len(), Arc::strong_count(list.0.as_ref().unwrap())), (4096, 1));
    }
}
