//! Claims: which are the protocol's own, and which scope asks for which of the standard ones.
//!
//! [OpenID Connect Core §5.1, §5.4](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims),
//! [RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)

use serde_json::{Map, Value};

/// The members of a token in the order in which they are written.
pub type Claims = Map<String, Value>;

/// Claims that the server computes; a fixture may not set them.
pub const PROTOCOL_CLAIMS: [&str; 18] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "sid",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "scope",
    "app_id",
    "unique_name",
];

/// The standard claims in the order of the specification, each with the scope that asks for it.
const STANDARD_CLAIMS: [(&str, &str); 19] = [
    ("name", "profile"),
    ("family_name", "profile"),
    ("given_name", "profile"),
    ("middle_name", "profile"),
    ("nickname", "profile"),
    ("preferred_username", "profile"),
    ("profile", "profile"),
    ("picture", "profile"),
    ("website", "profile"),
    ("gender", "profile"),
    ("birthdate", "profile"),
    ("zoneinfo", "profile"),
    ("locale", "profile"),
    ("updated_at", "profile"),
    ("email", "email"),
    ("email_verified", "email"),
    ("address", "address"),
    ("phone_number", "phone"),
    ("phone_number_verified", "phone"),
];

/// The scope that asks for a standard claim; `None` for every other claim.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    STANDARD_CLAIMS.iter().find(|(name, _)| *name == claim).map(|(_, scope)| *scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_claims_know_their_scope() {
        assert_eq!(scope_of("birthdate"), Some("profile"));
        assert_eq!(scope_of("phone_number_verified"), Some("phone"));
        assert_eq!(scope_of("groups"), None);
    }
}
