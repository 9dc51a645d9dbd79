//! `/Security/*`: CyberArk's authentication API.

mod advance;
mod bodies;
mod factors;
mod federation;
mod flows;
mod mechanisms;
mod order;
mod outbox;
mod packages;
mod qr_login;
mod races;
mod sessions;
mod social;
mod step_up;

use serde_json::{Value, json};

use crate::harness::{Answer, Mock, Request, Setup};

/// A package that was started: what an answer to it has to name.
struct Package {
    session_id: String,
    mechanism_id: String,
}

impl Package {
    fn started(mock: &Mock, user: &str) -> Self {
        let result =
            start(mock, &json!({ "User": user, "Version": "1.0" })).json()["Result"].take();
        assert_eq!(result["Summary"], "NewPackage", "{result}");
        let mechanism = &result["Challenges"][0]["Mechanisms"][0];
        Self {
            session_id: result["SessionId"].as_str().expect("a string").to_owned(),
            mechanism_id: mechanism["MechanismId"].as_str().expect("a string").to_owned(),
        }
    }

    /// The body of `AdvanceAuthentication` with this password.
    fn answered(&self, password: &str) -> Value {
        json!({
            "TenantId": "ABC1234",
            "SessionId": self.session_id,
            "MechanismId": self.mechanism_id,
            "Action": "Answer",
            "Answer": password,
        })
    }
}

fn start(mock: &Mock, body: &Value) -> Answer {
    mock.request("POST", "/Security/StartAuthentication").json(body).send()
}

fn advancing(mock: &Mock, body: &Value) -> Request {
    mock.request("POST", "/Security/AdvanceAuthentication").json(body)
}

fn advance(mock: &Mock, body: &Value) -> Answer {
    advancing(mock, body).send()
}

/// Does an operation on the mechanism of that name in a challenge of a package.
fn operate(
    mock: &Mock,
    package: &Value,
    (challenge, name): (usize, &str),
    action: &str,
    answer: &Value,
) -> Answer {
    let mechanisms = package["Challenges"][challenge]["Mechanisms"].as_array().expect("a list");
    let mechanism = mechanisms.iter().find(|one| one["Name"] == name).expect("it is offered");
    let body = json!({
        "SessionId": package["SessionId"],
        "MechanismId": mechanism["MechanismId"],
        "Action": action,
        "Answer": answer,
    });
    advance(mock, &body)
}

/// HTTP status, `success` and `Result.Summary`.
fn outcome(answer: &Answer) -> (u16, bool, Value) {
    let envelope = answer.json();
    (
        answer.status,
        envelope["success"].as_bool().expect("a boolean"),
        envelope["Result"]["Summary"].clone(),
    )
}

/// Asserts the failure envelope, byte for byte but for its `ErrorID`; `result` is its `Result`.
fn assert_failure(answer: &Answer, result: &str, case: &str) {
    assert_eq!(answer.status, 200, "{case}");
    let error_id = answer.json()["ErrorID"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        answer.body,
        format!(
            "{{\"success\":false,\"Result\":{result},\"Message\":\"Authentication (login or \
             challenge) has failed. Please try again or contact your system administrator.\",\
             \"MessageID\":null,\"Exception\":null,\"ErrorID\":\"{error_id}\",\"ErrorCode\":null,\
             \"IsSoftError\":false,\"InnerExceptions\":null}}"
        ),
        "{case}"
    );
    let (guid, hex) = error_id.split_once(':').expect("it has two parts");
    let lengths: Vec<usize> = guid.split('-').map(str::len).collect();
    assert_eq!((lengths, hex.len()), (vec![8, 4, 4, 4, 12], 32), "{case}: {error_id}");
}

/// `Result` of an answer that could not be right.
const FAILED: &str = r#"{"Summary":"Failure"}"#;

/// A mock that answers the same ids in each run under the product's host name.
fn repeatable() -> Mock {
    Setup {
        seed: Some(7),
        public_url: Some("https://abc1234.id.cyberark.cloud"),
        ..Setup::default()
    }
    .start()
}

#[test]
fn a_new_package_is_the_vendors_byte_for_byte() {
    let answer = start(&repeatable(), &json!({ "User": "alice@example.com", "Version": "1.0" }));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.body.contains("PodFqdn"), "clients would go and call it");
    insta::assert_snapshot!(answer.body);
}

#[test]
fn a_login_success_is_the_vendors_byte_for_byte() {
    let mock = repeatable();
    let package = Package::started(&mock, "alice@example.com");
    let answer = advance(&mock, &package.answered("alice-password"));
    let token = answer.json()["Result"]["Token"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(answer.body.replace(&token, "[token]"));
    let mut claims = mock.verified("bank", &token).claims;
    let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!((lives, &claims["auth_time"]), (12 * 3600, &claims["iat"]));
    for name in ["iat", "exp", "auth_time"] {
        claims[name] = json!("[time]");
    }
    insta::assert_json_snapshot!("token_of_a_sign_in", claims);
}

#[test]
fn the_pod_is_named_without_a_scheme() {
    let mock = Mock::start();
    let result = mock.sign_in_answer("alice@example.com", "alice-password")["Result"].take();
    assert_eq!(result["PodFqdn"], mock.url.trim_start_matches("http://"));
    assert_eq!(
        (&result["CustomerID"], &result["SystemID"]),
        (&json!("ABC1234"), &json!("ABC1234"))
    );
}

#[test]
fn a_user_is_found_in_any_letter_case_and_named_in_the_fixtures() {
    let mock = Mock::start();
    for user in ["alice@example.com", "ALICE@Example.COM", "  alice@example.com\t"] {
        let result = mock.sign_in_answer(user, "alice-password")["Result"].take();
        assert_eq!(
            (&result["Summary"], &result["User"]),
            (&json!("LoginSuccess"), &json!("alice@example.com")),
            "{user:?}"
        );
    }
}

#[test]
fn an_unknown_user_meets_a_decoy() {
    let mock = Mock::start();
    let shape = |user: &str| {
        let answer = start(&mock, &json!({ "User": user, "Version": "1.0" }));
        let mut envelope = answer.json();
        envelope["Result"]["SessionId"].take();
        envelope["Result"]["Challenges"][0]["Mechanisms"][0]["MechanismId"].take();
        (answer.status, envelope.to_string())
    };
    assert_eq!(shape("nobody@example.com"), shape("alice@example.com"));
    for password in ["alice-password", "", "nobody@example.com"] {
        let package = Package::started(&mock, "nobody@example.com");
        assert_failure(&advance(&mock, &package.answered(password)), FAILED, password);
    }
}

#[test]
fn a_tenant_may_tell_that_it_does_not_know_a_user() {
    let tenant = json!({ "tenant": { "unknown_user": "failure" } });
    let mock = Setup::default().with(&tenant).start();
    let answer = start(&mock, &json!({ "User": "nobody@example.com", "Version": "1.0" }));
    assert_failure(&answer, "null", "unknown");
    assert_eq!(mock.alice().len(), 128, "a known user signs in");
}

#[test]
fn a_user_without_a_password_cannot_sign_in_with_one() {
    let users = json!({ "users": [{ "name": "eve@example.com" }] });
    let mock = Setup::default().with(&users).start();
    for password in ["", "null", "eve@example.com"] {
        let package = Package::started(&mock, "eve@example.com");
        assert_failure(&advance(&mock, &package.answered(password)), FAILED, password);
    }
    let mut body = Package::started(&mock, "eve@example.com").answered("");
    body["Answer"].take();
    assert_failure(&advance(&mock, &body), FAILED, "no answer at all");
}
