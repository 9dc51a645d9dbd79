//! Platform tokens: for service users, and for who signs in with `PlatformTokenResponse`.

mod refresh;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Answer, Jwt, Mock, SERVICE, Setup, text};

/// The platform's own application.
const PLATFORM: &str = "__idaptive_cybr_user_oidc";

/// Where the SDKs want the authorization response.
const REDIRECT: &str = "https://cyberark.cloud/redirect";

const CREDENTIALS: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// A mock that answers the same ids in each run under the product's host name.
fn repeatable() -> Mock {
    Setup {
        seed: Some(7),
        public_url: Some("https://abc1234.id.cyberark.cloud"),
        ..Setup::default()
    }
    .start()
}

/// A platform token of the service user, by the body.
fn by_body(mock: &Mock, user: &str, password: &str, more: &[(&str, &str)]) -> Answer {
    let form = [&CREDENTIALS, &[("client_id", user), ("client_secret", password)][..], more];
    mock.post("/OAuth2/PlatformToken", &form.concat())
}

/// What the SDKs do with the access token of a service user.
fn authorized(mock: &Mock, bearer: &str) -> Answer {
    mock.request("GET", &format!("/OAuth2/Authorize/{PLATFORM}"))
        .query(&[
            ("client_id", PLATFORM),
            ("response_type", "id_token"),
            ("scope", "openid profile api"),
            ("redirect_uri", REDIRECT),
        ])
        .bearer(bearer)
        .send()
}

/// The claims with the moments taken out, and how long the token lives.
fn timeless(token: Jwt) -> (Value, i64) {
    let mut claims = token.claims;
    let moment = |name: &str| claims[name].as_i64().expect("a number");
    let lifetime = moment("exp") - moment("iat");
    for name in ["iat", "exp", "auth_time"] {
        assert!(claims[name].is_i64(), "{name}: {claims}");
        claims[name] = json!("[time]");
    }
    (claims, lifetime)
}

#[test]
fn a_service_user_gets_a_platform_token_by_body_and_by_basic() {
    let mock = repeatable();
    let bodies = [
        by_body(&mock, SERVICE.0, SERVICE.1, &[]),
        by_body(&mock, "SVC@Example.com", SERVICE.1, &[("scope", "all")]),
        mock.call("/oauth2/platformtoken", Some(SERVICE), &[CREDENTIALS[0], ("scope", "api")]),
    ];
    for answer in bodies {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = answer.json();
        let token = text(&body, "access_token");
        assert_eq!(
            answer.body,
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":900}}"#)
        );
        let (claims, lifetime) = timeless(mock.verified(PLATFORM, &token));
        assert_eq!((lifetime, &claims["tenant_id"]), (900, &json!("ABC1234")));
    }
}

#[test]
fn the_claims_are_those_that_the_sdks_read() {
    let mock = repeatable();
    let token =
        text(&by_body(&mock, SERVICE.0, SERVICE.1, &[("scope", "api")]).json(), "access_token");
    insta::assert_json_snapshot!(
        "access_token_of_a_service_user",
        timeless(mock.verified(PLATFORM, &token)).0
    );
    let callback = authorized(&mock, &token).callback();
    let id_token = timeless(mock.verified(PLATFORM, &callback[1].1)).0;
    insta::assert_json_snapshot!("id_token_of_a_service_user", id_token);
}

#[test]
fn only_a_service_user_with_the_right_password_gets_one() {
    let mock = Mock::start();
    let refused =
        (400, "access_denied".into(), "invalid client creds or client not allowed".into());
    for (case, answer) in [
        ("wrong password", by_body(&mock, SERVICE.0, "svc-secretx", &[])),
        ("no password", by_body(&mock, SERVICE.0, "", &[])),
        ("unknown user", by_body(&mock, "nobody@example.com", SERVICE.1, &[])),
        ("no service user", by_body(&mock, "alice@example.com", "alice-password", &[])),
        ("the client id alone", by_body(&mock, PLATFORM, "", &[])),
        ("nobody", mock.post("/OAuth2/PlatformToken", &CREDENTIALS)),
    ] {
        assert_eq!(answer.error(), refused, "{case}");
    }
}

#[test]
fn the_platform_gives_tokens_for_client_credentials_only() {
    let mock = Mock::start();
    for grant_type in ["password", "authorization_code", "refresh_token", "x", ""] {
        let form = [
            ("grant_type", grant_type),
            ("username", "alice@example.com"),
            ("password", "alice-password"),
        ];
        let answer = mock.call("/OAuth2/PlatformToken", Some(SERVICE), &form);
        let expected = (400, "invalid_grant".into(), "invalid grant type".into());
        assert_eq!(answer.error(), expected, "{grant_type}");
    }
    let unknown_scope = by_body(&mock, SERVICE.0, SERVICE.1, &[("scope", "nonsense")]);
    assert_eq!(unknown_scope.error().1, "invalid_scope");
    assert_eq!(mock.get("/OAuth2/PlatformToken").status, 405);
}

#[test]
fn a_tenant_without_the_platforms_application_says_so() {
    let mut setup = Setup::default();
    setup.document.apps.retain(|app| app.application_id != PLATFORM);
    let mock = setup.start();
    let expected = (400, "invalid_request".to_owned(), format!("unknown app {PLATFORM}"));
    assert_eq!(by_body(&mock, SERVICE.0, SERVICE.1, &[]).error(), expected);
    assert_eq!(mock.post("/OAuth2/RefreshPlatformToken", &[]).error(), expected);
    assert_eq!(mock.sign_in_answer("bob@example.com", "bob-password")["success"], true);
}

#[test]
fn the_access_token_of_a_service_user_opens_the_authorization_endpoint() {
    let mock = Mock::start();
    let form = [CREDENTIALS[0], ("scope", "api")];
    let answer = mock.call(&format!("/OAuth2/Token/{PLATFORM}"), Some(SERVICE), &form);
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["scope"], &body["expires_in"]),
        (200, &json!("api"), &json!(900))
    );
    let answer = authorized(&mock, &text(&body, "access_token"));
    let halves: Vec<&str> = answer.location().split('#').collect();
    assert_eq!((halves.len(), halves[0]), (2, REDIRECT), "{answer:?}");
    assert_eq!(halves[1].matches("id_token=").count(), 1, "{answer:?}");
    let names: Vec<String> = answer.callback().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["responseType", "id_token", "scope"]);
    // The ID token is what the SDKs call every service with.
    let id_token = answer.callback_parameter("id_token").unwrap();
    let who = mock.request("POST", "/Security/whoami").bearer(&id_token).send().json();
    assert_eq!(who["Result"]["User"], SERVICE.0);
    mock.clock.advance(Duration::from_secs(901));
    let who = mock.request("POST", "/Security/whoami").bearer(&id_token).send().json();
    assert_eq!(who["success"], false);
}

#[test]
fn an_id_token_of_another_application_opens_nothing() {
    let mock = Mock::start();
    let id_token = text(&mock.tokens(&[]), "id_token");
    let who = mock.request("POST", "/Security/whoami").bearer(&id_token).send().json();
    assert_eq!(who["success"], false);
    assert!(authorized(&mock, &id_token).location().starts_with("/login?"));
}

#[test]
fn tokens_of_the_same_second_differ_and_each_is_revoked_alone() {
    let mock = Mock::start();
    mock.clock.freeze();
    let session = mock.alice();
    let login = json!({ "User": "alice@example.com", "Version": "1.0" });
    let again = || {
        let request = mock.request("POST", "/Security/StartAuthentication").cookie(&session);
        text(&request.json(&login).send().json()["Result"], "Token")
    };
    let (one, other) = (again(), again());
    assert_ne!(one, other, "tokens of one session");
    let bearer =
        text(&by_body(&mock, SERVICE.0, SERVICE.1, &[("scope", "api")]).json(), "access_token");
    let id_token = || authorized(&mock, &bearer).callback_parameter("id_token").unwrap();
    let (one, other) = (id_token(), id_token());
    assert_ne!(one, other, "ID tokens of the platform");
    mock.post(&format!("/OAuth2/Revoke/{PLATFORM}"), &[("client_id", PLATFORM), ("token", &one)]);
    let who = |token: &str| {
        mock.request("POST", "/Security/whoami").bearer(token).send().json()["success"].take()
    };
    assert_eq!((who(&one), who(&other)), (json!(false), json!(true)));
}
