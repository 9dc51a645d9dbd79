//! A token with its hash.

use aws_lc_rs::digest::{Context, Digest, SHA256};

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

    /// SHA-256 of the text so far.
    pub(super) fn sha256(&self) -> Digest {
        self.running.clone().finish()
    }

    /// The token that this text and `rest` make up.
    pub(super) fn followed_by(self, rest: &str) -> Token {
        let Self { mut text, mut running } = self;
        running.update(rest.as_bytes());
        text.push_str(rest);
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
    fn a_hash_that_went_on_is_that_of_the_whole() {
        let message = Hashed::of("header.claims".to_owned());
        assert_eq!(bytes_of(message.sha256()), sha256("header.claims"));
        let token = message.followed_by(".signature");
        assert_eq!(token.text, "header.claims.signature");
        assert_eq!(token.sha256, Token::of(token.text).sha256);
    }
}
