//! A client that signs: request objects and assertions (RFC 7515), with keys made for the test.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1;
use rsa::pkcs8::der::Decode;
use serde_json::{Value, json};

use super::{CALLBACK, Setup};
use cyberark_identity_mock::tenant::policy::Policy;

/// The algorithms of [`ClientKeys::signed`].
pub(crate) const CLIENT_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

/// A key of each kind.
pub(crate) struct ClientKeys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

impl ClientKeys {
    pub(crate) fn generate() -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key"),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a P-256 key"),
            ed: Ed25519KeyPair::generate().expect("an Ed25519 key"),
        }
    }

    /// The public halves.
    pub(crate) fn jwks(&self) -> Value {
        let rsa = pkcs1::RsaPublicKey::from_der(self.rsa_public()).expect("PKCS#1");
        let [n, e] = [rsa.modulus, rsa.public_exponent].map(|number| encode(number.as_bytes()));
        let (x, y) = self.ec.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(encode);
        let ed = encode(self.ed.public_key().as_ref());
        json!({ "keys": [
            { "kty": "RSA", "n": n, "e": e },
            { "kty": "EC", "crv": "P-256", "x": x, "y": y },
            { "kty": "OKP", "crv": "Ed25519", "x": ed },
        ] })
    }

    /// The RSA public key in PKCS#1: what an attacker knows, too.
    pub(crate) fn rsa_public(&self) -> &[u8] {
        self.rsa.public_key().as_ref()
    }

    /// A token of these claims, signed with the key that the algorithm needs.
    pub(crate) fn signed(&self, algorithm: &str, claims: &Value) -> String {
        let rsa = |padding: &'static dyn RsaEncoding, message: &[u8]| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &SystemRandom::new(), message, &mut signature).expect("signs");
            signature
        };
        jwt(algorithm, claims, |message| match algorithm {
            "RS256" => rsa(&RSA_PKCS1_SHA256, message),
            "PS256" => rsa(&RSA_PSS_SHA256, message),
            "ES256" => {
                self.ec.sign(&SystemRandom::new(), message).expect("signs").as_ref().to_vec()
            }
            "EdDSA" => self.ed.sign(message).as_ref().to_vec(),
            other => panic!("{other}"),
        })
    }
}

/// A token with an HMAC.
pub(crate) fn hs256(secret: &[u8], claims: &Value) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    jwt("HS256", claims, |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// A token with an HMAC, under this header.
pub(crate) fn signed_under(header: &Value, secret: &[u8], claims: &Value) -> String {
    let message = [header.to_string(), claims.to_string()].map(encode).join(".");
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{message}.{}", encode(hmac::sign(&key, message.as_bytes())))
}

/// A token that nobody signed.
pub(crate) fn unsigned(claims: &Value) -> String {
    jwt("none", claims, |_| Vec::new())
}

/// A token whose header names the algorithm, and whose signature is what it is.
pub(crate) fn jwt(algorithm: &str, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = json!({ "alg": algorithm });
    let message = [header.to_string(), claims.to_string()].map(encode).join(".");
    let signature = encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The built-in tenant and an application `desk` (`desk-client`, `desk-secret`) with these keys.
pub(crate) fn with_signing_client(policy: Policy, keys: &ClientKeys) -> Setup {
    let desk = json!({
        "application_id": "desk",
        "client_id": "desk-client",
        "client_secret": "desk-secret",
        "redirect_uris": [CALLBACK],
        "allowed_auth": ["AuthorizationCode", "Implicit", "ClientCreds"],
        "issue_refresh_tokens": true,
        "jwks": keys.jwks(),
    });
    Setup { policy, ..Setup::default() }.with(&json!({ "apps": [desk] }))
}
