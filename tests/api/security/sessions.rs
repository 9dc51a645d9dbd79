//! `/Security/whoami` and `/Security/logout`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Mock, Request, Setup};

/// The bytes of a `whoami` about alice.
const ALICE: &str = r#"{"success":true,"Result":{"TenantId":"ABC1234","User":"alice@example.com","UserUuid":"a11ce000-0000-4000-8000-000000000001"},"Message":null,"MessageID":null,"Exception":null,"ErrorID":null,"ErrorCode":null,"IsSoftError":false,"InnerExceptions":null}"#;

/// `Auth` and `Token` of a fresh sign-in of alice.
fn signed_in(mock: &Mock) -> (String, String) {
    let result = mock.sign_in_answer("alice@example.com", "alice-password")["Result"].take();
    let text = |name: &str| result[name].as_str().expect("a string").to_owned();
    (text("Auth"), text("Token"))
}

fn asking(mock: &Mock) -> Request {
    mock.request("GET", "/Security/whoami")
}

fn assert_nobody(answer: &Answer, case: &str) {
    assert_eq!(answer.status, 200, "{case}");
    let mut envelope = answer.json();
    assert!(envelope["ErrorID"].take().is_string(), "{case}");
    assert_eq!(
        envelope,
        json!({
            "success": false,
            "Result": null,
            "Message": "You are not authorized to perform this operation. \
                        Please contact your IT helpdesk.",
            "MessageID": null,
            "Exception": null,
            "ErrorID": null,
            "ErrorCode": null,
            "IsSoftError": false,
            "InnerExceptions": null,
        }),
        "{case}"
    );
}

#[test]
fn whoami_knows_every_credential_of_a_session() {
    let mock = Mock::start();
    let (auth, token) = signed_in(&mock);
    let access_token = mock.access_token(&[]);
    for method in ["GET", "POST"] {
        for path in ["/Security/whoami", "/security/WhoAmI/"] {
            let ask = || mock.request(method, path);
            for (case, request) in [
                ("cookie", ask().cookie(&auth)),
                ("Bearer Auth", ask().bearer(&auth)),
                ("Bearer Token", ask().bearer(&token)),
                ("Bearer access token", ask().bearer(&access_token)),
                ("a dead cookie, a live Bearer", ask().cookie("DEAD").bearer(&token)),
                ("cookie, empty JSON", ask().cookie(&auth).body("application/json", "")),
            ] {
                let answer = request.send();
                assert_eq!((answer.status, answer.body.as_str()), (200, ALICE), "{method} {case}");
            }
        }
    }
}

#[test]
fn without_a_session_nobody_is_signed_in() {
    let mock = Mock::start();
    let id_token = mock.tokens(&[])["id_token"].as_str().unwrap().to_owned();
    for (case, request) in [
        ("nothing", asking(&mock)),
        ("an unknown cookie", asking(&mock).cookie("0123456789ABCDEF")),
        ("an empty cookie", asking(&mock).cookie("")),
        ("an unknown token", asking(&mock).bearer("x")),
        ("an ID token", asking(&mock).bearer(&id_token)),
        ("Basic", asking(&mock).basic("alice@example.com", "alice-password")),
    ] {
        assert_nobody(&request.send(), case);
    }
}

#[test]
fn a_session_expires_and_its_token_with_it() {
    for (tenant, seconds) in [(json!({}), 12 * 3600), (json!({ "session_lifetime": 60 }), 60)] {
        let mock = Setup::default().with(&json!({ "tenant": tenant })).start();
        let (auth, token) = signed_in(&mock);
        mock.clock.advance(Duration::from_secs(seconds - 10));
        assert_eq!(asking(&mock).bearer(&token).send().json()["success"], true, "{tenant}");
        mock.clock.advance(Duration::from_secs(10));
        assert_nobody(&asking(&mock).cookie(&auth).send(), "Auth");
        assert_nobody(&asking(&mock).bearer(&token).send(), "Token");
    }
}

#[test]
fn logout_ends_the_session_whatever_names_it() {
    let mock = Mock::start();
    let ways: [fn(Request, &str, &str) -> Request; 3] = [
        |request, auth, _| request.cookie(auth),
        |request, auth, _| request.bearer(auth),
        |request, _, token| request.bearer(token),
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (auth, token) = signed_in(&mock);
        let other = mock.alice();
        let answer = way(mock.request("POST", "/Security/Logout"), &auth, &token).send();
        assert_eq!(answer.status, 200);
        let envelope = answer.json();
        assert_eq!((&envelope["success"], &envelope["Result"]), (&json!(true), &json!("")));
        assert_nobody(&asking(&mock).cookie(&auth).send(), &format!("{number} cookie"));
        assert_nobody(&asking(&mock).bearer(&auth).send(), &format!("{number} Auth"));
        assert_nobody(&asking(&mock).bearer(&token).send(), &format!("{number} Token"));
        let bounced = mock.authorize("bank", Some(&auth), &[]);
        assert!(bounced.location().starts_with("/login?"), "{number}");
        let other = asking(&mock).cookie(&other).send();
        assert_eq!(other.body, ALICE, "{number}: another session lives on");
    }
}

#[test]
fn logout_removes_the_cookie_with_the_attributes_it_was_set_with() {
    let mock = Mock::start();
    for (proto, attributes) in [
        ("http", ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=0"].as_slice()),
        ("https", ["HttpOnly", "SameSite=None", "Secure", "Path=/", "Max-Age=0"].as_slice()),
    ] {
        let request = mock.request("POST", "/Security/logout").cookie(&mock.alice());
        let answer = request.header("x-forwarded-proto", proto).send();
        let cookie = answer.header("set-cookie").unwrap();
        let mut parts: Vec<&str> = cookie.split("; ").collect();
        assert_eq!(parts.remove(0), ".ASPXAUTH=", "{proto}");
        let expires = parts.pop().unwrap();
        assert_eq!(parts, attributes, "{proto}");
        assert!(expires.starts_with("Expires="), "{proto}: {expires}");
    }
}

#[test]
fn logout_without_a_session_succeeds_too() {
    let mock = Mock::start();
    for request in [
        mock.request("POST", "/Security/logout"),
        mock.request("POST", "/Security/logout").bearer("x").json(&json!({})),
    ] {
        let answer = request.send();
        let expected: (u16, Value) = (200, json!(true));
        assert_eq!((answer.status, answer.json()["success"].clone()), expected);
    }
    assert_eq!(mock.get("/Security/logout").status, 405);
}
