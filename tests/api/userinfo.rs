//! `GET|POST /OAuth2/UserInfo/{app}`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup};

/// The product's 401.
const NO_ACCESS: &str = r#"{"error_message":"You do not have access to this content. Please contact your system administrator for assistance."}"#;

fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().as_object().expect("an object").keys().cloned().collect()
}

/// The tenant with a user `carol` (`carol-password`) and an application `own`, each with claims.
fn with_claims(user: &Value, app: &Value) -> Mock {
    Setup::default()
        .with(&json!({
            "users": [{
                "name": "carol@example.com", "password": "carol-password",
                "mail": "carol@example.com", "claims": user,
            }],
            "apps": [{
                "application_id": "own", "client_id": "own-client", "client_secret": "own-secret",
                "redirect_uris": [CALLBACK], "claims": app,
            }],
        }))
        .start()
}

/// What `UserInfo` of `own` says about carol.
fn claims_of_carol(mock: &Mock, scope: &str) -> Map<String, Value> {
    let session = mock.sign_in("carol@example.com", "carol-password");
    let answer = mock.authorize("own", Some(&session), &[("scope", scope)]);
    let code = answer.callback_parameter("code").expect("the callback has it");
    let tokens = mock.request("POST", "/OAuth2/Token/own").basic("own-client", "own-secret");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let token =
        tokens.form(&form).send().json()["access_token"].as_str().expect("a string").to_owned();
    let answer = mock.request("GET", "/OAuth2/UserInfo/own").bearer(&token).send();
    answer.json().as_object().expect("an object").clone()
}

#[test]
fn the_token_is_taken_however_clients_send_it() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    let path = "/OAuth2/UserInfo/bank";
    let body = mock.userinfo(&token).body;
    let get = || mock.request("GET", path);
    let post = || mock.request("POST", path);
    for (case, request) in [
        ("GET", get().bearer(&token)),
        ("an empty query", mock.request("GET", &format!("{path}?")).bearer(&token)),
        ("a trailing slash", mock.request("GET", "/oauth2/userinfo/bank/").bearer(&token)),
        ("another case of the scheme", get().header("authorization", &format!("bearer {token}"))),
        ("POST", post().bearer(&token)),
        ("POST, empty JSON", post().bearer(&token).body("application/json", "")),
        ("POST, JSON", post().bearer(&token).json(&json!({ "Scopes": ["userInfo"] }))),
        ("POST, broken JSON", post().bearer(&token).body("application/json", "{")),
        ("the form", post().form(&[("access_token", &token)])),
        (
            "the form, with the product's answer type",
            post().header("accept", "*/*").form(&[("access_token", &token)]),
        ),
    ] {
        let answer = request.send();
        assert_eq!((answer.status, &answer.body), (200, &body), "{case}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8"),
            "{case}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    }
}

#[test]
fn a_token_in_the_query_is_not_taken() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    let request = mock.request("GET", "/OAuth2/UserInfo/bank");
    assert_eq!(request.query(&[("access_token", &token)]).send().status, 401);
}

#[test]
fn the_scope_decides_which_claims_there_are() {
    let mock = Mock::start();
    let always = ["auth_time", "aud", "unique_name", "sub"];
    let profile = ["given_name", "name", "family_name", "preferred_username"];
    let email = ["email", "email_verified"];
    let phone = ["phone_number", "phone_number_verified"];
    for (scope, asked_for) in [
        ("openid", vec![]),
        ("openid address", vec![]),
        ("openid profile", profile.to_vec()),
        ("openid email", email.to_vec()),
        ("openid phone", phone.to_vec()),
        (
            "openid profile email",
            vec![
                "given_name",
                "name",
                "email",
                "family_name",
                "preferred_username",
                "email_verified",
            ],
        ),
        (
            "openid profile email address phone",
            vec![
                "given_name",
                "name",
                "email",
                "family_name",
                "preferred_username",
                "email_verified",
                "phone_number",
                "phone_number_verified",
            ],
        ),
    ] {
        let answer = mock.userinfo(&mock.access_token(&[("scope", scope)]));
        assert_eq!(names(&answer), [&always[..], &asked_for].concat(), "{scope}");
    }
}

#[test]
fn the_claims_say_who_the_user_is() {
    let mock = Mock::start();
    let scope = [("scope", "openid profile email phone")];
    let tokens = mock.tokens(&scope);
    let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap()).claims;
    let claims = mock.userinfo(tokens["access_token"].as_str().unwrap()).json();
    assert_eq!(
        claims,
        json!({
            "auth_time": id_token["auth_time"],
            "aud": "bank-client",
            "unique_name": "alice@example.com",
            "sub": "a11ce000-0000-4000-8000-000000000001",
            "given_name": "Alice Adams",
            "name": "Alice Adams",
            "email": "alice@example.com",
            "family_name": "Alice Adams",
            "preferred_username": "alice@example.com",
            "email_verified": true,
            "phone_number": "+1 555 0100",
            "phone_number_verified": true,
        })
    );
}

#[test]
fn claims_of_user_and_application_have_any_type_and_need_no_scope() {
    let user = json!({
        "groups": ["a", "b"], "level": 7, "ratio": 0.5, "active": true, "nothing": null,
        "session_config_json": { "deep": [{ "er": "\u{e9}" }] }, "both": "user",
    });
    let app = json!({ "both": ["app"], "project_list": [], "big": 9_007_199_254_740_993_i64 });
    let claims = claims_of_carol(&with_claims(&user, &app), "openid");
    for (name, value) in user.as_object().unwrap().iter().chain(app.as_object().unwrap()) {
        let expected = if name == "both" { &json!(["app"]) } else { value };
        assert_eq!(claims.get(name), Some(expected), "{name}");
    }
    assert_eq!(claims.len(), 4 + 9);
}

#[test]
fn standard_claims_of_the_fixture_need_their_scope() {
    let user = json!({
        "birthdate": "1970-01-01", "address": { "country": "NL" }, "email": "other@example.com",
        "phone_number": "+1 555 0199", "locale": "nl",
    });
    let mock = with_claims(&user, &json!({ "locale": "en" }));
    let claims = claims_of_carol(&mock, "openid");
    assert_eq!(claims.keys().collect::<Vec<_>>(), ["auth_time", "aud", "unique_name", "sub"]);
    let claims = claims_of_carol(&mock, "openid profile");
    assert_eq!((&claims["birthdate"], &claims["locale"]), (&json!("1970-01-01"), &json!("en")));
    assert_eq!((claims.get("address"), claims.get("email")), (None, None));
    let claims = claims_of_carol(&mock, "openid address phone email");
    assert_eq!(claims["address"], json!({ "country": "NL" }));
    assert_eq!(claims["email"], "other@example.com");
    assert_eq!(claims["phone_number"], "+1 555 0199");
    assert_eq!(claims.get("birthdate"), None);
}

#[test]
fn what_is_no_live_access_token_of_the_application_gets_the_products_401() {
    let mock = Mock::start();
    let (tokens, expired) = (mock.tokens(&[]), mock.access_token(&[]));
    let login = mock.sign_in_answer("alice@example.com", "alice-password");
    mock.clock.advance(Duration::from_secs(18_000));
    let fresh = mock.tokens(&[]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tampered = format!("{}A", text(&fresh["access_token"]));
    for (case, token) in [
        ("garbage", "x".to_owned()),
        ("a tampered token", tampered),
        ("an expired token", expired),
        ("an expired ID token", text(&tokens["id_token"])),
        ("an ID token", text(&fresh["id_token"])),
        ("a refresh token", text(&fresh["refresh_token"])),
        ("a session", text(&login["Result"]["Auth"])),
        ("the Token of a sign-in", text(&login["Result"]["Token"])),
    ] {
        let answer = mock.userinfo(&token);
        assert_eq!((answer.status, answer.body.as_str()), (401, NO_ACCESS), "{case}");
        assert_eq!(answer.header("www-authenticate"), None, "{case}");
    }
    let elsewhere = mock.request("GET", "/OAuth2/UserInfo/spa");
    let elsewhere = elsewhere.bearer(fresh["access_token"].as_str().unwrap()).send();
    assert_eq!((elsewhere.status, elsewhere.body.as_str()), (401, NO_ACCESS));
    let none = mock.get("/OAuth2/UserInfo/bank");
    assert_eq!((none.status, none.body.as_str()), (401, NO_ACCESS));
}

#[test]
fn strict_answers_with_a_bearer_challenge() {
    let mock = Mock::strict();
    let text = "the access token is missing, expired, revoked or of another application";
    let none = mock.get("/OAuth2/UserInfo/bank");
    assert_eq!(none.status, 401);
    assert_eq!(none.header("www-authenticate"), Some("Bearer realm=\"userinfo\""));
    let basic = mock.request("GET", "/OAuth2/UserInfo/bank").basic("bank-client", "bank-secret");
    assert_eq!(basic.send().header("www-authenticate"), Some("Bearer realm=\"userinfo\""));
    let challenge =
        format!("Bearer realm=\"userinfo\", error=\"invalid_token\", error_description=\"{text}\"");
    for sent in [mock.userinfo("x"), mock.post("/OAuth2/UserInfo/bank", &[("access_token", "x")])] {
        assert_eq!(sent.error(), (401, "invalid_token".to_owned(), text.to_owned()));
        assert_eq!(sent.header("www-authenticate"), Some(challenge.as_str()));
    }
}

#[test]
fn an_opaque_access_token_works_too() {
    let app = json!({ "apps": [{
        "application_id": "own", "client_id": "own-client", "client_secret": "own-secret",
        "token_type": "opaque", "token_lifetime": 60, "redirect_uris": [CALLBACK],
    }]});
    let mock = Setup::default().with(&app).start();
    let answer = mock.authorize("own", Some(&mock.alice()), &[("response_type", "code token")]);
    let token = answer.callback_parameter("access_token").unwrap();
    assert_eq!((token.len(), token.contains('.'), token.ends_with('1')), (44, false, true));
    let ask = || mock.request("GET", "/OAuth2/UserInfo/own").bearer(&token).send();
    assert_eq!(ask().json()["unique_name"], "alice@example.com");
    mock.clock.advance(Duration::from_secs(60));
    assert_eq!(ask().status, 401);
}

#[test]
fn an_unknown_application_is_named() {
    for mock in [Mock::start(), Mock::strict()] {
        let token = mock.access_token(&[]);
        let answer = mock.request("POST", "/OAuth2/UserInfo/123").bearer(&token).send();
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"error":"invalid_request","error_description":"unknown app 123"}"#)
        );
    }
}
