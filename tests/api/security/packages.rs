//! Packages as a whole: several operations at once, failed sessions that go on, lock-out, new
//! passwords, and what stands at their beginning and end.

use std::time::Duration;

use serde_json::{Value, json};

use super::{FAILED, Package, advance, advancing, assert_failure, operate, outcome, start};
use crate::harness::{Answer, Mock, Setup};

const FAY: &str = "fay@example.com";

/// A mock with fay and these settings of `tenant.authentication`; `more` goes into her fixture.
fn mock(authentication: &Value, more: &Value) -> Mock {
    let mut fay = json!({ "name": FAY, "mail": FAY, "password": "fay-password" });
    for (name, value) in more.as_object().expect("an object") {
        fay[name] = value.clone();
    }
    let tenant = json!({ "authentication": authentication });
    Setup::default().with(&json!({ "tenant": tenant, "users": [fay] })).start()
}

fn started(mock: &Mock, user: &str) -> Value {
    start(mock, &json!({ "User": user, "Version": "1.0" })).json()["Result"].take()
}

/// Answers the password of the first challenge.
fn password(mock: &Mock, package: &Value, password: &str) -> Answer {
    operate(mock, package, (0, "UP"), "Answer", &json!(password))
}

fn newest(mock: &Mock) -> Value {
    mock.get("/_mock/outbox").json()[0].clone()
}

#[test]
fn several_operations_are_done_in_order() {
    let mock = mock(&json!({}), &json!({ "challenges": ["UP", "EMAIL"] }));
    for (answer, second, expected) in [
        ("fay-password", "StartOOB", "OobPending"),
        ("fay-password", "Poll", "Failure"),
        ("wrong", "StartOOB", "Failure"),
    ] {
        let package = started(&mock, FAY);
        let id = |challenge: usize| {
            package["Challenges"][challenge]["Mechanisms"][0]["MechanismId"].clone()
        };
        let body = json!({
            "TenantId": "ABC1234",
            "SessionId": package["SessionId"],
            "MultipleOperations": [
                { "MechanismId": id(0), "Answer": answer, "Action": "Answer" },
                { "MechanismId": id(1), "Action": second },
            ],
        });
        assert_eq!(outcome(&advance(&mock, &body)).2, expected, "{answer} {second}");
        let sent = mock.get("/_mock/outbox").json().as_array().unwrap().len();
        assert_eq!(sent, 1, "{answer} {second}: only the first run sent anything");
    }
    let package = started(&mock, FAY);
    let body = json!({ "SessionId": package["SessionId"], "MultipleOperations": [] });
    assert_failure(&advance(&mock, &body), FAILED, "no operation");
}

#[test]
fn a_tenant_may_let_failed_sessions_go_on() {
    let mock = mock(
        &json!({ "continue_failed_sessions": true }),
        &json!({ "challenges": ["UP", "EMAIL"] }),
    );
    let package = started(&mock, FAY);
    for wrong in ["wrong", "", "fay"] {
        assert_failure(&password(&mock, &package, wrong), FAILED, wrong);
    }
    let unknown =
        json!({ "SessionId": package["SessionId"], "MechanismId": "x", "Action": "Answer" });
    assert_failure(&advance(&mock, &unknown), FAILED, "unknown mechanism");
    let email = |action: &str, answer: Value| {
        outcome(&operate(&mock, &package, (1, "EMAIL"), action, &answer)).2
    };
    assert_eq!(email("StartOOB", json!(null)), "Failure", "its turn has not come");
    assert_eq!(outcome(&password(&mock, &package, "fay-password")).2, "StartNextChallenge");
    assert_eq!(email("StartOOB", json!(null)), "OobPending");
    let deny = format!("/_mock/outbox/{}/deny", newest(&mock)["id"].as_str().unwrap());
    assert_eq!(mock.request("POST", &deny).send().status, 200);
    assert_eq!(email("Poll", json!(null)), "Failure");
    assert_eq!(email("StartOOB", json!(null)), "OobPending", "a denied challenge is sent again");
    assert_eq!(email("Answer", json!("wrong")), "Failure");
    assert_eq!(email("Answer", newest(&mock)["code"].take()), "LoginSuccess");
    assert_eq!(email("StartOOB", json!(null)), "Failure", "the package is over");
}

#[test]
fn a_user_is_locked_out_after_failures_in_a_row_and_let_in_again() {
    let lockout = json!({ "lockout": { "failures": 3, "duration": 60 } });
    let mock = mock(&lockout, &json!({}));
    let try_with = |text: &str| outcome(&password(&mock, &started(&mock, FAY), text)).2;
    for _ in 0..2 {
        assert_eq!(try_with("wrong"), "Failure");
    }
    assert_eq!(try_with("fay-password"), "LoginSuccess", "two are too few, and forgotten now");
    for _ in 0..3 {
        assert_eq!(try_with("wrong"), "Failure");
    }
    let locked = started(&mock, FAY);
    assert_eq!(locked["Summary"], "NewPackage", "nothing tells that there is a lock");
    assert_failure(&password(&mock, &locked, "fay-password"), FAILED, "locked");
    assert_eq!(mock.alice().len(), 128, "others are not locked");
    mock.clock.advance(Duration::from_secs(59));
    assert_eq!(try_with("fay-password"), "Failure");
    mock.clock.advance(Duration::from_secs(2));
    assert_eq!(try_with("fay-password"), "LoginSuccess");
}

#[test]
fn a_lock_holds_for_packages_that_were_started_before_it() {
    let mock = mock(&json!({ "lockout": { "failures": 1, "duration": 60 } }), &json!({}));
    let before = started(&mock, FAY);
    assert_failure(&password(&mock, &started(&mock, FAY), "wrong"), FAILED, "wrong");
    assert_failure(&password(&mock, &before, "fay-password"), FAILED, "locked meanwhile");
}

#[test]
fn a_password_that_has_to_change_is_changed() {
    let mock = mock(&json!({}), &json!({ "must_change_password": true }));
    let package = started(&mock, FAY);
    assert_eq!(package["Challenges"].as_array().unwrap().len(), 1, "it comes afterwards");
    let reset = password(&mock, &package, "fay-password").json()["Result"].take();
    assert_eq!(
        (&reset["Summary"], &reset["SessionId"]),
        (&json!("NewPackage"), &package["SessionId"])
    );
    let mechanism = &reset["Challenges"][0]["Mechanisms"][0];
    assert_eq!((&mechanism["Name"], &mechanism["AnswerType"]), (&json!("RESET"), &json!("Text")));
    let hint = mechanism["PasswordComplexityHint"].as_str().unwrap();
    for weak in ["short1A", "no-digit-here", "12345678", ""] {
        let refused = operate(&mock, &reset, (0, "RESET"), "Answer", &json!(weak));
        assert_eq!(outcome(&refused), (200, false, json!("Failure")), "{weak}");
        assert_eq!(refused.json()["Message"], hint, "{weak}");
    }
    let chosen = operate(&mock, &reset, (0, "RESET"), "Answer", &json!("Chosen-passw0rd"));
    assert_eq!(outcome(&chosen).2, "LoginSuccess");
    assert_eq!(outcome(&password(&mock, &started(&mock, FAY), "fay-password")).2, "Failure");
    assert_eq!(
        outcome(&password(&mock, &started(&mock, FAY), "Chosen-passw0rd")).2,
        "LoginSuccess"
    );
}

#[test]
fn behind_a_poll_a_new_password_is_one_challenge_more() {
    let mock =
        mock(&json!({}), &json!({ "must_change_password": true, "challenges": ["UP", "EMAIL"] }));
    let package = started(&mock, FAY);
    let names: Vec<&Value> = package["Challenges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|challenge| &challenge["Mechanisms"][0]["Name"])
        .collect();
    assert_eq!(names, ["UP", "EMAIL", "RESET"]);
    password(&mock, &package, "fay-password");
    operate(&mock, &package, (1, "EMAIL"), "StartOOB", &json!(null));
    let approve = format!("/_mock/outbox/{}/approve", newest(&mock)["id"].as_str().unwrap());
    mock.request("POST", &approve).send();
    let polled = operate(&mock, &package, (1, "EMAIL"), "Poll", &json!(null));
    assert_eq!(outcome(&polled).2, "StartNextChallenge", "a poll brings no package");
    let chosen = operate(&mock, &package, (2, "RESET"), "Answer", &json!("Chosen-passw0rd"));
    assert_eq!(outcome(&chosen).2, "LoginSuccess");
}

#[test]
fn a_forgotten_password_is_replaced_by_way_of_a_mail() {
    let allowed = json!({ "allow_forgot_password": true });
    let mock = mock(&allowed, &json!({}));
    assert_eq!(started(&mock, FAY)["ClientHints"]["AllowForgotPassword"], true);
    let texts: Vec<Value> = ["nobody@example.com", "alice@example.com"]
        .into_iter()
        .map(|user| {
            let package = started(&mock, user);
            let answer = operate(&mock, &package, (0, "UP"), "ForgotPassword", &json!(null));
            assert_eq!(outcome(&answer), (200, true, json!("NoncommitalSuccess")), "{user}");
            answer.json()["Result"].take()
        })
        .collect();
    assert_eq!(texts[0], texts[1], "nothing tells whether there is such a user");
    let outbox = mock.get("/_mock/outbox").json();
    assert_eq!((outbox.as_array().unwrap().len(), &outbox[0]["mechanism"]), (1, &json!("RESET")));
    let link = outbox[0]["link"].as_str().unwrap();
    assert!(link.contains("/login?session_id="), "{link}");
}

#[test]
fn a_forgotten_password_spares_no_other_challenge() {
    let mock =
        mock(&json!({ "allow_forgot_password": true }), &json!({ "challenges": ["EMAIL", "UP"] }));
    let package = started(&mock, FAY);
    operate(&mock, &package, (0, "EMAIL"), "StartOOB", &json!(null));
    operate(&mock, &package, (0, "EMAIL"), "Answer", &newest(&mock)["code"]);
    let forgot = operate(&mock, &package, (1, "UP"), "ForgotPassword", &json!(null));
    assert_eq!(outcome(&forgot).2, "NoncommitalSuccess");
    let link = newest(&mock)["link"].as_str().unwrap().to_owned();
    let (_, session_id) = link.split_once("session_id=").unwrap();
    let base = mock.url.parse().expect("a base URL");
    let left = mock.tenant.package(&base, session_id).expect("it waits");
    let names: Vec<_> = left.challenges.iter().map(|step| step.mechanisms[0].name).collect();
    assert_eq!(names, ["EMAIL", "RESET"]);
}

#[test]
fn without_leave_a_forgotten_password_fails_the_package() {
    let mock = Mock::start();
    let package = started(&mock, "alice@example.com");
    assert_eq!(package["ClientHints"]["AllowForgotPassword"], false);
    let answer = operate(&mock, &package, (0, "UP"), "ForgotPassword", &json!(null));
    assert_failure(&answer, FAILED, "not allowed");
    assert_eq!(mock.get("/_mock/outbox").json(), json!([]));
}

#[test]
fn a_persistent_login_outlives_the_browser_where_that_is_allowed() {
    for (allowed, asked, expected) in [
        (true, json!(true), Some("Max-Age=43200")),
        (true, json!(false), None),
        (true, json!(null), None),
        (true, json!(" True"), Some("Max-Age=43200")),
        (true, json!("false"), None),
        (true, json!({ "junk": [7] }), None),
        (false, json!(true), None),
    ] {
        let mock = mock(&json!({ "allow_persistent_login": allowed }), &json!({}));
        assert_eq!(started(&mock, FAY)["ClientHints"]["AllowPersist"], allowed);
        let mut body = Package::started(&mock, FAY).answered("fay-password");
        body["PersistentLogin"] = asked.clone();
        let answer = advance(&mock, &body);
        assert_eq!(outcome(&answer).2, "LoginSuccess");
        let cookie = answer.header("set-cookie").unwrap();
        let age = cookie.split("; ").find(|part| part.starts_with("Max-Age="));
        assert_eq!(age, expected, "{allowed} {asked}");
    }
}

#[test]
fn whoever_is_signed_in_already_is_told_so_at_the_start() {
    let mock = Mock::start();
    let signed_in = mock.sign_in_answer("alice@example.com", "alice-password")["Result"].take();
    let (auth, token) = (signed_in["Auth"].as_str().unwrap(), signed_in["Token"].as_str().unwrap());
    let starting = |user: &str| {
        mock.request("POST", "/Security/StartAuthentication")
            .json(&json!({ "User": user, "Version": "1.0" }))
    };
    for (case, request, expected) in [
        ("cookie", starting("ALICE@example.com").cookie(auth), "LoginSuccess"),
        ("token", starting("alice@example.com").bearer(token), "LoginSuccess"),
        ("Auth as token", starting("alice@example.com").bearer(auth), "LoginSuccess"),
        ("another user", starting("bob@example.com").cookie(auth), "NewPackage"),
        ("an unknown user", starting("nobody@example.com").cookie(auth), "NewPackage"),
        ("no session", starting("alice@example.com").cookie("DEAD"), "NewPackage"),
    ] {
        let answer = request.send();
        assert_eq!(outcome(&answer), (200, true, json!(expected)), "{case}");
        let told = answer.json()["Result"]["Auth"].as_str() == Some(auth);
        assert_eq!(told, expected == "LoginSuccess", "{case}: it is the same session");
    }
}

#[test]
fn an_access_token_is_no_sign_in() {
    let mock = Mock::start();
    let access_token = mock.access_token(&[]);
    let answer = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "User": "alice@example.com", "Version": "1.0" }))
        .bearer(&access_token)
        .send();
    assert_eq!(outcome(&answer).2, "NewPackage");
}

#[test]
fn a_user_of_another_pod_is_sent_there() {
    let users = json!({ "users": [
        { "name": "far@far.example", "password": "x", "pod": "xyz9876.id.cyberark.cloud" },
    ] });
    let mock = Setup::default().with(&users).start();
    let here = mock.url.trim_start_matches("http://").to_owned();
    for (user, expected) in [
        ("far@far.example", json!({ "PodFqdn": "xyz9876.id.cyberark.cloud" })),
        ("@far.example", json!({ "PodFqdn": "xyz9876.id.cyberark.cloud" })),
        ("@FAR.example", json!({ "PodFqdn": "xyz9876.id.cyberark.cloud" })),
        ("@example.com", json!({ "PodFqdn": here })),
    ] {
        let answer = start(&mock, &json!({ "User": user, "Version": "1.0" }));
        assert_eq!(answer.json()["success"], true, "{user}");
        assert_eq!(answer.json()["Result"], expected, "{user}");
    }
    for user in ["@nowhere.example", "@", "@xample.com"] {
        let answer = start(&mock, &json!({ "User": user, "Version": "1.0" }));
        assert_failure(&answer, "null", user);
    }
}

#[test]
fn a_package_that_is_cleaned_up_is_gone() {
    let mock = Mock::start();
    let (one, two) = (
        Package::started(&mock, "alice@example.com"),
        Package::started(&mock, "alice@example.com"),
    );
    for body in [
        json!({ "TenantId": "ABC1234", "SessionId": one.session_id }),
        json!({ "SessionId": one.session_id }),
        json!({ "SessionId": "unknown" }),
        json!({}),
    ] {
        let answer = mock.request("POST", "/Security/CleanupAuthentication").json(&body).send();
        assert_eq!((answer.status, &answer.json()["success"]), (200, &json!(true)), "{body}");
    }
    assert_failure(&advance(&mock, &one.answered("alice-password")), FAILED, "cleaned up");
    assert_eq!(outcome(&advance(&mock, &two.answered("alice-password"))).2, "LoginSuccess");
}

#[test]
fn the_tenant_id_is_never_a_reason_to_refuse() {
    let mock = Mock::start();
    for tenant_id in [json!(null), json!("ABC1234"), json!("XYZ9876"), json!(""), json!("<junk>")] {
        let body = json!({ "TenantId": tenant_id, "User": "alice@example.com", "Version": "1.0" });
        let package = start(&mock, &body).json()["Result"].take();
        assert_eq!(package["TenantId"], "ABC1234", "{body}");
        let mut body = json!({
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": "Answer",
            "Answer": "alice-password",
        });
        body["TenantId"] = tenant_id;
        assert_eq!(outcome(&advancing(&mock, &body).send()).2, "LoginSuccess", "{body}");
    }
}

/// The names of the mechanisms of each challenge.
fn asked(mock: &Mock, user: &str) -> Vec<Vec<String>> {
    let package = start(mock, &json!({ "User": user, "Version": "1.0" })).json()["Result"].take();
    let name = |one: &Value| one["Name"].as_str().expect("a string").to_owned();
    let names = |challenge: &Value| {
        challenge["Mechanisms"].as_array().expect("a list").iter().map(name).collect()
    };
    package["Challenges"].as_array().expect("a list").iter().map(names).collect()
}

#[test]
fn the_users_challenges_go_before_the_users_profile_and_that_before_the_tenants() {
    let fixture = json!({
        "tenant": { "authentication": {
            "profiles": [
                { "name": "usual", "challenges": ["UP", "EMAIL,SMS,PF,OATH,RADIUS,SQ,DUO"] },
                { "name": "quick", "challenges": ["QR,UP", ""] },
            ],
            "default_profile": "usual",
        } },
        "users": [
            { "name": "own@x.example", "challenges": ["OTP"], "authentication_profile": "quick" },
            { "name": "quick@x.example", "authentication_profile": "quick" },
            { "name": "usual@x.example", "phone": "+1 5550" },
        ],
    });
    let mock = Setup::default().with(&fixture).start();
    for (user, expected) in [
        ("own@x.example", vec![vec!["OTP"]]),
        ("quick@x.example", vec![vec!["QR", "UP"]]),
        // What the user lacks a mail address or a secret for is not offered.
        ("usual@x.example", vec![vec!["UP"], vec!["SMS", "PF", "DUO"]]),
        ("nobody@x.example", vec![vec!["UP"]]),
    ] {
        assert_eq!(asked(&mock, user), expected, "{user}");
    }
    assert_eq!(asked(&Mock::start(), "alice@example.com"), [["UP"]], "nothing is said");
}

#[test]
fn a_suffix_leads_to_the_pod_of_its_users() {
    let users = json!({ "users": [{ "name": "pat@Other.example", "pod": "pod7.idaptive.app" }] });
    let mock = Setup::default().with(&users).start();
    let here = mock.url.trim_start_matches("http://");
    for (suffix, pod) in [
        ("@example.com", Some(here)),
        (" @EXAMPLE.com ", Some(here)),
        ("@other.example", Some("pod7.idaptive.app")),
        ("@", None),
        ("@unknown.example", None),
        ("@xample.com", None),
    ] {
        let answer = start(&mock, &json!({ "User": suffix, "Version": "1.0" }));
        match pod {
            Some(pod) => assert_eq!(answer.json()["Result"], json!({ "PodFqdn": pod }), "{suffix}"),
            None => assert_failure(&answer, "null", suffix),
        }
    }
}
