//! `GET|POST /OAuth2/Authorize/{app}`.

mod app_type;
mod ask;
mod bounce;
mod claims;
mod escaping;
mod hybrid_tokens;
mod landing;
mod methods;
mod pkce;
mod policy;
mod policy_fields;
mod product_errors;
mod prompt;
mod redirect_uri;
mod request_object;
mod request_uri;
mod scope;
mod session;
mod strict_errors;
mod table;
mod wishes;
