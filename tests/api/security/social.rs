//! Social sign-in: start, the stand-in page, the callback, and taking the sign-in up.

use serde_json::{Value, json};

use super::{assert_failure, outcome};
use crate::harness::{Answer, Mock};

const CALLBACK: &str = "https://app.example/social?keep=1";

fn starting(mock: &Mock, idp: &Value, callback: &Value) -> Answer {
    let body = json!({ "IdpName": idp, "PostExtIdpAuthCallbackUrl": callback });
    mock.request("POST", "/Security/StartSocialAuthentication").json(&body).send()
}

/// The visit of a started sign-in.
fn visit(mock: &Mock) -> String {
    let answer = starting(mock, &json!("Google"), &json!(CALLBACK)).json();
    let url = answer["Result"]["IdpRedirectUrl"].as_str().expect("a URL").to_owned();
    url.split_once("visit=").expect("its visit").1.to_owned()
}

fn press(mock: &Mock, visit: &str, decision: &str, name: &str) -> Answer {
    let form = [("visit", visit), ("decision", decision), ("username", name)];
    mock.request("POST", "/_mock/idp").form(&form).send()
}

/// What arrives at the callback when alice signs in.
fn arrived(mock: &Mock) -> Vec<(String, String)> {
    press(mock, &visit(mock), "approve", "ALICE@example.com").callback()
}

fn resuming(mock: &Mock, pairs: &[(&str, &str)]) -> Answer {
    mock.request("POST", "/Security/ResumeFromExtIdpAuth").query(pairs).send()
}

#[test]
fn the_start_names_the_page_of_the_identity_provider() {
    let mock = Mock::start();
    for idp in ["Facebook", "Google", "Twitter", "LinkedIn", "Microsoft"] {
        let answer = starting(&mock, &json!(idp), &json!(CALLBACK)).json();
        assert_eq!(answer["Result"]["Status"], "RedirecToIdp", "{idp}");
        let url = answer["Result"]["IdpRedirectUrl"].as_str().unwrap().to_owned();
        let page = mock.get(url.strip_prefix(&mock.url).unwrap());
        assert!(page.body.contains(&format!("id=\"idp-name\">{idp}<")), "{page:?}");
        assert!(page.body.contains("id=\"idp-username\""), "{page:?}");
    }
}

#[test]
fn a_start_that_cannot_work_is_refused_in_the_vendors_words() {
    const FAILED: &str =
        "Encountered unexpected error and could not process authentication request.";
    const UNTRUSTED: &str = "Redirect URI found in the request is not trusted or valid.";
    let mock = Mock::start();
    for (idp, callback, message) in [
        (json!("Myspace"), json!(CALLBACK), FAILED),
        (json!(null), json!(CALLBACK), FAILED),
        (json!("Google"), json!(null), UNTRUSTED),
        (json!("Google"), json!("/relative"), UNTRUSTED),
        (json!("Google"), json!("javascript:alert(1)"), UNTRUSTED),
        (json!("Google"), json!("app:/callback"), UNTRUSTED),
        (json!("Google"), json!("https://app.example/#fragment"), UNTRUSTED),
        (json!("Google"), json!("https://app.example/a b"), UNTRUSTED),
    ] {
        let answer = starting(&mock, &idp, &callback);
        let envelope = answer.json();
        assert_eq!((answer.status, &envelope["success"]), (200, &json!(false)), "{callback}");
        assert_eq!(envelope["Message"], message, "{idp} {callback}");
    }
}

#[test]
fn three_values_arrive_at_the_callback_and_sign_in_once() {
    let mock = Mock::start();
    for as_json in [false, true] {
        let arrived = arrived(&mock);
        let pairs: Vec<(&str, &str)> =
            arrived.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["keep", "ExtIdpAuthChallengeState", "username", "customerId"]);
        assert_eq!((pairs[2].1, pairs[3].1), ("alice@example.com", "ABC1234"));
        let resume = || {
            if as_json {
                let body: Value = pairs.iter().map(|(k, v)| (k.to_string(), json!(v))).collect();
                mock.request("POST", "/Security/ResumeFromExtIdpAuth").json(&body).send()
            } else {
                resuming(&mock, &pairs)
            }
        };
        let answer = resume();
        assert_eq!(outcome(&answer), (200, true, json!("LoginSuccess")));
        let auth = answer.json()["Result"]["Auth"].as_str().unwrap().to_owned();
        assert!(answer.header("set-cookie").unwrap().starts_with(&format!(".ASPXAUTH={auth};")));
        assert_failure(&resume(), "null", "again");
    }
}

#[test]
fn a_sign_in_is_taken_up_only_under_its_own_name_and_state() {
    let mock = Mock::start();
    for (state, name) in [
        (None, "bob@example.com"),
        (None, ""),
        (Some("unknown"), "alice@example.com"),
        (Some(""), "alice@example.com"),
    ] {
        let arrived = arrived(&mock);
        let state = state.unwrap_or(&arrived[1].1);
        let pairs = [("ExtIdpAuthChallengeState", state), ("username", name)];
        assert_failure(&resuming(&mock, &pairs), "null", name);
    }
    let arrived = arrived(&mock);
    let body = json!({ "SessionId": arrived[1].1 });
    let status = mock.request("POST", "/Security/OobAuthStatus").json(&body).send();
    assert_eq!(status.json()["Result"], json!({ "State": "Failed" }), "it is not asked for so");
}

#[test]
fn the_page_asks_again_for_a_user_that_there_is_not() {
    let mock = Mock::start();
    let visit = visit(&mock);
    for name in ["nobody@example.com", "", "<b>"] {
        let page = press(&mock, &visit, "approve", name);
        assert!(page.status == 200 && page.body.contains("id=\"idp-failure\""), "{page:?}");
    }
    assert_eq!(press(&mock, &visit, "approve", "bob@example.com").status, 302);
    let other = self::visit(&mock);
    let denied = press(&mock, &other, "deny", "");
    assert!(denied.body.contains("id=\"idp-denied\""), "{denied:?}");
    assert_eq!(press(&mock, &other, "approve", "bob@example.com").status, 404);
}

#[test]
fn a_social_sign_in_ends_as_a_test_wants_it() {
    let mock = Mock::start();
    let resume = || {
        let arrived = arrived(&mock);
        move |mock: &Mock| {
            let pairs: Vec<(&str, &str)> =
                arrived.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            resuming(mock, &pairs)
        }
    };
    for (outcome, then) in [("pending", true), ("deny", false), ("lock", false)] {
        let sign_in = resume();
        let when = json!({ "user": "alice@example.com", "endpoint": "ResumeFromExtIdpAuth" });
        let entry = json!({ "when": when, "times": 1, "sign_in": outcome });
        assert_eq!(mock.put("/_mock/v1/steering/e", &entry).status, 201);
        assert_failure(&sign_in(&mock), "null", outcome);
        assert_eq!(sign_in(&mock).json()["success"], then, "{outcome}");
    }
    assert_failure(&resume()(&mock), "null", "locked out");
}
