//! Secrets: printed redacted, compared in constant time.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// A client secret or a password. `Debug` prints it redacted.
#[derive(Clone, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps the secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Whether `offered` is this secret; the time taken tells at most whether the lengths agree.
    pub fn is(&self, offered: &str) -> bool {
        same_bytes(&self.0, offered)
    }

    /// Like [`Self::is`], whatever the letter case and the space around: for what people remember.
    pub fn is_in_any_case(&self, offered: &Self) -> bool {
        let plain = |secret: &Self| secret.0.trim().to_lowercase();
        same_bytes(&plain(self), &plain(offered))
    }

    /// The text itself, for what has to read it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The bytes, for a keyed hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether the secret is the empty string.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Compares in time that depends on the lengths only.
pub fn same_bytes(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_redacted_and_compares_by_value() {
        let secret = Secret::new("bank-secret");
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert!(secret.is("bank-secret") && !secret.is("bank-secre") && !secret.is(""));
    }
}
