//! The claims of a token that is being made
//! ([RFC 7519 §4](https://www.rfc-editor.org/rfc/rfc7519#section-4)).

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::claims::Claims;

/// Claims in the order in which they are written, their names and texts borrowed from where they stand. They
/// are so few that a name is found by looking at each.
#[derive(Debug)]
pub(crate) struct ClaimsSet<'a>(Vec<(Cow<'a, str>, Claim<'a>)>);

/// What a claim says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Claim<'a> {
    Text(Cow<'a, str>),
    /// Since 1970, for the most part.
    Seconds(i64),
    Json(Cow<'a, Value>),
}

impl<'a> ClaimsSet<'a> {
    /// No claims yet, and room for those of a usual token.
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(16))
    }

    /// Sets a claim; one that is there keeps its place.
    pub(crate) fn insert(&mut self, name: impl Into<Cow<'a, str>>, claim: impl Into<Claim<'a>>) {
        let (name, claim) = (name.into(), claim.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, before)) => *before = claim,
            None => self.0.push((name, claim)),
        }
    }

    /// Sets a claim of which there may be none.
    pub(crate) fn insert_some(&mut self, name: &'static str, claim: Option<impl Into<Claim<'a>>>) {
        if let Some(claim) = claim {
            self.insert(name, claim);
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.retain(|known| known != name);
    }

    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| is_kept(name));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Claim<'a>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, claim)| claim)
    }

    /// A copy that borrows nothing.
    pub(crate) fn to_claims(&self) -> Claims {
        let copy = |(name, claim): &(Cow<'a, str>, Claim<'a>)| {
            (name.clone().into_owned(), claim.clone().into())
        };
        self.0.iter().map(copy).collect()
    }
}

impl<'a, N: Into<Cow<'a, str>>, C: Into<Claim<'a>>> Extend<(N, C)> for ClaimsSet<'a> {
    fn extend<I: IntoIterator<Item = (N, C)>>(&mut self, claims: I) {
        for (name, claim) in claims {
            self.insert(name, claim);
        }
    }
}

impl<'a> IntoIterator for ClaimsSet<'a> {
    type Item = (Cow<'a, str>, Claim<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for ClaimsSet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, claim)| (name, claim)))
    }
}

impl From<ClaimsSet<'_>> for Claims {
    fn from(set: ClaimsSet<'_>) -> Self {
        set.into_iter().map(|(name, claim)| (name.into_owned(), claim.into())).collect()
    }
}

impl From<Claims> for ClaimsSet<'_> {
    fn from(claims: Claims) -> Self {
        Self(claims.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl From<Claim<'_>> for Value {
    fn from(claim: Claim<'_>) -> Self {
        match claim {
            Claim::Text(text) => text.into(),
            Claim::Seconds(seconds) => seconds.into(),
            Claim::Json(value) => value.into_owned(),
        }
    }
}

impl<'a> From<&'a str> for Claim<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Claim<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Claim<'_> {
    fn from(seconds: i64) -> Self {
        Self::Seconds(seconds)
    }
}

impl From<Value> for Claim<'_> {
    fn from(value: Value) -> Self {
        Self::Json(Cow::Owned(value))
    }
}

impl<'a> From<&'a Value> for Claim<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Json(Cow::Borrowed(value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_set_is_written_as_the_map_that_it_stands_for() {
        let level = json!({ "level": [1, null] });
        let mut set = ClaimsSet::new();
        set.insert("iss", "https://x/");
        set.insert("exp", 1);
        set.insert(String::from("custom \"one\""), &level);
        set.insert_some("nonce", None::<&str>);
        set.insert_some("jti", Some("a\u{1F600}".to_owned()));
        set.insert("exp", 2);
        set.insert("gone", Value::Null);
        set.remove("gone");
        let written =
            r#"{"iss":"https://x/","exp":2,"custom \"one\"":{"level":[1,null]},"jti":"a😀"}"#;
        assert_eq!(serde_json::to_string(&set).unwrap(), written);
        assert_eq!(serde_json::to_string(&set.to_claims()).unwrap(), written);
        assert_eq!(set.get("exp"), Some(&Claim::Seconds(2)));
        assert_eq!(serde_json::to_string(&ClaimsSet::from(Claims::from(set))).unwrap(), written);
    }
}
