//! The `scope` parameter: a set of case-sensitive tokens in the order first named.
//!
//! [RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::OAuthError;
use super::json::parsed;

/// A checked scope: each token once, in the order first named, joined by single spaces.
// Shared by clones: a grant and each of its tokens have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, JsonSchema)]
pub struct Scope(#[schemars(regex(pattern = SCOPE))] Arc<str>);

/// The form of a scope on the wire: tokens of `NQCHAR` (RFC 6749 Appendix A) and spaces.
pub(crate) const SCOPE: &str = r"^[ !#-\[\]-~]*$";

impl Scope {
    /// The tokens in order.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|token| !token.is_empty())
    }

    /// Whether there is no token in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `token` is one of the scope's tokens.
    pub fn contains(&self, token: &str) -> bool {
        self.tokens().any(|own| own == token)
    }

    /// Whether the scope asks for an ID token
    /// ([OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    pub fn has_openid(&self) -> bool {
        self.contains("openid")
    }

    /// The tokens that are `other`'s too.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        let shared = self.tokens().filter(|token| other.contains(token));
        Self(shared.collect::<Vec<_>>().join(" ").into())
    }

    /// Whether every token of this scope is one of `other`'s.
    pub fn is_within(&self, other: &Self) -> bool {
        self.tokens().all(|token| other.contains(token))
    }

    /// The scope without these tokens; `openid` stays, it is what makes it a sign-in.
    #[must_use]
    pub fn without(&self, denied: &[String]) -> Self {
        let kept = self
            .tokens()
            .filter(|token| *token == "openid" || !denied.iter().any(|denied| denied == token));
        Self(kept.collect::<Vec<_>>().join(" ").into())
    }

    /// The scope as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Scope {
    type Err = OAuthError;

    fn from_str(sent: &str) -> Result<Self, Self::Err> {
        let mut tokens: Vec<&str> = Vec::new();
        for token in sent.split(' ').filter(|token| !token.is_empty()) {
            if !token.bytes().all(is_scope_character) {
                return Err(OAuthError::invalid_scope("malformed scope"));
            }
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        Ok(Self(tokens.join(" ").into()))
    }
}

/// `NQCHAR` of RFC 6749 Appendix A: printable ASCII without space, quote and backslash.
pub(crate) const fn is_scope_character(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~')
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| {
            let expected = "expected scope tokens (RFC 6749 section 3.3)";
            text.parse().map_err(|_| format!("scope {text:?}: {expected}"))
        })
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_kept_once_in_order() {
        let scope: Scope = " openid  profile openid ".parse().unwrap();
        assert_eq!(scope.as_str(), "openid profile");
        assert!(scope.has_openid() && !scope.contains("Openid"));
    }

    #[test]
    fn quotes_and_control_characters_are_refused() {
        for sent in ["a\"b", "a\\b", "a\tb", "\u{e9}"] {
            assert!(sent.parse::<Scope>().is_err(), "{sent:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_the_schema_allows_is_read(text in SCOPE.trim_matches(['^', '$'])) {
            proptest::prop_assert!(text.parse::<Scope>().is_ok());
        }

        #[test]
        fn a_parsed_scope_parses_to_itself(sent in "[a-z !\\[\\]~:/.]{0,60}") {
            let scope: Scope = sent.parse().unwrap();
            proptest::prop_assert_eq!(scope.as_str().parse::<Scope>().unwrap(), scope.clone());
            proptest::prop_assert!(scope.is_within(&scope));
        }

        #[test]
        fn arbitrary_text_never_panics(sent: String) {
            let _ = sent.parse::<Scope>();
        }
    }
}
