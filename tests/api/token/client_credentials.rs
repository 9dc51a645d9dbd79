//! `grant_type=client_credentials` (RFC 6749 §4.4): whose credentials, which scopes, what tokens.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::members;
use crate::harness::{API, Answer, Mock, SERVICE, text, with_api};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn presets() -> [Policy; 2] {
    [Policy::cyberark(), Policy::strict()]
}

fn get_token(mock: &Mock, app: &str, basic: (&str, &str), more: &[(&str, &str)]) -> Answer {
    mock.call(&format!("/OAuth2/Token/{app}"), Some(basic), &[&[GRANT], more].concat())
}

/// The claims of the access token that `api` gives its own client.
fn claims(mock: &Mock, more: &[(&str, &str)]) -> Value {
    let answer = get_token(mock, "api", API, more);
    assert_eq!(answer.status, 200, "{answer:?}");
    mock.verified("api", &text(&answer.json(), "access_token")).claims
}

#[test]
fn a_service_user_is_the_client_of_an_oauth2_client() {
    for policy in presets() {
        let mock = with_api(policy, &json!({})).start();
        let in_body = [GRANT, ("client_id", SERVICE.0), ("client_secret", SERVICE.1)];
        for (case, answer) in [
            ("Basic", get_token(&mock, "vault", SERVICE, &[])),
            ("Basic, urlencoded", get_token(&mock, "vault", ("svc%40example.com", SERVICE.1), &[])),
            (
                "in another letter case",
                get_token(&mock, "vault", ("SVC@Example.com", SERVICE.1), &[]),
            ),
            ("body", mock.post("/OAuth2/Token/vault", &in_body)),
        ] {
            assert_eq!(answer.status, 200, "{case}: {answer:?}");
            assert_eq!(members(&answer), ["access_token", "token_type", "expires_in", "scope"]);
            let json = answer.json();
            let rest = (&json["token_type"], &json["expires_in"], &json["scope"]);
            assert_eq!(rest, (&json!("Bearer"), &json!(18_000), &json!("all")), "{case}");
            let token = mock.verified("vault", &text(&json, "access_token"));
            let claim = |name: &str| text(&token.claims, name);
            assert_eq!(claim("unique_name"), SERVICE.0, "{case}");
            assert_eq!(claim("aud"), SERVICE.0, "{case}");
            let user = mock.tenant.user(SERVICE.0).unwrap();
            assert_eq!(claim("sub"), user.uuid(), "{case}");
        }
    }
}

#[test]
fn a_clients_own_token_speaks_of_the_client() {
    for policy in presets() {
        let mock = with_api(policy, &json!({ "claims": { "tier": "gold" } })).start();
        let answer = get_token(&mock, "api", API, &[("scope", "read")]);
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
        let token = mock.verified("api", &text(&answer.json(), "access_token"));
        assert_eq!(
            token.names(),
            [
                "auth_time",
                "iss",
                "iat",
                "aud",
                "unique_name",
                "exp",
                "sub",
                "scope",
                "app_id",
                "jti",
                "tier"
            ]
        );
        for (name, value) in [
            ("iss", mock.issuer("api").as_str()),
            ("aud", API.0),
            ("unique_name", API.0),
            ("sub", API.0),
            ("scope", "read"),
            ("app_id", "api"),
            ("tier", "gold"),
        ] {
            assert_eq!(token.claims[name], value, "{name}");
        }
        assert_eq!(token.claims["auth_time"], token.claims["iat"]);
        let request = mock.request("GET", "/OAuth2/UserInfo/api");
        let info = request.bearer(&text(&answer.json(), "access_token")).send();
        // Its scope has no openid, which strict wants at UserInfo.
        let (status, sub) =
            if policy == Policy::strict() { (403, Value::Null) } else { (200, json!(API.0)) };
        assert_eq!((info.status, &info.json()["sub"]), (status, &sub));
    }
}

#[test]
fn the_applications_type_says_whose_credentials_count() {
    let server = |kind: &str| json!({ "client_secret": null, "client_id_type": kind });
    let confidential = json!({});
    let client = json!({ "type": "oauth2_client" });
    let sign_in = json!({ "type": "openid_connect" });
    let opened = json!({ "type": "openid_connect", "allowed_auth": ["ClientCreds"] });
    let list = json!({
        "client_secret": null, "client_id_type": "list", "allowed_clients": [SERVICE.0],
    });
    for (case, app, basic, expected) in [
        ("OAuth2 Server, confidential: its client", &confidential, API, ""),
        ("OAuth2 Server, confidential: a service user", &confidential, SERVICE, "invalid_client"),
        ("OAuth2 Server, anything: a service user", &server("anything"), SERVICE, ""),
        ("OAuth2 Server, anything: anybody", &server("anything"), ("x", "y"), "access_denied"),
        ("OAuth2 Server, anything: no secret", &server("anything"), (API.0, ""), "access_denied"),
        ("OAuth2 Server, list: a service user", &server("list"), SERVICE, ""),
        ("OAuth2 Server, list: its public client", &server("list"), API, "access_denied"),
        (
            "OAuth2 Server, list: a listed user, no password",
            &list,
            (SERVICE.0, ""),
            "access_denied",
        ),
        ("OAuth2 Client with a secret: a service user", &client, SERVICE, ""),
        ("OAuth2 Client with a secret: the secret", &client, API, "access_denied"),
        ("OpenID Connect: its client", &sign_in, API, "access_denied"),
        ("OpenID Connect: a service user", &sign_in, SERVICE, "access_denied"),
        ("OpenID Connect with the method: its client", &opened, API, ""),
    ] {
        let mock = with_api(Policy::cyberark(), app).start();
        let answer = get_token(&mock, "api", basic, &[]);
        let (status, error, _) = answer.error();
        let wanted = if expected.is_empty() { 200 } else { 400 };
        assert_eq!((status, error.as_str()), (wanted, expected), "{case}");
        assert_eq!(answer.json().get("access_token").is_some(), wanted == 200, "{case}");
    }
}

#[test]
fn must_be_oauth_client_decides_which_users_may() {
    let users = [
        json!({ "name": "plain@example.com", "password": "plain-password" }),
        json!({ "name": "bare@example.com", "oauth_client": true }),
    ];
    let alice = ("alice@example.com", "alice-password");
    for (must, plain) in [(json!(null), 400), (json!(true), 400), (json!(false), 200)] {
        for kind in ["oauth2_client", "oauth2_server"] {
            let app = json!({
                "type": kind, "client_secret": null, "client_id_type": "anything",
                "must_be_oauth_client": must,
            });
            let mock = with_api(Policy::cyberark(), &app).with(&json!({ "users": users })).start();
            for (basic, status) in [
                (SERVICE, 200),
                (alice, plain),
                (("plain@example.com", "plain-password"), plain),
                (("plain@example.com", "wrong"), 400),
                (("bare@example.com", ""), 400),
                (("bare@example.com", "anything"), 400),
                (("nobody@example.com", "anything"), 400),
            ] {
                let answer = get_token(&mock, "api", basic, &[]);
                assert_eq!(answer.status, status, "{kind}, must be {must}: {basic:?}");
            }
        }
    }
}

#[test]
fn the_client_id_beside_basic_must_name_the_service_user() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let named = |id: &str| get_token(&mock, "vault", SERVICE, &[("client_id", id)]).status;
    assert_eq!((named("alice@example.com"), named("vault"), named(SERVICE.0)), (400, 400, 200));
}

#[test]
fn a_request_gets_known_scopes_and_without_any_all_of_the_applications_own() {
    for policy in presets() {
        let mock = with_api(policy, &json!({})).start();
        for (sent, granted) in [
            ("read", "read"),
            ("write read", "write read"),
            ("read read", "read"),
            ("read openid", "read openid"),
            ("", "read write"),
        ] {
            let answer = get_token(&mock, "api", API, &[("scope", sent)]);
            assert_eq!((answer.status, &answer.json()["scope"]), (200, &json!(granted)), "{sent}");
            assert_eq!(answer.json().get("id_token"), None, "{sent}: no user signed in");
            let token = text(&answer.json(), "access_token");
            assert_eq!(mock.verified("api", &token).claims["scope"], granted, "{sent}");
        }
        for sent in ["unknown", "read unknown", "Read", "all"] {
            let answer = get_token(&mock, "api", API, &[("scope", sent)]);
            let body = r#"{"error":"invalid_scope","error_description":"unknown scope requested"}"#;
            assert_eq!((answer.status, answer.body.as_str()), (400, body), "{sent}");
        }
    }
}

#[test]
fn the_audience_of_access_tokens_can_be_set() {
    for (app, audience) in
        [(json!({}), API.0), (json!({ "audience": "https://api/" }), "https://api/")]
    {
        let mock = with_api(Policy::cyberark(), &app).start();
        assert_eq!(claims(&mock, &[])["aud"], audience);
        let form = [
            ("grant_type", "password"),
            ("username", "alice@example.com"),
            ("password", "alice-password"),
            ("scope", "openid"),
        ];
        let tokens = mock.call("/OAuth2/Token/api", Some(API), &form).json();
        let aud = |name| mock.verified("api", &text(&tokens, name)).claims["aud"].clone();
        assert_eq!((aud("access_token"), aud("id_token")), (json!(audience), json!(API.0)));
    }
}

#[test]
fn an_issuer_of_the_applications_own_stands_in_tokens_and_discovery() {
    const ISSUER: &str = "https://login.example/api";
    for policy in presets() {
        let mock = with_api(policy, &json!({ "issuer": ISSUER })).start();
        assert_eq!(claims(&mock, &[])["iss"], ISSUER);
        let discovery = mock.get("/api/.well-known/openid-configuration").json();
        assert_eq!(discovery["issuer"], ISSUER);
        assert_eq!(discovery["token_endpoint"], format!("{}/OAuth2/Token/api", mock.url));
        let token = text(&get_token(&mock, "api", API, &[]).json(), "access_token");
        let told = mock.call("/OAuth2/Introspect/api", Some(API), &[("token", &token)]).json();
        assert_eq!(told["iss"], ISSUER);
        let vault = mock.get("/vault/.well-known/openid-configuration").json();
        assert_eq!(vault["issuer"], mock.issuer("vault"), "another application keeps its own");
    }
}

#[test]
fn an_opaque_token_says_nothing_and_works() {
    let mock = with_api(Policy::cyberark(), &json!({ "token_type": "opaque" })).start();
    let answer = get_token(&mock, "api", API, &[]);
    let token = text(&answer.json(), "access_token");
    assert_eq!((token.len(), token.contains('.')), (44, false), "{token}");
    let told = mock.call("/OAuth2/Introspect/api", Some(API), &[("token", &token)]).json();
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!(API.0)));
}

#[test]
fn a_refresh_token_of_a_service_user_needs_its_password_again() {
    let app = json!({ "client_secret": null, "client_id_type": "anything" });
    for policy in presets() {
        let mock = with_api(policy, &app).start();
        let answer = get_token(&mock, "api", SERVICE, &[]);
        assert_eq!(
            members(&answer),
            ["refresh_token", "access_token", "token_type", "expires_in", "scope"]
        );
        let token = text(&answer.json(), "refresh_token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        let refresh = |basic| mock.call("/OAuth2/Token/api", basic, &form);
        let named = [&form[..], &[("client_id", SERVICE.0)]].concat();
        for (case, refused) in [
            ("the name alone", mock.post("/OAuth2/Token/api", &named)),
            ("a wrong password", refresh(Some((SERVICE.0, "wrong")))),
            ("another client", refresh(Some(("someone", "")))),
        ] {
            assert_eq!(
                (refused.status, refused.error().1.as_str()),
                (400, "invalid_grant"),
                "{case}"
            );
        }
        let refreshed = refresh(Some(SERVICE));
        assert_eq!(refreshed.status, 200, "{refreshed:?}");
        let access_token = text(&refreshed.json(), "access_token");
        assert_eq!(mock.verified("api", &access_token).claims["unique_name"], SERVICE.0);
    }
}
