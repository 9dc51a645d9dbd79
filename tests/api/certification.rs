//! The rehearsal of certification: one test for each module of the OpenID Foundation's plans for a
//! provider with static clients (config, basic, hybrid, implicit, their `form_post` twins,
//! RP-initiated, front-channel and back-channel logout, and what the comprehensive plan adds), under `strict` and over https as a proxy tells it.
//!
//! A test has the name of its module, without `oidcc-`. What a module passes on is read from
//! openid-certification/conformance-suite; what it only warns about fails here too.

mod browser;
mod checks;
mod happy;
mod logout;
mod logout_notices;
mod metadata;
mod prompt;
mod refusals;
mod request_objects;
mod scopes;
mod suite;
mod token_endpoint;
