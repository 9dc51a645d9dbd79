//! The pair of platform tokens of a sign-in, and its refresh.

use std::time::Duration;

use serde_json::{Value, json};

use super::timeless;
use crate::harness::{Answer, Mock, text};

/// A pair, as the SDKs keep it.
#[derive(Clone)]
struct Pair {
    refresh: String,
    id: String,
    /// `Auth` of the sign-in.
    session: String,
}

/// `Result` of a sign-in that asks for platform tokens.
fn signed_in(mock: &Mock, user: &str, password: &str) -> Value {
    let package = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "User": user, "Version": "1.0", "PlatformTokenResponse": true }))
        .send()
        .json()["Result"]
        .take();
    mock.request("POST", "/Security/AdvanceAuthentication")
        .json(&json!({
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": "Answer",
            "Answer": password,
        }))
        .send()
        .json()["Result"]
        .take()
}

fn pair_of(mock: &Mock, user: &str, password: &str) -> Pair {
    let result = signed_in(mock, user, password);
    Pair {
        refresh: text(&result, "RefreshToken"),
        id: text(&result, "Token"),
        session: text(&result, "Auth"),
    }
}

fn bob(mock: &Mock) -> Pair {
    pair_of(mock, "bob@example.com", "bob-password")
}

fn refresh(mock: &Mock, refresh_token: &str, id_token: &str) -> Answer {
    let cookies = format!("refreshToken-ABC1234={refresh_token}; idToken-ABC1234={id_token}");
    mock.request("POST", "/OAuth2/RefreshPlatformToken").header("cookie", &cookies).send()
}

/// The pair in the cookies of an answer.
fn renewed(answer: &Answer, old: &Pair) -> Pair {
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = |name: &str| {
        let set = answer.headers.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case("set-cookie"));
        let start = format!("{name}-ABC1234=");
        let values: Vec<&str> = set.filter_map(|(_, value)| value.strip_prefix(&start)).collect();
        assert_eq!(values.len(), 1, "{answer:?}");
        let (value, attributes) = values[0].split_once("; ").expect("it has attributes");
        assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/");
        value.to_owned()
    };
    Pair { refresh: cookie("refreshToken"), id: cookie("idToken"), session: old.session.clone() }
}

fn refused(answer: &Answer, case: &str) {
    let (status, error, _) = answer.error();
    assert_eq!((status, error.as_str()), (400, "invalid_grant"), "{case}: {answer:?}");
    assert_eq!(answer.header("set-cookie"), None, "{case}");
}

fn opens(mock: &Mock, token: &str) -> bool {
    mock.request("POST", "/Security/whoami").bearer(token).send().json()["success"] == true
}

#[test]
fn a_sign_in_gives_a_pair_to_who_asks_for_one() {
    let mock = Mock::start();
    let result = signed_in(&mock, "bob@example.com", "bob-password");
    assert_eq!(
        (&result["TokenLifetime"], &result["Summary"]),
        (&json!(900), &json!("LoginSuccess"))
    );
    assert_eq!(text(&result, "RefreshToken").len(), 44);
    let (claims, lifetime) = timeless(mock.verified("bank", &text(&result, "Token")));
    assert_eq!((lifetime, &claims["tenant_id"]), (900, &json!("ABC1234")));
    let plain = mock.sign_in_answer("bob@example.com", "bob-password");
    assert_eq!(plain["Result"].get("RefreshToken"), None);
    assert_eq!(plain["Result"].get("TokenLifetime"), None);
}

#[test]
fn a_refresh_turns_both_tokens_over() {
    let mock = Mock::start();
    let first = bob(&mock);
    mock.clock.advance(Duration::from_secs(1000));
    assert!(!opens(&mock, &first.id), "the token is over, and its refresh is not");
    let second = renewed(&refresh(&mock, &first.refresh, &first.id), &first);
    assert_ne!((&first.refresh, &first.id), (&second.refresh, &second.id));
    let (claims, lifetime) = timeless(mock.verified("bank", &second.id));
    assert_eq!((lifetime, &claims["unique_name"]), (900, &json!("bob@example.com")));
    assert!(opens(&mock, &second.id));
    let third = renewed(&refresh(&mock, &second.refresh, &second.id), &second);
    assert!(opens(&mock, &third.id));
}

#[test]
fn a_refresh_token_that_is_used_again_ends_the_sign_in() {
    let mock = Mock::start();
    let (first, other) = (bob(&mock), bob(&mock));
    let second = renewed(&refresh(&mock, &first.refresh, &first.id), &first);
    refused(&refresh(&mock, &first.refresh, &first.id), "again");
    refused(&refresh(&mock, &second.refresh, &second.id), "its successor");
    assert!(!opens(&mock, &second.id) && !opens(&mock, &first.session));
    assert!(opens(&mock, &other.id), "another sign-in of the user lives on");
}

#[test]
fn cookies_that_are_no_pair_spend_nothing() {
    let mock = Mock::start();
    let (bob, other) = (bob(&mock), bob(&mock));
    let alice = pair_of(&mock, "alice@example.com", "alice-password");
    let forged = format!("{}x", bob.id);
    for (case, refresh_token, id_token) in [
        ("nothing", "", ""),
        ("no ID token", bob.refresh.as_str(), ""),
        ("no refresh token", "", bob.id.as_str()),
        ("another user's", &bob.refresh, &alice.id),
        ("another sign-in's", &bob.refresh, &other.id),
        ("forged", &bob.refresh, &forged),
        ("swapped", &bob.id, &bob.refresh),
    ] {
        refused(&refresh(&mock, refresh_token, id_token), case);
    }
    refused(&mock.post("/OAuth2/RefreshPlatformToken", &[]), "no cookies");
    renewed(&refresh(&mock, &bob.refresh, &bob.id), &bob);
}

#[test]
fn a_session_that_is_over_refreshes_nothing() {
    let mock = Mock::start();
    for path in ["/Security/logout", "/OAuth2/EndSession"] {
        let pair = bob(&mock);
        mock.request("POST", path).cookie(&pair.session).send();
        refused(&refresh(&mock, &pair.refresh, &pair.id), path);
        assert!(!opens(&mock, &pair.id), "{path}");
    }
    let pair = bob(&mock);
    mock.clock.advance(Duration::from_secs(12 * 3600 + 1));
    refused(&refresh(&mock, &pair.refresh, &pair.id), "time");
}

#[test]
fn of_many_refreshes_at_once_one_wins() {
    let mock = Mock::start();
    for _ in 0..5 {
        let pair = bob(&mock);
        let won: usize = std::thread::scope(|scope| {
            let racer = || usize::from(refresh(&mock, &pair.refresh, &pair.id).status == 200);
            let racers: Vec<_> = (0..6).map(|_| scope.spawn(racer)).collect();
            racers.into_iter().map(|racer| racer.join().expect("it ends")).sum()
        });
        assert_eq!(won, 1);
    }
}

#[test]
fn userinfo_of_the_platform_tells_what_the_sdk_reads() {
    let mock = Mock::start();
    let path = "/OAuth2/UserInfo/__idaptive_cybr_user_oidc";
    let ask = |token: &str| {
        let request = mock.request("POST", path).json(&json!({ "Scopes": ["userInfo"] }));
        request.bearer(token).send()
    };
    let alice = pair_of(&mock, "alice@example.com", "alice-password");
    insta::assert_json_snapshot!("userinfo_of_the_platform", ask(&alice.id).json());
    let form = [("grant_type", "client_credentials"), ("scope", "api")];
    let service = mock.call("/OAuth2/PlatformToken", Some(crate::harness::SERVICE), &form).json();
    let told = ask(&text(&service, "access_token")).json();
    assert_eq!((&told["username"], &told["roles"]), (&json!("svc@example.com"), &json!([])));
    for foreign in [mock.access_token(&[]), alice.refresh, "x".to_owned()] {
        assert_eq!(ask(&foreign).status, 401);
    }
    assert_eq!(mock.userinfo(&alice.id).status, 401, "another application's");
}

#[test]
fn who_is_signed_in_already_gets_a_pair_of_their_own() {
    let mock = Mock::start();
    let session = mock.sign_in("bob@example.com", "bob-password");
    let start = |asks: Value| {
        let mut body = json!({ "User": "bob@example.com", "Version": "1.0" });
        body["PlatformTokenResponse"] = asks;
        let request = mock.request("POST", "/Security/StartAuthentication").cookie(&session);
        request.json(&body).send().json()["Result"].take()
    };
    for plain in [start(json!(null)), start(json!(false))] {
        assert_eq!((&plain["Summary"], &plain["Auth"]), (&json!("LoginSuccess"), &json!(session)));
        assert!(plain.get("RefreshToken").is_none(), "{plain}");
    }
    let result = start(json!(true));
    assert_eq!(
        (&result["Summary"], &result["TokenLifetime"]),
        (&json!("LoginSuccess"), &json!(900))
    );
    assert_eq!(result["Auth"], session);
    let pair = Pair {
        refresh: text(&result, "RefreshToken"),
        id: text(&result, "Token"),
        session: session.clone(),
    };
    let next = renewed(&refresh(&mock, &pair.refresh, &pair.id), &pair);
    assert!(opens(&mock, &next.id));
    mock.request("POST", "/Security/logout").cookie(&session).send();
    refused(&refresh(&mock, &next.refresh, &next.id), "the session it was taken from has ended");
}
