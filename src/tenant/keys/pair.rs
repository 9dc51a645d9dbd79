//! Key pairs: parsed private keys and their public halves.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use der::{Decode, Encode};
use rsa::pkcs1;
use rsa::pkcs8::{PrivateKeyInfo, SecretDocument};

use super::KeyError;
use super::token::Hashed;
use crate::protocol::jwk::{JwkNumbers, SigningAlgorithm};

/// The development key that stands in the repository, so that starting takes milliseconds.
pub(super) const DEVELOPMENT_RSA: &str = include_str!("../../../keys/development-rsa.pem");

/// The development key, read once in a process, when it first signs or verifies: the checks of an RSA key
/// take as long as a signature, and a third of a start's instructions.
static DEVELOPMENT: LazyLock<RsaKeyPair> = LazyLock::new(|| {
    read_rsa(DEVELOPMENT_RSA).expect("the keys in the repository are well-formed")
});

/// A private key. Clones share it.
#[derive(Clone)]
pub(super) enum Pair {
    Rsa(RsaPair),
    Ec(Arc<EcdsaKeyPair>),
    Ed(Arc<Ed25519KeyPair>),
}

/// An RSA key with its public half.
#[derive(Clone)]
pub(super) struct RsaPair {
    /// `None` for the development key.
    private: Option<Arc<RsaKeyPair>>,
    /// In PKCS#1.
    public: Arc<[u8]>,
}

impl RsaPair {
    fn private(&self) -> &RsaKeyPair {
        self.private.as_deref().unwrap_or_else(|| &DEVELOPMENT)
    }
}

impl Pair {
    /// Reads an RSA key: PKCS#8 or PKCS#1.
    pub(super) fn rsa(pem: &str) -> Result<Self, KeyError> {
        let pair = read_rsa(pem)?;
        let public = pair.public_key().as_ref().into();
        Ok(Self::Rsa(RsaPair { private: Some(Arc::new(pair)), public }))
    }

    /// The development key, of which the public half alone is read.
    pub(super) fn development_rsa() -> Result<Self, KeyError> {
        let unreadable = |error: der::Error| KeyError::Unreadable(error.to_string());
        let (_, document) = document(DEVELOPMENT_RSA)?;
        let outer = PrivateKeyInfo::from_der(document.as_bytes()).map_err(unreadable)?;
        let key = pkcs1::RsaPrivateKey::from_der(outer.private_key).map_err(unreadable)?;
        let public = key.public_key().to_der().map_err(unreadable)?.into();
        Ok(Self::Rsa(RsaPair { private: None, public }))
    }

    /// Reads a P-256 key in PKCS#8.
    pub(super) fn p256(pem: &str) -> Result<Self, KeyError> {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document(pem)?.1.as_bytes())
                .map_err(|error| KeyError::Unusable(error.to_string()))?;
        Ok(Self::Ec(Arc::new(pair)))
    }

    /// Reads an Ed25519 key in PKCS#8.
    pub(super) fn ed25519(pem: &str) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(document(pem)?.1.as_bytes())
            .map_err(|error| KeyError::Unusable(error.to_string()))?;
        Ok(Self::Ed(Arc::new(pair)))
    }

    pub(super) const fn kty(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RSA",
            Self::Ec(_) => "EC",
            Self::Ed(_) => "OKP",
        }
    }

    pub(super) fn numbers(&self) -> JwkNumbers {
        match self {
            Self::Rsa(_) => {
                let key = pkcs1::RsaPublicKey::from_der(self.public())
                    .expect("aws-lc-rs gives RSA public keys in PKCS#1");
                let [n, e] = [key.modulus, key.public_exponent]
                    .map(|number| URL_SAFE_NO_PAD.encode(number.as_bytes()));
                JwkNumbers::Rsa { n, e }
            }
            Self::Ec(pair) => {
                // An uncompressed point: a tag, then two numbers of 32 bytes (SEC 1 §2.3.3).
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
                JwkNumbers::Ec { crv: "P-256", x, y }
            }
            Self::Ed(_) => {
                JwkNumbers::Okp { crv: "Ed25519", x: URL_SAFE_NO_PAD.encode(self.public()) }
            }
        }
    }

    /// The public key, as the verification algorithms read it.
    pub(super) fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => &pair.public,
            Self::Ec(pair) => pair.public_key().as_ref(),
            Self::Ed(pair) => pair.public_key().as_ref(),
        }
    }

    pub(super) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: &Hashed,
    ) -> Result<Vec<u8>, Unspecified> {
        match self {
            Self::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match algorithm {
                    SigningAlgorithm::PS256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let pair = pair.private();
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(padding, &message.sha256(), &mut signature)?;
                Ok(signature)
            }
            Self::Ec(pair) => Ok(pair.sign_digest(&message.sha256())?.as_ref().to_vec()),
            Self::Ed(pair) => Ok(pair.sign(message.text.as_bytes()).as_ref().to_vec()),
        }
    }

    pub(super) fn verifies(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let verification: &'static dyn VerificationAlgorithm = match algorithm {
            SigningAlgorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            SigningAlgorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
            SigningAlgorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            SigningAlgorithm::EdDSA => &ED25519,
        };
        UnparsedPublicKey::new(verification, self.public()).verify(message, signature).is_ok()
    }
}

/// `aws-lc-rs` checks a key by itself; the `rsa` crate's checks on top took a third of the instructions of
/// a start.
fn read_rsa(pem: &str) -> Result<RsaKeyPair, KeyError> {
    let (label, der) = document(pem)?;
    let pair = match label {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(der.as_bytes()),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(der.as_bytes()),
        other => return Err(KeyError::Unreadable(format!("this is a {other}"))),
    };
    pair.map_err(|rejected| match rejected.description_() {
        size @ ("TooSmall" | "TooLarge") => KeyError::Unusable(size.to_owned()),
        reason => KeyError::Unreadable(reason.to_owned()),
    })
}

/// Label and content of a PEM text.
fn document(pem: &str) -> Result<(&str, SecretDocument), KeyError> {
    if !pem.contains("-----BEGIN ") {
        let problem = "the text has no line that begins with \"-----BEGIN \"";
        return Err(KeyError::Unreadable(problem.to_owned()));
    }
    SecretDocument::from_pem(pem.trim()).map_err(|error| KeyError::Unreadable(error.to_string()))
}
