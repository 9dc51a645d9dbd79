//! Basic credentials ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::protocol::parameters;
use crate::protocol::secret::Secret;

/// The two halves of a Basic header as they were sent.
///
/// RFC 6749 wants each half form-urlencoded, many clients send it raw; [`Self::readings`] gives
/// both, so that a check can take either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    client_id: String,
    client_secret: Secret,
    decoded: Decoded,
}

/// What credentials are if they are form-urlencoded.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Decoded {
    /// The same: there is nothing to decode in them.
    Same,
    Other(String, Secret),
    /// Nothing: not UTF-8.
    Nothing,
}

impl BasicCredentials {
    /// Reads the value of an `Authorization` header; `None` when it is not well-formed Basic.
    pub fn parse(header: &str) -> Option<Self> {
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (client_id, client_secret) = pair.split_once(':')?;
        let decode = |half: &str| parameters::decode(half.as_bytes());
        let decoded = if pair.contains(['%', '+']) {
            let decoded = decode(client_id).zip(decode(client_secret));
            decoded.map_or(Decoded::Nothing, |(id, secret)| Decoded::Other(id, Secret::new(secret)))
        } else {
            Decoded::Same
        };
        Some(Self {
            client_id: client_id.to_owned(),
            client_secret: Secret::new(client_secret),
            decoded,
        })
    }

    /// The id, as it stands.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What the credentials are if they are form-urlencoded.
    pub(super) fn urlencoded(&self) -> Option<Self> {
        let (client_id, client_secret) = match &self.decoded {
            Decoded::Same => (&self.client_id, &self.client_secret),
            Decoded::Other(id, secret) => (id, secret),
            Decoded::Nothing => return None,
        };
        let (client_id, client_secret) = (client_id.clone(), client_secret.clone());
        Some(Self { client_id, client_secret, decoded: Decoded::Same })
    }

    /// The credentials as they stand, then form-urldecoded if that is another pair.
    pub fn readings(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let raw = (self.client_id.as_str(), &self.client_secret);
        let decoded = match &self.decoded {
            Decoded::Other(id, secret) => Some((id.as_str(), secret)),
            Decoded::Same | Decoded::Nothing => None,
        };
        std::iter::once(raw).chain(decoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(pair: &str) -> Option<BasicCredentials> {
        BasicCredentials::parse(&format!("Basic {}", STANDARD.encode(pair)))
    }

    #[test]
    fn basic_credentials_are_read_raw_and_urldecoded() {
        let sent = basic("id%40x:a%2Bb+c:d").unwrap();
        let readings: Vec<_> = sent.readings().collect();
        assert_eq!(readings[0].0, "id%40x");
        assert!(readings[0].1.is("a%2Bb+c:d"));
        assert_eq!(readings[1].0, "id@x");
        assert!(readings[1].1.is("a+b c:d"));
        assert_eq!(sent.urlencoded().unwrap().client_id(), "id@x");
    }

    #[test]
    fn what_needs_no_decoding_is_read_once_and_what_cannot_be_is_none() {
        let plain = basic("id:secret").unwrap();
        assert_eq!((plain.readings().count(), plain.urlencoded()), (1, Some(plain.clone())));
        let broken = basic("id:%FF").unwrap();
        assert_eq!((broken.readings().count(), broken.urlencoded()), (1, None));
    }

    #[test]
    fn anything_but_basic_is_no_credential() {
        assert!(basic("no colon").is_none());
        for header in ["", "Basic", "Basic !!!", "Bearer abc", "Basic /w=="] {
            assert!(BasicCredentials::parse(header).is_none(), "{header}");
        }
    }
}
