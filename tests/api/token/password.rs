//! `grant_type=password` (RFC 6749 §4.3), the product's "Resource Owner" method.

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::members;
use crate::harness::{API, Answer, Mock, half_hash, text, with_api};

const ALICE: [(&str, &str); 3] =
    [("grant_type", "password"), ("username", "alice@example.com"), ("password", "alice-password")];

fn ask(mock: &Mock, more: &[(&str, &str)]) -> Answer {
    mock.call("/OAuth2/Token/api", Some(API), &[&ALICE[..], more].concat())
}

#[test]
fn a_users_password_brings_a_token_about_the_user() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = with_api(policy, &json!({})).start();
        let in_body = [&ALICE[..], &[("client_id", API.0), ("client_secret", API.1)]].concat();
        for (case, answer) in
            [("Basic", ask(&mock, &[])), ("body", mock.post("/OAuth2/Token/api", &in_body))]
        {
            assert_eq!(answer.status, 200, "{case}: {answer:?}");
            assert_eq!(
                members(&answer),
                ["refresh_token", "access_token", "token_type", "expires_in", "scope"],
                "{case}"
            );
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
                    "jti"
                ],
                "{case}"
            );
            for (name, value) in [
                ("aud", API.0),
                ("unique_name", "alice@example.com"),
                ("sub", "a11ce000-0000-4000-8000-000000000001"),
                ("scope", "read write"),
                ("app_id", "api"),
            ] {
                assert_eq!(token.claims[name], value, "{case} {name}");
            }
        }
    }
}

#[test]
fn the_scope_openid_brings_an_id_token() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = with_api(policy, &json!({})).start();
        let answer = ask(&mock, &[("scope", "openid read"), ("nonce", "n-0S6")]);
        assert_eq!(
            members(&answer),
            ["id_token", "refresh_token", "access_token", "token_type", "expires_in", "scope"]
        );
        let tokens = answer.json();
        let id_token = mock.verified("api", &text(&tokens, "id_token"));
        let mut names = vec!["auth_time", "iss", "iat", "aud"];
        names.extend((policy == Policy::cyberark()).then_some("unique_name"));
        names.extend(["exp", "sub", "at_hash"]);
        assert_eq!(id_token.names(), names, "a nonce belongs to authorization requests");
        assert_eq!(id_token.claims["at_hash"], half_hash(&text(&tokens, "access_token")));
        assert_eq!(id_token.claims["sub"], "a11ce000-0000-4000-8000-000000000001");
    }
}

#[test]
fn the_tokens_work_where_a_sign_ins_work() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let tokens = ask(&mock, &[("scope", "openid email")]).json();
    let request = mock.request("GET", "/OAuth2/UserInfo/api");
    let info = request.bearer(&text(&tokens, "access_token")).send().json();
    assert_eq!(info["email"], "alice@example.com");
    mock.clock.advance(Duration::from_secs(600));
    let refresh_token = text(&tokens, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh_token)];
    let refreshed = mock.call("/OAuth2/Token/api", Some(API), &form);
    assert_eq!(members(&refreshed), ["access_token", "token_type", "expires_in", "scope"]);
    let first = mock.verified("api", &text(&tokens, "access_token")).claims;
    let second = mock.verified("api", &text(&refreshed.json(), "access_token")).claims;
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert_eq!(second["scope"], "openid email");
}

#[test]
fn a_login_name_has_no_letter_case_and_a_password_has() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let status = |name: &str, password: &str| {
        let form = [("grant_type", "password"), ("username", name), ("password", password)];
        mock.call("/OAuth2/Token/api", Some(API), &form).status
    };
    assert_eq!(status("ALICE@Example.com", "alice-password"), 200);
    assert_eq!(status("alice@example.com", "Alice-Password"), 400);
    assert_eq!(status("alice@example.com", "alice-password "), 400);
    assert_eq!(status("alice@example.com", "bob-password"), 400);
}

#[test]
fn a_user_without_a_password_has_none_to_offer() {
    let bare = json!({ "users": [{ "name": "bare@example.com" }] });
    let mock = with_api(Policy::cyberark(), &json!({})).with(&bare).start();
    for password in ["", "bare@example.com", "null"] {
        let form =
            [("grant_type", "password"), ("username", "bare@example.com"), ("password", password)];
        let answer = mock.call("/OAuth2/Token/api", Some(API), &form);
        let expected = (400, "invalid_grant".to_owned(), "wrong username or password".to_owned());
        assert_eq!(answer.error(), expected, "{password:?}");
    }
}

#[test]
fn a_public_client_sends_its_id_and_the_users_password() {
    let app = json!({ "client_secret": null, "client_id_type": "list" });
    let mock = with_api(Policy::cyberark(), &app).start();
    let sent_by = |client: &str| {
        mock.post("/OAuth2/Token/api", &[&ALICE[..], &[("client_id", client)]].concat())
    };
    let answer = sent_by(API.0);
    assert_eq!(answer.status, 200, "{answer:?}");
    let claims = mock.verified("api", &text(&answer.json(), "access_token")).claims;
    assert_eq!(claims["aud"], API.0);
    assert_eq!(sent_by("nobody").error().1, "invalid_client");
}

#[test]
fn a_scope_that_the_application_does_not_know_is_refused() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let answer = ask(&mock, &[("scope", "read unknown")]);
    let expected = (400, "invalid_scope".to_owned(), "unknown scope requested".to_owned());
    assert_eq!(answer.error(), expected);
}

/// Steers the next sign-in of this user, and no other.
fn steer(mock: &Mock, user: &str, outcome: &str) {
    let entry = json!({ "when": { "user": user }, "times": 1, "sign_in": outcome });
    assert!([200, 201].contains(&mock.put("/_mock/v1/steering/e", &entry).status));
}

#[test]
fn a_sign_in_that_a_test_ends_looks_like_a_wrong_password() {
    let wrong = (400, "invalid_grant".to_owned(), "wrong username or password".to_owned());
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = with_api(policy, &json!({})).start();
        for outcome in ["deny", "pending", "lock"] {
            steer(&mock, "bob@example.com", outcome);
            assert_eq!(ask(&mock, &[]).status, 200, "{outcome} is for another user");
            steer(&mock, "ALICE@example.com", outcome);
            assert_eq!(ask(&mock, &[]).error(), wrong, "{outcome}");
            let left = mock.get("/_mock/v1/steering").json();
            assert_eq!(left, json!([]), "{outcome} is used up");
            let is_locked = outcome == "lock";
            assert_eq!(ask(&mock, &[]).status, if is_locked { 400 } else { 200 }, "{outcome}");
        }
        let package = mock.sign_in_answer("alice@example.com", "alice-password");
        assert_eq!(package["success"], false, "locked out of every door");
        mock.clock.advance(Duration::from_secs(30 * 60));
        assert_eq!(ask(&mock, &[]).status, 200, "the lock has lifted");
    }
}

#[test]
fn wrong_passwords_in_a_row_lock_the_user_out_of_grant_and_package() {
    let lockout = json!({ "failures": 2, "duration": 60 });
    let settings = json!({ "tenant": { "authentication": { "lockout": lockout } } });
    let mock = with_api(Policy::cyberark(), &json!({})).with(&settings).start();
    let asked = |password: &str| {
        let form =
            [("grant_type", "password"), ("username", "alice@example.com"), ("password", password)];
        mock.call("/OAuth2/Token/api", Some(API), &form).status
    };
    let in_package =
        || mock.sign_in_answer("alice@example.com", "alice-password")["success"].take();
    for (password, status) in [("x", 400), ("alice-password", 200), ("y", 400)] {
        assert_eq!(asked(password), status, "{password}: a success begins the count anew");
    }
    assert_eq!((asked("z"), asked("alice-password")), (400, 400), "locked out");
    assert_eq!(in_package(), false);
    mock.clock.advance(Duration::from_secs(60));
    assert_eq!((asked("x"), in_package()), (400, json!(true)));
    assert_eq!((asked("x"), asked("alice-password")), (400, 200), "so does that of a package");
}
