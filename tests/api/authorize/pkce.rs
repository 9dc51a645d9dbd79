//! Code challenges at the authorization endpoint (RFC 7636 §4.3, §4.4.1).

use super::ask::{ask, both_policies};
use super::landing::{Landing, by_policy, outcome};
use crate::harness::Mock;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn a_malformed_challenge_is_reported_to_the_client() {
    let form = "code_challenge must be 43 to 128 unreserved characters, 43 with S256";
    let long = "a".repeat(129);
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for (challenge, method, text) in [
            (Some(CHALLENGE), Some("SHA256"), "unsupported code_challenge_method: SHA256"),
            (Some(CHALLENGE), Some("s256"), "unsupported code_challenge_method: s256"),
            (None, Some("S256"), "missing code_challenge"),
            (Some("short"), Some("S256"), form),
            (Some("short"), None, form),
            (Some(&long), Some("plain"), form),
            (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="), Some("S256"), form),
        ] {
            let changes = [("code_challenge", challenge), ("code_challenge_method", method)];
            let told = format!("?error=invalid_request&error_description={text}");
            let expected = by_policy(policy, &told);
            for session in [None, Some(alice.as_str())] {
                let answer = ask(&mock, session, &changes);
                assert_eq!(outcome(&answer), expected, "{policy}: {challenge:?} {method:?}");
            }
        }
    }
}

#[test]
fn a_challenge_without_method_is_plain() {
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for method in [None, Some("plain")] {
            let changes = [("code_challenge", Some(CHALLENGE)), ("code_challenge_method", method)];
            let landing = Landing::of(&ask(&mock, Some(&alice), &changes));
            let answer = mock.exchange(landing.value("code"), &[("code_verifier", CHALLENGE)]);
            assert_eq!(answer.status, 200, "{policy}: {method:?} {answer:?}");
        }
    }
}

#[test]
fn a_challenge_survives_the_way_through_the_login_page() {
    let mock = Mock::start();
    let changes = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let key = mock.authorize("bank", None, &changes).bounce();
    let path = format!("/OAuth2/Authorize/bank?bounce={key}");
    let code =
        mock.request("GET", &path).cookie(&mock.alice()).send().callback_parameter("code").unwrap();
    let mismatch = (400, "invalid_grant".to_owned(), "challenge mismatch".to_owned());
    assert_eq!(mock.exchange(&code, &[]).error(), mismatch);
    let verifier = [("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")];
    assert_eq!(mock.exchange(&code, &verifier).status, 200);
}
