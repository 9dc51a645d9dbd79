//! Authorization requests that are refused.

use super::browser::Browser;
use super::suite::{ALL, ALL_HYBRID_ONCE, STATE, flows, provider};

#[test]
fn response_type_missing() {
    let mock = provider();
    for flow in flows(ALL_HYBRID_ONCE) {
        let answer = Browser::new(&mock, flow).ask(&[("response_type", "")]);
        let form = answer.body.contains("<form id=\"form-post\"");
        let told = if form { answer.body.clone() } else { answer.location().to_owned() };
        assert!(told.contains("invalid_request") && told.contains(STATE), "{flow:?}: {answer:?}");
        assert_eq!(form, flow.form_post, "{flow:?}: {answer:?}");
    }
}

#[test]
fn ensure_request_without_nonce_fails() {
    let mock = provider();
    for flow in flows(ALL).into_iter().filter(|flow| flow.has("id_token")) {
        let response = Browser::new(&mock, flow).authorize(&[("nonce", "")]);
        response.assert_error(&["invalid_request"], STATE);
    }
}

#[test]
fn ensure_registered_redirect_uri() {
    let mock = provider();
    for flow in flows(ALL) {
        let uri = "https://localhost:8443/test/a/a1/callback/foobar";
        let answer = Browser::new(&mock, flow).ask(&[("redirect_uri", uri)]);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{flow:?}");
        for part in [
            "<h1 id=\"error-heading\">The sign-in request cannot be answered</h1>",
            "<p id=\"error-description\">invalid redirect</p>",
        ] {
            assert!(answer.body.contains(part), "{flow:?}: {answer:?}");
        }
        assert!(!answer.body.contains("<form"), "{flow:?}: {answer:?}");
    }
}

/// The client has six redirect URIs.
#[test]
fn ensure_redirect_uri_in_authorization_request() {
    let mock = provider();
    for flow in flows(ALL) {
        let answer = Browser::new(&mock, flow).ask(&[("redirect_uri", "")]);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{flow:?}");
        let heading = "<h1 id=\"error-heading\">The sign-in request cannot be answered</h1>";
        assert!(answer.body.contains(heading), "{flow:?}: {answer:?}");
        assert!(!answer.body.contains("<form"), "{flow:?}: {answer:?}");
    }
}
