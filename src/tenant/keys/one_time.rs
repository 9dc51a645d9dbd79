//! One-time codes of an authenticator.
//!
//! [RFC 6238](https://www.rfc-editor.org/rfc/rfc6238) on [RFC 4226](https://www.rfc-editor.org/rfc/rfc4226):
//! HMAC-SHA-1, six digits, steps of thirty seconds, as authenticator apps have them by default.

use aws_lc_rs::hmac;

use crate::protocol::secret::same_bytes;

/// Seconds of one step (RFC 6238 §4.1).
const STEP: i64 = 30;

/// The step whose code this is, of those that a clock a little off may be at: the current one and
/// its neighbours (RFC 6238 §5.2).
pub(in crate::tenant) fn step_of_code(key: &[u8], code: &str, seconds: i64) -> Option<i64> {
    let current = seconds.div_euclid(STEP);
    // All three are computed, so that the time taken tells nothing.
    let codes = [current, current - 1, current + 1].map(|step| (step, code_at(key, step)));
    codes.iter().filter(|(_, right)| same_bytes(right, code)).map(|(step, _)| *step).next()
}

/// The code of a step: HOTP (RFC 4226 §5.3).
fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 0x0f);
    let window =
        [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
    format!("{:06}", u32::from_be_bytes(window) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_specification() {
        // RFC 6238 Appendix B, SHA-1, the last six of its eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = seconds / 30;
            assert_eq!(code_at(b"12345678901234567890", step), code);
            assert_eq!(step_of_code(b"12345678901234567890", code, seconds), Some(step));
            assert_eq!(step_of_code(b"12345678901234567890", code, seconds + 30), Some(step));
            assert_eq!(step_of_code(b"12345678901234567890", code, seconds + 90), None);
        }
    }
}
