//! The hash by which stores find their entries.

use aws_lc_rs::digest::{SHA256, digest};

/// The first half of the SHA-256 of a secret, by aws-lc: tokens are long, and each is hashed when it is
/// made and when it is used.
pub(in crate::tenant) fn fingerprint(secret: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest(&SHA256, secret.as_bytes()).as_ref()[..16]);
    half
}
