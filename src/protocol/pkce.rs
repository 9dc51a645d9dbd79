//! Proof Key for Code Exchange.
//!
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::digest::sha256;
use super::error::{OAuthError, echo};
use super::secret::same_bytes;

/// How the challenge was made from the verifier (RFC 7636 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeChallengeMethod {
    /// The challenge is the verifier.
    Plain,
    /// The challenge is the unpadded base64url SHA-256 of the verifier.
    S256,
}

impl FromStr for CodeChallengeMethod {
    type Err = OAuthError;

    fn from_str(sent: &str) -> Result<Self, Self::Err> {
        match sent {
            "plain" => Ok(Self::Plain),
            "S256" => Ok(Self::S256),
            // CyberArk: the API description's example says `SHA256`, the metadata `plain` and
            // `S256`; RFC 7636 §4.4.1 names the error for everything else.
            other => Err(OAuthError::invalid_request(format!(
                "unsupported code_challenge_method: {}",
                echo(other)
            ))),
        }
    }
}

/// A code challenge as sent with the authorization request.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeChallenge {
    method: CodeChallengeMethod,
    value: Box<str>,
}

/// Without the value: with `plain` it is the verifier.
impl std::fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeChallenge").field("method", &self.method).finish_non_exhaustive()
    }
}

impl CodeChallenge {
    /// Checks the form of a challenge: 43 to 128 unreserved characters, exactly 43 for `S256`
    /// (RFC 7636 §4.2). A missing method means `plain` (§4.3).
    ///
    /// # Errors
    ///
    /// `invalid_request` when the form or the method is wrong.
    pub fn parse(value: &str, method: Option<&str>) -> Result<Self, OAuthError> {
        let method = method.unwrap_or("plain").parse()?;
        let long_enough = match method {
            CodeChallengeMethod::Plain => is_verifier(value),
            CodeChallengeMethod::S256 => {
                value.len() == 43 && is_verifier(value) && !value.contains(['.', '~'])
            }
        };
        if !long_enough {
            return Err(OAuthError::invalid_request(
                "code_challenge must be 43 to 128 unreserved characters, 43 with S256",
            ));
        }
        Ok(Self { method, value: value.into() })
    }

    /// Whether `verifier` is the one that this challenge was made from (RFC 7636 §4.6).
    pub fn is_met_by(&self, verifier: &str) -> bool {
        is_verifier(verifier)
            && match self.method {
                CodeChallengeMethod::Plain => same_bytes(verifier, &self.value),
                CodeChallengeMethod::S256 => {
                    same_bytes(&URL_SAFE_NO_PAD.encode(sha256(verifier)), &self.value)
                }
            }
    }
}

/// 43 to 128 characters of `[A-Za-z0-9-._~]` (RFC 7636 §4.1).
fn is_verifier(value: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&value.len()) && value.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The pair of RFC 7636 Appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_verifies() {
        let challenge = CodeChallenge::parse(CHALLENGE, Some("S256")).unwrap();
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
    }

    #[test]
    fn a_missing_method_means_plain() {
        let challenge = CodeChallenge::parse(VERIFIER, None).unwrap();
        assert!(challenge.is_met_by(VERIFIER) && !challenge.is_met_by(CHALLENGE));
    }

    #[test]
    fn malformed_challenges_and_methods_are_refused() {
        let long = "a".repeat(129);
        for (value, method) in [
            ("short", None),
            (long.as_str(), None),
            (VERIFIER, Some("SHA256")),
            (&long[..44], Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c.", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c~", Some("S256")),
        ] {
            assert!(CodeChallenge::parse(value, method).is_err(), "{value} {method:?}");
        }
    }
}
