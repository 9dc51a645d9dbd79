//! Wire types, one file per specification: what arrives and what is answered, without state,
//! clock, randomness or HTTP. CyberArk's own JSON lives in [`security`] only.

pub mod authorize;
pub mod base32;
pub mod base_url;
pub mod bearer;
pub mod claims;
pub mod claims_request;
pub mod client_metadata;
pub mod confirm;
pub mod digest;
pub mod end_session;
pub mod entropy;
pub mod error;
pub mod json;
pub mod jwk;
pub mod known_parameters;
pub mod lifetime;
pub mod local_path;
pub mod logout;
pub mod loopback;
pub mod metadata;
pub mod parameters;
pub mod pkce;
pub mod places;
pub mod platform;
pub mod portal;
pub mod qr;
pub mod redirect_uri;
pub mod registration;
pub mod request_uri;
pub mod response_type;
pub mod scope;
pub mod secret;
pub mod security;
pub mod token;
