//! Flows that succeed.

use serde_json::{Value, json};

use super::browser::Browser;
use super::checks::checked_userinfo;
use super::suite::{ALL, ALL_HYBRID_ONCE, NONCE, POST, REDIRECT_URI, WITH_CODE, flows, provider};

/// Runs every flow with these parameters.
fn succeeds(more: &[(&str, &str)]) {
    let mock = provider();
    for flow in flows(ALL) {
        Browser::new(&mock, flow).run(more);
    }
}

#[test]
fn server() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let session = browser.run(&[]);
        assert_eq!(session.claim("nonce"), NONCE, "{flow:?}");
        if flow.has_access() {
            let claims = browser.userinfo(&session);
            let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
            assert_eq!(names, ["auth_time", "aud", "unique_name", "sub"], "{flow:?}");
        }
    }
}

#[test]
fn userinfo_get() {
    let mock = provider();
    for flow in flows(ALL).into_iter().filter(|flow| flow.has_access()) {
        let mut browser = Browser::new(&mock, flow);
        let session = browser.run(&[]);
        browser.userinfo(&session);
    }
}

#[test]
fn userinfo_post_header() {
    let mock = provider();
    for flow in flows(ALL).into_iter().filter(|flow| flow.has_access()) {
        let token = Browser::new(&mock, flow).run(&[]).access_token.unwrap();
        let request = mock.request("POST", "/OAuth2/UserInfo/certification");
        checked_userinfo(&request.bearer(&token).send());
    }
}

#[test]
fn userinfo_post_body() {
    let mock = provider();
    for flow in flows(ALL).into_iter().filter(|flow| flow.has_access()) {
        let token = Browser::new(&mock, flow).run(&[]).access_token.unwrap();
        let form = [("access_token", &*token)];
        checked_userinfo(&mock.post("/OAuth2/UserInfo/certification", &form));
    }
}

#[test]
fn ensure_request_without_nonce_succeeds_for_code_flow() {
    let mock = provider();
    for flow in flows(&[&["code", "code token"]]) {
        let session = Browser::new(&mock, flow).run(&[("nonce", "")]);
        assert_eq!(session.claim("nonce"), Value::Null, "{flow:?}");
    }
}

#[test]
fn alternate_happy_flow() {
    let mock = provider();
    for flow in flows(ALL_HYBRID_ONCE) {
        let mut browser = Browser::new(&mock, flow);
        let mut parameters = browser.parameters(&[("scope", "email openid")]);
        parameters.reverse();
        let request = mock.request("GET", "/OAuth2/Authorize/certification").query(&parameters);
        let response = browser.follow(request.send());
        let session = browser.complete(&response);
        let claims = browser.user_claims(session);
        assert_eq!(claims["email"], "carol@example.com", "{flow:?}");
    }
}

#[test]
fn display_page() {
    succeeds(&[("display", "page")]);
}

#[test]
fn display_popup() {
    succeeds(&[("display", "popup")]);
}

#[test]
fn ensure_request_with_unknown_parameter_succeeds() {
    succeeds(&[("extra", "foobar")]);
}

#[test]
fn login_hint() {
    succeeds(&[("login_hint", "carol@example.com")]);
}

#[test]
fn ui_locales() {
    succeeds(&[("ui_locales", "se")]);
}

#[test]
fn claims_locales() {
    succeeds(&[("claims_locales", "se")]);
}

#[test]
fn ensure_request_with_acr_values_succeeds() {
    let mock = provider();
    for flow in flows(ALL) {
        let session = Browser::new(&mock, flow).run(&[("acr_values", "urn:one urn:two")]);
        assert_eq!(session.claim("acr"), "urn:one", "{flow:?}");
    }
}

#[test]
fn ensure_request_with_valid_pkce_succeeds() {
    let mock = provider();
    // The pair of RFC 7636, appendix B.
    let verifier = [("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")];
    let challenge = [
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    for flow in flows(&[&["code", "code id_token"]]) {
        let mut browser = Browser::new(&mock, flow);
        let response = browser.authorize(&challenge);
        browser.complete_with(&response, &verifier);
    }
}

#[test]
fn ensure_post_request_succeeds() {
    let mock = provider();
    for flow in flows(&[&["code"]]) {
        let mut browser = Browser::new(&mock, flow);
        let answer = mock.post("/OAuth2/Authorize/certification", &browser.parameters(&[]));
        let response = browser.follow(answer);
        browser.complete(&response);
    }
}

#[test]
fn server_client_secret_post() {
    let mock = provider();
    for flow in flows(WITH_CODE) {
        let mut browser = Browser::at(&mock, flow, POST);
        let response = browser.authorize(&[]);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", response.get("code").unwrap()),
            ("redirect_uri", REDIRECT_URI),
            ("client_id", POST.id),
            ("client_secret", POST.secret),
        ];
        let answer = mock.post("/OAuth2/Token/certification", &form);
        assert_eq!(answer.status, 200, "{flow:?}: {answer:?}");
        browser.checked_id_token(answer.json()["id_token"].as_str().unwrap());
        // Registered for this method, the client may use no other.
        let response = browser.authorize(&[]);
        let (status, error, _) = browser.redeem(response.get("code").unwrap(), &[]).error();
        assert_eq!((status, &*error), (401, "invalid_client"), "{flow:?}");
    }
}

#[test]
fn claims_essential() {
    let mock = provider();
    for flow in flows(ALL) {
        let place = if flow.has_access() { "userinfo" } else { "id_token" };
        let claims = json!({ place: { "name": { "essential": true } } }).to_string();
        let mut browser = Browser::new(&mock, flow);
        let session = browser.run(&[("claims", &claims)]);
        let claims = browser.user_claims(session);
        assert_eq!(claims["name"], "Carol Dana Clark", "{flow:?}");
    }
}
