//! Signing keys: the one room of the tenant that knows cryptography.
//!
//! The parsed private key is kept: parsing it at each signature, as `jsonwebtoken::encode` does,
//! costs three times the signature. Nothing process-wide is installed, so that a program that
//! embeds the mock keeps its own `jsonwebtoken` provider.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::JwtSigner;
use jsonwebtoken::signature::{Error as SignatureError, Signer};
use jsonwebtoken::{Algorithm, Header};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde::Serialize;

use crate::protocol::claims::Claims;
use crate::protocol::digest::hex_lower;
use crate::protocol::jwk::{Jwk, JwkSet};

/// The development key that stands in the repository, so that starting takes milliseconds.
const DEVELOPMENT_KEY: &str = include_str!("../../keys/development.pem");

/// Why a PEM text is no signing key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an RSA private key that can be read.
    #[error(
        "expected an unencrypted RSA private key in PEM, \"BEGIN PRIVATE KEY\" (PKCS#8) or \
         \"BEGIN RSA PRIVATE KEY\" (PKCS#1): {0}"
    )]
    Unreadable(String),
    /// An RSA key that RS256 cannot sign with.
    #[error("expected an RSA key of 2048 to 8192 bits: {0}")]
    Unusable(String),
}

/// An RSA private key, parsed once, that signs RS256.
pub struct SigningKey {
    pair: RsaKeyPair,
    random: SystemRandom,
    jwk: Jwk,
    encoded_header: String,
}

impl SigningKey {
    /// The development key; it is public and proves nothing to anybody.
    pub fn development() -> Self {
        Self::from_pem(DEVELOPMENT_KEY).expect("the key in the repository is well-formed")
    }

    /// Reads a PEM file: PKCS#8 or PKCS#1.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when it is no RSA private key of a size that can sign.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::from_pkcs8_pem(pem.trim())
            .map_err(|error| error.to_string())
            .or_else(|pkcs8| {
                RsaPrivateKey::from_pkcs1_pem(pem.trim()).map_err(|pkcs1| {
                    if pem.contains("RSA PRIVATE KEY") { pkcs1.to_string() } else { pkcs8 }
                })
            })
            .map_err(KeyError::Unreadable)?;
        let unusable = |error: String| KeyError::Unusable(error);
        let der = key.to_pkcs8_der().map_err(|error| unusable(error.to_string()))?;
        let pair =
            RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(|error| unusable(error.to_string()))?;
        let jwk = jwk_of(&key.to_public_key()).map_err(|error| unusable(error.to_string()))?;
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(jwk.kid.clone());
        let encoded_header = encode_part(&header);
        Ok(Self { pair, random: SystemRandom::new(), jwk, encoded_header })
    }

    /// Makes a new 2048-bit key and returns it as PKCS#8 PEM; this takes up to a second.
    pub fn generate_pem() -> String {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048)
            .expect("2048 is a size that the generator takes");
        key.to_pkcs8_pem(LineEnding::LF).expect("a generated key serializes").to_string()
    }

    /// The compact serialization of a JWT with these claims: one RSA signature.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        let mut token = format!("{}.{}", self.encoded_header, encode_part(claims));
        let signature = Signer::sign(self, token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    /// The claims of a token that this key signed, whatever they say.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        // One algorithm and one key: what the header asks for has no say.
        if header != self.encoded_header {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public = self.pair.public_key().as_ref();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
            .verify(message.as_bytes(), &signature)
            .ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The public half.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }
}

impl Signer<Vec<u8>> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
            .map_err(SignatureError::from_source)?;
        Ok(signature)
    }
}

impl JwtSigner for SigningKey {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.jwk.kid).finish_non_exhaustive()
    }
}

fn encode_part(part: &impl Serialize) -> String {
    let json = serde_json::to_vec(part).expect("headers and claims are JSON objects");
    URL_SAFE_NO_PAD.encode(json)
}

/// The verification key. Its `kid` is an upper-case SHA-1 thumbprint as the product's is, taken of
/// the public key because there is no certificate.
fn jwk_of(key: &RsaPublicKey) -> rsa::pkcs8::spki::Result<Jwk> {
    let spki = key.to_public_key_der()?;
    let thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, spki.as_bytes());
    Ok(Jwk {
        kty: "RSA",
        alg: "RS256",
        usage: "sig",
        kid: hex_lower(thumbprint.as_ref()).to_uppercase(),
        n: URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()),
        e: URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
    })
}

/// The keys of a tenant.
#[derive(Debug)]
pub(super) struct KeyRing {
    signing: SigningKey,
}

impl KeyRing {
    pub(super) const fn new(signing: SigningKey) -> Self {
        Self { signing }
    }

    /// The key that signs new tokens.
    pub(super) const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The claims of a token that one of the keys signed, whatever they say.
    pub(super) fn verify(&self, token: &str) -> Option<Claims> {
        self.signing.verify(token)
    }

    /// The keys that verify tokens, the signing one first.
    pub(super) fn public(&self) -> JwkSet {
        JwkSet { keys: vec![self.signing.jwk.clone()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_is_read_back_and_signs() {
        let key = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
        let token = key.sign(&serde_json::json!({"sub": "x"}));
        assert_eq!(token.split('.').count(), 3);
        assert_eq!((key.jwk().kid.len(), key.jwk().e.as_str()), (40, "AQAB"));
        assert_eq!(key.algorithm(), Algorithm::RS256);
    }

    #[test]
    fn only_its_own_untouched_tokens_verify() {
        let key = SigningKey::development();
        let token = key.sign(&serde_json::json!({"sub": "x"}));
        assert_eq!(key.verify(&token).unwrap()["sub"], "x");
        let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
        assert_eq!(key.verify(&foreign.sign(&serde_json::json!({"sub": "x"}))), None);
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let claims = token.split('.').nth(1).unwrap();
        let signature = token.rsplit('.').next().unwrap();
        for forged in [
            format!("{none}.{claims}."),
            format!("{none}.{claims}.{signature}"),
            token.replace(claims, &URL_SAFE_NO_PAD.encode(r#"{"sub":"y"}"#)),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(key.verify(&forged), None, "{forged}");
        }
    }

    #[test]
    fn pkcs1_and_pkcs8_read_as_the_same_key() {
        use rsa::pkcs1::EncodeRsaPrivateKey;
        let key = RsaPrivateKey::from_pkcs8_pem(DEVELOPMENT_KEY).unwrap();
        let pkcs1 = key.to_pkcs1_pem(LineEnding::LF).unwrap();
        let read = SigningKey::from_pem(&pkcs1).unwrap();
        assert_eq!(read.jwk(), SigningKey::development().jwk());
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        let public = RsaPrivateKey::from_pkcs8_pem(DEVELOPMENT_KEY).unwrap().to_public_key();
        let public = public.to_public_key_pem(LineEnding::LF).unwrap();
        for pem in
            ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", &public]
        {
            assert!(matches!(SigningKey::from_pem(pem), Err(KeyError::Unreadable(_))), "{pem}");
        }
    }

    #[test]
    fn a_key_too_short_to_sign_is_refused() {
        let short = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
        let pem = short.to_pkcs8_pem(LineEnding::LF).unwrap();
        assert!(matches!(SigningKey::from_pem(&pem), Err(KeyError::Unusable(_))));
    }
}
