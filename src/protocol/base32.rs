//! Base 32, in which authenticators are told their secrets.
//!
//! [RFC 4648 §6](https://www.rfc-editor.org/rfc/rfc4648#section-6), in any letter case, spaces and
//! padding left out or not: people type it.

/// What [`decode`] reads: at least the digits of one byte.
pub const PATTERN: &str = "^[ -]*[A-Za-z2-7][ -]*[A-Za-z2-7][A-Za-z2-7 -]*=*$";

/// The bytes; `None` when the text is empty or has a character that is none of the alphabet's.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').chars().filter(|c| !matches!(c, ' ' | '-'));
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for digit in digits {
        let value = match digit.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            number @ '2'..='7' => u32::from(number) - u32::from('2') + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | value) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{PATTERN, decode};

    proptest::proptest! {
        #[test]
        fn what_the_schema_allows_is_read(text in PATTERN.trim_matches(['^', '$'])) {
            proptest::prop_assert!(decode(&text).is_some());
        }
    }

    #[test]
    fn the_examples_of_the_specification_are_read() {
        for (text, bytes) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("mzxw 6ytb", "fooba"),
            ("MZXW-6YTB-OI", "foobar"),
            ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "12345678901234567890"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        for text in ["", "=", "A", "MZXW1", "MZ=XQ", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
