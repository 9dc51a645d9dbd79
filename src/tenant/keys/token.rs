//! A token with its hash.

use aws_lc_rs::digest::{Context, Digest, SHA256};
use base64::Engine;
use base64::encoded_len;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::json;

use crate::protocol::digest::sha256;

/// A token, and the SHA-256 that stores and most `at_hash` want. What is signed is hashed once for all of
/// them, as the hash goes on over the signature; Ed25519 hashes for itself.
pub(in crate::tenant) struct Token {
    pub(in crate::tenant) text: String,
    pub(in crate::tenant) sha256: [u8; 32],
}

impl Token {
    /// A token that nobody has hashed yet.
    pub(in crate::tenant) fn of(text: String) -> Self {
        let sha256 = sha256(&text);
        Self { text, sha256 }
    }
}

/// The characters of an encoded RSA signature of 2048 bits; there is room for it from the start.
const LONGEST_SIGNATURE: usize = 342;

/// A text that grows, and its hash up to here.
pub(super) struct Hashed {
    pub(super) text: String,
    running: Context,
}

impl Hashed {
    pub(super) fn of(text: String) -> Self {
        let mut running = Context::new(&SHA256);
        running.update(text.as_bytes());
        Self { text, running }
    }

    /// What is signed of a token: the header, encoded already, and the claims.
    pub(super) fn message(encoded_header: &str, claims: &impl Serialize) -> Self {
        let claims = json(claims);
        let rest = encoded_len(claims.len(), false).unwrap_or_default() + LONGEST_SIGNATURE + 2;
        let mut text = String::with_capacity(encoded_header.len() + rest);
        text.push_str(encoded_header);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        Self::of(text)
    }

    /// SHA-256 of the text so far.
    pub(super) fn sha256(&self) -> Digest {
        self.running.clone().finish()
    }

    /// The token that this text and the signature make up.
    pub(super) fn signed(self, signature: &[u8]) -> Token {
        let Self { mut text, mut running } = self;
        let message = text.len();
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        running.update(&text.as_bytes()[message..]);
        Token { text, sha256: bytes_of(running.finish()) }
    }
}

fn bytes_of(digest: Digest) -> [u8; 32] {
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_encoded_and_has_room_for_its_signature() {
        let message = Hashed::message("aGVhZGVy", &[1, 2]);
        assert_eq!(message.text, "aGVhZGVy.WzEsMl0");
        let room = message.text.capacity();
        assert_eq!(message.signed(&[0; 256]).text.capacity(), room);
    }

    #[test]
    fn a_hash_that_went_on_is_that_of_the_whole() {
        let message = Hashed::of("header.claims".to_owned());
        assert_eq!(bytes_of(message.sha256()), sha256("header.claims"));
        let token = message.signed(b"signature");
        assert_eq!(token.text, "header.claims.c2lnbmF0dXJl");
        assert_eq!(token.sha256, Token::of(token.text).sha256);
    }
}
