//! Tests through the door: HTTP against a running server. The tree mirrors the URL tree.

mod abuse;
mod algorithms;
mod authorize;
mod base_url;
mod certification;
mod clients;
mod confirm;
mod control;
mod cors;
mod demands;
mod discovery;
mod end_session;
mod guides;
mod harness;
mod health;
mod hostile;
mod introspect;
mod keys;
mod login;
mod mock_tenant;
mod platform;
#[cfg(feature = "cli")]
mod program;
mod registration;
mod relying_party;
mod repeated;
mod revoke;
mod routing;
mod security;
mod tenants;
mod tls;
mod token;
mod tokens;
mod two_ways;
mod userinfo;
mod vendor;
