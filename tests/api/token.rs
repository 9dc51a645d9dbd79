//! `POST /OAuth2/Token/{app}`: the answer, and what a request must look like.

mod assertion;
mod client;
mod client_credentials;
mod code;
mod direct_errors;
mod errors;
mod password;
mod pkce;
mod refresh;
mod replay;
mod rotation;

use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup, half_hash};

/// Verifier and S256 challenge of RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Names of the members of an answer in order.
fn members(answer: &Answer) -> Vec<String> {
    answer.json().as_object().expect("an object").keys().cloned().collect()
}

/// The built-in tenant with an application `other` (`other-client`, `other-secret`) that has also
/// the members of `more`.
fn with_other(more: &Value) -> Setup {
    let mut app = json!({
        "application_id": "other",
        "client_id": "other-client",
        "client_secret": "other-secret",
        "redirect_uris": [CALLBACK],
    });
    app.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Setup::default().with(&json!({ "apps": [app] }))
}

/// A code of alice at an application other than `bank`.
fn code_at(mock: &Mock, app: &str, more: &[(&str, &str)]) -> String {
    let answer = mock.authorize(app, Some(&mock.alice()), more);
    answer.callback_parameter("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
}

/// Exchanges a code at `other` with Basic credentials.
fn exchange_at_other(mock: &Mock, code: &str) -> Answer {
    mock.request("POST", "/OAuth2/Token/other")
        .basic("other-client", "other-secret")
        .form(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)])
        .send()
}

#[test]
fn a_code_brings_verified_tokens() {
    let mock = Mock::start();
    let answer = mock.exchange(&mock.code(&[]), &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        members(&answer),
        ["id_token", "refresh_token", "access_token", "token_type", "expires_in", "scope"]
    );
    let tokens = answer.json();
    let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token.claims["iss"], mock.issuer("bank"));
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(id_token.claims["at_hash"], half_hash(access_token));
    assert!(!mock.verified("bank", access_token).names().contains(&"at_hash"));
    assert_eq!(
        (&tokens["token_type"], &tokens["scope"]),
        (&json!("Bearer"), &json!("openid profile"))
    );
}

#[test]
fn answers_are_json_that_no_cache_keeps() {
    let mock = Mock::start();
    let good = mock.exchange(&mock.code(&[]), &[]);
    let bad = mock.exchange("unknown", &[]);
    for answer in [good, bad] {
        let content_type = answer.header("content-type");
        assert_eq!(content_type, Some("application/json; charset=utf-8"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(answer.header("pragma"), Some("no-cache"), "{answer:?}");
    }
}

#[test]
fn an_id_token_comes_with_the_scope_openid_only() {
    let mock = Mock::start();
    let answer = mock.exchange(&mock.code(&[("scope", "profile")]), &[]);
    assert_eq!(
        members(&answer),
        ["refresh_token", "access_token", "token_type", "expires_in", "scope"]
    );
    assert_eq!(answer.json()["scope"], "profile");
}

#[test]
fn a_refresh_token_comes_from_applications_that_issue_them_only() {
    let mock = with_other(&json!({})).start();
    let answer = exchange_at_other(&mock, &code_at(&mock, "other", &[]));
    assert_eq!(members(&answer), ["id_token", "access_token", "token_type", "expires_in", "scope"]);
}

#[test]
fn tokens_live_as_long_as_the_application_says() {
    for (app, seconds) in [
        (json!({}), 18_000),
        (json!({ "token_lifetime": 90 }), 90),
        (json!({ "token_lifetime": "0.05:00:00" }), 18_000),
        (json!({ "token_lifetime": "1.02:03:04" }), 93_784),
    ] {
        let mock = with_other(&app).start();
        let answer = exchange_at_other(&mock, &code_at(&mock, "other", &[]));
        assert_eq!(answer.json()["expires_in"], json!(seconds), "{app}");
        for name in ["id_token", "access_token"] {
            let token = mock.verified("other", answer.json()[name].as_str().unwrap()).claims;
            let lives = token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap();
            assert_eq!(lives, seconds, "{app} {name}");
        }
    }
}

#[test]
fn what_the_guides_and_clients_send_beside_has_no_meaning() {
    for (name, value) in [
        ("assertion", "eyJhbGciOiJSUzI1NiJ9.e30.AA"),
        ("state", "another"),
        ("nonce", "another"),
        ("scope", "true"),
        ("response_type", "token"),
        ("client_assertion_type", ""),
        ("x-unknown", "\u{1f980}"),
    ] {
        let mock = Mock::start();
        let answer = mock.exchange(&mock.code(&[]), &[(name, value)]);
        assert_eq!(
            (answer.status, &answer.json()["scope"]),
            (200, &json!("openid profile")),
            "{name}"
        );
        let id_token = mock.verified("bank", answer.json()["id_token"].as_str().unwrap());
        assert_eq!(id_token.claims["nonce"], "n-0S6", "{name}");
    }
}

#[test]
fn the_parameters_stand_in_a_form_and_nowhere_else() {
    let mock = Mock::start();
    let form = "grant_type=authorization_code&code=x&redirect_uri=y";
    let no_form = (400, "invalid_request", "the body must be application/x-www-form-urlencoded");
    let no_grant = (400, "invalid_grant", "invalid grant type");
    for (case, content_type, body, expected) in [
        ("a form in JSON's clothes", "application/json", form, no_form),
        ("JSON", "application/json", "{\"grant_type\":\"authorization_code\"}", no_form),
        ("text", "text/plain", form, no_form),
        ("an empty body called JSON", "application/json", "", no_grant),
        ("an empty form", "application/x-www-form-urlencoded", "", no_grant),
    ] {
        let request = mock.request("POST", &format!("/OAuth2/Token/bank?{form}"));
        let answer = request.body(content_type, body).basic("bank-client", "bank-secret").send();
        let (status, error, description) = answer.error();
        assert_eq!((status, error.as_str(), description.as_str()), expected, "{case}");
    }
    let charset = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
    let body = form.replace("code=x", &format!("code={}", mock.code(&[])));
    let body = body.replace("redirect_uri=y", &format!("redirect_uri={CALLBACK}"));
    let request = mock.request("POST", "/OAuth2/Token/bank").basic("bank-client", "bank-secret");
    assert_eq!(request.body(charset, body).send().status, 200);
}

#[test]
fn only_post_is_answered() {
    let mock = Mock::start();
    for method in ["GET", "PUT", "DELETE"] {
        let answer = mock.request(method, "/OAuth2/Token/bank").send();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
}

#[test]
fn the_fixed_part_of_the_path_has_no_letter_case() {
    let mock = Mock::start();
    for path in ["/oauth2/token/bank", "/Oauth2/Token/bank/", "//OAUTH2//TOKEN//bank"] {
        let answer = mock.request("POST", path).basic("bank-client", "bank-secret").form(&[
            ("grant_type", "authorization_code"),
            ("code", &mock.code(&[])),
            ("redirect_uri", CALLBACK),
        ]);
        assert_eq!(answer.send().status, 200, "{path}");
    }
}
