//! The JSON Web Key Set of an application.
//!
//! [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517); members and their order as CyberArk's
//! OpenAPI description shows them for `/OAuth2/Keys`.

use serde::Serialize;

/// An RSA verification key ([RFC 7518 §6.3.1](https://www.rfc-editor.org/rfc/rfc7518#section-6.3.1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// Key type: `RSA`.
    pub kty: &'static str,
    /// Algorithm: `RS256`.
    pub alg: &'static str,
    /// Use: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Key id: 40 upper-case hexadecimal digits, as of a certificate's SHA-1 thumbprint.
    pub kid: String,
    /// Modulus, base64url.
    pub n: String,
    /// Public exponent, base64url.
    pub e: String,
}

/// The answer of `/OAuth2/Keys/{app}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// The keys, the signing one first.
    pub keys: Vec<Jwk>,
}
