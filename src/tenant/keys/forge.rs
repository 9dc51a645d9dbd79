//! Tokens that a test wants: other header members, a signature that is none.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::token::{Hashed, Token};
use super::{SigningKey, encode_part};

/// What a token's signature is worth.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// What it should be.
    #[default]
    Valid,
    /// Each byte is changed.
    Broken,
    /// Well-formed, and not of this key as far as anybody can tell.
    Foreign,
    /// None: `alg` is `none`.
    None,
}

impl Signature {
    /// Whether it is what it should be.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(in crate::tenant) fn is_valid(&self) -> bool {
        *self == Self::Valid
    }
}

impl SigningKey {
    /// A token whose header has these members beside or instead of its own; null takes one out.
    pub fn forge(
        &self,
        members: &Map<String, Value>,
        signature: Signature,
        claims: &impl Serialize,
    ) -> String {
        self.forged(members, signature, claims).text
    }

    /// Like [`Self::forge`], with the hash of the token.
    pub(in crate::tenant) fn forged(
        &self,
        members: &Map<String, Value>,
        signature: Signature,
        claims: &impl Serialize,
    ) -> Token {
        let alg = match signature {
            Signature::None => json!("none"),
            _ => json!(self.jwk.alg),
        };
        let mut header = Map::new();
        header.insert("typ".to_owned(), json!("JWT"));
        header.insert("alg".to_owned(), alg);
        header.insert("kid".to_owned(), json!(self.jwk.kid));
        header.extend(members.clone());
        header.retain(|_, value| !value.is_null());
        let message = Hashed::message(&encode_part(&header), claims);
        let signature = match signature {
            Signature::Valid => self.signature(&message),
            Signature::Broken => self.signature(&message).iter().map(|byte| byte ^ 0x5a).collect(),
            // Of another message: a verifier cannot tell that from another key's.
            Signature::Foreign => self.signature(&Hashed::of(format!("foreign {}", message.text))),
            Signature::None => Vec::new(),
        };
        message.signed(&signature)
    }
}
