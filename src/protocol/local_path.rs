//! Where a browser goes on this server, whatever it was told.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// A path on this server, fit for a `Location` header: one slash, then neither slash nor backslash,
/// so that no browser takes it for another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The path that `sent` means, below `prefix`. CyberArk's `cloudRedirect` has no leading slash;
    /// slashes and backslashes in front are dropped, and what is not fit for a header is encoded.
    pub fn below(prefix: &str, sent: &str) -> Self {
        let path = sent.trim_start_matches(['/', '\\']);
        Self(format!("{prefix}/{}", utf8_percent_encode(path, UNFIT)))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What may not stand in a `Location`; non-ASCII is encoded in any case.
const UNFIT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn the_products_value_is_kept() {
        let path = LocalPath::below("/identity", "Oauth2/Authorize/bank?bounce=K1");
        assert_eq!(path.as_str(), "/identity/Oauth2/Authorize/bank?bounce=K1");
    }

    proptest::proptest! {
        #[test]
        fn a_browser_stays_on_the_server(sent in "[/\\\\]{0,3}[\\PC\t\r\n]{0,40}") {
            let here = Url::parse("http://localhost:8080/login").unwrap();
            let path = LocalPath::below("", &sent);
            let target = here.join(path.as_str()).unwrap();
            proptest::prop_assert_eq!(target.origin(), here.origin());
            proptest::prop_assert!(path.as_str().bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
