//! `POST /OAuth2/Introspect/{app}` (RFC 7662).

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{API, Answer, BANK, CALLBACK, Mock, SERVICE, Setup, text, with_api};

const PATH: &str = "/OAuth2/Introspect/bank";

fn presets() -> [(&'static str, Policy); 2] {
    [("cyberark", Policy::cyberark()), ("strict", Policy::strict())]
}

fn inactive() -> Value {
    json!({ "active": false })
}

/// Asks as `api`'s client.
fn at_api(mock: &Mock, token: &str) -> Value {
    mock.call("/OAuth2/Introspect/api", Some(API), &[("token", token)]).json()
}

/// Tokens that `api` gives its own client.
fn api_tokens(mock: &Mock) -> Value {
    mock.call("/OAuth2/Token/api", Some(API), &[("grant_type", "client_credentials")]).json()
}

#[test]
fn what_an_active_token_is_worth() {
    for (preset, policy) in presets() {
        let mock = Setup {
            policy,
            public_url: Some("https://abc1234.id.cyberark.cloud"),
            seed: Some(7),
            ..Setup::default()
        }
        .start();
        let tokens = mock.tokens(&[("scope", "openid profile email phone")]);
        for kind in ["access_token", "id_token", "refresh_token"] {
            let mut told = mock.introspected(&text(&tokens, kind));
            for name in ["exp", "auth_time", "iat"] {
                if told.get(name).is_some() {
                    assert!(told[name].is_i64(), "{kind} {name}: {told}");
                    told[name] = json!("[time]");
                }
            }
            insta::assert_json_snapshot!(format!("{kind}_{preset}"), told);
        }
    }
}

#[test]
fn the_answer_agrees_with_the_token() {
    let app = json!({ "audience": "https://api/", "issuer": "https://issuer/" });
    let mock = with_api(Policy::cyberark(), &app).start();
    let form = [
        ("grant_type", "password"),
        ("username", "alice@example.com"),
        ("password", "alice-password"),
        ("scope", "openid read"),
    ];
    let tokens = mock.call("/OAuth2/Token/api", Some(API), &form).json();
    for (kind, shared) in [
        ("access_token", &["exp", "auth_time", "iat", "sub", "iss", "aud", "app_id", "scope"][..]),
        ("id_token", &["exp", "auth_time", "iat", "sub", "iss", "aud", "unique_name"]),
    ] {
        let token = text(&tokens, kind);
        let (told, claims) = (at_api(&mock, &token), mock.verified("api", &token).claims);
        for name in shared {
            assert_eq!(told[name], claims[name], "{kind} {name}");
        }
    }
    let refresh_token = at_api(&mock, &text(&tokens, "refresh_token"));
    assert_eq!(refresh_token["aud"], API.0, "a refresh token is for the client itself");
}

#[test]
fn a_refresh_token_is_alive_as_long_as_its_own_lifetime() {
    let mock = Mock::start();
    let token = text(&mock.tokens(&[]), "refresh_token");
    let told = mock.introspected(&token);
    let thirty_days = told["exp"].as_i64().unwrap() - told["auth_time"].as_i64().unwrap();
    assert!((2_592_000..2_592_005).contains(&thirty_days), "{thirty_days}");
    assert_eq!(told.get("iat"), None);
    mock.clock.advance(Duration::from_secs(30 * 24 * 3600));
    assert_eq!(mock.introspected(&token), inactive());
}

#[test]
fn profile_claims_follow_the_scope() {
    for (scope, has) in [
        ("openid", &[][..]),
        ("openid email", &["email", "email_verified"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid profile", &["given_name", "name", "family_name", "preferred_username"]),
    ] {
        let mock = Mock::start();
        let token = text(&mock.tokens(&[("scope", scope)]), "access_token");
        let told = mock.introspected(&token);
        let names: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
        let always = [
            "active",
            "exp",
            "auth_time",
            "iat",
            "sub",
            "iss",
            "aud",
            "unique_name",
            "app_id",
            "scope",
        ];
        assert_eq!(names, [&always, has].concat(), "{scope}");
    }
}

#[test]
fn a_proven_client_may_ask_and_so_may_who_is_signed_in() {
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        let token = mock.access_token(&[]);
        let session = mock.alice();
        let bob = mock.sign_in_answer("bob@example.com", "bob-password")["Result"].clone();
        let sent = [("token", token.as_str())];
        let in_body = [sent[0], ("client_id", BANK.0), ("client_secret", BANK.1)];
        let hinted = [sent[0], ("token_type_hint", "refresh_token")];
        let request = || mock.request("POST", PATH).form(&sent);
        for (case, answer) in [
            ("Basic", mock.call(PATH, Some(BANK), &sent)),
            ("Basic, misleading hint", mock.call(PATH, Some(BANK), &hinted)),
            ("body", mock.post(PATH, &in_body)),
            ("bearer: the access token itself", request().bearer(&token).send()),
            ("bearer: another user's Token", request().bearer(&text(&bob, "Token")).send()),
            ("bearer: another user's Auth", request().bearer(&text(&bob, "Auth")).send()),
            ("the session cookie", request().cookie(&session).send()),
        ] {
            assert_eq!(answer.status, 200, "{preset}, {case}: {answer:?}");
            assert_eq!(answer.json()["active"], json!(true), "{preset}, {case}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{preset}, {case}");
        }
    }
}

#[test]
fn nobody_else_may_ask() {
    let refused = r#""error_description":"requesting user not authenticated"}"#;
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        let (tokens, own) = (mock.tokens(&[]), api_tokens(&mock));
        let token = text(&tokens, "access_token");
        let sent = [("token", token.as_str())];
        let request = || mock.request("POST", PATH).form(&sent);
        let named = [sent[0], ("client_id", BANK.0)];
        let wrong = [named[0], named[1], ("client_secret", "wrong")];
        let public = [sent[0], ("client_id", "spa-client")];
        let cases: [(&str, Answer); 11] = [
            ("nobody", request().send()),
            ("the client's name", mock.post(PATH, &named)),
            ("a wrong secret", mock.post(PATH, &wrong)),
            ("a wrong secret, Basic", mock.call(PATH, Some((BANK.0, "wrong")), &sent)),
            ("another application's client", mock.call(PATH, Some(API), &sent)),
            ("a user's name and password", mock.call(PATH, Some(SERVICE), &sent)),
            ("a public client", mock.post("/OAuth2/Introspect/spa", &public)),
            ("bearer: an ID token", request().bearer(&text(&tokens, "id_token")).send()),
            ("bearer: a refresh token", request().bearer(&text(&tokens, "refresh_token")).send()),
            ("bearer: a client's own token", request().bearer(&text(&own, "access_token")).send()),
            ("bearer: unknown", request().bearer("unknown").send()),
        ];
        for (case, answer) in cases {
            let (status, code) = match preset {
                "cyberark" => (400, "access_denied"),
                _ => (401, "invalid_client"),
            };
            let body = format!("{{\"error\":\"{code}\",{refused}");
            assert_eq!((answer.status, answer.body), (status, body), "{preset}, {case}");
        }
    }
}

#[test]
fn a_service_user_may_ask_where_it_gets_its_tokens() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let form = [("grant_type", "client_credentials")];
    let token =
        text(&mock.call("/OAuth2/Token/vault", Some(SERVICE), &form).json(), "access_token");
    let sent = [("token", token.as_str())];
    let told = mock.call("/OAuth2/Introspect/vault", Some(SERVICE), &sent).json();
    assert_eq!((&told["active"], &told["unique_name"]), (&json!(true), &json!(SERVICE.0)));
    let wrong = mock.call("/OAuth2/Introspect/vault", Some((SERVICE.0, "wrong")), &sent);
    assert_eq!((wrong.status, wrong.error().1.as_str()), (400, "access_denied"));
}

#[test]
fn a_token_and_a_known_application_are_needed() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let missing =
            r#"{"error":"invalid_request","error_description":"missing token in request"}"#;
        for form in [&[][..], &[("token", "")], &[("tokens", "x")]] {
            let answer = mock.call(PATH, Some(BANK), form);
            assert_eq!((answer.status, answer.body.as_str()), (400, missing), "{preset} {form:?}");
        }
        let answer = mock.call("/OAuth2/Introspect/123", Some(BANK), &[("token", "x")]);
        let unknown = r#"{"error":"invalid_request","error_description":"unknown app 123"}"#;
        assert_eq!((answer.status, answer.body.as_str()), (400, unknown), "{preset}");
        let in_query = mock.call(&format!("{PATH}?token=x"), Some(BANK), &[]);
        let misplaced = r#"{"error":"invalid_request","error_description":"parameter token does not belong in the query"}"#;
        let expected = if preset == "strict" { misplaced } else { missing };
        assert_eq!(in_query.body, expected, "{preset}: a token in the query is not read");
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(mock.request(method, PATH).send().status, 405, "{preset} {method}");
        }
    }
}

#[test]
fn what_is_dead_or_strange_is_not_active_and_nothing_more_is_told() {
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        let tokens = mock.tokens(&[]);
        let token = text(&tokens, "access_token");
        let foreign = api_tokens(&mock);
        let signed_in = mock.sign_in_answer("alice@example.com", "alice-password");
        let result = &signed_in["Result"];
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let reversed: String = signature.chars().rev().collect();
        let bad_signature = format!("{signed}.{reversed}");
        for (case, sent) in [
            ("unknown", "unknown"),
            ("a changed signature", &bad_signature),
            ("padded", &format!(" {token}")),
            ("another application's access token", &text(&foreign, "access_token")),
            ("another application's refresh token", &text(&foreign, "refresh_token")),
            ("a session's Token", &text(result, "Token")),
            ("a session id", &text(result, "Auth")),
            ("a code", &mock.code(&[])),
        ] {
            assert_eq!(mock.introspected(sent), inactive(), "{preset}, {case}");
        }
        assert_eq!(mock.introspected(&token)["active"], json!(true), "{preset}");
        mock.clock.advance(Duration::from_secs(17_990));
        assert_eq!(mock.introspected(&token)["active"], json!(true), "{preset}: nearly expired");
        mock.clock.advance(Duration::from_secs(10));
        for kind in ["access_token", "id_token"] {
            assert_eq!(mock.introspected(&text(&tokens, kind)), inactive(), "{preset}: expired");
        }
    }
}

#[test]
fn a_replayed_code_leaves_no_token_active() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let code = mock.code(&[("redirect_uri", CALLBACK)]);
        let tokens = mock.exchange(&code, &[]).json();
        mock.exchange(&code, &[]);
        for kind in ["access_token", "id_token", "refresh_token"] {
            assert_eq!(mock.introspected(&text(&tokens, kind)), inactive(), "{preset} {kind}");
        }
    }
}
