//! What answers cost: the RSA signature is what limits the rate, so each is one token.

use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{API, Answer, BANK, Mock, SERVICE, text, with_api};

const PLATFORM: &str = "__idaptive_cybr_user_oidc";

/// What was done costs as many signatures as it gave tokens out.
struct Bill<'m> {
    mock: &'m Mock,
    paid: u64,
}

impl Bill<'_> {
    #[track_caller]
    fn costs(&mut self, expected: u64, what: &str) {
        let made = self.mock.tenant.signatures();
        assert_eq!(made - self.paid, expected, "{what}");
        self.paid = made;
    }
}

/// Starts and answers with the password; `more` goes to the start.
fn signed_in(mock: &Mock, bill: &mut Bill<'_>, more: &Value) -> Value {
    let mut start = json!({ "User": "alice@example.com", "Version": "1.0" });
    for (name, value) in more.as_object().expect("an object") {
        start[name] = value.clone();
    }
    let started = mock.request("POST", "/Security/StartAuthentication").json(&start).send().json();
    bill.costs(0, "a start");
    let package = &started["Result"];
    let answer = json!({
        "SessionId": package["SessionId"],
        "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
        "Action": "Answer",
        "Answer": "alice-password",
    });
    let answer = mock.request("POST", "/Security/AdvanceAuthentication").json(&answer).send();
    assert_eq!(answer.json()["Result"]["Summary"], "LoginSuccess", "{answer:?}");
    answer.json()["Result"].clone()
}

/// How many members of the answer, or of the callback's fragment, are tokens that are signed.
fn tokens_in(answer: &Answer) -> u64 {
    let is_signed = |value: &str| value.starts_with("eyJ");
    let count = if answer.status == 200 {
        let body = answer.json();
        let members = body.as_object().expect("an object").values();
        members.filter(|value| value.as_str().is_some_and(is_signed)).count()
    } else {
        answer.callback().iter().filter(|(_, value)| is_signed(value)).count()
    };
    count.try_into().expect("few")
}

#[test]
fn a_password_login_over_json_costs_one_signature() {
    let mock = Mock::start();
    let mut bill = Bill { mock: &mock, paid: 0 };
    bill.costs(0, "a tenant that starts");
    let session = text(&signed_in(&mock, &mut bill, &json!({})), "Auth");
    bill.costs(1, "a sign-in");
    signed_in(&mock, &mut bill, &json!({ "PlatformTokenResponse": true }));
    bill.costs(1, "a sign-in with platform tokens");
    mock.sign_in_answer("alice@example.com", "wrong");
    mock.sign_in_answer("nobody@example.com", "wrong");
    bill.costs(0, "wrong answers");
    mock.request("POST", "/Security/whoami").cookie(&session).send();
    mock.get("/OAuth2/Keys/bank");
    mock.get("/bank/.well-known/openid-configuration");
    bill.costs(0, "questions");
    let again = json!({ "User": "alice@example.com", "Version": "1.0" });
    mock.request("POST", "/Security/StartAuthentication").cookie(&session).json(&again).send();
    bill.costs(1, "who is signed in already");
}

#[test]
fn a_code_flow_costs_as_many_signatures_as_tokens_are_issued() {
    let mock = Mock::start();
    let mut bill = Bill { mock: &mock, paid: 0 };
    let session = text(&signed_in(&mock, &mut bill, &json!({})), "Auth");
    bill.costs(1, "the sign-in");
    for (response_type, at_authorize) in [
        ("code", 0),
        ("code token", 1),
        ("code id_token", 1),
        ("id_token", 1),
        ("id_token token", 2),
        ("code id_token token", 2),
    ] {
        let asked = [("response_type", response_type)];
        let authorized = mock.authorize("bank", Some(&session), &asked);
        assert_eq!(tokens_in(&authorized), at_authorize, "{authorized:?}");
        bill.costs(at_authorize, response_type);
        let Some(code) = authorized.callback_parameter("code") else { continue };
        let exchanged = mock.exchange(&code, &[]);
        assert_eq!(tokens_in(&exchanged), 2, "{exchanged:?}");
        bill.costs(2, "an ID token and an access token");
        mock.exchange(&code, &[]);
        bill.costs(0, "a replay");
    }
    mock.authorize("bank", None, &[]);
    bill.costs(0, "nobody is signed in");
}

#[test]
fn every_grant_and_question_costs_as_many_signatures_as_tokens_are_issued() {
    let mock = with_api(Policy::cyberark(), &json!({})).start();
    let mut bill = Bill { mock: &mock, paid: 0 };
    let tokens = mock.tokens(&[]);
    bill.costs(3, "a sign-in and a code");
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let password = [
        ("grant_type", "password"),
        ("username", "alice@example.com"),
        ("password", "alice-password"),
        ("scope", "read"),
    ];
    for (path, basic, form) in [
        ("/OAuth2/Token/api", API, &form[..]),
        ("/OAuth2/Token/api", API, &password),
        ("/OAuth2/PlatformToken", SERVICE, &[form[0]]),
        (&format!("/OAuth2/Token/{PLATFORM}"), SERVICE, &[form[0], ("scope", "api")]),
    ] {
        let answer = mock.call(path, Some(basic), form);
        assert_eq!((answer.status, tokens_in(&answer)), (200, 1), "{path}: {answer:?}");
        bill.costs(1, path);
    }
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", &*text(&tokens, "refresh_token"))];
    let refreshed = mock.call("/OAuth2/Token/bank", Some(BANK), &refresh);
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    bill.costs(tokens_in(&refreshed), "a refresh");
    let access_token = text(&tokens, "access_token");
    mock.userinfo(&access_token);
    mock.introspected(&access_token);
    mock.call("/OAuth2/Revoke/bank", Some(BANK), &[("token", &access_token)]);
    bill.costs(0, "questions about tokens");
    mock.call("/OAuth2/Token/api", Some(("api-client", "wrong")), &form);
    bill.costs(0, "a refusal");
}

#[test]
fn signatures_are_counted_on_when_keys_change() {
    let mock = Mock::start();
    mock.tokens(&[]);
    mock.tenant.rotate_key(SigningKey::from_pem(&SigningKey::generate_pem()).unwrap());
    mock.tokens(&[]);
    assert_eq!(mock.tenant.signatures(), 6, "twice a sign-in and two tokens");
}
