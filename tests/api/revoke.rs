//! `POST /OAuth2/Revoke/{app}` (RFC 7009).

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{API, Answer, BANK, Mock, SERVICE, Setup, text, with_api};

const PATH: &str = "/OAuth2/Revoke/bank";

fn presets() -> [(&'static str, Policy); 2] {
    [("cyberark", Policy::cyberark()), ("strict", Policy::strict())]
}

fn revoke(mock: &Mock, token: &str) {
    assert_done(&mock.call(PATH, Some(BANK), &[("token", token)]), "bank");
}

fn assert_done(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{case}: {answer:?}");
}

/// Which of ID, access and refresh token introspection calls active.
fn alive(mock: &Mock, tokens: &Value) -> [bool; 3] {
    ["id_token", "access_token", "refresh_token"]
        .map(|kind| mock.introspected(&text(tokens, kind))["active"] == json!(true))
}

fn refresh(mock: &Mock, tokens: &Value) -> Answer {
    let token = text(tokens, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    mock.call("/OAuth2/Token/bank", Some(BANK), &form)
}

#[test]
fn an_access_token_goes_alone() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let (tokens, bystander) = (mock.tokens(&[]), mock.tokens(&[]));
        revoke(&mock, &text(&tokens, "access_token"));
        assert_eq!(alive(&mock, &tokens), [true, false, true], "{preset}");
        assert_eq!(mock.userinfo(&text(&tokens, "access_token")).status, 401, "{preset}");
        assert_eq!(alive(&mock, &bystander), [true; 3], "{preset}");
        let refreshed = refresh(&mock, &tokens);
        assert_eq!(refreshed.status, 200, "{preset}");
        let next = text(&refreshed.json(), "access_token");
        assert_eq!(mock.userinfo(&next).status, 200, "{preset}");
    }
}

#[test]
fn a_refresh_token_takes_every_token_of_its_family_along() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let (tokens, bystander) = (mock.tokens(&[]), mock.tokens(&[]));
        let refreshed = refresh(&mock, &tokens).json();
        revoke(&mock, &text(&tokens, "refresh_token"));
        assert_eq!(alive(&mock, &tokens), [false; 3], "{preset}");
        for one in [&tokens, &refreshed] {
            assert_eq!(mock.userinfo(&text(one, "access_token")).status, 401, "{preset}");
        }
        let (status, error, _) = refresh(&mock, &tokens).error();
        assert_eq!((status, error.as_str()), (400, "invalid_grant"), "{preset}");
        assert_eq!(alive(&mock, &bystander), [true; 3], "{preset}");
    }
}

#[test]
fn an_id_token_goes_alone() {
    let mock = Mock::start();
    let tokens = mock.tokens(&[]);
    revoke(&mock, &text(&tokens, "id_token"));
    assert_eq!(alive(&mock, &tokens), [false, true, true]);
}

#[test]
fn an_opaque_token_can_be_revoked() {
    let mock = with_api(Policy::cyberark(), &json!({ "token_type": "opaque" })).start();
    let form = [("grant_type", "client_credentials")];
    let token = text(&mock.call("/OAuth2/Token/api", Some(API), &form).json(), "access_token");
    let active = || {
        let answer = mock.call("/OAuth2/Introspect/api", Some(API), &[("token", &token)]);
        answer.json()["active"].clone()
    };
    assert_eq!(active(), json!(true));
    assert_done(&mock.call("/OAuth2/Revoke/api", Some(API), &[("token", &token)]), "api");
    assert_eq!(active(), json!(false));
}

#[test]
fn a_token_that_is_not_there_is_no_error() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let tokens = mock.tokens(&[]);
        let access_token = text(&tokens, "access_token");
        for token in ["unknown", "a.b.c", &format!("{access_token}A"), "\u{1f980}"] {
            revoke(&mock, token);
        }
        for _ in 0..2 {
            revoke(&mock, &access_token);
        }
        assert_eq!(alive(&mock, &tokens), [true, false, true], "{preset}");
    }
}

#[test]
fn every_way_to_authenticate_will_do_and_the_hint_has_no_meaning() {
    for hint in ["access_token", "refresh_token", "unknown", ""] {
        let mock = Mock::start();
        for in_body in [false, true] {
            let token = mock.access_token(&[]);
            let sent = [("token", token.as_str()), ("token_type_hint", hint)];
            let credentials = [("client_id", BANK.0), ("client_secret", BANK.1)];
            let answer = if in_body {
                mock.post(PATH, &[sent, credentials].concat())
            } else {
                mock.call(PATH, Some(BANK), &sent)
            };
            assert_done(&answer, hint);
            assert_eq!(mock.userinfo(&token).status, 401, "{hint:?}, in the body: {in_body}");
        }
    }
}

#[test]
fn another_clients_token_is_left_alone_and_nobody_told() {
    for (preset, policy) in presets() {
        let second = json!({ "client_secret": null, "client_id_type": "anything" });
        let mock = with_api(policy, &second).start();
        let tokens = mock.tokens(&[]);
        for kind in ["access_token", "id_token", "refresh_token"] {
            let token = text(&tokens, kind);
            for client in [BANK.0, "someone"] {
                let form = [("token", token.as_str()), ("client_id", client)];
                assert_done(&mock.post("/OAuth2/Revoke/api", &form), "another application");
            }
        }
        assert_eq!(alive(&mock, &tokens), [true; 3], "{preset}");
    }
}

#[test]
fn a_public_client_may_revoke_its_own_tokens() {
    let app = json!({
        "client_secret": null, "client_id_type": "list", "allowed_clients": ["second"],
    });
    let mock = with_api(Policy::strict(), &app).start();
    let form = [
        ("grant_type", "password"),
        ("client_id", API.0),
        ("username", "alice@example.com"),
        ("password", "alice-password"),
        ("scope", "openid"),
    ];
    let tokens = mock.post("/OAuth2/Token/api", &form).json();
    let access_token = text(&tokens, "access_token");
    let works = || mock.request("GET", "/OAuth2/UserInfo/api").bearer(&access_token).send().status;
    let revoke = |client, kind| {
        let token = text(&tokens, kind);
        mock.post("/OAuth2/Revoke/api", &[("token", token.as_str()), ("client_id", client)])
    };
    assert_done(&revoke("second", "refresh_token"), "another client of the list");
    assert_eq!(works(), 200);
    let (status, error, _) = revoke("nobody", "refresh_token").error();
    assert_eq!((status, error.as_str()), (401, "invalid_client"));
    assert_eq!(works(), 200);
    assert_done(&revoke(API.0, "refresh_token"), "its own");
    assert_eq!(works(), 401);
}

#[test]
fn a_service_user_may_revoke_its_own_tokens_and_nobody_in_its_name() {
    let app = json!({ "client_secret": null, "client_id_type": "anything" });
    let mock = with_api(Policy::cyberark(), &app).start();
    let form = [("grant_type", "client_credentials")];
    let tokens = mock.call("/OAuth2/Token/api", Some(SERVICE), &form).json();
    let token = text(&tokens, "refresh_token");
    let access_token = text(&tokens, "access_token");
    let works = || mock.request("GET", "/OAuth2/UserInfo/api").bearer(&access_token).send().status;
    let form = [("token", token.as_str()), ("client_id", SERVICE.0)];
    assert_done(&mock.post("/OAuth2/Revoke/api", &form), "the name alone");
    assert_eq!(works(), 200);
    let sent = [("token", token.as_str())];
    assert_done(&mock.call("/OAuth2/Revoke/api", Some(SERVICE), &sent), "name and password");
    assert_eq!(works(), 401);
}

#[test]
fn who_proves_nothing_revokes_nothing() {
    const WRONG_CLIENT: &str = r#"{"error":"invalid_client","error_description":"wrong clientid"}"#;
    const NOT_ALLOWED: &str = r#"{"error":"access_denied","error_description":"invalid client creds or client not allowed"}"#;
    const STRICT_NOT_ALLOWED: &str = r#"{"error":"invalid_client","error_description":"invalid client creds or client not allowed"}"#;
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        let tokens = mock.tokens(&[]);
        let token = text(&tokens, "refresh_token");
        let sent = [("token", token.as_str())];
        let named = [sent[0], ("client_id", BANK.0)];
        let bearer = mock.request("POST", PATH).form(&sent);
        let is_strict = preset == "strict";
        let wrong = if is_strict { STRICT_NOT_ALLOWED } else { NOT_ALLOWED };
        for (case, answer, body) in [
            ("nobody", mock.post(PATH, &sent), WRONG_CLIENT),
            ("another client", mock.call(PATH, Some(API), &sent), WRONG_CLIENT),
            ("a service user", mock.call(PATH, Some(SERVICE), &sent), WRONG_CLIENT),
            ("bearer", bearer.bearer(&text(&tokens, "access_token")).send(), WRONG_CLIENT),
            ("the client's name", mock.post(PATH, &named), wrong),
            ("a wrong secret", mock.call(PATH, Some((BANK.0, "wrong")), &sent), wrong),
        ] {
            let status = if is_strict { 401 } else { 400 };
            assert_eq!((answer.status, answer.body.as_str()), (status, body), "{preset}, {case}");
        }
        assert_eq!(alive(&mock, &tokens), [true; 3], "{preset}");
    }
}

#[test]
fn a_token_and_a_known_application_are_needed() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let missing = r#"{"error":"invalid_request","error_description":"missing token"}"#;
        for form in [&[][..], &[("token", "")]] {
            let answer = mock.call(PATH, Some(BANK), form);
            assert_eq!((answer.status, answer.body.as_str()), (400, missing), "{preset}");
        }
        let answer = mock.call("/OAuth2/Revoke/123", Some(BANK), &[("token", "x")]);
        let unknown = r#"{"error":"invalid_request","error_description":"unknown app 123"}"#;
        assert_eq!((answer.status, answer.body.as_str()), (400, unknown), "{preset}");
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(mock.request(method, PATH).send().status, 405, "{preset} {method}");
        }
    }
}

#[test]
fn a_revoked_access_token_no_longer_stands_for_its_user() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    let who_am_i = || mock.request("GET", "/Security/whoami").bearer(&token).send().json();
    assert_eq!(who_am_i()["Result"]["User"], "alice@example.com");
    revoke(&mock, &token);
    assert_eq!(who_am_i()["success"], json!(false));
}
