//! Signing keys: the one room of the tenant that knows cryptography.
//!
//! The parsed private key is kept: parsing it at each signature, as `jsonwebtoken::encode` does,
//! costs three times the signature. Nothing process-wide is installed, so that a program that
//! embeds the mock keeps its own `jsonwebtoken` provider.

mod certificate;
mod foreign;
mod forge;
mod of_tenant;
mod one_time;
mod pair;
mod ring;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use rsa::pkcs8::{LineEnding, SecretDocument};
use serde::Serialize;

use self::certificate::{Chain, key_block};
pub(super) use self::foreign::{ClientSigner, unverified_text};
pub use self::forge::Signature;
pub(super) use self::one_time::step_of_code;
use self::pair::Pair;
pub(super) use self::ring::KeyRing;
pub use self::ring::{KeyState, RemoveKeyError};
use self::token::Hashed;
pub(super) use self::token::Token;
use crate::protocol::claims::Claims;
use crate::protocol::digest::hex_lower;
use crate::protocol::jwk::{Jwk, JwkCertificate, SigningAlgorithm};

/// The other development keys.
const DEVELOPMENT_ES256: &str = include_str!("../../keys/development-es256.pem");
const DEVELOPMENT_ED25519: &str = include_str!("../../keys/development-ed25519.pem");

/// The label of PKCS#8 in PEM ([RFC 7468 §10](https://www.rfc-editor.org/rfc/rfc7468#section-10)).
const PRIVATE_KEY: &str = "PRIVATE KEY";

/// Why a PEM text is no signing key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a private key that can be read.
    #[error(
        "expected an unencrypted RSA private key in PEM, \"BEGIN PRIVATE KEY\" (PKCS#8) or \
         \"BEGIN RSA PRIVATE KEY\" (PKCS#1): {0}"
    )]
    Unreadable(String),
    /// A key that cannot sign.
    #[error("expected an RSA key of 2048 to 8192 bits: {0}")]
    Unusable(String),
    /// Not a certificate that can be read.
    #[error("expected certificates in PEM beside the key, \"BEGIN CERTIFICATE\" (X.509): {0}")]
    Certificate(String),
    /// The certificate of another key.
    #[error("the first certificate belongs to another key: expected that of the key beside it")]
    OfAnotherKey,
}

/// A private key, parsed once, that signs with one algorithm.
#[derive(Clone)]
pub struct SigningKey {
    pair: Pair,
    jwk: Jwk,
    encoded_header: String,
    /// The signatures made, by this key and those it shares the count with.
    signatures: Arc<AtomicU64>,
}

impl SigningKey {
    /// The development key that signs `RS256`; it is public and proves nothing to anybody.
    pub fn development() -> Self {
        Self::development_for(SigningAlgorithm::RS256)
    }

    fn development_for(algorithm: SigningAlgorithm) -> Self {
        let pair = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => Pair::development_rsa(),
            SigningAlgorithm::ES256 => Pair::p256(DEVELOPMENT_ES256),
            SigningAlgorithm::EdDSA => Pair::ed25519(DEVELOPMENT_ED25519),
        };
        Self::new(pair.expect("the keys in the repository are well-formed"), algorithm)
    }

    /// Reads an RSA key that signs `RS256`: a PEM text in PKCS#8 or PKCS#1, and its certificate and
    /// those that vouch for it, if they stand in the text too.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when it is no RSA private key of a size that can sign, or when the first
    /// certificate is of another key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let pair = Pair::rsa(key_block(pem)?)?;
        let certified = match Chain::of(pem)? {
            Some(chain) => Some(chain.of_key(pair.public())?),
            None => None,
        };
        let (thumbprint, certificate) = certified.unzip();
        Ok(Self::named(pair, SigningAlgorithm::RS256, thumbprint, certificate))
    }

    /// Makes a new 2048-bit RSA key and returns it as PKCS#8 PEM; this takes up to a second.
    pub fn generate_pem() -> String {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("there is chance enough");
        let der: Pkcs8V1Der<'_> = key.as_der().expect("a generated key serializes");
        let document = SecretDocument::try_from(der.as_ref()).expect("PKCS#8 is DER");
        let pem = document.to_pem(PRIVATE_KEY, LineEnding::LF).expect("the label is one of PEM");
        pem.to_string()
    }

    fn new(pair: Pair, alg: SigningAlgorithm) -> Self {
        Self::named(pair, alg, None, None)
    }

    /// The `kid` is the thumbprint of the certificate as the product's is; without one, the same
    /// hash of algorithm and public key.
    fn named(
        pair: Pair,
        alg: SigningAlgorithm,
        thumbprint: Option<String>,
        certificate: Option<JwkCertificate>,
    ) -> Self {
        let kid = thumbprint.unwrap_or_else(|| {
            let named = [format!("{alg:?}").as_bytes(), pair.public()].concat();
            hex_lower(digest(&SHA1_FOR_LEGACY_USE_ONLY, &named).as_ref()).to_uppercase()
        });
        let mut header = Header::new(wire_algorithm(alg));
        header.kid = Some(kid.clone());
        let jwk =
            Jwk { kty: pair.kty(), alg, usage: "sig", kid, numbers: pair.numbers(), certificate };
        let encoded_header = encode_part(&header);
        Self { pair, jwk, encoded_header, signatures: Arc::default() }
    }

    /// The compact serialization of a JWT with these claims: one signature.
    pub fn sign(&self, claims: &impl Serialize) -> String {
        self.token(claims).text
    }

    /// Like [`Self::sign`], with the hash of the token.
    pub(super) fn token(&self, claims: &impl Serialize) -> Token {
        self.sign_under(&self.encoded_header, claims)
    }

    /// Like [`Self::sign`], with another `typ` in the header; [`Self::verify`] refuses such tokens,
    /// so that none is taken for an ID token
    /// ([RFC 8725 §3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)).
    pub fn sign_as(&self, kind: &str, claims: &impl Serialize) -> String {
        let mut header = Header::new(wire_algorithm(self.jwk.alg));
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.jwk.kid.clone());
        self.sign_under(&encode_part(&header), claims).text
    }

    fn sign_under(&self, encoded_header: &str, claims: &impl Serialize) -> Token {
        let message = Hashed::message(encoded_header, claims);
        let signature = self.signature(&message);
        message.signed(&signature)
    }

    fn signature(&self, message: &Hashed) -> Vec<u8> {
        // A number that orders nothing.
        self.signatures.fetch_add(1, Ordering::Relaxed);
        self.pair.sign(self.jwk.alg, message).expect("a key that was read can sign")
    }

    /// The claims of a token that this key signed, whatever they say.
    pub fn verify(&self, token: &str) -> Option<Claims> {
        let (message, _) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        // One algorithm and one key: what the header asks for has no say.
        if header != self.encoded_header || !self.has_signed(token) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// Whether this key made the signature of a token, whatever the header says: enough to judge the
    /// token by, and too little to trust it.
    fn has_signed(&self, token: &str) -> bool {
        token.rsplit_once('.').is_some_and(|(message, signature)| {
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
            self.pair.verifies(self.jwk.alg, message.as_bytes(), &signature)
        })
    }

    /// The public half.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The key with its signatures counted here.
    fn counted(self, signatures: &Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self { signatures: signatures.clone(), ..self })
    }

    /// The same private key for another algorithm, if it can sign with it; under a name of its own,
    /// as both may stand in one set ([RFC 7517 §4.5](https://www.rfc-editor.org/rfc/rfc7517#section-4.5)).
    fn with_algorithm(&self, algorithm: SigningAlgorithm) -> Option<Self> {
        let is_rsa = |alg| matches!(alg, SigningAlgorithm::RS256 | SigningAlgorithm::PS256);
        let fits = algorithm == self.jwk.alg || (is_rsa(algorithm) && is_rsa(self.jwk.alg));
        let own_name = (algorithm == self.jwk.alg).then(|| self.jwk.kid.clone());
        let certificate = self.jwk.certificate.clone();
        fits.then(|| Self::named(self.pair.clone(), algorithm, own_name, certificate))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.jwk.kid).finish_non_exhaustive()
    }
}

const fn wire_algorithm(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::RS256 => Algorithm::RS256,
        SigningAlgorithm::PS256 => Algorithm::PS256,
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::EdDSA => Algorithm::EdDSA,
    }
}

fn encode_part(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(json(part))
}

fn json(part: &impl Serialize) -> Vec<u8> {
    // Nearly all fit.
    let mut json = Vec::with_capacity(512);
    serde_json::to_writer(&mut json, part).expect("headers and claims are JSON objects");
    json
}

#[cfg(test)]
mod tests {
    use rsa::RsaPrivateKey;
    use rsa::pkcs1::EncodeRsaPrivateKey;
    use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};

    use super::pair::DEVELOPMENT_RSA;
    use super::*;

    #[test]
    fn a_generated_key_is_read_back_and_signs() {
        let key = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
        assert_eq!(key.sign(&serde_json::json!({"sub": "x"})).split('.').count(), 3);
        assert_eq!((key.jwk().kid.len(), key.jwk().kty), (40, "RSA"));
        assert_eq!(key.jwk().alg, SigningAlgorithm::RS256);
    }

    #[test]
    fn only_its_own_untouched_tokens_verify() {
        use SigningAlgorithm::{ES256, EdDSA, PS256, RS256};
        for algorithm in [RS256, PS256, ES256, EdDSA] {
            let key = SigningKey::development_for(algorithm);
            let token = key.sign(&serde_json::json!({"sub": "x"}));
            assert_eq!(key.verify(&token).unwrap()["sub"], "x", "{algorithm:?}");
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
    }

    #[test]
    fn a_foreign_key_does_not_verify() {
        let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
        let token = foreign.sign(&serde_json::json!({"sub": "x"}));
        assert_eq!(SigningKey::development().verify(&token), None);
    }

    #[test]
    fn pkcs1_and_pkcs8_read_as_the_same_key() {
        let key = RsaPrivateKey::from_pkcs8_pem(DEVELOPMENT_RSA).unwrap();
        let pkcs1 = key.to_pkcs1_pem(LineEnding::LF).unwrap();
        let read = SigningKey::from_pem(&pkcs1).unwrap();
        assert_eq!(read.jwk(), SigningKey::development().jwk());
        let token = SigningKey::development().sign(&serde_json::json!({"sub": "x"}));
        assert_eq!(read.verify(&token).unwrap()["sub"], "x");
    }

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        let public = RsaPrivateKey::from_pkcs8_pem(DEVELOPMENT_RSA).unwrap().to_public_key();
        let public = public.to_public_key_pem(LineEnding::LF).unwrap();
        let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
        for pem in ["", "hello", broken, &public, DEVELOPMENT_ES256] {
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
