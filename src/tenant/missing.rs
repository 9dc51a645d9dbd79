//! Calls that the mock does not imitate, counted: a user sees at once what is missing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::Tenant;

/// The most calls that are told apart.
const TOLD_APART: usize = 512;

/// What all further ones are counted as.
const OTHERS: &str = "others";

/// How often each call came.
#[derive(Debug, Default)]
pub(super) struct MissingCalls(Mutex<BTreeMap<String, u64>>);

/// A call that is not imitated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingCall {
    /// Method and path.
    pub call: String,
    /// How often it came.
    pub count: u64,
}

impl Tenant {
    /// Counts a call; whether it is the first of its kind.
    pub fn note_missing(&self, call: &str) -> bool {
        let mut calls = self.0.missing.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = calls.contains_key(call);
        let counted = if is_known || calls.len() < TOLD_APART { call } else { OTHERS };
        let count = calls.entry(counted.to_owned()).or_default();
        *count += 1;
        *count == 1
    }

    /// The calls that came, sorted.
    pub fn missing_calls(&self) -> Vec<MissingCall> {
        let calls = self.0.missing.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listed =
            calls.iter().map(|(call, count)| MissingCall { call: call.clone(), count: *count });
        listed.collect()
    }
}
