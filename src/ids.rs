//! Opaque ids: authorization codes, bounce keys, session ids, tokens.
//!
//! All but the session cookie share one shape: 32 random bytes in base64url and a digit that counts
//! the stripped `=`, as .NET's `UrlTokenEncode` writes them. Source: recorded codes and bounce keys
//! (cyberark/conjur, CyberArk's OpenAPI description).

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Source of ids: random, or the same sequence for the same seed. Clones go on in one sequence.
#[derive(Clone, Default)]
pub struct Ids {
    seeded: Option<Arc<Mutex<StdRng>>>,
}

impl Ids {
    /// The same ids in the same order for the same seed: for tests that compare whole documents.
    pub fn seeded(seed: u64) -> Self {
        Self { seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))) }
    }

    /// A code, key or token: 44 characters.
    pub fn opaque(&self) -> String {
        let mut id = URL_SAFE_NO_PAD.encode(self.bytes::<32>());
        id.push('1');
        id
    }

    /// The value of a session cookie: 128 upper-case hexadecimal digits.
    pub fn session(&self) -> String {
        self.bytes::<64>().iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).map(upper_hex).collect()
    }

    /// Sixteen random bytes, for UUIDs and error ids.
    pub fn sixteen(&self) -> [u8; 16] {
        self.bytes()
    }

    /// A code of so many decimal digits, 19 at the most.
    pub fn digits(&self, count: usize) -> String {
        // Of 2^64 values the remainders are as good as even.
        let number = u64::from_le_bytes(self.bytes())
            % 10_u64.pow(u32::try_from(count.min(19)).unwrap_or(19));
        format!("{number:0count$}")
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.seeded {
            // A thread that panicked inside `fill_bytes` left a usable generator behind.
            Some(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
            }
            None => system_random(&mut bytes),
        }
        bytes
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for chance")]
fn system_random(bytes: &mut [u8]) {
    rand::rng().fill_bytes(bytes);
}

fn upper_hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ids").field("seeded", &self.seeded.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_products_shape_and_differ() {
        let ids = Ids::default();
        let id = ids.opaque();
        assert_eq!((id.len(), id.ends_with('1')), (44, true));
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(id, ids.opaque());
        assert!(
            ids.session().len() == 128
                && ids.session().bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        );
    }

    #[test]
    fn a_seed_repeats_the_sequence() {
        let (one, two) = (Ids::seeded(7), Ids::seeded(7));
        assert_eq!((one.opaque(), one.session()), (two.opaque(), two.session()));
    }
}
