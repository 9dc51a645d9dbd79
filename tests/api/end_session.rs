//! `GET|POST /OAuth2/EndSession/{app}`, `/OAuth2/EndSessionV2/{app}` and `/oauth2/endsession`.

mod back_channel;
pub(crate) mod front_channel;
mod product;
mod strict;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup};

/// The paths at which users of `shop` are signed out.
const PATHS: [&str; 3] = ["/OAuth2/EndSession/shop", "/OAuth2/EndSessionV2/shop", LEGACY];
const LEGACY: &str = "/oauth2/endsession";

/// What `shop` lists.
const LISTED: [&str; 2] = ["https://shop.example/bye", "https://shop.example/out?from=mock"];

/// Close to what `shop` lists, and elsewhere; all others than `bank` lists.
const UNLISTED: [&str; 10] = [
    "https://shop.example/bye/",
    "https://shop.example/bye?foo=bar",
    "https://shop.example/bye#",
    "https://shop.example/out",
    "https://shop.example/out?from=mock&foo=bar",
    "https://SHOP.example/bye",
    "https://shop.example@evil.example/bye",
    "//shop.example/bye",
    "javascript:alert(1)",
    "https://evil.example/\"><script>alert(1)</script>",
];

/// The built-in tenant with an application `shop`.
fn shop(policy: Policy) -> Mock {
    let apps = json!({ "apps": [{
        "application_id": "shop",
        "client_id": "shop-client",
        "client_secret": "shop-secret",
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": LISTED,
    }] });
    Setup { policy, ..Setup::default() }.with(&apps).start()
}

/// The built-in tenant with `shop` and applications that want to hear when a session is over.
fn notified(policy: Policy, apps: &[Value]) -> Setup {
    let with_client = |app: &Value| {
        let id = app["application_id"].as_str().expect("a string");
        let mut whole = json!({
            "client_id": format!("{id}-client"),
            "client_secret": format!("{id}-secret"),
            "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": LISTED,
        });
        whole.as_object_mut().expect("an object").extend(app.as_object().expect("one").clone());
        whole
    };
    let shop = with_client(&json!({ "application_id": "shop" }));
    let apps: Vec<Value> = apps.iter().map(with_client).chain([shop]).collect();
    Setup { policy, ..Setup::default() }.with(&json!({ "apps": apps }))
}

/// An ID token that was issued to `app` for a session.
fn id_token_of(mock: &Mock, app: &str, session: &str) -> String {
    let answer = mock.authorize(app, Some(session), &[("response_type", "id_token")]);
    answer.callback_parameter("id_token").unwrap_or_else(|| panic!("{app}: {answer:?}"))
}

/// Asks with GET or POST, alice's session as a cookie.
fn ask(
    mock: &Mock,
    method: &str,
    path: &str,
    session: &str,
    parameters: &[(&str, &str)],
) -> Answer {
    let request = mock.request(method, path).cookie(session);
    match method {
        "POST" => request.form(parameters).send(),
        _ => request.query(parameters).send(),
    }
}

/// An ID token that was issued to `app` for alice.
fn id_token(mock: &Mock, app: &str) -> String {
    let more = [("response_type", "id_token")];
    let answer = mock.authorize(app, Some(&mock.alice()), &more);
    answer.callback_parameter("id_token").expect("the app may have ID tokens")
}

fn is_signed_in(mock: &Mock, session: &str) -> bool {
    let who = mock.request("POST", "/Security/whoami").cookie(session).send().json();
    let silent = mock.authorize("shop", Some(session), &[("prompt", "none")]);
    let has_code = silent.callback_parameter("code").is_some();
    let error = (!has_code).then(|| "login_required".to_owned());
    assert_eq!(silent.callback_parameter("error"), error, "{silent:?}");
    assert_eq!(who["success"], has_code, "{who}");
    has_code
}

/// Asserts that the session is over and the browser told to forget it.
fn assert_signed_out(mock: &Mock, session: &str, answer: &Answer, case: &str) {
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("{case}: {answer:?}"));
    assert!(cookie.starts_with(".ASPXAUTH=; "), "{case}: {cookie}");
    assert!(cookie.contains("Max-Age=0") && cookie.contains("Path=/"), "{case}: {cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    assert!(!is_signed_in(mock, session), "{case}");
}

fn assert_still_signed_in(mock: &Mock, session: &str, answer: &Answer, case: &str) {
    assert_eq!(answer.header("set-cookie"), None, "{case}");
    assert_eq!(answer.header("location"), None, "{case}");
    assert!(!answer.body.contains("<script"), "{case}: {answer:?}");
    assert!(is_signed_in(mock, session), "{case}");
}

#[test]
fn an_unknown_application_is_named_and_nobody_is_signed_out() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = shop(policy);
        let alice = mock.alice();
        for path in ["/OAuth2/EndSession/123", "/OAuth2/EndSessionV2/123"] {
            for method in ["GET", "POST"] {
                let answer = ask(&mock, method, path, &alice, &[("confirmed", "yes")]);
                let body = r#"{"error":"invalid_request","error_description":"unknown app 123"}"#;
                assert_eq!((answer.status, answer.body.as_str()), (400, body), "{method} {path}");
                assert_still_signed_in(&mock, &alice, &answer, path);
            }
        }
    }
}

#[test]
fn other_methods_are_not_allowed() {
    let mock = shop(Policy::cyberark());
    let alice = mock.alice();
    for path in PATHS {
        for method in ["PUT", "DELETE", "PATCH"] {
            let answer = ask(&mock, method, path, &alice, &[]);
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, POST"), "{method} {path}");
        }
        assert!(is_signed_in(&mock, &alice), "{path}");
    }
}
