//! How hard a value is to guess, estimated from the value alone.
//!
//! [RFC 6749 §10.10](https://www.rfc-editor.org/rfc/rfc6749#section-10.10) wants 128 bits of chance;
//! what one value shows of it is Shannon's entropy of its characters times its length, and that is
//! how certification of clients estimates it.

use std::collections::BTreeMap;

/// Estimated bits: Shannon's entropy per character, times the number of characters.
pub fn estimated_bits(value: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for character in value.chars() {
        *counts.entry(character).or_default() += 1;
    }
    let length = f64::from(counts.values().sum::<u32>());
    counts
        .values()
        .map(|count| f64::from(*count))
        .map(|count| count * (length / count).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::estimated_bits;

    #[test]
    fn variety_and_length_make_a_value_hard_to_guess() {
        for (value, bits) in
            [("", 0.0), ("aaaaaaaa", 0.0), ("ab", 2.0), ("abcd", 8.0), ("aabb", 4.0)]
        {
            assert!((estimated_bits(value) - bits).abs() < 1e-9, "{value}");
        }
    }
}
