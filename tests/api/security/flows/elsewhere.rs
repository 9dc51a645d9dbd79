//! Flows that lead elsewhere, or begin with a session.

use serde_json::{Value, json};

use super::super::{advance, operate, start};
use super::{mock, newest, seen, starting, user};
use crate::harness::{Answer, Mock, Setup};

const FAY: &str = "fay@example.cloud.371805";
const ERIN: &str = "erin@federated.example";
const HOST: &str = "https://abc1234.id.cyberark.cloud";

fn post(mock: &Mock, path: &str, body: &Value) -> Answer {
    mock.request("POST", path).json(body).send()
}

/// The start of a federated user's sign-in out of band.
fn federated(mock: &Mock) -> Answer {
    let request =
        mock.request("POST", "/Security/StartAuthentication").header("OobIdPAuth", "true");
    request.json(&json!({ "User": ERIN, "Version": "1.0" })).send()
}

/// Says yes on the page of the identity provider; what it shows, or where it leads.
fn approve(mock: &Mock, url: &Value, name: &str) -> Answer {
    let (_, visit) = url.as_str().expect("a URL").split_once("visit=").expect("its visit");
    mock.post("/_mock/idp", &[("visit", visit), ("decision", "approve"), ("username", name)])
}

#[test]
fn a_federated_user_with_a_pin() {
    let mock = mock(&json!([]));
    let started = federated(&mock);
    let result = started.json()["Result"].take();
    let page = approve(&mock, &result["IdpRedirectUrl"], "");
    let (_, pin) = page.body.split_once("id=\"idp-pin\">").expect("it shows a PIN");
    let body = json!({
        "SessionId": result["IdpLoginSessionId"],
        "MechanismId": "OOBAUTHPIN",
        "Action": "Answer",
        "Answer": pin[..6],
    });
    insta::assert_json_snapshot!(seen(&[started, advance(&mock, &body)]));
}

#[test]
fn a_federated_user_without_a_pin() {
    let mock = Setup { seed: Some(7), public_url: Some(HOST), ..Setup::default() }
        .with(&json!({ "tenant": { "authentication": { "idp_without_pin": true } } }))
        .start();
    let started = federated(&mock);
    let result = started.json()["Result"].take();
    let status = || {
        let body = json!({ "SessionId": result["IdpLoginSessionId"], "TenantId": "ABC1234" });
        post(&mock, "/Security/OobAuthStatus", &body)
    };
    let pending = status();
    approve(&mock, &result["IdpRedirectUrl"], "");
    insta::assert_json_snapshot!(seen(&[started, pending, status(), status()]));
}

#[test]
fn a_social_sign_in() {
    let mock = mock(&user(&json!({})));
    let body =
        json!({ "IdpName": "Google", "PostExtIdpAuthCallbackUrl": "https://app.example/cb" });
    let started = post(&mock, "/Security/StartSocialAuthentication", &body);
    let callback = approve(&mock, &started.json()["Result"]["IdpRedirectUrl"], FAY).callback();
    let values: Vec<_> = callback.iter().map(|(name, value)| (&**name, &**value)).collect();
    let resumed = mock.request("POST", "/Security/ResumeFromExtIdpAuth").query(&values).send();
    insta::assert_json_snapshot!(seen(&[started, resumed]));
}

#[test]
fn a_user_of_another_pod_and_a_suffix() {
    let mock = mock(&user(&json!({ "pod": "pod7.idaptive.app" })));
    let named = |user: &str| start(&mock, &json!({ "User": user, "Version": "1.0" }));
    insta::assert_json_snapshot!(seen(&[named(FAY), named("@example.cloud.371805"), named("@x")]));
}

#[test]
fn a_session_that_starts_again_steps_up_and_signs_out() {
    let mock = mock(&user(&json!({})));
    let (_, package) = starting(&mock);
    let signed_in = operate(&mock, &package, (0, "UP"), "Answer", &json!("fay-password"));
    let auth = signed_in.json()["Result"]["Auth"].as_str().expect("a string").to_owned();
    let with =
        |path: &str, body: &Value| mock.request("POST", path).cookie(&auth).json(body).send();
    let body = json!({ "User": FAY, "Version": "1.0", "PlatformTokenResponse": true });
    let again = with("/Security/StartAuthentication", &body);
    let who = with("/Security/whoami", &json!({}));
    let challenge = with("/Security/ChallengeUser", &json!({}));
    let id = challenge.json()["Result"]["ChallengeId"].take();
    let body = json!({ "Version": "1.0", "ChallengeStateId": id });
    let stepping = with("/Security/StartChallenge", &body);
    let package = stepping.json()["Result"].take();
    let stepped = operate(&mock, &package, (0, "UP"), "Answer", &json!("fay-password"));
    let out = with("/Security/logout", &json!({}));
    let nobody = with("/Security/whoami", &json!({}));
    insta::assert_json_snapshot!(seen(&[again, who, challenge, stepping, stepped, out, nobody]));
}

#[test]
fn a_forgotten_user_name() {
    let mock = mock(&user(&json!({})));
    let body = json!({ "Version": "1.0", "SearchKey": "fay@cyberark.com" });
    let at_once = post(&mock, "/Security/ForgotUsername", &body);
    let started = post(&mock, "/Security/StartForgotUsername", &body);
    let package = started.json()["Result"].take();
    let go_on = |action: &str, answer: &Value| {
        let body = json!({
            "TenantId": "ABC1234",
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": action,
            "PersistentLogin": "false",
            "Answer": answer,
        });
        post(&mock, "/Security/AdvanceForgotUsername", &body)
    };
    let sent = go_on("StartOOB", &json!(null));
    let done = go_on("Answer", &newest(&mock)["code"]);
    insta::assert_json_snapshot!(seen(&[at_once, started, sent, done]));
}

#[test]
fn a_picture_that_a_device_scans() {
    let tenant = json!({ "tenant": { "authentication": { "qr_login": true } } });
    let mock =
        Setup { seed: Some(7), public_url: Some(HOST), ..Setup::default() }.with(&tenant).start();
    let device = mock.alice();
    let guid = [("guid", "LSTcJk-da06TYEDDJbnjS-nIRy7cUvIUWmfIyExGcoo1")];
    let status = || mock.request("POST", "/Security/GetQRCodeStatus").query(&guid).send();
    let waiting = status();
    let request = mock.request("POST", "/Security/StartQRCodeAuthentication").query(&guid);
    let scanned = request.cookie(&device).send();
    insta::assert_json_snapshot!(seen(&[waiting, scanned, status()]));
}
