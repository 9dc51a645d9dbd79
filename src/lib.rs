//! A mock CyberArk Identity (formerly Idaptive, Centrify) authorization server, for tests only.
//!
//! It emulates a tenant in memory: `/OAuth2/Authorize/{app}`, the login page and the authentication
//! API behind it, `/OAuth2/Token/{app}`, and signed ID and access tokens for every code, implicit
//! and hybrid response type. An unmodified OpenID Connect client signs a user in, offline.
//!
//! # Quick start
//!
//! The program of the same name serves the built-in tenant. In Rust:
//!
//! ```
//! use cyberark_identity_mock::fixtures;
//! use cyberark_identity_mock::server::{Server, ServerOptions};
//! use cyberark_identity_mock::tenant::{Tenant, TenantParts};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tenant = Tenant::new(fixtures::built_in(), TenantParts::default())?;
//! actix_web::rt::System::new().block_on(async {
//!     let server = Server::bind(tenant, "127.0.0.1", 0, ServerOptions::default())?;
//!     println!("issuer: http://{}/bank/", server.addresses()[0]);
//!     let handle = server.handle();
//!     let serving = actix_web::rt::spawn(server.run());
//!     // … sign in …
//!     handle.stop(true).await;
//!     serving.await?
//! })?;
//! # Ok(())
//! # }
//! ```
//!
//! # Layout
//!
//! Modules are layers; each may use those below it only (`tests/architecture.rs` checks it):
//!
//! - [`server`]: listener, sweeping, stopping;
//! - `http`: one thin handler for each endpoint: parse, ask the tenant, render;
//! - [`fixtures`]: files that describe a tenant;
//! - `outgoing`: HTTP calls that the server makes, in the background;
//! - [`tenant`]: every rule, and nothing of HTTP; [`tenant::policy`] lists each point in which the
//!   product departs from the specifications;
//! - [`protocol`]: wire types, without state; CyberArk's own JSON in [`protocol::security`];
//! - [`clock`], [`ids`]: time and chance, which tests can take over.

pub mod clock;
pub mod fixtures;
mod http;
pub mod ids;
mod outgoing;
pub mod protocol;
pub mod server;
pub mod tenant;
