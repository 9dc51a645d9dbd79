//! A mock CyberArk Identity (formerly Idaptive, Centrify) authorization server, for tests only.
//!
//! It emulates a tenant in memory: `/OAuth2/Authorize/{app}`, the login page and the authentication
//! API behind it, `/OAuth2/Token/{app}`, and signed ID and access tokens for every code, implicit
//! and hybrid response type. An unmodified OpenID Connect client signs a user in, offline.
//!
//! # Quick start
//!
//! The program of the same name serves the built-in tenant. In a Rust test, [`mock::MockTenant`] does:
//!
//! ```
//! use cyberark_identity_mock::mock::{Expectation, MockTenant};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = MockTenant::start(); // a free port; it stops when it is dropped
//! mock.expect(Expectation::any().endpoint("discovery").app("bank"));
//! // … point your client at the issuer and sign in …
//! println!("issuer: {}", mock.issuer("bank"));
//! ureq::get(mock.discovery_url("bank")).call()?;
//! mock.verify();
//! # Ok(())
//! # }
//! ```
//!
//! [`server::Server`] serves inside an actix runtime of your own, at an address of your choice.
//!
//! # Layout
//!
//! Modules are layers; each may use those below it only (`tests/architecture.rs` checks it):
//!
//! - [`mock`]: a tenant for Rust tests, in the test's process;
//! - [`server`]: listener, sweeping, stopping;
//! - `http`: one thin handler for each endpoint: parse, ask the tenant, render;
//! - [`fixtures`]: files that describe a tenant;
//! - `outgoing`: HTTP calls that the server makes, in the background;
//! - [`tenant`]: every rule, and nothing of HTTP; [`tenant::policy`] lists each point in which the
//!   product departs from the specifications;
//! - [`protocol`]: wire types, without state; CyberArk's own JSON in [`protocol::security`];
//! - [`clock`], [`ids`]: time and chance, which tests can take over;
//! - `documents`: texts that the program carries compressed.

pub mod clock;
mod documents;
pub mod fixtures;
mod http;
pub mod ids;
pub mod mock;
mod outgoing;
pub mod protocol;
pub mod server;
pub mod tenant;
