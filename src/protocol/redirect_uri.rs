//! Redirect URIs: what a client may send, what an application registers, how parameters are added.
//!
//! [RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2); compared as the bytes
//! sent ([RFC 9700 §4.1.3](https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3)).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::json::parsed;

/// An absolute URI in printable ASCII without a fragment: safe to stand in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri(Box<str>);

/// The text is no absolute URI that could stand in a `Location` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an absolute URI in ASCII, without fragment or backslash")]
pub struct RedirectUriError;

impl RedirectUri {
    /// The bytes as they were sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is http or https.
    pub fn is_web(&self) -> bool {
        let scheme = self.0.split(':').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    }

    /// Whether responses travel in the clear: http, and not to the browser's own machine.
    pub fn is_insecure(&self) -> bool {
        let url = Url::parse(&self.0);
        url.is_ok_and(|url| {
            let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            url.scheme() == "http" && !is_here
        })
    }

    /// The URI with encoded parameters added to its query; a query of its own is kept.
    pub fn with_query(&self, parameters: &str) -> String {
        if parameters.is_empty() {
            return self.0.to_string();
        }
        let separator = match self.0.find('?') {
            None => "?",
            Some(at) if at + 1 == self.0.len() || self.0.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{separator}{parameters}", self.0)
    }

    /// The URI with encoded parameters as its fragment.
    pub fn with_fragment(&self, parameters: &str) -> String {
        format!("{}#{parameters}", self.0)
    }
}

impl FromStr for RedirectUri {
    type Err = RedirectUriError;

    fn from_str(sent: &str) -> Result<Self, Self::Err> {
        let plain = sent.bytes().all(|b| b.is_ascii_graphic() && !b"#\\\"<>".contains(&b));
        let url = Url::parse(sent).map_err(|_| RedirectUriError)?;
        let scripted = matches!(url.scheme(), "javascript" | "data" | "vbscript");
        if plain && !scripted { Ok(Self(sent.into())) } else { Err(RedirectUriError) }
    }
}

/// A registered redirect URI: an exact one, or one with a wildcard port or path.
///
/// - `https://app.example/callback`: these bytes and no others;
/// - `http://localhost:*/callback`: any port, or none;
/// - `https://app.example/*`: any path and query;
/// - `http://localhost:*/*`: both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectPattern {
    /// Compared byte for byte.
    Exact(RedirectUri),
    /// `*` for the port, the path or both.
    Wildcard {
        /// The pattern as it was written.
        text: Box<str>,
        /// `scheme://host` in front of the port.
        origin: Box<str>,
        /// The port: `None` for any, `Some("")` for none.
        port: Option<Box<str>>,
        /// The path: `None` for any.
        path: Option<Box<str>>,
    },
}

impl RedirectPattern {
    /// Whether a client may be redirected to `sent`.
    pub fn allows(&self, sent: &RedirectUri) -> bool {
        let (origin, port, path) = match self {
            Self::Exact(registered) => return registered == sent,
            Self::Wildcard { origin, port, path, .. } => (origin, port, path),
        };
        let Some(rest) = sent.as_str().strip_prefix(&**origin) else {
            return false;
        };
        let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
        let (sent_port, sent_path) = rest.split_at(authority_ends);
        let port_fits = match port {
            Some(port) => **port == *sent_port,
            None => is_port(sent_port),
        };
        port_fits && path.as_ref().is_none_or(|path| **path == *sent_path)
    }
}

/// Empty, or a colon and one to five digits.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |digits| {
        (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The text is neither an absolute URI nor a wildcard of the known forms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "redirect URI {0:?}: expected an absolute URI without fragment, or one whose whole port or \
     whole path is a wildcard, like http://localhost:*/*"
)]
pub struct RedirectPatternError(String);

impl FromStr for RedirectPattern {
    type Err = RedirectPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || RedirectPatternError(text.to_owned());
        if !text.contains('*') {
            return text.parse().map(Self::Exact).map_err(|_| refuse());
        }
        let host_at = text.find("://").ok_or_else(refuse)? + 3;
        let path_at = text[host_at..].find('/').map_or(text.len(), |at| host_at + at);
        let authority = &text[host_at..path_at];
        let (host, any_port) = match authority.strip_suffix(":*") {
            Some(host) => (host, true),
            None => (authority, false),
        };
        let any_path = &text[path_at..] == "/*";
        let path = if any_path { "/" } else { &text[path_at..] };
        let host_and_port = format!("{}{host}", &text[..host_at]);
        let concrete: RedirectUri =
            format!("{host_and_port}{path}").parse().map_err(|_| refuse())?;
        if concrete.as_str().contains('*') || !concrete.is_web() || host.contains('@') {
            return Err(refuse());
        }
        let port_at = host.rfind(':').filter(|at| !host[*at..].contains(']')).unwrap_or(host.len());
        Ok(Self::Wildcard {
            text: text.into(),
            origin: format!("{}{}", &text[..host_at], &host[..port_at]).into(),
            port: (!any_port).then(|| host[port_at..].into()),
            path: (!any_path).then(|| path.into()),
        })
    }
}

impl fmt::Display for RedirectPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact(uri) => uri.as_str(),
            Self::Wildcard { text, .. } => text,
        })
    }
}

impl Serialize for RedirectPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RedirectPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, |text| {
            text.parse().map_err(|error: RedirectPatternError| error.to_string())
        })
    }
}

impl schemars::JsonSchema for RedirectPattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RedirectPattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[!$-;=?-\[\]-~]*$",
            "description": "An absolute URI compared byte for byte, or one whose whole port or \
                            whole path is a wildcard: http://localhost:*/*",
            "examples": ["https://app.example/callback", "http://localhost:*/*"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, sent: &str) -> bool {
        let pattern: RedirectPattern = pattern.parse().unwrap();
        sent.parse().is_ok_and(|sent| pattern.allows(&sent))
    }

    #[test]
    fn an_exact_uri_is_compared_byte_for_byte() {
        let registered = "https://app.example/cb?a=b";
        assert!(allows(registered, registered));
        for sent in [
            "https://app.example/cb",
            "https://app.example/cb?a=b&c=d",
            "https://APP.example/cb?a=b",
            "https://app.example/cb%3Fa=b",
            "https://app.example/cb?a=b#f",
        ] {
            assert!(!allows(registered, sent), "{sent}");
        }
    }

    #[test]
    fn a_wildcard_covers_port_and_path_and_nothing_else() {
        let any = "http://localhost:*/*";
        for sent in [
            "http://localhost/",
            "http://localhost:3000/a/b?c=d",
            "http://localhost:1",
            "http://localhost?a",
        ] {
            assert!(allows(any, sent), "{sent}");
        }
        for sent in [
            "https://localhost/",
            "http://localhost.evil.example/",
            "http://localhost@evil.example/",
            "http://localhost:1@evil.example/",
            "http://localhost:/",
            "http://localhost:123456/",
            "http://localhost\\@evil.example/",
            "http://localhost#@evil.example/",
        ] {
            assert!(!allows(any, sent), "{sent}");
        }
    }

    #[test]
    fn port_and_path_may_be_wild_on_their_own() {
        assert!(allows("http://127.0.0.1:*/cb", "http://127.0.0.1:49152/cb"));
        assert!(!allows("http://127.0.0.1:*/cb", "http://127.0.0.1:49152/other"));
        assert!(allows("https://app.example:8443/*", "https://app.example:8443/x?y"));
        assert!(!allows("https://app.example:8443/*", "https://app.example/x"));
        assert!(allows("http://[::1]:*/*", "http://[::1]:9/x"));
    }

    #[test]
    fn odd_registrations_are_refused() {
        for text in [
            "",
            "callback",
            "/cb",
            "https://a/#f",
            "https://*/cb",
            "https://*.example/cb",
            "https://a/cb*",
            "https://u@a:*/cb",
            "javascript:alert(1)",
            "app:*/*",
        ] {
            assert!(text.parse::<RedirectPattern>().is_err(), "{text}");
        }
        assert!(
            allows("https://a:*", "https://a:8443") && !allows("https://a:*", "https://a:8443/x")
        );
        assert!("com.example.app:/cb".parse::<RedirectPattern>().is_ok());
    }

    #[test]
    fn parameters_join_a_query_that_is_already_there() {
        let join = |uri: &str| uri.parse::<RedirectUri>().unwrap().with_query("c=d");
        assert_eq!(join("https://a/cb"), "https://a/cb?c=d");
        assert_eq!(join("https://a/cb?"), "https://a/cb?c=d");
        assert_eq!(join("https://a/cb?a=b"), "https://a/cb?a=b&c=d");
    }

    proptest::proptest! {
        #[test]
        fn a_redirect_stays_on_the_registered_host(port in 0_u16.., path in "[ -~]{0,40}") {
            let sent = format!("http://localhost:{port}{path}");
            if allows("http://localhost:*/*", &sent) {
                let url = Url::parse(&sent).unwrap();
                proptest::prop_assert_eq!(url.host_str(), Some("localhost"));
                let target = sent.parse::<RedirectUri>().unwrap().with_query("code=x");
                let landed = Url::parse(&target).unwrap();
                proptest::prop_assert_eq!(landed.host_str(), Some("localhost"));
                proptest::prop_assert!(landed.query_pairs().any(|(n, v)| n == "code" && v == "x"));
            }
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = text.parse::<RedirectUri>();
            let _ = text.parse::<RedirectPattern>();
        }
    }
}
