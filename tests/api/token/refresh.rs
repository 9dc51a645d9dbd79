//! `grant_type=refresh_token` (RFC 6749 §6).

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::{VERIFIER, code_at, members, with_other};
use crate::harness::{Answer, CALLBACK, Mock, Setup, half_hash};

/// The mock's own words: the product's are not published.
const REFUSED: &str = "refresh token is unknown, expired, revoked or of another client";

fn refresh(mock: &Mock, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    mock.request("POST", "/OAuth2/Token/bank")
        .basic("bank-client", "bank-secret")
        .form(&[&grant, more].concat())
        .send()
}

fn refresh_token(mock: &Mock, more: &[(&str, &str)]) -> String {
    mock.tokens(more)["refresh_token"].as_str().expect("a string").to_owned()
}

fn assert_refused(answer: &Answer, case: &str) {
    let expected = (400, "invalid_grant".to_owned(), REFUSED.to_owned());
    assert_eq!(answer.error(), expected, "{case}");
}

#[test]
fn a_refresh_token_brings_a_new_access_token_again_and_again() {
    let mock = Mock::start();
    let tokens = mock.tokens(&[]);
    let mut seen = vec![tokens["access_token"].clone()];
    for _ in 0..3 {
        let answer = refresh(&mock, tokens["refresh_token"].as_str().unwrap(), &[]);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(members(&answer), ["access_token", "token_type", "expires_in", "scope"]);
        let refreshed = answer.json();
        assert_eq!(
            (&refreshed["token_type"], &refreshed["expires_in"], &refreshed["scope"]),
            (&json!("Bearer"), &json!(18_000), &json!("openid profile"))
        );
        assert!(!seen.contains(&refreshed["access_token"]));
        seen.push(refreshed["access_token"].clone());
    }
    for token in &seen {
        assert_eq!(mock.userinfo(token.as_str().unwrap()).status, 200);
    }
}

#[test]
fn strict_rotates_refresh_tokens_and_a_spent_one_ends_its_family() {
    let mock = Mock::strict();
    let first = refresh_token(&mock, &[]);
    let answer = refresh(&mock, &first, &[]);
    assert_eq!(
        members(&answer),
        ["id_token", "refresh_token", "access_token", "token_type", "expires_in", "scope"]
    );
    let refreshed = answer.json();
    let second = refreshed["refresh_token"].as_str().unwrap();
    let access_token = refreshed["access_token"].as_str().unwrap();
    assert_eq!(mock.userinfo(access_token).status, 200);
    assert_refused(&refresh(&mock, &first, &[]), "spent");
    assert_refused(&refresh(&mock, second, &[]), "of a family that ended");
    assert_eq!(mock.userinfo(access_token).status, 401);
}

#[test]
fn a_refreshed_token_speaks_of_the_same_sign_in() {
    let mock = Mock::start();
    let tokens = mock.tokens(&[]);
    let first = mock.verified("bank", tokens["access_token"].as_str().unwrap()).claims;
    mock.clock.advance(Duration::from_secs(3600));
    let refreshed = refresh(&mock, tokens["refresh_token"].as_str().unwrap(), &[]).json();
    let second = mock.verified("bank", refreshed["access_token"].as_str().unwrap()).claims;
    for name in ["iss", "sub", "aud", "auth_time", "nonce", "scope", "app_id"] {
        assert_eq!(first[name], second[name], "{name}");
    }
    let later = second["iat"].as_i64().unwrap() - first["iat"].as_i64().unwrap();
    assert!((3600..3660).contains(&later), "{later}");
    assert_eq!(second["exp"].as_i64().unwrap() - second["iat"].as_i64().unwrap(), 18_000);
}

/// The product's answer has no ID token, that of `strict` has one (OpenID Connect Core §12.2); the
/// field says so on its own too.
#[test]
fn a_refreshed_id_token_speaks_of_the_same_sign_in() {
    let field = |value: &str| json!({ "refresh_id_token": value });
    for (policy, field, brings) in [
        (Policy::cyberark(), json!({}), false),
        (Policy::cyberark(), field("issued"), true),
        (Policy::strict(), json!({}), true),
        (Policy::strict(), field("omitted"), false),
    ] {
        let app = json!({
            "application_id": "told", "client_id": "told-client", "client_secret": "told-secret",
            "redirect_uris": [CALLBACK], "issue_refresh_tokens": true, "policy": field,
            "backchannel_logout_uri": "http://localhost:3000/out",
        });
        let mock = Setup { policy, ..Setup::default() }.with(&json!({ "apps": [app] })).start();
        let call = |form: &[(&str, &str)]| {
            mock.call("/OAuth2/Token/told", Some(("told-client", "told-secret")), form)
        };
        let code = mock.authorize("told", Some(&mock.alice()), &[]).callback_parameter("code");
        let code = code.expect("a code");
        let grant = ("grant_type", "authorization_code");
        let first = call(&[grant, ("code", &code), ("redirect_uri", CALLBACK)]).json();
        let before = mock.verified("told", first["id_token"].as_str().unwrap()).claims;
        mock.clock.advance(Duration::from_secs(3600));
        let token = first["refresh_token"].as_str().unwrap();
        let second = call(&[("grant_type", "refresh_token"), ("refresh_token", token)]).json();
        assert_eq!(second.get("id_token").is_some(), brings, "{field}: {second}");
        if !brings {
            continue;
        }
        let after = mock.verified("told", second["id_token"].as_str().unwrap()).claims;
        for name in ["iss", "sub", "aud", "auth_time", "sid"] {
            assert!(!before[name].is_null(), "{name}");
            assert_eq!(before[name], after[name], "{name}");
        }
        assert_eq!((&before["nonce"], after.get("nonce")), (&json!("n-0S6"), None));
        assert!(after["iat"].as_i64() >= before["iat"].as_i64().map(|at| at + 3600));
        assert_eq!(after["at_hash"], half_hash(second["access_token"].as_str().unwrap()));
        let token = second["refresh_token"].as_str().unwrap_or(token);
        let narrow =
            [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", "profile")];
        assert_eq!(call(&narrow).json().get("id_token"), None, "without the scope openid");
    }
}

#[test]
fn a_scope_may_be_narrowed_and_comes_back_whole() {
    let mock = Mock::start();
    let token = refresh_token(&mock, &[("scope", "openid profile email")]);
    for (sent, granted) in
        [("openid", "openid"), ("email openid", "email openid"), ("", "openid profile email")]
    {
        let answer = refresh(&mock, &token, &[("scope", sent)]);
        assert_eq!((answer.status, &answer.json()["scope"]), (200, &json!(granted)), "{sent:?}");
        let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(mock.verified("bank", &access_token).claims["scope"], granted, "{sent:?}");
        let has_email = mock.userinfo(&access_token).json().get("email").is_some();
        assert_eq!(has_email, granted.contains("email"), "{sent:?}");
    }
}

#[test]
fn a_scope_may_not_grow() {
    for mock in [Mock::start(), Mock::strict()] {
        let token = refresh_token(&mock, &[("scope", "openid profile")]);
        for sent in ["openid email", "email", "openid profile email", "Openid", "unknown"] {
            let answer = refresh(&mock, &token, &[("scope", sent)]);
            let (status, error, _) = answer.error();
            assert_eq!((status, error.as_str()), (400, "invalid_scope"), "{sent}");
        }
        assert_eq!(refresh(&mock, &token, &[]).status, 200, "a refused request spends nothing");
    }
}

#[test]
fn what_is_no_refresh_token_is_refused() {
    let mock = Mock::start();
    let tokens = mock.tokens(&[]);
    let code = mock.code(&[]);
    for (case, sent) in [
        ("unknown", "unknown"),
        ("an access token", tokens["access_token"].as_str().unwrap()),
        ("an ID token", tokens["id_token"].as_str().unwrap()),
        ("a code", &code),
        ("a session", &mock.alice()),
    ] {
        assert_refused(&refresh(&mock, sent, &[]), case);
    }
    assert_refused(&refresh(&mock, "", &[]), "none");
}

#[test]
fn strict_calls_a_missing_refresh_token_an_invalid_request() {
    let (status, error, _) = refresh(&Mock::strict(), "", &[]).error();
    assert_eq!((status, error.as_str()), (400, "invalid_request"));
}

#[test]
fn a_refresh_token_expires() {
    let day = 24 * 3600;
    for (lifetime, seconds) in [(json!(null), 30 * day), (json!("0.01:00:00"), 3600)] {
        let mut app = json!({ "issue_refresh_tokens": true });
        if !lifetime.is_null() {
            app["refresh_token_lifetime"] = lifetime.clone();
        }
        let mock = with_other(&app).start();
        let answer = super::exchange_at_other(&mock, &code_at(&mock, "other", &[]));
        let token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
        let refresh = || {
            let request = mock.request("POST", "/OAuth2/Token/other");
            let request = request.basic("other-client", "other-secret");
            request.form(&[("grant_type", "refresh_token"), ("refresh_token", &token)]).send()
        };
        mock.clock.advance(Duration::from_secs(seconds - 60));
        assert_eq!(refresh().status, 200, "{lifetime}");
        mock.clock.advance(Duration::from_secs(60));
        assert_refused(&refresh(), "expired");
    }
}

#[test]
fn a_refresh_token_is_good_for_its_own_client_and_application_only() {
    let mock = with_other(&json!({ "issue_refresh_tokens": true })).start();
    let token = refresh_token(&mock, &[]);
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let request = mock.request("POST", "/OAuth2/Token/other");
    let elsewhere = request.basic("other-client", "other-secret").form(&form).send();
    assert_refused(&elsewhere, "another application");
    let request = mock.request("POST", "/OAuth2/Token/bank");
    let wrong = request.basic("other-client", "other-secret").form(&form).send();
    assert_eq!(wrong.error(), (400, "invalid_client".into(), "wrong clientid".into()));
    let unproven =
        mock.post("/OAuth2/Token/bank", &[&form[..], &[("client_id", "bank-client")]].concat());
    assert_eq!(unproven.error().1, "access_denied");
    assert_eq!(refresh(&mock, &token, &[]).status, 200, "nothing of that spends it");
}

#[test]
fn a_public_client_refreshes_with_its_id_alone() {
    let app = json!({ "apps": [{
        "application_id": "other", "client_id": "one", "allowed_clients": ["two"],
        "redirect_uris": [CALLBACK], "issue_refresh_tokens": true,
    }]});
    let mock = Setup::default().with(&app).start();
    let code = code_at(&mock, "other", &[("client_id", "one"), ("code_challenge", VERIFIER)]);
    let exchanged = mock.post(
        "/OAuth2/Token/other",
        &[
            ("grant_type", "authorization_code"),
            ("client_id", "one"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ],
    );
    let token = exchanged.json()["refresh_token"].as_str().unwrap().to_owned();
    let refresh = |client: &str| {
        let form =
            [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", &token)];
        mock.post("/OAuth2/Token/other", &form)
    };
    assert_refused(&refresh("two"), "another client of the list");
    assert_eq!(refresh("one").status, 200);
}
