//! Tokens that a client signed: request objects and client assertions.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::protocol::claims::Claims;
use crate::protocol::client_metadata::ClientAlgorithm;
use crate::protocol::jwk::{ClientKey, ClientKeyNumbers, ClientKeys};
use crate::protocol::secret::Secret;

/// What a client may sign with.
#[derive(Debug, Clone, Copy)]
pub(in crate::tenant) struct ClientSigner<'a> {
    pub(in crate::tenant) secret: Option<&'a Secret>,
    pub(in crate::tenant) keys: Option<&'a ClientKeys>,
}

#[derive(Deserialize)]
struct WireHeader {
    alg: String,
    /// Extensions that have to be understood: none is
    /// ([RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)).
    crit: Option<IgnoredAny>,
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
    pub(in crate::tenant) fn read(self, token: &str) -> Option<(Claims, ClientAlgorithm)> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let WireHeader { alg, crit: None } = serde_json::from_slice(&decode(header)?).ok()? else {
            return None;
        };
        let algorithm = ClientAlgorithm::named(&alg)?;
        let signature = decode(signature)?;
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        let is_whole = match algorithm {
            ClientAlgorithm::None => signature.is_empty(),
            ClientAlgorithm::HS256 => self.secret_made(message, &signature),
            _ => self.key_made(algorithm, message, &signature),
        };
        is_whole.then_some((claims, algorithm))
    }

    fn secret_made(self, message: &str, signature: &[u8]) -> bool {
        self.secret.is_some_and(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::verify(&key, message.as_bytes(), signature).is_ok()
        })
    }

    fn key_made(self, algorithm: ClientAlgorithm, message: &str, signature: &[u8]) -> bool {
        let mut keys = self.keys.iter().flat_map(|keys| &keys.keys);
        keys.any(|key| verifies(key, algorithm, message.as_bytes(), signature).is_some())
    }
}

fn verifies(
    key: &ClientKey,
    algorithm: ClientAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    let number = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    match (&key.numbers, algorithm) {
        (ClientKeyNumbers::Rsa { n, e }, ClientAlgorithm::RS256 | ClientAlgorithm::PS256) => {
            let parameters: &RsaParameters = match algorithm {
                ClientAlgorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
                _ => &RSA_PSS_2048_8192_SHA256,
            };
            let key = RsaPublicKeyComponents { n: number(n)?, e: number(e)? };
            key.verify(parameters, message, signature).ok()
        }
        (ClientKeyNumbers::Ec { x, y }, ClientAlgorithm::ES256) => {
            let point = [vec![4], number(x)?, number(y)?].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(message, signature).ok()
        }
        (ClientKeyNumbers::Okp { x }, ClientAlgorithm::EdDSA) => {
            UnparsedPublicKey::new(&ED25519, number(x)?).verify(message, signature).ok()
        }
        _ => None,
    }
}
