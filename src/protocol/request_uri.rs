//! Request objects by reference: the URIs under which a client keeps them.
//!
//! [OpenID Connect Core §6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter),
//! [RFC 9101 §5.2](https://www.rfc-editor.org/rfc/rfc9101#section-5.2)

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::digest::sha256;
use super::json::parsed;
use super::loopback::leads_here;

/// The most characters of a request URI (RFC 9101 §5.2).
const LONGEST: usize = 512;

/// A registered `request_uri`: https, or http on the loopback interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestUri(Box<str>);

/// The text is no URI that a request object is fetched from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "request URI {0:?}: expected an https URI in ASCII, or an http one on the loopback interface, \
     without user, of at most 512 characters"
)]
pub struct RequestUriError(String);

impl RequestUri {
    /// The URI as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a client that registered this URI may send `sent`: the same bytes, or these with a
    /// fragment. A fragment is the hash of the content, and changes with it (§6.2); one that was
    /// registered is compared too.
    pub fn allows(&self, sent: &str) -> bool {
        let without_fragment = sent.split_once('#').map(|(uri, _)| uri);
        *self.0 == *sent || (!self.0.contains('#') && without_fragment == Some(&self.0))
    }
}

/// The SHA-256 hash that the fragment of a request URI names; `None` when it is nothing of the kind.
fn named_hash(uri: &str) -> Option<[u8; 32]> {
    let (_, fragment) = uri.split_once('#')?;
    URL_SAFE_NO_PAD.decode(fragment).ok()?.try_into().ok()
}

/// Whether `content` may stand under the URI: whether it has the hash in the fragment, if there is
/// one (§6.2).
pub fn may_hold(uri: &str, content: &str) -> bool {
    named_hash(uri).is_none_or(|hash| hash == sha256(content))
}

impl FromStr for RequestUri {
    type Err = RequestUriError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || RequestUriError(text.chars().take(LONGEST).collect());
        let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"<>".contains(&b));
        let url = Url::parse(text).map_err(|_| refuse())?;
        let reached = match url.scheme() {
            "https" => url.has_host(),
            "http" => leads_here(&url),
            _ => false,
        };
        let names_nobody = url.username().is_empty() && url.password().is_none();
        if is_plain && reached && names_nobody && text.len() <= LONGEST {
            Ok(Self(text.into()))
        } else {
            Err(refuse())
        }
    }
}

impl fmt::Display for RequestUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RequestUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RequestUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| {
            text.parse().map_err(|error: RequestUriError| error.to_string())
        })
    }
}

impl schemars::JsonSchema for RequestUri {
    fn schema_name() -> Cow<'static, str> {
        "RequestUri".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "uri",
            "pattern": "^[hH][tT][tT][pP][sS]?://",
            "maxLength": LONGEST,
            "description": "An https URI, or an http one on the loopback interface",
            "examples": ["https://app.example/request.jwt"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_is_registered() {
        for uri in [
            "https://app.example/r.jwt",
            "https://app.example/r.jwt#hash",
            "http://localhost:3000/r",
            "http://127.0.0.1/r",
            "http://[::1]/r",
        ] {
            assert_eq!(uri.parse::<RequestUri>().map(|uri| uri.to_string()), Ok(uri.to_owned()));
        }
        let long = format!("https://app.example/{}", "x".repeat(500));
        for uri in [
            "http://app.example/r",
            "ftp://app.example/r",
            "urn:example:r",
            "/r",
            "",
            "https://user@app.example/r",
            "https://app.example\\r",
            "https://app.example/\u{e9}",
            "https://app.example/ r",
            &long,
        ] {
            assert!(uri.parse::<RequestUri>().is_err(), "{uri}");
        }
    }

    #[test]
    fn a_fragment_may_be_added_and_never_changed() {
        let (bare, hashed) = ("https://a.example/r", "https://a.example/r#one");
        for (registered, sent, expected) in [
            (bare, bare, true),
            (bare, hashed, true),
            (hashed, hashed, true),
            (hashed, bare, false),
            (hashed, "https://a.example/r#two", false),
            (bare, "https://a.example/r/", false),
            (bare, "https://A.example/r", false),
            (bare, "https://a.example/r?x", false),
            (bare, "https://a.example/r?#", false),
        ] {
            let registered: RequestUri = registered.parse().unwrap();
            assert_eq!(registered.allows(sent), expected, "{registered} {sent}");
        }
    }

    #[test]
    fn a_hash_in_the_fragment_has_to_fit() {
        let hash = URL_SAFE_NO_PAD.encode(sha256("content"));
        assert!(may_hold(&format!("https://a.example/r#{hash}"), "content"));
        assert!(!may_hold(&format!("https://a.example/r#{hash}"), "other"));
        assert!(may_hold("https://a.example/r#version-2", "other"));
        assert!(may_hold("https://a.example/r", "other"));
    }
}
