//! Signature algorithms, and the JSON Web Key Set of an application.
//!
//! [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517), [RFC 7518 §3.1, §6](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
//! [RFC 8037 §2](https://www.rfc-editor.org/rfc/rfc8037#section-2); members and their order as
//! CyberArk's OpenAPI description shows them for `/OAuth2/Keys`.

use schemars::JsonSchema;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How tokens are signed. The product signs `RS256`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum SigningAlgorithm {
    /// RSA, PKCS#1 v1.5 padding, SHA-256.
    #[default]
    RS256,
    /// RSA, PSS padding, SHA-256.
    PS256,
    /// ECDSA on P-256, SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// A verification key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// Key type: `RSA`, `EC` or `OKP`.
    pub kty: &'static str,
    /// The one algorithm that the key is used with.
    pub alg: SigningAlgorithm,
    /// Use: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Key id: 40 upper-case hexadecimal digits, the SHA-1 thumbprint of the certificate if there is
    /// one.
    pub kid: String,
    /// The numbers.
    #[serde(flatten)]
    pub numbers: JwkNumbers,
    /// The certificate, if there is one.
    #[serde(flatten)]
    pub certificate: Option<JwkCertificate>,
}

/// The members of a key that has a certificate
/// ([RFC 7517 §4.7, §4.8, §4.9](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwkCertificate {
    /// The certificate in base64, then those that vouch for it.
    pub x5c: Vec<String>,
    /// SHA-1 thumbprint of the certificate.
    pub x5t: String,
    /// SHA-256 thumbprint of the certificate.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: String,
}

/// The members of a key that depend on its type; every number is base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub enum JwkNumbers {
    /// RSA: modulus and public exponent.
    Rsa { n: String, e: String },
    /// Elliptic curve: a point.
    Ec { crv: &'static str, x: String, y: String },
    /// Octet key pair: the public key.
    Okp { crv: &'static str, x: String },
}

/// Public keys of a client, as a JSON Web Key Set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientKeys {
    /// The keys.
    pub keys: Vec<ClientKey>,
}

/// A public key of a client. Members that are not listed have no meaning here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientKey {
    /// The numbers.
    #[serde(flatten)]
    pub numbers: ClientKeyNumbers,
    /// Curve: a key is tried as what its type says, whatever stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// Key id: every key of the right type is tried, whatever stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Algorithm, for the client's own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Use, for the client's own record.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

/// The numbers of a client's public key; every one is base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kty")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub enum ClientKeyNumbers {
    /// RSA, for `RS256` and `PS256`.
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    /// P-256, for `ES256`.
    #[serde(rename = "EC")]
    Ec { x: String, y: String },
    /// Ed25519, for `EdDSA`.
    #[serde(rename = "OKP")]
    Okp { x: String },
}

/// Not derived: what is derived takes a number for the type of a key.
impl<'de> Deserialize<'de> for ClientKeyNumbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        enum Kind {
            #[serde(rename = "RSA")]
            Rsa,
            #[serde(rename = "EC")]
            Ec,
            #[serde(rename = "OKP")]
            Okp,
        }

        // Of another type of key, any of these may be anything.
        #[derive(Deserialize)]
        struct Sent {
            kty: Kind,
            n: Option<Value>,
            e: Option<Value>,
            x: Option<Value>,
            y: Option<Value>,
        }

        let Sent { kty, n, e, x, y } = Sent::deserialize(deserializer)?;
        let of = |number: Option<Value>, name| match number {
            Some(Value::String(number)) => Ok(number),
            Some(other) => Err(D::Error::custom(format!("{name}: {other}: expected a string"))),
            None => Err(D::Error::missing_field(name)),
        };
        Ok(match kty {
            Kind::Rsa => Self::Rsa { n: of(n, "n")?, e: of(e, "e")? },
            Kind::Ec => Self::Ec { x: of(x, "x")?, y: of(y, "y")? },
            Kind::Okp => Self::Okp { x: of(x, "x")? },
        })
    }
}

/// The answer of `/OAuth2/Keys/{app}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// The keys, the signing one first.
    pub keys: Vec<Jwk>,
}
