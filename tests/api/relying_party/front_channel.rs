//! The implicit and hybrid flows: what the front channel brings, verified with nonce, `at_hash` and
//! `c_hash`.

use openidconnect::core::{CoreAuthenticationFlow, CoreResponseType};

use super::{Callback, RelyingParty, presets};
use CoreResponseType::{Code, IdToken, Token};

/// The parameters that tokens add to a callback, for each flow.
fn flows() -> [(CoreAuthenticationFlow, &'static [&'static str]); 5] {
    [
        (CoreAuthenticationFlow::Implicit(false), &["id_token"]),
        (
            CoreAuthenticationFlow::Implicit(true),
            &["access_token", "token_type", "expires_in", "id_token"],
        ),
        (CoreAuthenticationFlow::Hybrid(vec![Code, IdToken]), &["code", "id_token"]),
        (
            CoreAuthenticationFlow::Hybrid(vec![Code, Token]),
            &["code", "access_token", "token_type", "expires_in"],
        ),
        (
            CoreAuthenticationFlow::Hybrid(vec![Code, IdToken, Token]),
            &["code", "access_token", "token_type", "expires_in", "id_token"],
        ),
    ]
}

/// Verifies the front-channel ID token; its hashes are there exactly when a token or code is.
fn check_id_token(party: &RelyingParty<'_>, callback: &Callback, case: &str) {
    let Some(id_token) = callback.id_token() else { return };
    let claims = party.verified(&id_token, &callback.nonce);
    let at_hash = callback.access_token().map(|token| party.at_hash(&token, &id_token));
    assert_eq!(claims.access_token_hash(), at_hash.as_ref(), "{case}");
    let c_hash = callback.code().map(|code| party.c_hash(&code, &id_token));
    assert_eq!(claims.code_hash(), c_hash.as_ref(), "{case}");
    if let Some(token) = callback.access_token() {
        assert_eq!(party.user_info(&token, claims).subject(), claims.subject(), "{case}");
    }
}

/// Redeems the code; both ID tokens are about the same user
/// ([OpenID Connect Core §3.3.3.6](https://openid.net/specs/openid-connect-core-1_0.html#HybridIDToken2)).
fn check_exchange(party: &RelyingParty<'_>, callback: &Callback, case: &str) {
    if callback.code().is_none() {
        return;
    }
    let tokens = party.exchange(callback);
    let back = party.verified_answer(&tokens, &callback.nonce);
    if let Some(id_token) = callback.id_token() {
        let front = party.verified(&id_token, &callback.nonce);
        assert_eq!((front.issuer(), front.subject()), (back.issuer(), back.subject()), "{case}");
    }
    if let Some(token) = callback.access_token() {
        assert_eq!(party.user_info(&token, back).subject(), back.subject(), "{case}");
    }
}

#[test]
fn every_implicit_and_hybrid_flow_verifies() {
    for (preset, mock) in presets() {
        for party in [RelyingParty::bank(&mock), RelyingParty::spa(&mock)] {
            for (flow, tokens) in flows() {
                let case = format!("{preset}, {}, {flow:?}", party.client.client_id().as_str());
                let callback = party.sign_in(&flow);
                let (_, fragment) = callback.answer.location().split_once('#').expect(&case);
                assert!(!callback.answer.location().contains('?'), "{case}");
                assert!(fragment.starts_with("state="), "{case}: {fragment}");
                let names: Vec<String> = callback
                    .answer
                    .callback()
                    .into_iter()
                    .map(|(name, _)| name)
                    .filter(|name| !["state", "responseType", "scope"].contains(&name.as_str()))
                    .collect();
                let mut expected = tokens.to_vec();
                expected.extend((preset == "strict").then_some("iss"));
                assert_eq!(names, expected, "{case}");
                check_id_token(&party, &callback, &case);
                check_exchange(&party, &callback, &case);
            }
        }
    }
}
