//! Who is signed in, by the account of cookie, bearer token or `Auth` parameter.

use std::time::Duration;

use serde_json::{Value, json};

use super::ask::parameters;
use super::landing::{Landing, outcome};
use crate::harness::{Answer, CALLBACK, Mock, Request, Setup};

/// A way to show a credential.
type Way = (&'static str, fn(Request, &str) -> Request);

const COOKIE: Way = ("cookie", |request, value| request.cookie(value));
const BEARER: Way = ("bearer", |request, value| request.bearer(value));
const AUTH: Way = ("Auth in the query", |request, value| request.query(&[("Auth", value)]));

const SIGNED_IN: &str = "?responseType=code&code=*";

fn ask_with(mock: &Mock, way: Way, credential: &str) -> Answer {
    let request = mock.request("GET", "/OAuth2/Authorize/bank").query(&parameters(&[]));
    way.1(request, credential).send()
}

/// `Result` of a sign-in.
fn login(mock: &Mock) -> Value {
    mock.sign_in_answer("alice@example.com", "alice-password")["Result"].clone()
}

/// Every way in which a sign-in is shown, with the credential.
fn credentials(login: &Value) -> [(Way, &str); 6] {
    let text = |name: &str| login[name].as_str().expect("a string");
    let (auth, token) = (text("Auth"), text("Token"));
    [(COOKIE, auth), (BEARER, auth), (AUTH, auth), (COOKIE, token), (BEARER, token), (AUTH, token)]
}

#[test]
fn a_sign_in_is_recognised_from_cookie_bearer_and_auth() {
    let mock = Mock::start();
    let login = login(&mock);
    for (way, credential) in credentials(&login) {
        assert_eq!(outcome(&ask_with(&mock, way, credential)), SIGNED_IN, "{}", way.0);
    }
    let lower = |request: Request| {
        request.header("authorization", &format!("bearer {}", login["Token"].as_str().unwrap()))
    };
    let request = mock.request("GET", "/OAuth2/Authorize/bank").query(&parameters(&[]));
    assert_eq!(outcome(&lower(request).send()), SIGNED_IN, "bearer in lower case");
    let form = mock
        .request("POST", "/OAuth2/Authorize/bank")
        .form(&[&parameters(&[])[..], &[("Auth", login["Auth"].as_str().unwrap())]].concat())
        .send();
    assert_eq!(outcome(&form), SIGNED_IN, "Auth in a form");
}

#[test]
fn an_access_token_is_recognised_whatever_its_form() {
    let mock = Setup::default()
        .with(&json!({ "apps": [{
            "application_id": "desk",
            "client_id": "desk-client",
            "client_secret": "desk-secret",
            "redirect_uris": [CALLBACK],
            "token_type": "opaque",
        }] }))
        .start();
    let alice = mock.alice();
    for app in ["bank", "desk"] {
        let more = [("response_type", "id_token token")];
        let landing = Landing::of(&mock.authorize(app, Some(&alice), &more));
        let answer = ask_with(&mock, BEARER, landing.value("access_token"));
        assert_eq!(outcome(&answer), SIGNED_IN, "{app}");
        let id_token = landing.value("id_token");
        assert_eq!(outcome(&ask_with(&mock, BEARER, id_token)), "login", "ID token of {app}");
    }
    let tokens = mock.exchange(&mock.code(&[]), &[]).json();
    let token = |name: &str| tokens[name].as_str().unwrap();
    assert_eq!(outcome(&ask_with(&mock, BEARER, token("access_token"))), SIGNED_IN);
    assert_eq!(outcome(&ask_with(&mock, BEARER, token("refresh_token"))), "login");
}

#[test]
fn what_proves_nothing_leads_to_the_login_page() {
    let mock = Mock::start();
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhMTFjZTAwMCJ9.";
    for way in [COOKIE, BEARER, AUTH] {
        for credential in ["", "nobody", unsigned, "alice@example.com"] {
            let answer = ask_with(&mock, way, credential);
            assert_eq!(outcome(&answer), "login", "{}: {credential:?}", way.0);
        }
    }
    let basic = mock
        .request("GET", "/OAuth2/Authorize/bank")
        .query(&parameters(&[]))
        .basic("alice@example.com", "alice-password")
        .send();
    assert_eq!(outcome(&basic), "login");
}

#[test]
fn a_dead_credential_does_not_hide_a_live_one() {
    let mock = Mock::start();
    let alice = mock.alice();
    let request = || mock.request("GET", "/OAuth2/Authorize/bank").query(&parameters(&[]));
    for (case, answer) in [
        ("dead cookie, live bearer", request().cookie("0A").bearer(&alice).send()),
        ("dead bearer, live cookie", request().cookie(&alice).bearer("0A").send()),
        ("dead cookie, live Auth", request().cookie("0A").query(&[("Auth", &alice)]).send()),
    ] {
        assert_eq!(outcome(&answer), SIGNED_IN, "{case}");
    }
}

#[test]
fn a_session_expires() {
    let mock = Mock::start();
    let login = login(&mock);
    mock.clock.advance(Duration::from_secs(12 * 3600 - 30));
    for (way, credential) in credentials(&login) {
        assert_eq!(outcome(&ask_with(&mock, way, credential)), SIGNED_IN, "{}", way.0);
    }
    mock.clock.advance(Duration::from_secs(30));
    for (way, credential) in credentials(&login) {
        assert_eq!(outcome(&ask_with(&mock, way, credential)), "login", "{}", way.0);
    }
}

#[test]
fn an_access_token_counts_until_it_expires() {
    let mock = Mock::start();
    let tokens = mock.exchange(&mock.code(&[]), &[]).json();
    let access_token = tokens["access_token"].as_str().unwrap();
    mock.clock.advance(Duration::from_secs(5 * 3600 - 30));
    assert_eq!(outcome(&ask_with(&mock, BEARER, access_token)), SIGNED_IN);
    mock.clock.advance(Duration::from_secs(30));
    assert_eq!(outcome(&ask_with(&mock, BEARER, access_token)), "login");
}

#[test]
fn signing_out_ends_the_session_for_every_credential() {
    let mock = Mock::start();
    for by in 0..3 {
        let (login, other) = (login(&mock), login(&mock));
        let (way, credential) = credentials(&login)[[0, 1, 4][by]];
        let signed_out = way.1(mock.request("POST", "/Security/Logout"), credential).send();
        assert_eq!(signed_out.json()["success"], true, "{}", way.0);
        for (shown, credential) in credentials(&login) {
            assert_eq!(outcome(&ask_with(&mock, shown, credential)), "login", "{}", shown.0);
        }
        let other = ask_with(&mock, COOKIE, other["Auth"].as_str().unwrap());
        assert_eq!(outcome(&other), SIGNED_IN, "another session of the user lives on");
    }
}

#[test]
fn a_revoked_access_token_is_not_recognised() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    let tokens = mock.exchange(&code, &[]).json();
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(outcome(&ask_with(&mock, BEARER, access_token)), SIGNED_IN);
    assert_eq!(mock.exchange(&code, &[]).status, 400, "the replay revokes what the code brought");
    assert_eq!(outcome(&ask_with(&mock, BEARER, access_token)), "login");
}

#[test]
fn auth_time_is_the_time_of_the_sign_in() {
    let mock = Mock::start();
    let alice = mock.alice();
    let auth_time = || {
        let answer = mock.authorize("bank", Some(&alice), &[("response_type", "id_token")]);
        let landing = Landing::of(&answer);
        let claims = mock.verified("bank", landing.value("id_token")).claims;
        (claims["auth_time"].as_i64().unwrap(), claims["iat"].as_i64().unwrap())
    };
    let first = auth_time();
    mock.clock.advance(Duration::from_secs(3600));
    let second = auth_time();
    assert_eq!(first.0, second.0);
    assert!(second.1 >= first.1 + 3600, "{first:?} {second:?}");
}
