//! Tokens that a client signed: request objects and client assertions.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::protocol::claims::Claims;
use crate::protocol::jwk::{ClientKey, ClientKeyNumbers, ClientKeys};
use crate::protocol::secret::Secret;

/// What a client may sign with.
#[derive(Debug, Clone, Copy)]
pub(in crate::tenant) struct ClientSigner<'a> {
    pub(in crate::tenant) secret: Option<&'a Secret>,
    pub(in crate::tenant) keys: Option<&'a ClientKeys>,
}

/// How a token of a client is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tenant) enum Secured {
    /// Not at all (`alg` is `none`).
    Unsigned,
    /// With the client secret.
    Secret,
    /// With a private key of the client.
    PrivateKey,
}

#[derive(Deserialize)]
struct WireHeader {
    alg: String,
}

/// A member of a token that nobody verified: good for finding out who has to have signed it.
pub(in crate::tenant) fn unverified_text(token: &str, name: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.get(name)?.as_str().map(str::to_owned)
}

impl ClientSigner<'_> {
    /// Somebody who has neither secret nor keys.
    pub(in crate::tenant) const fn nobody() -> Self {
        Self { secret: None, keys: None }
    }

    /// The claims of a token, and how it is secured; `None` when it is malformed, when the
    /// signature is not the client's, or an unsigned token brings one.
    pub(in crate::tenant) fn read(self, token: &str) -> Option<(Claims, Secured)> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let WireHeader { alg } = serde_json::from_slice(&decode(header)?).ok()?;
        let signature = decode(signature)?;
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        let secured = match alg.as_str() {
            "none" if signature.is_empty() => Secured::Unsigned,
            "HS256" if self.secret_made(message, &signature) => Secured::Secret,
            _ if self.key_made(&alg, message, &signature) => Secured::PrivateKey,
            _ => return None,
        };
        Some((claims, secured))
    }

    fn secret_made(self, message: &str, signature: &[u8]) -> bool {
        self.secret.is_some_and(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::verify(&key, message.as_bytes(), signature).is_ok()
        })
    }

    fn key_made(self, alg: &str, message: &str, signature: &[u8]) -> bool {
        let mut keys = self.keys.iter().flat_map(|keys| &keys.keys);
        keys.any(|key| verifies(key, alg, message.as_bytes(), signature).is_some())
    }
}

fn verifies(key: &ClientKey, alg: &str, message: &[u8], signature: &[u8]) -> Option<()> {
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    match (&key.numbers, alg) {
        (ClientKeyNumbers::Rsa { n, e }, "RS256" | "PS256") => {
            let parameters: &RsaParameters = match alg {
                "RS256" => &RSA_PKCS1_2048_8192_SHA256,
                _ => &RSA_PSS_2048_8192_SHA256,
            };
            let key = RsaPublicKeyComponents { n: number(n)?, e: number(e)? };
            key.verify(parameters, message, signature).ok()
        }
        (ClientKeyNumbers::Ec { x, y }, "ES256") => {
            let point = [vec![4], number(x)?, number(y)?].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(message, signature).ok()
        }
        (ClientKeyNumbers::Okp { x }, "EdDSA") => {
            UnparsedPublicKey::new(&ED25519, number(x)?).verify(message, signature).ok()
        }
        _ => None,
    }
}
