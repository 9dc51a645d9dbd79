//! Parameters and header fields of requests and answers.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::Pair;

/// Names and values in their order, read as a slice. Clones are the same ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(Arc<[Pair]>);

impl Pairs {
    /// One of the others that is equal, so that this one need not be kept beside it.
    pub(super) fn shared_with<'a>(self, others: impl IntoIterator<Item = &'a Self>) -> Self {
        others.into_iter().find(|other| **other == self).cloned().unwrap_or(self)
    }
}

impl Deref for Pairs {
    type Target = [Pair];

    fn deref(&self) -> &[Pair] {
        &self.0
    }
}

impl FromIterator<Pair> for Pairs {
    fn from_iter<I: IntoIterator<Item = Pair>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
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
