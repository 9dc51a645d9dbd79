//! Request parameters of a query string or a form body, in the order sent.
//!
//! [RFC 6749 Appendix B](https://www.rfc-editor.org/rfc/rfc6749#appendix-B) (form encoding, UTF-8)
//! and [§3.1, §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): parameters without a value
//! are treated as absent, and none may be repeated.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::error::{OAuthError, echo};

/// Decoded parameters in the order sent. `Debug` shows the names only: values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Decodes `application/x-www-form-urlencoded` bytes.
    ///
    /// A `%` that no two hexadecimal digits follow stands for itself, as in the URL standard.
    ///
    /// # Errors
    ///
    /// `invalid_request` when a name or value is not UTF-8 once decoded.
    pub fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        let decoded = |(name, value): (&[u8], &[u8])| {
            let name = decode(name)
                .ok_or_else(|| OAuthError::invalid_request("a parameter name is not UTF-8"))?;
            let value = decode(value).ok_or_else(|| {
                OAuthError::invalid_request(format!("parameter {} is not UTF-8", echo(&name)))
            })?;
            Ok((name, value))
        };
        pairs(encoded).map(decoded).collect::<Result<_, _>>().map(Self)
    }

    /// Appends the parameters of another place (a form body after the query).
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The first value sent under `name` that is not empty: an empty one counts as not sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value that is not empty.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(sent, _)| sent == name);
        values.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Like [`Self::get`], owned.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// The names of the parameters that have a value, in order, a repeated one each time.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name.as_str())
    }

    /// The names that are none of `known`, each once.
    pub fn unknown_to(&self, known: &[&str]) -> Vec<&str> {
        let mut unknown: Vec<&str> = self.names().filter(|name| !known.contains(name)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }

    /// The name of a parameter that was sent more than once. Without a value it was not sent.
    pub fn duplicated(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.names().collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Names and values of form-urlencoded bytes, still encoded.
fn pairs(encoded: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let all = encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    all.map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=');
        equals.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]))
    })
}

/// A name and a value.
pub type Parameter<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The pairs of form-urlencoded bytes as far as they can be read: what is no UTF-8 is replaced, as in
/// the URL standard.
pub fn readable(encoded: &[u8]) -> impl Iterator<Item = Parameter<'_>> {
    let text = |encoded| match bytes_of(encoded) {
        Cow::Borrowed(bytes) => readable_text(bytes),
        Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    };
    pairs(encoded).map(move |(name, value)| (text(name), text(value)))
}

/// Bytes as text, with U+FFFD for what is no UTF-8.
pub fn readable_text(bytes: &[u8]) -> Cow<'_, str> {
    // Checking the whole is several times faster than looking for what is wrong with it.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// One form-urlencoded name or value; `None` when it is not UTF-8.
pub fn decode(encoded: &[u8]) -> Option<String> {
    String::from_utf8(bytes_of(encoded).into_owned()).ok()
}

fn bytes_of(encoded: &[u8]) -> Cow<'_, [u8]> {
    if !encoded.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(encoded);
    }
    // No escape has a `+` in it, so what stands between two is decoded by itself.
    let mut bytes = Vec::with_capacity(encoded.len());
    for part in encoded.split(|byte| *byte == b'+') {
        bytes.extend(percent_decode(part));
        bytes.push(b' ');
    }
    bytes.pop();
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order_and_empty_ones_are_absent() {
        let sent = Parameters::parse(b"a=1+2&&b=%C3%A9&c=&d&a=3").unwrap();
        assert_eq!(sent.get("a"), Some("1 2"));
        assert_eq!(sent.get("b"), Some("\u{e9}"));
        assert_eq!((sent.get("c"), sent.get("d")), (None, None));
        assert_eq!(sent.duplicated(), Some("a"));
        assert_eq!(Parameters::parse(b"a=&a&a=1&a=2").unwrap().get("a"), Some("1"));
        assert_eq!(Parameters::parse(b"a=&a&a=1&b=&b").unwrap().duplicated(), None);
    }

    #[test]
    fn a_broken_percent_escape_stands_for_itself() {
        assert_eq!(Parameters::parse(b"a=100%&b=%zz").unwrap().get("b"), Some("%zz"));
    }

    #[test]
    fn what_is_no_utf_8_can_still_be_read() {
        let pairs: Vec<_> = readable(b"a=%FF&b+=1%2B&&=c&d").collect();
        let expected = [("a", "\u{fffd}"), ("b ", "1+"), ("", "c"), ("d", "")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn a_value_that_is_not_utf_8_is_named() {
        let error = Parameters::parse(b"state=%FF").unwrap_err();
        assert_eq!(error.description, "parameter state is not UTF-8");
    }

    proptest::proptest! {
        #[test]
        fn a_plus_is_a_space_whatever_stands_around_it(text in "[+%0aFg\u{e9}]{0,12}") {
            let spaced = text.replace('+', " ");
            let expected: Vec<u8> = percent_decode(spaced.as_bytes()).collect();
            proptest::prop_assert_eq!(&*bytes_of(text.as_bytes()), expected);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Parameters::parse(&bytes);
        }
    }
}
