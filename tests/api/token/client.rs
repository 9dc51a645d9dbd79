//! Client authentication at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9).

use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::{CHALLENGE, VERIFIER, code_at};
use crate::harness::{Answer, CALLBACK, Mock, Setup};

/// Grant, code and redirect URI.
fn grant(code: &str) -> [(&str, &str); 3] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)]
}

/// A tenant with one more application of this id and secret.
fn with_client(client_id: &str, client_secret: &str) -> Mock {
    let app = json!({
        "application_id": "odd",
        "client_id": client_id,
        "client_secret": client_secret,
        "redirect_uris": [CALLBACK],
    });
    Setup::default().with(&json!({ "apps": [app] })).start()
}

fn basic(mock: &Mock, app: &str, id: &str, secret: &str, form: &[(&str, &str)]) -> Answer {
    mock.request("POST", &format!("/OAuth2/Token/{app}")).basic(id, secret).form(form).send()
}

#[test]
fn basic_credentials_are_taken_as_they_stand() {
    for (id, secret) in [
        ("plain-id", "plain-secret"),
        ("svc@example.com", "s:e:c+r%41t @ /="),
        ("a+b%c d", "%"),
        ("%zz", "100%"),
        ("j\u{fc}rgen", "p\u{e4}ss \u{1f980}"),
    ] {
        let mock = with_client(id, secret);
        let code = code_at(&mock, "odd", &[("client_id", id)]);
        let wrong = basic(&mock, "odd", id, &format!("{secret}x"), &grant(&code));
        assert_eq!((wrong.status, wrong.error().1.as_str()), (400, "access_denied"), "{id}");
        assert_eq!(basic(&mock, "odd", id, secret, &grant(&code)).status, 200, "{id}");
    }
}

#[test]
fn basic_credentials_are_taken_form_urlencoded() {
    for (id, secret) in [
        ("a+b:c%d@e f", "s+e:c%r@e t"),
        ("svc@example.com", "100%"),
        ("j\u{fc}rgen", "p\u{e4}ss \u{1f980}"),
    ] {
        let mock = with_client(id, secret);
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let percent = |text: &str| encode(text).replace('+', "%20");
        for (case, sent_id, sent_secret) in [
            ("spaces as +", encode(id), encode(secret)),
            ("spaces as %20", percent(id), percent(secret)),
        ] {
            let code = code_at(&mock, "odd", &[("client_id", id)]);
            let answer = basic(&mock, "odd", &sent_id, &sent_secret, &grant(&code));
            assert_eq!(answer.status, 200, "{id} {case}: {answer:?}");
        }
    }
}

#[test]
fn credentials_are_taken_from_the_body() {
    let mock = with_client("a+b:c%d@e f", "s+e:c%r@e t \u{e4}");
    let code = code_at(&mock, "odd", &[("client_id", "a+b:c%d@e f")]);
    let credentials = [("client_id", "a+b:c%d@e f"), ("client_secret", "s+e:c%r@e t \u{e4}")];
    let form = [&grant(&code)[..], &credentials].concat();
    assert_eq!(mock.post("/OAuth2/Token/odd", &form).status, 200);
}

#[test]
fn the_client_id_beside_basic_credentials_must_agree() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    let other = mock.exchange(&code, &[("client_id", "other-client")]);
    assert_eq!(other.error(), (400, "invalid_client".into(), "wrong clientid".into()));
    assert_eq!(mock.exchange(&code, &[("client_id", "bank-client")]).status, 200);
}

#[test]
fn failed_authentication_spends_nothing() {
    for mock in [Mock::start(), Mock::strict()] {
        let code = mock.code(&[]);
        let attempts = [
            basic(&mock, "bank", "bank-client", "wrong", &grant(&code)),
            basic(&mock, "bank", "nobody", "bank-secret", &grant(&code)),
            mock.post("/OAuth2/Token/bank", &grant(&code)),
        ];
        assert!(attempts.iter().all(|attempt| attempt.status != 200), "{attempts:?}");
        // As golang.org/x/oauth2 does after any error: the same code, with the secret in the form.
        let credentials = [("client_id", "bank-client"), ("client_secret", "bank-secret")];
        let retry = mock.post("/OAuth2/Token/bank", &[&grant(&code)[..], &credentials].concat());
        assert_eq!(retry.status, 200, "{retry:?}");
        let access_token = retry.json()["access_token"].as_str().unwrap().to_owned();
        basic(&mock, "bank", "bank-client", "wrong", &grant(&code));
        assert_eq!(mock.userinfo(&access_token).status, 200, "a failure is no replay");
    }
}

#[test]
fn a_public_client_may_send_an_empty_or_meaningless_secret() {
    let mock = Mock::start();
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let verifier = [("code_verifier", VERIFIER)];
    for secret in ["", "anything"] {
        let code = code_at(&mock, "spa", &pkce);
        let form = [&grant(&code)[..], &verifier].concat();
        assert_eq!(basic(&mock, "spa", "spa-client", secret, &form).status, 200, "{secret:?}");
        let code = code_at(&mock, "spa", &pkce);
        let credentials = [("client_id", "spa-client"), ("client_secret", secret)];
        let form = [&grant(&code)[..], &verifier, &credentials].concat();
        assert_eq!(mock.post("/OAuth2/Token/spa", &form).status, 200, "{secret:?}");
    }
}

#[test]
fn the_client_id_type_says_which_clients_there_are() {
    for (app, client, accepted) in [
        (json!({ "client_id_type": "list", "client_id": "one" }), "one", true),
        (json!({ "client_id_type": "list", "allowed_clients": ["two"] }), "two", true),
        (json!({ "client_id_type": "list", "allowed_clients": ["two"] }), "three", false),
        (json!({ "client_id_type": "anything", "client_id": "one" }), "three", true),
        (
            json!({ "client_id_type": "confidential", "client_id": "one", "client_secret": "s" }),
            "three",
            false,
        ),
    ] {
        let mut app = app;
        app["application_id"] = json!("odd");
        app["redirect_uris"] = json!([CALLBACK]);
        let mock = Setup::default().with(&json!({ "apps": [app] })).start();
        let pkce = [("client_id", client), ("code_challenge", VERIFIER)];
        let code = mock.authorize("odd", Some(&mock.alice()), &pkce).callback_parameter("code");
        let code = code.unwrap_or_default();
        let rest = [("client_id", client), ("code_verifier", VERIFIER)];
        let answer = mock.post("/OAuth2/Token/odd", &[&grant(&code)[..], &rest].concat());
        let expected = if accepted { (200, "") } else { (400, "invalid_client") };
        assert_eq!((answer.status, answer.error().1.as_str()), expected, "{client} at {app}");
    }
}
