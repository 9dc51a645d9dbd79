//! Request objects: unsigned ones by value are read, those by reference refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::browser::Browser;
use super::suite::{ALL, NONCE, REDIRECT_URI, STATE, flows, provider};

/// An unsigned request object of these parameters.
fn object(parameters: &[(&str, &str)]) -> String {
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    let members: serde_json::Map<_, _> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let claims = encode(serde_json::Value::Object(members).to_string());
    format!("{}.{claims}.", encode(json!({ "alg": "none" }).to_string()))
}

#[test]
fn request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    let mock = provider();
    for flow in flows(ALL) {
        let uri = [("request_uri", "https://localhost:8443/test/a/a1/requests/1")];
        let response = Browser::new(&mock, flow).authorize(&uri);
        response.assert_error(&["request_uri_not_supported"], STATE);
    }
}

/// `state` and `response_mode` stand inside alone.
#[test]
fn unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let object = object(&browser.parameters(&[]));
        let beside = [("state", ""), ("response_mode", ""), ("nonce", ""), ("request", &*object)];
        let session = browser.run(&beside);
        assert_eq!(session.claim("nonce"), NONCE, "{flow:?}");
    }
}

#[test]
fn ensure_request_object_with_redirect_uri() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let inside = object(&[("redirect_uri", REDIRECT_URI)]);
        let beside = format!("{REDIRECT_URI}/invalid");
        browser.run(&[("redirect_uri", &beside), ("request", &inside)]);
    }
}
