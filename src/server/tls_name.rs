//! Names and addresses that a server certificate is for.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use rcgen::SanType;
use rcgen::string::Ia5String;
use rustls::pki_types::DnsName;
use url::Host;

use crate::protocol::base_url::BaseUrl;
use crate::tenant::Tenant;

/// A name or address that a server certificate is for: `tenant.example`, `*.example`, `127.0.0.1`,
/// `::1` ([RFC 5280 §4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsName(SanType);

/// Why a text is no name for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a host name like tenant.example or *.example, or an address like 127.0.0.1 or ::1"
)]
pub struct TlsNameError;

impl TlsName {
    /// What the server is always called: `localhost`, both loopback addresses, the tenant's host
    /// names at the vendor, the pod at which SDKs ask for their tenant, and the host of the public
    /// URL.
    pub fn usual(tenant: &Tenant, public_url: Option<&BaseUrl>) -> Vec<Self> {
        let id = tenant.settings().id.to_ascii_lowercase();
        // CyberArk: a tenant's host name begins with its id. SDKs look for it by the suffix of its
        // login names at the first pod (cyberark/ark-sdk-python).
        let hosts = [
            format!("{id}.id.cyberark.cloud"),
            format!("{id}.my.idaptive.app"),
            "pod0.idaptive.app".to_owned(),
        ];
        let fixed = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let public = public_url.map(|url| url.host().to_owned());
        let all = fixed.into_iter().chain(hosts).chain(public);
        all.filter_map(|name| name.parse().ok()).collect()
    }

    /// As it stands in the certificate.
    pub(super) fn in_certificate(&self) -> SanType {
        self.0.clone()
    }
}

impl FromStr for TlsName {
    type Err = TlsNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unwrapped = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        if let Ok(address) = unwrapped.unwrap_or(text).parse::<IpAddr>() {
            return Ok(Self(SanType::IpAddress(address)));
        }
        // Names beyond ASCII become punycode, as clients look them up.
        let Ok(Host::Domain(name)) = Host::parse(text) else {
            return Err(TlsNameError);
        };
        let below_wildcard = name.strip_prefix("*.").unwrap_or(&name);
        let is_name = DnsName::try_from(below_wildcard).is_ok() && !name.ends_with('.');
        let name = Ia5String::try_from(name.as_str()).ok().filter(|_| is_name);
        Ok(Self(SanType::DnsName(name.ok_or(TlsNameError)?)))
    }
}

impl fmt::Display for TlsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            SanType::IpAddress(address) => address.fmt(f),
            SanType::DnsName(name) => f.write_str(name.as_str()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_told_apart() {
        for (text, written) in [
            ("localhost", "localhost"),
            ("Tenant.Example", "tenant.example"),
            ("*.tenant.example", "*.tenant.example"),
            ("cyberark_mock", "cyberark_mock"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
        ] {
            assert_eq!(text.parse::<TlsName>().unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "*", "a b", "a/b", "a:443", "https://a", "a.*.b", "a..b", "a.", "[::1"] {
            assert_eq!(text.parse::<TlsName>(), Err(TlsNameError), "{text:?}");
        }
    }
}
