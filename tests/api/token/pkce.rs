//! Proof Key for Code Exchange at the token endpoint (RFC 7636 §4.5, §4.6).

use cyberark_identity_mock::tenant::policy::Policy;

use super::{CHALLENGE, VERIFIER, code_at};
use crate::harness::{Answer, CALLBACK, Mock, Setup};

/// The recorded body of a wrong verifier: 66 bytes.
const MISMATCH: &str = r#"{"error":"invalid_grant","error_description":"challenge mismatch"}"#;

/// The S256 challenge of the verifier `short`, which is too short to be one.
const SHORT_CHALLENGE: &str = "-bAHi131ltLqGQEMABu9AJ5lHeLFfo-341XzHrnT9zk";

/// Exchanges a code of the public application without any credentials.
fn exchange_at_spa(mock: &Mock, code: &str, verifier: &str) -> Answer {
    mock.post(
        "/OAuth2/Token/spa",
        &[
            ("grant_type", "authorization_code"),
            ("client_id", "spa-client"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
        ],
    )
}

#[test]
fn a_public_client_redeems_its_code_with_the_verifier() {
    let mock = Mock::start();
    for (case, challenge, method) in [
        ("S256", CHALLENGE, "S256"),
        ("plain", VERIFIER, "plain"),
        ("plain, when no method is named", VERIFIER, ""),
    ] {
        let pkce = [("code_challenge", challenge), ("code_challenge_method", method)];
        let answer = exchange_at_spa(&mock, &code_at(&mock, "spa", &pkce), VERIFIER);
        assert_eq!(answer.status, 200, "{case}: {answer:?}");
        let id_token = mock.verified("spa", answer.json()["id_token"].as_str().unwrap());
        assert_eq!(id_token.claims["aud"], "spa-client", "{case}");
    }
}

#[test]
fn a_confidential_client_may_use_a_verifier_too() {
    let mock = Mock::start();
    let code = mock.code(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    assert_eq!(mock.exchange(&code, &[("code_verifier", VERIFIER)]).status, 200);
}

#[test]
fn a_verifier_that_does_not_match_is_refused_in_the_recorded_bytes() {
    assert_eq!(MISMATCH.len(), 66);
    let long = "a".repeat(129);
    let wrong = "x".repeat(43);
    for mock in [Mock::start(), Mock::strict()] {
        for (case, challenge, method, verifier) in [
            ("no verifier", CHALLENGE, "S256", ""),
            ("another verifier", CHALLENGE, "S256", wrong.as_str()),
            ("the challenge itself", CHALLENGE, "S256", CHALLENGE),
            ("the hash of a plain challenge", VERIFIER, "plain", CHALLENGE),
            ("a verifier with more behind it", VERIFIER, "plain", &format!("{VERIFIER}a")),
            ("a verifier that is too long", CHALLENGE, "S256", long.as_str()),
            ("a verifier that is too short", SHORT_CHALLENGE, "S256", "short"),
            ("a verifier without a challenge", "", "", VERIFIER),
        ] {
            let pkce = [("code_challenge", challenge), ("code_challenge_method", method)];
            let answer = mock.exchange(&mock.code(&pkce), &[("code_verifier", verifier)]);
            assert_eq!((answer.status, answer.body.as_str()), (400, MISMATCH), "{case}");
        }
    }
}

#[test]
fn a_public_client_without_a_challenge_gets_no_tokens() {
    // Strict refuses at the authorization endpoint already, unless that is set back.
    let lenient = serde_json::json!({ "tenant": { "policy": { "pkce": "optional" } } });
    let strict = Setup { policy: Policy::strict(), ..Setup::default() }.with(&lenient).start();
    for (mock, status, error) in
        [(Mock::start(), 400, "access_denied"), (strict, 401, "invalid_client")]
    {
        let answer = exchange_at_spa(&mock, &code_at(&mock, "spa", &[]), "");
        let text = "invalid client creds or client not allowed".to_owned();
        assert_eq!(answer.error(), (status, error.to_owned(), text));
    }
}
