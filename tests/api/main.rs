//! Tests through the door: HTTP against a running server. The tree mirrors the URL tree.

mod authorize;
mod harness;
mod health;
mod token;
