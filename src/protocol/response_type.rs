//! `response_type` and `response_mode`: what an authorization response carries, and where.
//!
//! [OAuth 2.0 Multiple Response Type Encoding Practices](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html),
//! [Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::json::parsed;

/// The set of values in a `response_type`: their order has no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponseType {
    /// An authorization code.
    pub code: bool,
    /// An ID token.
    pub id_token: bool,
    /// An access token.
    pub token: bool,
}

/// The `response_type` is not a set of `code`, `id_token` and `token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unsupported response_type")]
pub struct UnsupportedResponseType;

impl ResponseType {
    /// Whether the response carries a token, and so may never use the query.
    pub const fn has_token(self) -> bool {
        self.id_token || self.token
    }

    /// The mode when the request names none (Multiple Response Types §2.1, §5).
    pub const fn default_mode(self) -> ResponseMode {
        if self.has_token() { ResponseMode::Fragment } else { ResponseMode::Query }
    }

    /// The values as the product joins them in its own `responseType` parameter, `code, id_token`.
    ///
    /// Source: identity-developer.cyberark.com/docs/hybrid-flow.
    pub fn comma_list(self) -> String {
        self.values().join(", ")
    }

    fn values(self) -> Vec<&'static str> {
        [(self.code, "code"), (self.id_token, "id_token"), (self.token, "token")]
            .into_iter()
            .filter_map(|(present, name)| present.then_some(name))
            .collect()
    }
}

impl FromStr for ResponseType {
    type Err = UnsupportedResponseType;

    /// Reads the values in any order, separated by spaces, or by commas as CyberArk's Java SDK
    /// writes them. Bare `token` is a set like any other; who may use it is the tenant's rule.
    fn from_str(sent: &str) -> Result<Self, Self::Err> {
        let mut parsed = Self { code: false, id_token: false, token: false };
        for value in sent.split([' ', ',']).filter(|value| !value.is_empty()) {
            let member = match value {
                "code" => &mut parsed.code,
                "id_token" => &mut parsed.id_token,
                "token" => &mut parsed.token,
                _ => return Err(UnsupportedResponseType),
            };
            if std::mem::replace(member, true) {
                return Err(UnsupportedResponseType);
            }
        }
        if parsed.values().is_empty() { Err(UnsupportedResponseType) } else { Ok(parsed) }
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.values().join(" "))
    }
}

impl Serialize for ResponseType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResponseType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| {
            let expected = "expected code, id_token, token or several of them";
            text.parse().map_err(|_| format!("response type {text:?}: {expected}"))
        })
    }
}

impl schemars::JsonSchema for ResponseType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ResponseType".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[ ,]*(code|id_token|token)([ ,]+(code|id_token|token))*[ ,]*$",
            "not": { "pattern": r"(^|[ ,])(code|id_token|token)[ ,](.*[ ,])?\2([ ,]|$)" },
            "description": "code, id_token, token or several of them, separated by spaces",
            "examples": ["code", "code id_token"]
        })
    }
}

/// Where the parameters of an authorization response travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In the fragment of the redirect URI.
    Fragment,
    /// In a form that the browser posts to the redirect URI.
    FormPost,
}

impl ResponseMode {
    /// The mode of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_order_has_no_meaning() {
        for sent in ["code id_token token", "token code id_token", "id_token,token,code"] {
            let parsed: ResponseType = sent.parse().unwrap();
            assert_eq!(parsed.to_string(), "code id_token token");
            assert_eq!(parsed.comma_list(), "code, id_token, token");
        }
    }

    #[test]
    fn tokens_travel_in_the_fragment() {
        let mode = |sent: &str| sent.parse::<ResponseType>().unwrap().default_mode();
        assert_eq!(mode("code"), ResponseMode::Query);
        assert_eq!(mode("code token"), ResponseMode::Fragment);
        assert_eq!(mode("id_token"), ResponseMode::Fragment);
    }

    #[test]
    fn other_values_and_repetitions_are_refused() {
        for sent in ["", " ", "id", "code code", "code none", "CODE"] {
            assert!(sent.parse::<ResponseType>().is_err(), "{sent:?}");
        }
    }
}
