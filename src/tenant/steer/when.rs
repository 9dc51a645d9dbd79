//! Which requests an entry is for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::asked::{Asked, Concerned};

/// Every member that is there has to fit. In `path` and `parameters`, `*` stands for any text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Application ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Login name of the user, in any letter case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The endpoint: `authorize`, `token`, `userinfo`, `keys`, `discovery`, `startauthentication`
    /// and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path below the tenant's, in any letter case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Parameters of query or body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

impl When {
    /// Whether a request fits.
    pub(in crate::tenant) fn fits(&self, asked: Option<&Asked<'_>>, who: &Concerned) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        let same_in_any_case = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found.is_some_and(|found| alike(wanted, found)))
        };
        let path_fits = || {
            self.path.as_ref().is_none_or(|pattern| {
                let path = asked.map_or("", |asked| &*asked.path);
                matches(&pattern.to_lowercase(), &path.to_lowercase())
            })
        };
        let has = |(name, pattern): (&String, &String)| {
            asked
                .and_then(|asked| asked.parameter(name))
                .is_some_and(|value| matches(pattern, value))
        };
        same(&self.app, who.app.as_deref())
            && same(&self.client, who.client.as_deref())
            && same_in_any_case(&self.user, who.user.as_deref())
            && same_in_any_case(&self.endpoint, asked.map(Asked::endpoint))
            && same_in_any_case(&self.method, asked.map(|asked| &*asked.method))
            && path_fits()
            && self.parameters.iter().all(has)
    }
}

/// Whether two texts are the same in lower case. Most differ at once, so none is written anew.
fn alike(one: &str, other: &str) -> bool {
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

/// Whether a text has the form of a pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in
            [("a", "a"), ("*", ""), ("a*", "abc"), ("*c", "abc"), ("a*b*c", "a-b-b-c"), ("**", "x")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("a*a", "a"), ("*b", "abc"), ("a*b*c", "acb"), ("", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
