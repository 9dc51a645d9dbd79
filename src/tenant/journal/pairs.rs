//! Parameters and header fields of requests and answers.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

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
    /// A list of these pairs.
    pub(crate) fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let size = pairs.clone().map(|(name, value)| 8 + name.len() + value.len()).sum();
        if size == 0 {
            return Self::default();
        }
        let mut bytes = Vec::with_capacity(size);
        for text in pairs.flat_map(|(name, value)| [name, value]) {
            let length = u32::try_from(text.len()).expect("requests have less than 4 GB");
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
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

/// The last lists that differ: clients send the same fields again and again, and those are kept once.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<(Mark, Pairs)>);

/// How long a list is and how it ends: enough to pass most others by without a look at them, each of which
/// is at a place of its own in memory.
type Mark = (usize, Option<[u8; 8]>);

impl Recent {
    /// So many of the last lists may come again.
    const MOST: usize = 32;

    /// One of the last lists that is equal; else this one, as the last.
    pub(super) fn shared(&mut self, pairs: Pairs) -> Pairs {
        let bytes = pairs.bytes();
        let mark = (bytes.len(), bytes.last_chunk().copied());
        let mut alike = self.0.iter().filter(|(other, _)| *other == mark);
        if let Some((_, known)) = alike.find(|(_, known)| *known == pairs) {
            return known.clone();
        }
        if self.0.len() == Self::MOST {
            self.0.pop_front();
        }
        self.0.push_back((mark, pairs.clone()));
        pairs
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
        let list = |number: usize| Pairs::of([("number", &*number.to_string())].into_iter());
        let first = recent.shared(list(0));
        let is_shared = |list: &Pairs| std::ptr::eq(list.bytes(), first.bytes());
        assert!(is_shared(&recent.shared(list(0))));
        for number in 1..Recent::MOST {
            recent.shared(list(number));
        }
        assert!(is_shared(&recent.shared(list(0))));
        recent.shared(list(Recent::MOST));
        assert!(!is_shared(&recent.shared(list(0))));
    }
}
