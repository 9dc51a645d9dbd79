//! Users of another identity provider, and its stand-in page.

use serde_json::{Value, json};

use super::{FAILED, advance, assert_failure, outcome, start};
use crate::harness::{Answer, Mock, Setup};

const ERIN: &str = "erin@federated.example";

/// The start of erin's sign-in; `header` is the value of `OobIdPAuth`.
fn started(mock: &Mock, header: Option<&str>) -> Value {
    let mut request = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "User": ERIN, "Version": "1.0" }));
    if let Some(value) = header {
        request = request.header("OobIdPAuth", value);
    }
    let answer = request.send();
    assert_eq!((answer.status, &answer.json()["success"]), (200, &json!(true)));
    answer.json()["Result"].take()
}

fn page(mock: &Mock, url: &Value) -> Answer {
    mock.get(url.as_str().expect("a URL").strip_prefix(&mock.url).expect("it is here"))
}

/// Presses a button of the page at `url`, with more fields.
fn press(mock: &Mock, url: &Value, decision: &str, more: &[(&str, &str)]) -> Answer {
    let (_, visit) = url.as_str().expect("a URL").split_once("visit=").expect("its visit");
    let form = [&[("visit", visit), ("decision", decision)], more].concat();
    mock.request("POST", "/_mock/idp").form(&form).send()
}

/// The PIN on the page after signing in at the IdP.
fn pin(mock: &Mock, start: &Value) -> String {
    let told = press(mock, &start["IdpRedirectUrl"], "approve", &[]);
    let (_, rest) = told.body.split_once("id=\"idp-pin\">").expect("it shows a PIN");
    rest[..6].to_owned()
}

fn answer_pin(mock: &Mock, start: &Value, pin: &str) -> Answer {
    advance(
        mock,
        &json!({
            "SessionId": start["IdpLoginSessionId"],
            "MechanismId": "OOBAUTHPIN",
            "Action": "Answer",
            "Answer": pin,
        }),
    )
}

fn status(mock: &Mock, start: &Value) -> Answer {
    let body = json!({ "SessionId": start["IdpLoginSessionId"], "TenantId": start["TenantId"] });
    mock.request("POST", "/Security/OobAuthStatus").json(&body).send()
}

fn without_pin() -> Mock {
    let tenant = json!({ "tenant": { "authentication": { "idp_without_pin": true } } });
    Setup::default().with(&tenant).start()
}

#[test]
fn a_federated_user_is_sent_to_the_identity_provider() {
    let mock = Setup {
        seed: Some(7),
        public_url: Some("https://abc1234.id.cyberark.cloud"),
        ..Setup::default()
    }
    .start();
    let all = [started(&mock, Some("true")), started(&mock, None)];
    insta::assert_json_snapshot!(all);
    for (header, out_of_band) in [("TRUE", true), ("false", false), ("", false), ("1", false)] {
        let result = started(&mock, Some(header));
        assert_eq!(result["IdpLoginSessionId"].is_string(), out_of_band, "{header}");
    }
}

#[test]
fn a_browser_comes_back_signed_in() {
    let mock = Mock::start();
    for (redirect, expected) in [
        (Some("OAuth2/Authorize/bank?bounce=K1"), "/OAuth2/Authorize/bank?bounce=K1"),
        (Some("//evil.example/"), "/evil.example/"),
        (None, "/my"),
    ] {
        let url = started(&mock, None)["IdpRedirectUrl"].take();
        let shown = page(&mock, &url);
        assert!(shown.status == 200 && shown.body.contains(ERIN), "{shown:?}");
        let more: Vec<_> = redirect.map(|to| ("cloudRedirect", to)).into_iter().collect();
        let answer = press(&mock, &url, "approve", &more);
        assert_eq!(answer.location(), expected);
        let cookie = answer.header("set-cookie").unwrap();
        let session = cookie.split(['=', ';']).nth(1).unwrap();
        let who = mock.request("GET", "/Security/whoami").cookie(session).send().json();
        assert_eq!(who["Result"]["User"], ERIN);
        assert_eq!(press(&mock, &url, "approve", &more).status, 404, "it works once");
        assert_eq!(page(&mock, &url).status, 404);
    }
}

#[test]
fn the_login_page_sends_a_federated_user_there_and_back() {
    let mock = Mock::start();
    let form = [("username", ERIN), ("cloudRedirect", "OAuth2/Authorize/bank?bounce=K1&x=y")];
    let sent = mock.request("POST", "/login").form(&form).send();
    let shown = mock.get(sent.location().strip_prefix(&mock.url).expect("it is here"));
    let wanted = r#"name="cloudRedirect" value="OAuth2/Authorize/bank?bounce=K1&#38;x=y""#;
    assert!(shown.body.contains(wanted), "{shown:?}");
}

#[test]
fn cloud_redirect_travels_through_the_page() {
    let mock = Mock::start();
    let url = started(&mock, None)["IdpRedirectUrl"].take();
    let with = json!(format!("{}&cloudRedirect=a%3Fb%3D%22c", url.as_str().unwrap()));
    let body = page(&mock, &with).body;
    assert!(body.contains(r#"name="cloudRedirect" value="a?b=&#34;c""#), "{body}");
}

#[test]
fn a_pin_takes_the_sign_in_to_the_client_that_waits() {
    let mock = Mock::start();
    let start = started(&mock, Some("true"));
    assert_eq!(start["IdpOobAuthPinRequired"], true);
    assert_eq!(status(&mock, &start).json()["Result"], json!({ "State": "Pending" }));
    assert_eq!(page(&mock, &start["IdpRedirectShortUrl"]).status, 200);
    let pin = pin(&mock, &start);
    assert!(pin.bytes().all(|b| b.is_ascii_digit()), "{pin}");
    let waits = status(&mock, &start).json()["Result"].take();
    assert_eq!(waits, json!({ "State": "Pending" }), "it waits for the PIN");
    let answer = answer_pin(&mock, &start, &pin);
    assert_eq!(outcome(&answer), (200, true, json!("LoginSuccess")));
    assert_eq!(answer.json()["Result"]["User"], ERIN);
    assert_failure(&answer_pin(&mock, &start, &pin), FAILED, "again");
}

#[test]
fn a_wrong_or_early_pin_ends_the_sign_in() {
    let mock = Mock::start();
    let start = started(&mock, Some("true"));
    let right = pin(&mock, &start);
    for wrong in ["", "wrong"] {
        let start = started(&mock, Some("true"));
        pin(&mock, &start);
        assert_failure(&answer_pin(&mock, &start, wrong), FAILED, wrong);
        assert_failure(&answer_pin(&mock, &start, &right), FAILED, "the PIN of another");
    }
    let early = started(&mock, Some("true"));
    assert_failure(&answer_pin(&mock, &early, &right), FAILED, "early");
    let gone = press(&mock, &early["IdpRedirectUrl"], "approve", &[]);
    assert_eq!(gone.status, 404, "nothing waits any more");
    assert_eq!(outcome(&answer_pin(&mock, &start, &right)).2, "LoginSuccess", "its own works");
}

#[test]
fn without_a_pin_the_status_brings_the_sign_in() {
    let mock = without_pin();
    let start = started(&mock, Some("true"));
    assert_eq!(start["IdpOobAuthPinRequired"], false);
    assert_eq!(status(&mock, &start).json()["Result"]["State"], "Pending");
    let told = press(&mock, &start["IdpRedirectUrl"], "approve", &[]);
    assert!(told.body.contains("id=\"idp-done\"") && !told.body.contains("idp-pin"), "{told:?}");
    assert_eq!(told.header("set-cookie"), None, "the browser is not what signs in");
    let path = format!(
        "/Security/OobAuthStatus?sessionId={}",
        start["IdpLoginSessionId"].as_str().unwrap()
    );
    let answer = mock.request("POST", &path).send();
    let result = answer.json()["Result"].take();
    assert_eq!(
        (&result["State"], &result["Summary"], &result["User"]),
        (&json!("Success"), &json!("LoginSuccess"), &json!(ERIN))
    );
    assert!(result["RefreshToken"].is_string() && result["TokenLifetime"].is_i64(), "{result}");
    let who = mock.request("GET", "/Security/whoami").bearer(result["Token"].as_str().unwrap());
    assert_eq!(who.send().json()["Result"]["User"], ERIN);
    let again = status(&mock, &start);
    assert_failure(&again, r#"{"State":"Failed"}"#, "once");
}

#[test]
fn a_denial_and_an_unknown_sign_in_fail() {
    let mock = without_pin();
    let start = started(&mock, Some("true"));
    let denied = press(&mock, &start["IdpRedirectUrl"], "deny", &[]);
    assert!(denied.status == 200 && denied.body.contains("id=\"idp-denied\""), "{denied:?}");
    assert_failure(&status(&mock, &start), r#"{"State":"Failed"}"#, "denied");
    for id in [json!("unknown"), json!(""), json!(null)] {
        let start = json!({ "IdpLoginSessionId": id });
        assert_failure(&status(&mock, &start), r#"{"State":"Failed"}"#, "unknown");
    }
    let start = started(&mock, Some("true"));
    mock.clock.advance(std::time::Duration::from_secs(301));
    assert_failure(&status(&mock, &start), r#"{"State":"Failed"}"#, "expired");
}

#[test]
fn a_browser_that_is_denied_can_sign_in_again_to_the_same_place() {
    let mock = Mock::start();
    let url = started(&mock, None)["IdpRedirectUrl"].take();
    let target = ("cloudRedirect", "OAuth2/Authorize/bank?bounce=K\"1");
    let denied = press(&mock, &url, "deny", &[target]);
    let again =
        "id=\"idp-again\" href=\"/login?cloudRedirect=OAuth2%2FAuthorize%2Fbank%3Fbounce%3DK%221\"";
    assert!(denied.body.contains(again), "{denied:?}");
    assert_eq!(denied.header("set-cookie"), None);
    let url = started(&mock, Some("true"))["IdpRedirectUrl"].take();
    assert!(
        !press(&mock, &url, "deny", &[]).body.contains("idp-again"),
        "a client waits elsewhere"
    );
}

#[test]
fn a_name_of_the_own_directory_is_never_federated() {
    let user = |name: &str| json!({ "name": name, "password": "x", "federated": true });
    let users = json!({ "users": [
        user("fay@cyberark.cloud.371805"),
        user("fay@cyberark.cloud.x"),
        user("fay@cyberark.cloud."),
    ] });
    let mock = Setup::default().with(&users).start();
    for (name, federated) in [
        ("fay@cyberark.cloud.371805", false),
        ("fay@cyberark.cloud.x", true),
        ("fay@cyberark.cloud.", true),
    ] {
        let answer = start(&mock, &json!({ "User": name, "Version": "1.0" })).json();
        assert_eq!(answer["Result"]["IdpRedirectUrl"].is_string(), federated, "{name}");
    }
}

fn steer(mock: &Mock, outcome: &str) {
    let entry = json!({ "when": { "user": ERIN }, "times": 1, "sign_in": outcome });
    assert_eq!(mock.put("/_mock/v1/steering/e", &entry).status, 201);
}

/// What becomes of a sign-in out of band: by the status, or by the PIN if there is one.
fn taken_up(mock: &Mock, start: &Value, pin: Option<&str>) -> Value {
    let answer = match pin {
        Some(pin) => answer_pin(mock, start, pin),
        None => status(mock, start),
    };
    let result = answer.json()["Result"].take();
    result.get(if pin.is_some() { "Summary" } else { "State" }).cloned().expect("an outcome")
}

#[test]
fn a_sign_in_out_of_band_ends_as_a_test_wants_it() {
    for has_pin in [true, false] {
        let mock = if has_pin { Mock::start() } else { without_pin() };
        let [success, waits, failed] = if has_pin {
            ["LoginSuccess", "OobPending", "Failure"]
        } else {
            ["Success", "Pending", "Failed"]
        };
        let vouched = || {
            let start = started(&mock, Some("true"));
            let told = press(&mock, &start["IdpRedirectUrl"], "approve", &[]).body;
            let pin = told.split_once("id=\"idp-pin\">").map(|(_, rest)| rest[..6].to_owned());
            (start, pin)
        };
        for (outcome, first, then) in
            [("pending", waits, success), ("deny", failed, failed), ("lock", failed, failed)]
        {
            let (start, pin) = vouched();
            steer(&mock, outcome);
            let told = [(); 2].map(|()| taken_up(&mock, &start, pin.as_deref()));
            assert_eq!(told, [first, then], "{outcome}");
        }
        let (start, pin) = vouched();
        assert_eq!(taken_up(&mock, &start, pin.as_deref()), failed, "locked out");
        mock.clock.advance(std::time::Duration::from_secs(30 * 60));
        let (start, pin) = vouched();
        assert_eq!(taken_up(&mock, &start, pin.as_deref()), success, "the lock has lifted");
    }
}

#[test]
fn a_sign_in_is_denied_before_the_user_has_said_a_word() {
    let mock = without_pin();
    let start = started(&mock, Some("true"));
    steer(&mock, "deny");
    assert_eq!(taken_up(&mock, &start, None), "Failed");
    let gone = press(&mock, &start["IdpRedirectUrl"], "approve", &[]);
    assert_eq!(gone.status, 404, "nothing waits any more");
}

#[test]
fn a_browser_is_asked_again_denied_or_locked_out_as_a_test_wants_it() {
    let mock = Mock::start();
    let (asked, denied) = ("id=\"idp-approve\"", "id=\"idp-denied\"");
    for (outcome, shown, then) in [("pending", asked, 302), ("deny", denied, 404)] {
        let url = started(&mock, None)["IdpRedirectUrl"].take();
        steer(&mock, outcome);
        let answer = press(&mock, &url, "approve", &[]);
        assert!(answer.status == 200 && answer.body.contains(shown), "{outcome}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), None, "{outcome}");
        assert_eq!(press(&mock, &url, "approve", &[]).status, then, "{outcome}");
    }
    steer(&mock, "lock");
    for case in ["now", "later"] {
        let url = started(&mock, None)["IdpRedirectUrl"].take();
        let answer = press(&mock, &url, "approve", &[]);
        assert!(answer.body.contains(denied), "locked out {case}: {answer:?}");
    }
    mock.clock.advance(std::time::Duration::from_secs(30 * 60));
    let url = started(&mock, None)["IdpRedirectUrl"].take();
    assert_eq!(press(&mock, &url, "approve", &[]).status, 302, "the lock has lifted");
}
