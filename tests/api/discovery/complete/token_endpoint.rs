//! What is advertised about the token endpoint: grants, client authentication, challenges.

use serde_json::json;

use super::{CHALLENGE, VERIFIER, each, error, fresh_code, redeeming, setup, token};
use crate::harness::hs256;

#[test]
fn grant_types() {
    let mock = setup().start();
    let all = [
        "authorization_code",
        "implicit",
        "client_credentials",
        "password",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    each(&mock, "grant_types_supported", &all, |app, value, works| {
        if value == "implicit" {
            let more = [("response_type", "id_token token")];
            let answer = mock.authorize(app, Some(&mock.alice()), &more);
            let expected = if works { "" } else { "unauthorized_client" };
            assert_eq!(error(&answer), expected, "{app}");
            return;
        }
        let code = fresh_code(&mock, app, &[]);
        let first = token(&mock, app, &redeeming(&code));
        let refresh_token = first.json()["refresh_token"].as_str().unwrap_or("none").to_owned();
        let answer = match value {
            "authorization_code" => first,
            "refresh_token" => {
                token(&mock, app, &[("grant_type", value), ("refresh_token", &refresh_token)])
            }
            "password" => {
                let user = [("username", "alice@example.com"), ("password", "alice-password")];
                token(&mock, app, &[&[("grant_type", value)][..], &user].concat())
            }
            _ => token(&mock, app, &[("grant_type", value)]),
        };
        let expected = match (works, value) {
            (true, _) => (200, ""),
            (false, "refresh_token") => (400, "invalid_grant"),
            (false, "client_credentials" | "password") => (400, "unauthorized_client"),
            (false, _) => (400, "unsupported_grant_type"),
        };
        let (status, error, _) = answer.error();
        assert_eq!((status, error.as_str()), expected, "{app}: {value}: {answer:?}");
    });
}

#[test]
fn authentication_methods() {
    let mock = setup().start();
    let all = [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ];
    each(&mock, "token_endpoint_auth_methods_supported", &all, |app, value, works| {
        // To a public client a secret has no meaning: it neither helps nor harms.
        if app == "spa" && value.starts_with("client_secret_") && value != "client_secret_jwt" {
            return;
        }
        let code = fresh_code(&mock, app, &[]);
        let (id, secret) = (format!("{app}-client"), format!("{app}-secret"));
        let path = format!("/OAuth2/Token/{app}");
        let claims = json!({
            "iss": id, "sub": id, "aud": mock.issuer(app), "jti": format!("{app} {value}"),
            "exp": mock.clock.now().seconds() + 60,
        });
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let key = if value == "client_secret_jwt" { secret.as_bytes() } else { b"a public key" };
        let assertion = hs256(key, &claims);
        let more = match value {
            "client_secret_basic" => vec![],
            "client_secret_post" => vec![("client_id", &*id), ("client_secret", &*secret)],
            "none" => vec![("client_id", &*id)],
            _ => vec![("client_assertion_type", kind), ("client_assertion", &*assertion)],
        };
        let basic = (value == "client_secret_basic").then_some((&*id, &*secret));
        let answer = mock.call(&path, basic, &[&redeeming(&code)[..], &more].concat());
        let (status, error, _) = answer.error();
        let expected = if works { (200, "") } else { (401, "invalid_client") };
        assert_eq!((status, error.as_str()), expected, "{app}: {value}");
    });
}

#[test]
fn code_challenge_methods() {
    let mock = setup().start();
    let alice = mock.alice();
    let all = ["plain", "S256", "S512", "s256"];
    each(&mock, "code_challenge_methods_supported", &all, |app, value, works| {
        let challenge = if value == "plain" { VERIFIER } else { CHALLENGE };
        let more = [("code_challenge", challenge), ("code_challenge_method", value)];
        let answer = mock.authorize(app, Some(&alice), &more);
        if !works {
            assert_eq!(error(&answer), "invalid_request", "{app}: {value}");
            return;
        }
        let code = answer.callback_parameter("code").expect("a code");
        assert_eq!(token(&mock, app, &redeeming(&code)).status, 200, "{app}: {value}");
    });
}
