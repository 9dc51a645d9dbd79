//! What is wrong with the JOSE header and the signature of a token.
//!
//! [RFC 7515 §4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1),
//! [RFC 7519 §5.1](https://www.rfc-editor.org/rfc/rfc7519#section-5.1). Who verifies a token ignores
//! members that they do not know, so those are no problem.

use serde_json::{Map, Value};

use crate::protocol::jwk::{Jwk, SigningAlgorithm};

/// A token's header and signature, and what the tenant knows about them.
pub(super) struct Judged<'a> {
    pub(super) jose: &'a Map<String, Value>,
    /// As it was sent.
    pub(super) signature: &'a str,
    /// The key that made the signature, whatever the header says.
    pub(super) signer: Option<&'a Jwk>,
    /// The keys that the tenant has.
    pub(super) keys: &'a [Jwk],
}

impl Judged<'_> {
    /// What is wrong, in words about the member that is wrong.
    pub(super) fn problems(&self) -> Vec<String> {
        let found = [self.signature(), self.alg(), self.kid(), self.typ(), self.crit()];
        found.into_iter().flatten().collect()
    }

    fn signature(&self) -> Option<String> {
        let text = match (self.signature, self.signer) {
            ("", _) if self.is_unsigned() => "it is not signed: alg is none",
            ("", _) => "it is not signed: there is no signature",
            (_, None) => "no key of the tenant made this signature of this header and these claims",
            (_, Some(_)) => return None,
        };
        Some(text.to_owned())
    }

    fn is_unsigned(&self) -> bool {
        self.jose.get("alg").is_some_and(|alg| alg == "none")
    }

    fn alg(&self) -> Option<String> {
        let made_by = self.signer.map(|signer| signer.alg.as_str());
        let Some(alg) = self.jose.get("alg") else {
            return Some(match made_by {
                Some(made_by) => format!("alg: none, and the signature is {made_by}"),
                None => "alg: none, and every token has to name one".to_owned(),
            });
        };
        let known = SigningAlgorithm::ALL.map(SigningAlgorithm::as_str);
        match made_by {
            Some(made_by) => {
                (*alg != *made_by).then(|| format!("alg: {alg}, but the signature is {made_by}"))
            }
            // Told with the signature.
            None if self.is_unsigned() && self.signature.is_empty() => None,
            None => (!known.iter().any(|known| alg == known))
                .then(|| format!("alg: {alg}, and the tenant signs with {}", known.join(", "))),
        }
    }

    fn kid(&self) -> Option<String> {
        let signer = self.signer.map(|signer| signer.kid.as_str());
        let made_by = signer.map(|kid| format!(", and the signature is of {kid:?}"));
        let made_by = made_by.unwrap_or_default();
        let Some(kid) = self.jose.get("kid") else {
            return Some(format!("kid: none, so no key is named{made_by}"));
        };
        let Some(named) = kid.as_str() else {
            return Some(format!("kid: {kid}, and a key is named by a string{made_by}"));
        };
        if self.keys.iter().all(|key| key.kid != named) {
            return Some(format!("kid: the tenant publishes no key {named:?}{made_by}"));
        }
        let signer = signer.filter(|signer| *signer != named)?;
        Some(format!("kid: {named:?}, but the signature is of {signer:?}"))
    }

    fn typ(&self) -> Option<String> {
        match self.jose.get("typ") {
            None => Some("typ: none, where the tenant writes \"JWT\"".to_owned()),
            // Media types have no letter case.
            Some(typ) if typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT")) => None,
            Some(typ) => Some(format!("typ: {typ}, where the tenant writes \"JWT\"")),
        }
    }

    fn crit(&self) -> Option<String> {
        let crit = self.jose.get("crit")?;
        Some(format!("crit: {crit}, and who does not know all of it has to refuse the token"))
    }
}
