//! Where the tenant is reached: the base of its issuers and endpoint URLs.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use url::Url;

use super::loopback::leads_here;

/// `scheme://host[:port][/prefix]`, without a trailing slash.
///
/// Every URL that the tenant mints is made from one of these, so that issuer, metadata and tokens
/// agree however the request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: Arc<str>,
    path_at: usize,
}

/// Why a text is no base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected http://HOST[:PORT][/PREFIX] or https://…, without user, query or fragment")]
pub struct BaseUrlError;

impl BaseUrl {
    /// The base URL of a socket address; every address is `localhost`, and no zone is named.
    pub fn of_address(scheme: &str, address: SocketAddr) -> Self {
        let port = address.port();
        let url = match address.ip() {
            ip if ip.is_unspecified() => format!("{scheme}://localhost:{port}"),
            IpAddr::V4(ip) => format!("{scheme}://{ip}:{port}"),
            IpAddr::V6(ip) => format!("{scheme}://[{ip}]:{port}"),
        };
        url.parse().expect("an address and a port make a base URL")
    }

    /// The base URL that an URL is, unless there is more to it.
    ///
    /// # Errors
    ///
    /// [`BaseUrlError`] for another scheme, and for user, query or fragment.
    pub fn of_url(url: &Url) -> Result<Self, BaseUrlError> {
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            // A path that begins with two slashes would lead to another host.
            && !url.path().contains("//");
        if !plain {
            return Err(BaseUrlError);
        }
        let origin = url.origin().ascii_serialization();
        let path = url.path().trim_end_matches('/');
        Ok(Self { path_at: origin.len(), text: format!("{origin}{path}").into() })
    }

    /// The base URL at this path below: `path` begins with a slash and does not end in one.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        Self { text: format!("{self}{path}").into(), path_at: self.path_at }
    }

    /// The issuer of an application; it ends in a slash.
    ///
    /// Source: recorded discovery document of a tenant (cyberark/conjur, authn-oidc cassettes).
    pub fn issuer(&self, application_id: &str) -> String {
        format!("{self}/{application_id}/")
    }

    /// `/OAuth2/{endpoint}/{app}` in the letter case that the product's metadata uses.
    pub fn endpoint(&self, endpoint: &str, application_id: &str) -> String {
        format!("{self}/OAuth2/{endpoint}/{application_id}")
    }

    /// The path in front of the product's own paths: empty, or `/prefix`.
    pub fn path_prefix(&self) -> &str {
        &self.text[self.path_at..]
    }

    /// Whether the scheme is https.
    pub fn is_secure(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Whether the host is the machine itself.
    pub fn leads_here(&self) -> bool {
        Url::parse(&self.text).is_ok_and(|url| leads_here(&url))
    }

    /// Host name or address, without port.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
            _ => authority,
        }
    }

    /// Host and port, as a `PodFqdn` names them.
    pub fn authority(&self) -> &str {
        let start = self.text.find("://").map_or(0, |at| at + 3);
        &self.text[start..self.path_at]
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::of_url(&Url::parse(text).map_err(|_| BaseUrlError)?)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let base: BaseUrl = "https://Tenant.example:8443/identity/".parse().unwrap();
        assert_eq!(base.to_string(), "https://tenant.example:8443/identity");
        assert_eq!(base.issuer("bank"), "https://tenant.example:8443/identity/bank/");
        assert_eq!(base.path_prefix(), "/identity");
        assert_eq!((base.host(), base.authority()), ("tenant.example", "tenant.example:8443"));
        assert!(base.is_secure());
    }

    #[test]
    fn an_ipv6_host_keeps_its_brackets() {
        let base: BaseUrl = "http://[::1]:8080".parse().unwrap();
        assert_eq!((base.host(), base.path_prefix()), ("[::1]", ""));
        assert_eq!("http://[::1]".parse::<BaseUrl>().unwrap().host(), "[::1]");
    }

    #[test]
    fn anything_but_a_plain_base_is_refused() {
        for text in [
            "",
            "tenant.example",
            "ftp://x",
            "http://u@x",
            "http://x?q",
            "http://x#f",
            "http://",
            "http://x//y",
        ] {
            assert!(text.parse::<BaseUrl>().is_err(), "{text}");
        }
    }
}
