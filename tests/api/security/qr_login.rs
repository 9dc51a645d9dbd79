//! `/Security/StartQRCodeAuthentication` and `GetQRCodeStatus`: a page that is signed in by a scan; and
//! `/U2f/AnswerRegistrationChallenge`.

use serde_json::{Value, json};

use super::{assert_failure, outcome};
use crate::harness::{Answer, Mock, Setup};

/// What the product's own sample has in its picture.
const GUID: &str = "LSTcJk-da06TYEDDJbnjS-nIRy7cUvIUWmfIyExGcoo1";

fn mock() -> Mock {
    let tenant = json!({ "tenant": { "authentication": { "qr_login": true } } });
    Setup::default().with(&tenant).start()
}

fn scan(mock: &Mock, session: &str, guid: &str) -> Answer {
    let request = mock.request("POST", "/Security/StartQRCodeAuthentication");
    request.query(&[("guid", guid)]).cookie(session).send()
}

fn status(mock: &Mock, guid: &str) -> Answer {
    mock.request("POST", "/Security/GetQRCodeStatus").json(&json!({ "guid": guid })).send()
}

#[test]
fn a_scan_signs_the_page_in_that_shows_the_picture() {
    let mock = mock();
    assert_eq!(outcome(&status(&mock, GUID)), (200, true, json!("OobPending")));
    let scanned = scan(&mock, &mock.alice(), GUID);
    assert_eq!(outcome(&scanned), (200, true, json!("LoginSuccess")));
    let page = status(&mock, GUID);
    let (page, cookie) =
        (page.json()["Result"].take(), page.header("set-cookie").map(str::to_owned));
    assert_eq!(
        (&page["Summary"], &page["User"]),
        (&json!("LoginSuccess"), &json!("alice@example.com"))
    );
    assert_eq!(page["Auth"], scanned.json()["Result"]["Auth"], "one session");
    let session = page["Auth"].as_str().unwrap();
    assert!(cookie.is_some_and(|cookie| cookie.starts_with(&format!(".ASPXAUTH={session}"))));
    let who = mock.request("POST", "/Security/whoami").cookie(session).send().json();
    assert_eq!(who["Result"]["User"], "alice@example.com");
    assert_eq!(outcome(&status(&mock, GUID)).2, "OobPending", "it is told once");
}

#[test]
fn a_bearer_token_scans_too_and_the_guid_may_stand_in_the_body() {
    let mock = mock();
    let token = mock.sign_in_answer("bob@example.com", "bob-password")["Result"]["Token"].take();
    for bearer in [token.as_str().unwrap().to_owned(), mock.access_token(&[])] {
        let request = mock.request("POST", "/Security/StartQRCodeAuthentication");
        let scanned = request.bearer(&bearer).json(&json!({ "guid": GUID })).send();
        assert_eq!(outcome(&scanned).2, "LoginSuccess");
        assert_eq!(status(&mock, GUID).json()["Result"]["User"], scanned.json()["Result"]["User"]);
    }
}

#[test]
fn a_picture_signs_in_nobody_without_a_session_a_guid_and_the_tenants_leave() {
    let mock = mock();
    let alice = mock.alice();
    assert_failure(&scan(&mock, "DEAD", GUID), "null", "nobody");
    let long = "x".repeat(129);
    for guid in ["", "a b", "\u{e9}", &long] {
        assert_failure(&scan(&mock, &alice, guid), "null", guid);
        assert_failure(&status(&mock, guid), "null", guid);
    }
    scan(&mock, &alice, GUID);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    assert_failure(&scan(&mock, &bob, GUID), "null", "scanned by somebody else");
    let page = status(&mock, GUID).json()["Result"].take();
    assert_eq!(page["User"], "alice@example.com");
    scan(&mock, &alice, "another");
    mock.request("POST", "/UserMgmt/SignOutEverywhere").cookie(&alice).send();
    assert_failure(&status(&mock, "another"), "null", "signed out meanwhile");
    let off = Mock::start();
    assert_failure(&scan(&off, &off.alice(), GUID), "null", "off");
    assert_failure(&status(&off, GUID), "null", "off");
}

#[test]
fn the_answer_of_a_new_security_key_is_taken_from_whoever_is_signed_in() {
    let mock = Mock::start();
    let alice = mock.alice();
    let answer = |session: &str, query: &[(&str, &str)], body: &Value| {
        let request = mock.request("POST", "/U2f/AnswerRegistrationChallenge");
        request.query(query).cookie(session).json(body).send().json()
    };
    let parts = json!({ "ClientData": "c", "RegistrationData": "r", "Challenge": "x" });
    let raw = json!({ "rawRegisterResponse": "{}" });
    for (query, body) in [
        (vec![], parts.clone()),
        (vec![], raw.clone()),
        (vec![("rawRegisterResponse", "{}")], json!({})),
    ] {
        assert_eq!(answer(&alice, &query, &body)["success"], true, "{query:?} {body}");
    }
    let refused = answer("DEAD", &[], &parts);
    assert!(refused["Message"].as_str().unwrap().starts_with("You are not authorized"));
    for body in [
        json!({}),
        json!({ "ClientData": "c", "Challenge": "x" }),
        json!({ "rawRegisterResponse": "" }),
    ] {
        let refused = answer(&alice, &[], &body);
        let message = "Please try again or contact your system administrator for assistance.";
        assert_eq!((&refused["success"], &refused["Message"]), (&json!(false), &json!(message)));
    }
}
