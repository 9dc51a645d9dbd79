//! HTTPS beside HTTP, from one process, for one tenant.

mod certificates;
mod handshakes;
mod http2;

use crate::harness::{Mock, Request, Setup};

/// The built-in tenant, whose verbs go over https.
fn https() -> Mock {
    Setup::default().over_https().start()
}

/// The same request as [`Mock::request`], over http.
fn plain(mock: &Mock, method: &str, path: &str) -> Request {
    Request::new(method, format!("{}{path}", mock.plain_url))
}

#[test]
fn a_code_flow_goes_over_https() {
    let mock = https();
    let tokens = mock.tokens(&[]);
    let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token.claims["iss"], mock.issuer("bank"));
    assert!(mock.issuer("bank").starts_with("https://127.0.0.1:"));
    assert_eq!(mock.userinfo(tokens["access_token"].as_str().unwrap()).status, 200);
}

#[test]
fn the_session_cookie_is_secure_over_https_only() {
    let mock = https();
    let signed_in = |request: &dyn Fn(&str, &str) -> Request| {
        let user = serde_json::json!({ "User": "alice@example.com", "Version": "1.0" });
        let started = request("POST", "/Security/StartAuthentication").json(&user).send();
        let package = &started.json()["Result"];
        let answer = serde_json::json!({
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": "Answer",
            "Answer": "alice-password",
        });
        request("POST", "/Security/AdvanceAuthentication").json(&answer).send()
    };
    for (answer, attributes) in [
        (
            signed_in(&|method, path| mock.request(method, path)),
            "HttpOnly; SameSite=None; Secure; Path=/",
        ),
        (signed_in(&|method, path| plain(&mock, method, path)), "HttpOnly; SameSite=Lax; Path=/"),
    ] {
        let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("{answer:?}"));
        let (_, sent) = cookie.split_once("; ").unwrap();
        assert_eq!(sent, attributes);
    }
}

#[test]
fn a_session_is_good_over_both() {
    let mock = https();
    let session = mock.alice();
    let who = |request: Request| request.cookie(&session).send().json()["Result"]["User"].clone();
    assert_eq!(who(mock.request("GET", "/Security/whoami")), "alice@example.com");
    assert_eq!(who(plain(&mock, "GET", "/Security/whoami")), "alice@example.com");
}

#[test]
fn whoever_asks_is_given_the_authority() {
    let mock = https();
    for request in [mock.request("GET", "/_mock/ca.pem"), plain(&mock, "GET", "/_mock/ca.pem")] {
        let answer = request.send();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/x-x509-ca-cert"));
        assert!(answer.body.starts_with("-----BEGIN CERTIFICATE-----"), "{}", answer.body);
        assert!(!answer.body.contains("KEY"), "{}", answer.body);
        let trust = crate::harness::Trust::in_pem(&answer.body);
        assert_eq!(trust.certificate(), mock.trust.as_ref().unwrap().certificate());
    }
}

#[test]
fn without_https_there_is_no_authority() {
    let answer = Mock::start().get("/_mock/ca.pem");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(answer.body.contains("--tls-port"), "{}", answer.body);
}
