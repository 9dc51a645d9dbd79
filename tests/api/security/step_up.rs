//! Step-up, codes and scans that a device sends, and forgotten user names.

use cyberark_identity_mock::clock::Timestamp;
use serde_json::{Value, json};

use super::mechanisms::{CODE, TIME};
use super::{FAILED, assert_failure, operate, outcome, start};
use crate::harness::{Answer, Mock, Setup};

const KIM: &str = "kim@example.com";
const UUID: &str = "c1300000-0000-4000-8000-000000000001";

/// A mock with kim, who signs in with this, and a profile `strong`.
fn mock(challenge: &str) -> Mock {
    let fixture = json!({
        "tenant": { "authentication": {
            "profiles": [{ "name": "strong", "challenges": ["SMS"] }],
            "lockout": { "failures": 3, "duration": 60 },
        } },
        "users": [{
            "name": KIM,
            "uuid": UUID,
            "mail": KIM,
            "phone": "+1 555 6789",
            "password": "kim-password",
            "oath_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "challenges": [challenge],
        }],
    });
    let mock = Setup::default().with(&fixture).start();
    mock.clock.set(Timestamp::from_seconds(TIME));
    mock.clock.freeze();
    mock
}

fn started(mock: &Mock) -> Value {
    start(mock, &json!({ "User": KIM, "Version": "1.0" })).json()["Result"].take()
}

fn kim(mock: &Mock) -> Value {
    mock.sign_in_answer(KIM, "kim-password")["Result"].take()
}

fn newest(mock: &Mock) -> Value {
    mock.get("/_mock/outbox").json()[0].clone()
}

fn post(mock: &Mock, path: &str, body: &Value) -> Answer {
    mock.request("POST", path).json(body).send()
}

/// `ChallengeId` of a step-up to this profile.
fn challenge(mock: &Mock, profile: &str, session: &str) -> Answer {
    let path = format!("/Security/ChallengeUser{profile}");
    mock.request("POST", &path).cookie(session).send()
}

#[test]
fn a_step_up_raises_the_session_that_asked_for_it() {
    let mock = mock("UP");
    let signed_in = kim(&mock);
    assert_eq!(signed_in["AuthLevel"], "Normal");
    let auth = signed_in["Auth"].as_str().unwrap();
    let created = challenge(&mock, "?profileName=strong", auth).json();
    let id = &created["Result"]["ChallengeId"];
    let body = json!({ "Version": "1.0", "ChallengeStateId": id });
    let package = post(&mock, "/Security/StartChallenge", &body).json()["Result"].take();
    assert_eq!(package["Summary"], "NewPackage");
    assert_failure(&post(&mock, "/Security/StartChallenge", &body), "null", "once");
    let sent = operate(&mock, &package, (0, "SMS"), "StartOOB", &json!(null));
    assert_eq!(outcome(&sent).2, "OobPending");
    let code = newest(&mock)["code"].clone();
    let done = operate(&mock, &package, (0, "SMS"), "Answer", &code).json()["Result"].take();
    assert_eq!(
        (&done["Summary"], &done["AuthLevel"], &done["Auth"]),
        (&json!("LoginSuccess"), &json!("High"), &json!(auth))
    );
    let again = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "User": KIM, "Version": "1.0" }))
        .cookie(auth)
        .send();
    assert_eq!(again.json()["Result"]["AuthLevel"], "High", "it stays so");
    assert_eq!(kim(&mock)["AuthLevel"], "Normal", "another session is not raised");
}

#[test]
fn a_step_up_without_a_profile_asks_what_the_sign_in_asks() {
    let mock = mock("UP");
    let auth = kim(&mock)["Auth"].as_str().unwrap().to_owned();
    let created = challenge(&mock, "", &auth).json();
    let body = json!({ "ChallengeStateId": created["Result"]["ChallengeId"] });
    let package = post(&mock, "/Security/StartChallenge", &body).json()["Result"].take();
    assert_eq!(package["Challenges"][0]["Mechanisms"][0]["Name"], "UP");
    mock.request("POST", "/Security/logout").cookie(&auth).send();
    let late = operate(&mock, &package, (0, "UP"), "Answer", &json!("kim-password"));
    assert_failure(&late, FAILED, "the session has ended meanwhile");
}

#[test]
fn a_step_up_needs_a_session_a_profile_and_a_version() {
    let mock = mock("UP");
    let auth = kim(&mock)["Auth"].as_str().unwrap().to_owned();
    for (profile, session) in [("", "DEAD"), ("?profileName=unknown", auth.as_str())] {
        let answer = challenge(&mock, profile, session).json();
        assert_eq!(answer["success"], false, "{profile}");
        assert!(answer["Message"].as_str().unwrap().starts_with("You are not authorized"));
    }
    let id = challenge(&mock, "", &auth).json()["Result"]["ChallengeId"].take();
    for body in [
        json!({ "Version": "2.0", "ChallengeStateId": id }),
        json!({ "Version": "1.0", "ChallengeStateId": "unknown" }),
        json!({}),
    ] {
        assert_failure(&post(&mock, "/Security/StartChallenge", &body), "null", "refused");
    }
}

#[test]
fn a_code_that_a_device_sends_meets_the_challenge_that_waits() {
    for in_query in [false, true] {
        let mock = mock("OATH");
        let package = started(&mock);
        operate(&mock, &package, (0, "OATH"), "StartOOB", &json!(null));
        let submit = |code: &str| {
            let request = mock.request("POST", "/Security/SubmitOathOtpCode");
            if in_query {
                request.query(&[("otpCode", code), ("userUuid", UUID)]).send()
            } else {
                request.json(&json!({ "otpCode": code, "userUuid": UUID })).send()
            }
        };
        assert_failure(&submit("000000"), "null", "wrong");
        let poll = || outcome(&operate(&mock, &package, (0, "OATH"), "Poll", &json!(null))).2;
        assert_eq!(poll(), "OobPending");
        assert_eq!(submit(CODE).json()["success"], true);
        assert_eq!(poll(), "LoginSuccess");
        let replay = operate(&mock, &started(&mock), (0, "OATH"), "Answer", &json!(CODE));
        assert_failure(&replay, FAILED, "spent");
    }
}

#[test]
fn codes_that_a_device_sends_cannot_be_guessed() {
    let mock = mock("OATH");
    let submit = |code: &str, uuid: &str| {
        let body = json!({ "otpCode": code, "userUuid": uuid });
        post(&mock, "/Security/SubmitOathOtpCode", &body)
    };
    assert_failure(&submit(CODE, "unknown"), "null", "unknown user");
    for _ in 0..3 {
        assert_failure(&submit("000000", UUID), "null", "wrong");
    }
    assert_failure(&submit(CODE, UUID), "null", "locked out");
}

#[test]
fn a_device_on_which_the_user_is_signed_in_scans_the_picture() {
    let mock = mock("UP,QR");
    let device = kim(&mock)["Auth"].as_str().unwrap().to_owned();
    let package = started(&mock);
    let scan = |session: &str| {
        let path =
            format!("/Security/SubmitQRCode?sessionId={}", package["SessionId"].as_str().unwrap());
        mock.request("POST", &path).cookie(session).send()
    };
    let poll = || outcome(&operate(&mock, &package, (0, "QR"), "Poll", &json!(null))).2;
    assert_failure(&scan("DEAD"), "null", "nobody");
    assert_failure(&scan(&mock.alice()), "null", "somebody else");
    assert_eq!(poll(), "OobPending");
    assert_eq!(scan(&device).json()["success"], true);
    assert_failure(&scan(&device), "null", "again");
    assert_eq!(poll(), "LoginSuccess");
}

#[test]
fn user_names_go_to_the_mail_address_and_nowhere_else() {
    let mock = mock("UP");
    let texts: Vec<Value> = ["KIM@example.com", "nobody@example.com"]
        .into_iter()
        .map(|mail| post(&mock, "/Security/ForgotUsername", &json!({ "SearchKey": mail })))
        .map(|answer| answer.json()["Result"].take())
        .collect();
    assert_eq!((&texts[0], &texts[0]["Summary"]), (&texts[1], &json!("NoncommitalSuccess")));
    let outbox = mock.get("/_mock/outbox").json();
    assert_eq!(outbox.as_array().unwrap().len(), 1);
    assert_eq!(outbox[0]["text"], "Your user names: kim@example.com");
    let approve = format!("/_mock/outbox/{}/approve", outbox[0]["id"].as_str().unwrap());
    assert_eq!(mock.request("POST", &approve).send().status, 409, "nothing is to be approved");
}

#[test]
fn a_proven_mail_address_brings_the_user_names_and_no_session() {
    let mock = mock("UP");
    let begin = |mail: &str, version: &str| {
        let body = json!({ "Version": version, "SearchKey": mail });
        post(&mock, "/Security/StartForgotUsername", &body)
    };
    let package = begin(KIM, "1.0").json()["Result"].take();
    let forgot = |action: &str, answer: &Value| {
        let mechanism = &package["Challenges"][0]["Mechanisms"][0];
        // As the vendor's description has it: `PersistentLogin` is a text.
        let body = json!({
            "TenantId": package["TenantId"],
            "SessionId": package["SessionId"],
            "MechanismId": mechanism["MechanismId"],
            "Action": action,
            "PersistentLogin": "false",
            "Answer": answer,
        });
        post(&mock, "/Security/AdvanceForgotUsername", &body)
    };
    assert_eq!(outcome(&forgot("StartOOB", &json!(null))).2, "OobPending");
    let answer = forgot("Answer", &newest(&mock)["code"]);
    assert_eq!(outcome(&answer), (200, true, json!("NoncommitalSuccess")));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(newest(&mock)["text"], "Your user names: kim@example.com");
    let shape = |mail: &str| {
        let mut result = begin(mail, "1.0").json()["Result"].take();
        result["SessionId"].take();
        result["Challenges"][0]["Mechanisms"][0]["MechanismId"].take();
        result
    };
    assert_eq!(shape(KIM), shape("nobody@example.com"), "nothing tells an unknown address");
    assert_failure(&begin(KIM, "2.0"), "null", "version");
    assert_failure(&begin("", "1.0"), "null", "no address");
}
