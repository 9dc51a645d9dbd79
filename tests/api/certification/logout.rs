//! RP-initiated logout.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::json;

use super::browser::Browser;
use super::suite::{ALL, STATE, flows, provider};
use crate::harness::Answer;
use crate::login::form::Form;

const LISTED: &str = "https://localhost:8443/test/a/a1/post_logout_redirect";

/// What the provider does, as the suite looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// An error, without a redirect; still signed in.
    Refused,
    /// A button to press; signed out after it.
    Confirm,
    /// Signed out at once.
    SignedOut,
}

/// Signs in by every flow and asks for logout with the hint and what `parameters` makes of it.
fn logout(
    parameters: impl Fn(&str) -> Vec<(&'static str, String)>,
    check: impl Fn(Answer, &mut Browser),
) {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let hint = browser.run(&[]).id_token.expect("every flow has one").text;
        let sent = parameters(&hint);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, &**value)).collect();
        let path = "/OAuth2/EndSessionV2/certification";
        let answer = mock.request("GET", path).cookie(&browser.session).query(&sent).send();
        check(answer, &mut browser);
    }
}

fn assert_signed_out(browser: &mut Browser) {
    browser.authorize(&[("prompt", "none")]).assert_error(&["login_required"], STATE);
}

/// The provider shows this page and never redirects.
fn shows(page: Page, parameters: impl Fn(&str) -> Vec<(&'static str, String)>) {
    logout(parameters, |mut answer, browser| {
        assert_eq!(answer.header("location"), None, "{answer:?}");
        if page == Page::Refused {
            let heading = "<h1 id=\"error-heading\">The sign-out request cannot be answered</h1>";
            assert_eq!(answer.status, 400, "{answer:?}");
            assert!(answer.body.contains(heading), "{answer:?}");
            browser.run(&[("prompt", "none")]);
            return;
        }
        if page == Page::Confirm {
            browser.run(&[("prompt", "none")]);
            let form = Form::on(&answer, "sign-out-form");
            let confirmed = form.value("confirmed");
            let path = "/OAuth2/EndSessionV2/certification";
            let pressed = browser.mock.request("POST", path).cookie(&browser.session);
            answer = pressed.form(&[("confirmed", confirmed)]).send();
        }
        assert_eq!((answer.status, answer.header("location")), (200, None), "{answer:?}");
        let text = "<p id=\"signed-out\">You are signed out.</p>";
        assert!(answer.body.contains(text), "{answer:?}");
        assert_signed_out(browser);
    });
}

fn hint(text: &str) -> (&'static str, String) {
    ("id_token_hint", text.to_owned())
}

fn uri(text: &str) -> (&'static str, String) {
    ("post_logout_redirect_uri", text.to_owned())
}

fn state(text: &str) -> (&'static str, String) {
    ("state", text.to_owned())
}

#[test]
fn rp_initiated_logout() {
    let sent = "s".repeat(128);
    logout(
        |token| vec![hint(token), uri(LISTED), state(&sent)],
        |answer, browser| {
            assert_eq!(answer.location(), format!("{LISTED}?state={sent}"));
            assert_signed_out(browser);
        },
    );
}

#[test]
fn rp_initiated_logout_no_state() {
    logout(
        |token| vec![hint(token), uri(LISTED)],
        |answer, browser| {
            assert_eq!(answer.location(), LISTED);
            assert_signed_out(browser);
        },
    );
}

#[test]
fn rp_initiated_logout_bad_post_logout_redirect_uri() {
    let bad = format!("{LISTED}abcd");
    shows(Page::Refused, |token| vec![hint(token), uri(&bad), state(STATE)]);
}

#[test]
fn rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    let bad = format!("{LISTED}?foo=bar");
    shows(Page::Refused, |token| vec![hint(token), uri(&bad), state(STATE)]);
}

#[test]
fn rp_initiated_logout_modified_id_token_hint() {
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string());
    shows(Page::Refused, |token| {
        let claims = token.split('.').nth(1).unwrap();
        vec![hint(&format!("{none}.{claims}.")), uri(LISTED), state(STATE)]
    });
}

#[test]
fn rp_initiated_logout_bad_id_token_hint() {
    let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
    shows(Page::Refused, |token| {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        vec![hint(&foreign.sign(&claims)), uri(LISTED), state(STATE)]
    });
}

#[test]
fn rp_initiated_logout_no_id_token_hint() {
    shows(Page::Confirm, |_| vec![uri(LISTED), state(STATE)]);
}

#[test]
fn rp_initiated_logout_no_params() {
    shows(Page::Confirm, |_| Vec::new());
}

#[test]
fn rp_initiated_logout_no_post_logout_redirect_uri() {
    shows(Page::SignedOut, |token| vec![hint(token), state(STATE)]);
}

#[test]
fn rp_initiated_logout_only_state() {
    shows(Page::Confirm, |_| vec![state(STATE)]);
}
