//! Steering: what a test wants to happen to which requests.

use std::time::Duration;

use cyberark_identity_mock::clock::Stopwatch;
use serde_json::{Value, json};

use crate::harness::{Jwt, Mock, Setup, Wire, request_bytes};

fn steer(mock: &Mock, id: &str, entry: &Value) {
    let answer = mock.put(&format!("/_mock/v1/steering/{id}"), entry);
    assert!([200, 201].contains(&answer.status), "{entry}: {answer:?}");
}

fn entries(mock: &Mock) -> usize {
    mock.get("/_mock/v1/steering").json().as_array().map_or(0, Vec::len)
}

fn claims(mock: &Mock, tokens: &Value, name: &str) -> Value {
    mock.verified("bank", tokens[name].as_str().expect("a token")).claims
}

#[test]
fn claims_are_added_replaced_and_removed_where_they_are_wanted() {
    let mock = Mock::start();
    let tokens = json!({ "claims": { "level": 3, "sub": "x" }, "remove": ["unique_name"] });
    for (kind, index) in
        [("id_token", 0), ("access_token", 1), ("userinfo", 2), ("introspection", 3)]
    {
        let mut change = tokens.clone();
        change["in"] = json!([kind]);
        steer(&mock, "e", &json!({ "when": { "app": "bank" }, "tokens": change }));
        let issued = mock.tokens(&[]);
        let access_token = issued["access_token"].as_str().unwrap();
        let all = [
            claims(&mock, &issued, "id_token"),
            claims(&mock, &issued, "access_token"),
            mock.userinfo(access_token).json(),
            mock.introspected(access_token),
        ];
        for (at, claims) in all.iter().enumerate() {
            let is_changed =
                claims["level"] == 3 && claims["sub"] == "x" && claims.get("unique_name").is_none();
            assert_eq!(is_changed, at == index, "{kind} {at}: {claims}");
        }
    }
}

#[test]
fn templates_take_values_from_user_client_request_and_claims() {
    let mock = Mock::start();
    let wanted = json!({
        "mail": "${user.mail}", "roles": "${user.roles}", "who": "${client_id}/${app}",
        "asked": "${request.grant_type}", "issuer": "${claims.iss}1", "none": "<${user.nickname}>",
    });
    let entry = json!({ "tokens": { "in": ["access_token"], "claims": wanted } });
    steer(&mock, "e", &entry);
    let claims = claims(&mock, &mock.tokens(&[]), "access_token");
    assert_eq!(claims["mail"], "alice@example.com");
    assert_eq!(claims["roles"], mock.get("/_mock/v1/users/alice@example.com").json()["roles"]);
    assert_eq!(claims["who"], "bank-client/bank");
    assert_eq!(claims["asked"], "authorization_code");
    assert_eq!(claims["issuer"], format!("{}1", mock.issuer("bank")));
    assert_eq!(claims["none"], "<>");
}

#[test]
fn tokens_get_another_lifetime_header_or_signature() {
    let mock = Mock::start();
    steer(&mock, "e", &json!({ "tokens": { "lifetime": 7, "header": { "x": "${app}" } } }));
    let issued = mock.tokens(&[]);
    assert_eq!(issued["expires_in"], 7);
    let token = mock.verified("bank", issued["id_token"].as_str().unwrap());
    assert_eq!(token.header["x"], "bank");
    assert_eq!(token.claims["exp"].as_i64(), token.claims["iat"].as_i64().map(|iat| iat + 7));
    let access_token = issued["access_token"].as_str().unwrap();
    mock.clock.advance(Duration::from_secs(8));
    assert_eq!(mock.userinfo(access_token).status, 401);

    steer(&mock, "e", &json!({ "tokens": { "in": ["id_token"], "signature": "none" } }));
    let issued = mock.tokens(&[]);
    assert_eq!(Jwt::unverified(issued["id_token"].as_str().unwrap()).header["alg"], "none");
    mock.verified("bank", issued["access_token"].as_str().unwrap());
    steer(&mock, "e", &json!({ "tokens": { "lifetime": -60 } }));
    let dead = mock.access_token(&[]);
    assert_eq!(mock.userinfo(&dead).status, 401);
}

#[test]
fn a_failure_happens_to_the_next_requests_only() {
    let mock = Mock::start();
    let entry = json!({
        "when": { "endpoint": "token", "parameters": { "grant_type": "authorization_code" } },
        "times": 2,
        "answer": { "status": 503, "error": "temporarily_unavailable",
                    "error_description": "later", "headers": { "Retry-After": "3" } },
    });
    steer(&mock, "e", &entry);
    let code = mock.code(&[]);
    for left in [1, 0] {
        let refused = mock.exchange(&code, &[]);
        assert_eq!(refused.error(), (503, "temporarily_unavailable".into(), "later".into()));
        assert_eq!(refused.header("retry-after"), Some("3"));
        let entry = mock.get("/_mock/v1/steering/e");
        assert_eq!(
            entry.json()["entry"]["times"].as_u64(),
            (left > 0).then_some(left),
            "{entry:?}"
        );
    }
    assert_eq!(entries(&mock), 0);
    assert_eq!(mock.exchange(&code, &[]).status, 200);
}

#[test]
fn any_endpoint_answers_any_status_and_body() {
    let mock = Mock::start();
    for (when, answer, status, body) in [
        (json!({ "endpoint": "keys" }), json!({ "json": { "keys": [] } }), 200, r#"{"keys":[]}"#),
        (
            json!({ "path": "/OAuth2/Keys/*" }),
            json!({ "status": 500, "body": "oops" }),
            500,
            "oops",
        ),
        (json!({ "app": "bank", "method": "get" }), json!({ "status": 404 }), 404, ""),
    ] {
        steer(&mock, "e", &json!({ "when": when, "answer": answer }));
        let got = mock.get("/OAuth2/Keys/bank");
        assert_eq!((got.status, got.body.as_str()), (status, body), "{when}");
        assert_eq!(mock.get("/_mock/v1/users").status, 200);
    }
    steer(&mock, "e", &json!({ "answer": { "envelope": "Locked out" } }));
    let envelope = mock.sign_in_answer("alice@example.com", "alice-password");
    assert_eq!((&envelope["success"], &envelope["Message"]), (&json!(false), &json!("Locked out")));
}

#[test]
fn an_authorization_request_fails_at_the_redirect_uri() {
    let mock = Mock::start();
    let denied = json!({ "error": "access_denied", "error_description": "not today" });
    steer(
        &mock,
        "e",
        &json!({ "when": { "endpoint": "authorize" }, "times": 1, "answer": denied }),
    );
    let session = mock.alice();
    let answer = mock.authorize("bank", Some(&session), &[]);
    let parameter = |name| answer.callback_parameter(name);
    assert_eq!(parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(parameter("error_description").as_deref(), Some("not today"));
    assert_eq!(parameter("state").as_deref(), Some("xyz"));
    assert!(mock.authorize("bank", Some(&session), &[]).callback_parameter("code").is_some());
}

#[test]
fn answers_come_late_slowly_or_not_to_their_end() {
    let mock = Mock::start();
    let ask = || {
        let mut wire = Wire::open(&mock.url);
        wire.send(&request_bytes("GET", "/OAuth2/Keys/bank", &[], b""));
        wire.everything()
    };
    let whole = ask();
    let started = Stopwatch::start();
    steer(&mock, "e", &json!({ "delay": 120 }));
    assert_eq!(mock.get("/OAuth2/Keys/bank").status, 200);
    assert!(started.elapsed() >= Duration::from_millis(120));
    steer(&mock, "e", &json!({ "fault": "drop" }));
    assert_eq!(ask(), "");
    steer(&mock, "e", &json!({ "fault": { "truncate": 20 } }));
    let cut = ask();
    assert!(
        cut.contains("content-length: ")
            && cut.ends_with(&whole[whole.len() - body(&whole)..][..20]),
        "{cut}"
    );
    steer(&mock, "e", &json!({ "answer": { "body": "0123456789" }, "fault": { "slow": 10 } }));
    let started = Stopwatch::start();
    assert!(ask().ends_with("0123456789"));
    assert!(started.elapsed() >= Duration::from_millis(90));
}

/// Length of the body.
fn body(answer: &str) -> usize {
    answer.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len())
}

#[test]
fn an_entry_is_for_its_application_client_and_user() {
    let mock = Mock::start();
    let kinds = json!(["access_token"]);
    for (id, when) in [
        ("app", json!({ "app": "spa" })),
        ("client", json!({ "client": "spa-client" })),
        ("user", json!({ "user": "BOB@example.com" })),
        ("parameter", json!({ "parameters": { "grant_type": "pass*" } })),
    ] {
        let tokens = json!({ "in": kinds, "claims": { "seen": id } });
        steer(&mock, id, &json!({ "when": when, "times": 5, "tokens": tokens }));
    }
    let of_alice = claims(&mock, &mock.tokens(&[]), "access_token");
    assert_eq!(of_alice.get("seen"), None);
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let code = mock.authorize("bank", Some(&bob), &[]).callback_parameter("code").unwrap();
    let of_bob = claims(&mock, &mock.exchange(&code, &[]).json(), "access_token");
    assert_eq!(of_bob["seen"], "user");
    assert_eq!(mock.get("/_mock/v1/steering/user").json()["entry"]["times"], 4);
    assert_eq!(mock.get("/_mock/v1/steering/app").json()["entry"]["times"], 5);
}

#[test]
fn parallel_tests_never_take_each_others_entries() {
    let mock = Mock::start();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let mock = &mock;
            scope.spawn(move || {
                let mark = format!("m{number}");
                let when = json!({ "parameters": { "mark": mark } });
                let entry = json!({ "when": when, "times": 1, "answer": { "body": mark } });
                for _ in 0..20 {
                    steer(mock, &mark, &entry);
                    let answer = mock.get(&format!("/OAuth2/Keys/bank?mark={mark}"));
                    assert_eq!(answer.body, mark);
                }
            });
        }
    });
    assert_eq!(entries(&mock), 0);
}

#[test]
fn signing_in_fails_or_stays_pending_as_told() {
    let mock = Mock::start();
    steer(
        &mock,
        "e",
        &json!({ "when": { "user": "alice@example.com" }, "times": 1, "sign_in": "deny" }),
    );
    assert_eq!(mock.sign_in_answer("bob@example.com", "bob-password")["success"], true);
    assert_eq!(mock.sign_in_answer("alice@example.com", "alice-password")["success"], false);
    steer(&mock, "e", &json!({ "times": 1, "sign_in": "pending" }));
    let pending = mock.sign_in_answer("alice@example.com", "alice-password");
    assert_eq!(pending["Result"]["Summary"], "OobPending", "{pending}");
    mock.alice();
}

#[test]
fn a_user_is_locked_out_as_told() {
    let mock = Mock::start();
    let lock = json!({ "when": { "user": "alice@example.com" }, "times": 1, "sign_in": "lock" });
    steer(&mock, "e", &lock);
    let signs_in = || mock.sign_in_answer("alice@example.com", "alice-password")["success"] == true;
    assert!(!signs_in() && !signs_in(), "the right password is no help");
    assert_eq!(
        (entries(&mock), mock.sign_in_answer("bob@example.com", "bob-password")["success"] == true),
        (0, true)
    );
    mock.clock.advance(Duration::from_secs(30 * 60 - 1));
    assert!(!signs_in());
    mock.clock.advance(Duration::from_secs(1));
    assert!(signs_in(), "the lock lifts after half an hour");

    let lockout =
        json!({ "tenant": { "authentication": { "lockout": { "failures": 9, "duration": 60 } } } });
    let mock = Setup::default().with(&lockout).start();
    steer(&mock, "e", &lock);
    let signs_in = || mock.sign_in_answer("alice@example.com", "alice-password")["success"] == true;
    assert!(!signs_in());
    mock.clock.advance(Duration::from_secs(60));
    assert!(signs_in(), "or after what the tenant says");
}

#[test]
fn tokens_that_stand_for_a_session_are_changed_where_they_are_named() {
    const PLATFORM: &str = "__idaptive_cybr_user_oidc";
    let mock = Mock::start();
    let token = |mock: &Mock| {
        let answer = mock.sign_in_answer("alice@example.com", "alice-password");
        answer["Result"]["Token"].as_str().expect("a token").to_owned()
    };
    let of_all = json!({ "times": 1, "tokens": { "claims": { "level": 3 } } });
    steer(&mock, "e", &of_all);
    assert_eq!(Jwt::unverified(&token(&mock)).claims.get("level"), None);
    assert_eq!(entries(&mock), 1, "the sign-in has not used it up");
    mock.request("DELETE", "/_mock/v1/steering").send();

    for entry in [
        json!({ "tokens": { "in": ["session_token"], "claims": { "level": "${user.name}" } } }),
        json!({ "when": { "app": PLATFORM }, "tokens": { "claims": { "level": "${user.name}" } } }),
    ] {
        steer(&mock, "e", &entry);
        let token = token(&mock);
        let claims = mock.verified(PLATFORM, &token).claims;
        assert_eq!(claims["level"], "alice@example.com", "{entry}");
        let userinfo = mock.request("GET", &format!("/OAuth2/UserInfo/{PLATFORM}")).bearer(&token);
        let told = userinfo.send().json();
        let is_told = entry.get("when").is_some();
        assert_eq!(told.get("level").is_some(), is_told, "{entry}: {told}");
    }
}

#[test]
fn platform_tokens_are_changed_when_they_are_asked_for_and_when_they_are_refreshed() {
    let mock = Mock::start();
    let change = json!({ "claims": { "level": 3 }, "header": { "x": "y" }, "lifetime": 77 });
    let mut tokens = change;
    tokens["in"] = json!(["session_token"]);
    steer(&mock, "e", &json!({ "tokens": tokens }));
    let started = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "User": "alice@example.com", "Version": "1.0", "PlatformTokenResponse": true }))
        .send()
        .json();
    let package = &started["Result"];
    let result = mock
        .request("POST", "/Security/AdvanceAuthentication")
        .json(&json!({
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": "Answer",
            "Answer": "alice-password",
        }))
        .send()
        .json()["Result"]
        .take();
    assert_eq!(result["TokenLifetime"], 77, "{result}");
    let (token, refresh) =
        (result["Token"].as_str().unwrap(), result["RefreshToken"].as_str().unwrap());
    let is_changed = |token: &str| {
        let token = Jwt::unverified(token);
        let lives = token.claims["exp"].as_i64().zip(token.claims["iat"].as_i64());
        assert_eq!(lives.map(|(exp, iat)| exp - iat), Some(77));
        token.claims["level"] == 3 && token.header["x"] == "y"
    };
    assert!(is_changed(token));
    mock.clock.advance(Duration::from_secs(1));
    let cookies = format!("refreshToken-ABC1234={refresh}; idToken-ABC1234={token}");
    let renewed =
        mock.request("POST", "/OAuth2/RefreshPlatformToken").header("cookie", &cookies).send();
    let renewed =
        renewed.headers.iter().find_map(|(_, value)| value.strip_prefix("idToken-ABC1234="));
    let renewed = renewed.and_then(|rest| rest.split(';').next()).expect("a new token");
    assert!(renewed != token && is_changed(renewed), "{renewed}");
}

#[test]
fn a_user_is_signed_in_without_a_page() {
    let mock = Mock::start();
    steer(&mock, "e", &json!({ "when": { "app": "bank" }, "sign_in_as": "bob@example.com" }));
    let code = mock.authorize("bank", None, &[]).callback_parameter("code").expect("no page");
    let issued = mock.exchange(&code, &[]).json();
    assert_eq!(claims(&mock, &issued, "id_token")["unique_name"], "bob@example.com");
    assert!(mock.authorize("spa", None, &[]).location().starts_with("/login?"));
    steer(&mock, "e", &json!({ "sign_in_as": "*" }));
    let hint = [("login_hint", "alice@example.com")];
    let code = mock.authorize("bank", None, &hint).callback_parameter("code").expect("no page");
    let issued = mock.exchange(&code, &[]).json();
    assert_eq!(claims(&mock, &issued, "id_token")["unique_name"], "alice@example.com");
    assert!(mock.authorize("bank", None, &[]).location().starts_with("/login?"));
}

#[test]
fn entries_are_listed_added_and_removed() {
    let mock = Mock::start();
    let entry = json!({ "when": { "app": "bank" }, "tokens": { "remove": ["sub"] } });
    let added = mock.request("POST", "/_mock/v1/steering").json(&entry).send();
    assert_eq!((added.status, &added.json()["entry"]), (201, &entry));
    let id = added.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(mock.put(&format!("/_mock/v1/steering/{id}"), &entry).status, 200);
    assert_eq!(mock.get("/_mock/v1/steering").json(), json!([{ "id": id, "entry": entry }]));
    let path = format!("/_mock/v1/steering/{id}");
    assert_eq!(mock.request("DELETE", &path).send().status, 204);
    assert_eq!(mock.request("DELETE", &path).send().status, 404);
    steer(&mock, "a%2Fb", &entry);
    assert_eq!(mock.request("DELETE", "/_mock/v1/steering").send().status, 204);
    assert_eq!(entries(&mock), 0);
    steer(&mock, "e", &entry);
    mock.request("DELETE", "/_mock/v1").send();
    assert_eq!(entries(&mock), 0);
}

#[test]
fn an_absurd_entry_is_refused() {
    let mock = Mock::start();
    for (entry, pointer) in [
        (json!({}), ""),
        (json!({ "tokens": {}, "delay": 5 }), ""),
        (json!({ "delay": 86_400_000 }), "/delay"),
        (json!({ "delay": -1 }), "/delay"),
        (json!({ "delay": 1, "times": 0 }), "/times"),
        (json!({ "delay": 1, "times": 1e20 }), "/times"),
        (json!({ "fault": { "slow": 1_000_000 } }), "/fault/slow"),
        (json!({ "fault": "explode" }), "/fault"),
        (json!({ "tokens": { "lifetime": i64::MAX } }), "/tokens/lifetime"),
        (json!({ "tokens": { "in": ["cookies"] } }), "/tokens/in/0"),
        (json!({ "answer": { "status": 42 } }), "/answer/status"),
        (json!({ "answer": { "headers": { "a b": "c" } } }), "/answer/headers/a b"),
        (json!({ "answer": { "headers": { "a": "c\r\nd: e" } } }), "/answer/headers/a"),
        (json!({ "answer": { "error": "\u{e9}" } }), "/answer/error"),
        (json!({ "when": { "applications": "bank" }, "delay": 1 }), "/when/applications"),
    ] {
        let answer = mock.put("/_mock/v1/steering/e", &entry);
        assert_eq!(
            (answer.status, &answer.json()["pointer"]),
            (400, &json!(pointer)),
            "{entry}: {answer:?}"
        );
    }
    assert_eq!(entries(&mock), 0);
}
