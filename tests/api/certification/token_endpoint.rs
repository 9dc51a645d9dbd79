//! The token endpoint: codes once, refresh tokens for their client alone.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::checks::checked_tokens;
use super::suite::{BASE, FIRST, Flow, REDIRECT_URI, SECOND, WITH_CODE, flows, provider};
use crate::harness::{Answer, hs256};

fn assert_invalid_grant(answer: &Answer, flow: Flow) {
    assert_eq!((answer.status, answer.error().1.as_str()), (400, "invalid_grant"), "{flow:?}");
    let kind = answer.header("content-type").expect("a content type");
    assert!(kind.starts_with("application/json"), "{flow:?}: {kind}");
}

/// Redeems a code again after a while.
fn reuse(pause: Duration) {
    let mock = provider();
    for flow in flows(WITH_CODE) {
        let mut browser = Browser::new(&mock, flow);
        let response = browser.authorize(&[]);
        let session = browser.complete(&response);
        mock.clock.advance(pause);
        browser.userinfo(&session);
        assert_invalid_grant(&browser.redeem(response.get("code").expect("a code"), &[]), flow);
        let token = session.access_token.expect("a token");
        let dead = mock.request("GET", "/OAuth2/UserInfo/certification").bearer(&token).send();
        assert_eq!(dead.status, 401, "{flow:?}: {dead:?}");
    }
}

#[test]
fn codereuse() {
    reuse(Duration::ZERO);
}

#[test]
fn codereuse_30seconds() {
    reuse(Duration::from_secs(30));
}

#[test]
fn refresh_token() {
    let mock = provider();
    let offline = [("scope", "openid offline_access"), ("prompt", "consent")];
    for flow in flows(WITH_CODE) {
        let mut browser = Browser::at(&mock, flow, SECOND);
        let foreign = browser.run(&offline).tokens.unwrap();
        browser.client = FIRST;
        let tokens = browser.run(&offline).tokens.unwrap();
        let old = tokens["refresh_token"].as_str().unwrap();
        let is_allowed = |byte: u8| (0x20..=0x7e).contains(&byte);
        assert!(old.bytes().all(is_allowed), "{old}");
        let refresh = |token: &str| {
            browser.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
        };
        let answer = refresh(old);
        assert_eq!(answer.status, 200, "{flow:?}: {answer:?}");
        let renewed = answer.json();
        assert_eq!(renewed["token_type"], "Bearer", "{flow:?}");
        assert_ne!(renewed["access_token"], tokens["access_token"], "{flow:?}");
        if let Some(id_token) = renewed["id_token"].as_str() {
            browser.checked_id_token(id_token);
        }
        let foreign = foreign["refresh_token"].as_str().unwrap();
        assert_invalid_grant(&refresh(foreign), flow);
        // It stays good for the client of the same application that it was issued to.
        browser.client = SECOND;
        let form = [("grant_type", "refresh_token"), ("refresh_token", foreign)];
        assert_eq!(browser.token(&form).status, 200, "{flow:?}");
    }
}

#[test]
fn ensure_code_of_another_client_is_refused() {
    let mock = provider();
    for flow in flows(WITH_CODE) {
        let mut browser = Browser::at(&mock, flow, SECOND);
        let response = browser.authorize(&[]);
        browser.client = FIRST;
        assert_invalid_grant(&browser.redeem(response.get("code").unwrap(), &[]), flow);
        browser.client = SECOND;
        browser.complete(&response);
    }
}

/// With `client_secret_jwt`; `private_key_jwt` is tested beside the token endpoint.
#[test]
fn ensure_client_assertion_with_iss_aud_succeeds() {
    let mock = provider();
    for flow in flows(WITH_CODE) {
        let mut browser = Browser::new(&mock, flow);
        let code = browser.authorize(&[]).owned("code").expect("a code");
        let claims = json!({
            "iss": FIRST.id,
            "sub": FIRST.id,
            "aud": format!("{BASE}/{}/", FIRST.app),
            "exp": mock.clock.now().seconds() + 60,
            "jti": code,
        });
        let answer = mock.post(
            "/OAuth2/Token/certification",
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", REDIRECT_URI),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", &hs256(FIRST.secret.as_bytes(), &claims)),
            ],
        );
        let tokens = checked_tokens(&answer);
        browser.checked_id_token(tokens["id_token"].as_str().expect("an ID token"));
    }
}
