//! Tokens, checked as a client checks them.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Header and claims of a verified token.
#[derive(Debug)]
pub(crate) struct Jwt {
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Jwt {
    /// Verifies the RS256 signature with the key of the set that the header names.
    pub(crate) fn verified(token: &str, keys: &Value) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            panic!("a JWT has three parts: {token}");
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("parts are base64url");
        let parse = |part| serde_json::from_slice::<Value>(&decode(part)).expect("parts are JSON");
        let jwt = Self { header: parse(header), claims: parse(claims) };
        assert_eq!(jwt.header["alg"], "RS256");
        let key = keys["keys"]
            .as_array()
            .and_then(|keys| keys.iter().find(|key| key["kid"] == jwt.header["kid"]))
            .expect("the header names a published key");
        let number = |name: &str| decode(key[name].as_str().expect("n and e are strings"));
        RsaPublicKeyComponents { n: number("n"), e: number("e") }
            .verify(
                &RSA_PKCS1_2048_8192_SHA256,
                format!("{header}.{claims}").as_bytes(),
                &decode(signature),
            )
            .expect("the published key verifies the signature");
        jwt
    }

    /// A token as it is, whoever signed it.
    pub(crate) fn unverified(token: &str) -> Self {
        let mut parts = token.split('.');
        let mut next = || decoded(parts.next().expect("a JWT has parts"));
        Self { header: next(), claims: next() }
    }

    /// Names of the claims in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.claims.as_object().expect("claims are an object").keys().map(String::as_str).collect()
    }
}

/// Header or claims of a token, not verified.
pub(crate) fn decoded(part: &str) -> Value {
    let json = URL_SAFE_NO_PAD.decode(part).expect("parts are base64url");
    serde_json::from_slice(&json).expect("parts are JSON")
}

/// `at_hash` or `c_hash`, computed from OpenID Connect Core §3.3.2.11 on its own.
pub(crate) fn half_hash(value: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, value.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}
