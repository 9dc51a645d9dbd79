//! What must not work: things of one client in another's hands, and input that is wrong on purpose.

mod forged;

use cyberark_identity_mock::tenant::policy::Policy;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::harness::{API, Answer, BANK, CALLBACK, Mock, Setup, text, with_api};

fn presets() -> [(&'static str, Policy); 2] {
    [("cyberark", Policy::cyberark()), ("strict", Policy::strict())]
}

/// Status and `error` of an answer.
fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, text(&answer.json(), "error"))
}

/// Whether every token of the answer is alive at `bank`.
fn all_alive(mock: &Mock, tokens: &Value) -> bool {
    ["id_token", "access_token", "refresh_token"]
        .iter()
        .all(|kind| mock.introspected(&text(tokens, kind))["active"] == json!(true))
}

#[test]
fn nothing_of_one_application_works_at_another() {
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        let (tokens, code) = (mock.tokens(&[]), mock.code(&[]));
        let [access_token, id_token, refresh_token] =
            ["access_token", "id_token", "refresh_token"].map(|kind| text(&tokens, kind));
        let at_token = |form: &[(&str, &str)]| mock.call("/OAuth2/Token/api", Some(API), form);
        let redirect = ("redirect_uri", CALLBACK);
        let foreign_code =
            at_token(&[("grant_type", "authorization_code"), ("code", &code), redirect]);
        let foreign_refresh =
            at_token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]);
        for (case, answer) in [("code", foreign_code), ("refresh token", foreign_refresh)] {
            assert_eq!(outcome(&answer), (400, "invalid_grant".into()), "{preset} {case}");
        }
        for token in [&access_token, &id_token, &refresh_token] {
            let info = mock.request("GET", "/OAuth2/UserInfo/api").bearer(token).send();
            assert_eq!(info.status, 401, "{preset}");
            let form = [("token", token.as_str())];
            let told = mock.call("/OAuth2/Introspect/api", Some(API), &form);
            assert_eq!(told.body, r#"{"active":false}"#, "{preset}");
            assert_eq!(mock.call("/OAuth2/Revoke/api", Some(API), &form).status, 200, "{preset}");
        }
        assert!(all_alive(&mock, &tokens), "{preset}: nothing of that harms them");
        assert_eq!(mock.exchange(&code, &[]).status, 200, "{preset}: nor the code");
    }
}

#[test]
fn a_token_of_one_kind_is_no_token_of_another() {
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let (tokens, code, session) = (mock.tokens(&[]), mock.code(&[]), mock.alice());
        let [access_token, id_token, refresh_token] =
            ["access_token", "id_token", "refresh_token"].map(|kind| text(&tokens, kind));
        for (case, bearer) in [
            ("ID token", &id_token),
            ("refresh token", &refresh_token),
            ("code", &code),
            ("session", &session),
        ] {
            assert_eq!(mock.userinfo(bearer).status, 401, "{preset}, {case} at UserInfo");
        }
        for (case, sent) in
            [("access token", &access_token), ("ID token", &id_token), ("refresh", &refresh_token)]
        {
            let answer = mock.exchange(sent, &[]);
            assert_eq!(outcome(&answer), (400, "invalid_grant".into()), "{preset}, {case} as code");
        }
        assert!(all_alive(&mock, &tokens), "{preset}");
    }
}

#[test]
fn of_two_public_clients_neither_can_use_what_the_other_got() {
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let app = json!({
        "client_secret": null, "client_id_type": "list", "allowed_clients": ["second"],
    });
    for (preset, policy) in presets() {
        let mock = with_api(policy, &app).start();
        let wanted = [("code_challenge", VERIFIER)];
        let answer = mock.authorize("api", Some(&mock.alice()), &wanted);
        let code = answer.callback_parameter("code").unwrap();
        let redeem = |client: &str| {
            let form = [
                ("grant_type", "authorization_code"),
                ("client_id", client),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            mock.post("/OAuth2/Token/api", &form)
        };
        assert_eq!(outcome(&redeem("second")), (400, "invalid_grant".into()), "{preset} code");
        let tokens = redeem(API.0).json();
        let refresh_token = text(&tokens, "refresh_token");
        let refresh = |client: &str| {
            let sent = ("refresh_token", refresh_token.as_str());
            let form = [("grant_type", "refresh_token"), ("client_id", client), sent];
            mock.post("/OAuth2/Token/api", &form)
        };
        assert_eq!(outcome(&refresh("second")), (400, "invalid_grant".into()), "{preset} refresh");
        assert_eq!(refresh(API.0).status, 200, "{preset}");
    }
}

#[test]
fn a_scope_keeps_to_its_grammar() {
    for (preset, policy) in presets() {
        let mock = with_api(policy, &json!({})).start();
        for scope in
            ["re\"ad", "re\\ad", "read\twrite", "read\nwrite", "read\0", "r\u{e9}ad", "\u{7f}"]
        {
            let form = [("grant_type", "client_credentials"), ("scope", scope)];
            let answer = mock.call("/OAuth2/Token/api", Some(API), &form);
            let body = r#"{"error":"invalid_scope","error_description":"malformed scope"}"#;
            assert_eq!((answer.status, answer.body.as_str()), (400, body), "{preset} {scope:?}");
        }
    }
}

/// A right password request to `api`.
const PASSWORD: [(&str, &str); 6] = [
    ("grant_type", "password"),
    ("username", "alice@example.com"),
    ("password", "alice-password"),
    ("client_id", API.0),
    ("client_secret", API.1),
    ("scope", "read"),
];

#[test]
fn a_repeated_parameter_cannot_say_two_things() {
    let (product, strict) = (
        with_api(Policy::cyberark(), &json!({})).start(),
        with_api(Policy::strict(), &json!({})).start(),
    );
    for (name, right) in PASSWORD {
        let wrong = [(name, "wrong")];
        let (first, last) = ([&wrong, &PASSWORD[..]].concat(), [&PASSWORD[..], &wrong].concat());
        let path = "/OAuth2/Token/api";
        let statuses = (product.post(path, &first).status, product.post(path, &last).status);
        assert_eq!(statuses, (400, 200), "{name}: the first counts");
        let empty = [&[(name, "")], &PASSWORD[..]].concat();
        assert_eq!(product.post(path, &empty).status, 200, "{name}: an empty one is none");
        assert_eq!(strict.post(path, &empty).status, 200, "{name}: nor is it sent twice");
        for form in [first, last, [&PASSWORD[..], &[(name, right)]].concat()] {
            let text = format!("parameter {name} is sent more than once");
            let expected = (400, "invalid_request".to_owned(), text);
            assert_eq!(strict.post(path, &form).error(), expected, "{name}");
        }
    }
}

#[test]
fn a_parameter_of_ten_thousand_characters_is_one_more_wrong_value() {
    let long = "x".repeat(10_000);
    let code = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", CALLBACK)];
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let credentials = [("client_id", API.0), ("client_secret", API.1)];
    let with = |grant: &[(&'static str, &'static str)]| [grant, &credentials].concat();
    let (grant, client) = ("invalid_grant", "invalid_client");
    for (endpoint, form, name, expected) in [
        ("Token", PASSWORD.to_vec(), "grant_type", (400, "unsupported_grant_type")),
        ("Token", PASSWORD.to_vec(), "username", (400, grant)),
        ("Token", PASSWORD.to_vec(), "password", (400, grant)),
        ("Token", PASSWORD.to_vec(), "client_id", (401, client)),
        ("Token", PASSWORD.to_vec(), "client_secret", (401, client)),
        ("Token", PASSWORD.to_vec(), "scope", (400, "invalid_scope")),
        ("Token", PASSWORD.to_vec(), "x-unknown", (200, "")),
        ("Token", with(&code), "code", (400, grant)),
        ("Token", with(&code), "redirect_uri", (400, grant)),
        ("Token", with(&code), "code_verifier", (400, grant)),
        ("Token", with(&refresh), "refresh_token", (400, grant)),
        ("Introspect", with(&[]), "token", (200, "")),
        ("Introspect", with(&[("token", "x")]), "token_type_hint", (400, "invalid_request")),
        ("Introspect", with(&[("token", "x")]), "client_id", (401, client)),
        ("Introspect", with(&[("token", "x")]), "client_secret", (401, client)),
        ("Revoke", with(&[("token", "x")]), "token", (200, "")),
        ("Revoke", with(&[("token", "x")]), "token_type_hint", (400, "invalid_request")),
        ("Revoke", with(&[("token", "x")]), "client_id", (401, client)),
        ("Revoke", with(&[("token", "x")]), "client_secret", (401, client)),
    ] {
        let mock = with_api(Policy::strict(), &json!({})).start();
        let kept = form.iter().filter(|(sent, _)| *sent != name).copied();
        let form: Vec<(&str, &str)> = kept.chain([(name, long.as_str())]).collect();
        let answer = mock.post(&format!("/OAuth2/{endpoint}/api"), &form);
        let error = if answer.status == 200 { String::new() } else { outcome(&answer).1 };
        assert_eq!((answer.status, error.as_str()), expected, "{endpoint} {name}");
        assert!(!answer.body.contains("xxxxxxxx"), "{endpoint} {name}: {answer:?}");
    }
}

/// What an authorization request brings: a code, the error at the redirect URI, or that of a page.
fn authorized(answer: &Answer) -> String {
    match answer.status {
        302 if answer.callback_parameter("code").is_some() => "code".to_owned(),
        302 => answer.callback_parameter("error").expect("an error"),
        _ => format!("page {}", answer.status),
    }
}

#[test]
fn a_long_authorization_parameter_is_one_more_wrong_value_too() {
    let mock = Mock::strict();
    let (alice, long) = (mock.alice(), "x".repeat(10_000));
    for (name, expected) in [
        ("client_id", "page 400"),
        ("redirect_uri", "page 400"),
        ("response_type", "unsupported_response_type"),
        ("response_mode", "invalid_request"),
        ("scope", "invalid_scope"),
        ("state", "code"),
        ("nonce", "code"),
        ("prompt", "invalid_request"),
        ("code_challenge", "invalid_request"),
        ("code_challenge_method", "invalid_request"),
        ("max_age", "invalid_request"),
        ("login_hint", "code"),
        ("id_token_hint", "invalid_request"),
        ("acr_values", "code"),
        ("claims", "invalid_request"),
        ("request", "invalid_request_object"),
        ("request_uri", "request_uri_not_supported"),
        ("display", "code"),
        ("ui_locales", "code"),
        ("claims_locales", "code"),
        ("x-unknown", "code"),
    ] {
        let answer = mock.authorize("bank", Some(&alice), &[(name, &long)]);
        assert_eq!(authorized(&answer), expected, "{name}");
        let echoed = answer.body.contains(&long[..300]) && name != "state";
        assert!(!echoed, "{name} stands in the answer");
    }
}

/// Credentials that may be anything but right ones of `bank`.
fn wrong_credentials() -> impl Strategy<Value = Option<(String, String)>> {
    let known = prop_oneof![
        Just("bank-client"),
        Just("bank-secret"),
        Just("BANK-CLIENT"),
        Just("bank-client "),
        Just("bank%2Dclient%00"),
        Just("spa-client"),
        Just("bank"),
        Just("alice@example.com"),
        Just("alice-password"),
        Just("svc@example.com"),
        Just("svc-secret"),
        Just("api-client"),
        Just("api-secret"),
        Just("null"),
        Just(""),
    ];
    let part = prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[ -~]{0,40}"];
    let is_wrong = |(id, secret): &(String, String)| (id.as_str(), secret.as_str()) != BANK;
    let pair = (part.clone(), part).prop_filter("right ones", is_wrong);
    prop_oneof![1 => Just(None), 9 => pair.prop_map(Some)]
}

fn grant_type() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just("authorization_code"),
        Just("refresh_token"),
        Just("client_credentials"),
        Just("password"),
        Just("urn:ietf:params:oauth:grant-type:jwt-bearer"),
        Just("implicit"),
    ];
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => "[ -~]{0,20}"]
}

/// Asks `bank` for tokens with everything that a grant could want.
fn ask_bank(
    mock: &Mock,
    grant_type: &str,
    credentials: Option<&(String, String)>,
    in_header: bool,
    held: &[(&str, &str)],
) -> Answer {
    let mut form = vec![
        ("grant_type", grant_type),
        ("redirect_uri", CALLBACK),
        ("username", "alice@example.com"),
        ("password", "alice-password"),
    ];
    form.extend(held);
    if grant_type == "refresh_token" {
        form.retain(|(name, _)| !["code", "redirect_uri"].contains(name));
    }
    let basic = credentials.map(|(id, secret)| (id.as_str(), secret.as_str()));
    if !in_header && let Some((id, secret)) = basic {
        form.extend([("client_id", id), ("client_secret", secret)]);
    }
    mock.call("/OAuth2/Token/bank", basic.filter(|_| in_header), &form)
}

#[test]
fn without_valid_credentials_no_request_brings_a_token_of_a_confidential_client() {
    let all = json!(["AuthorizationCode", "Implicit", "ClientCreds", "ResourceCreds"]);
    for (preset, policy) in presets() {
        let mut setup = with_api(policy, &json!({}));
        let bank = setup.document.apps.iter_mut().find(|app| app.application_id == "bank").unwrap();
        bank.allowed_auth = serde_json::from_value(all.clone()).unwrap();
        let mock = setup.start();
        let (code, other_code) = (mock.code(&[]), "unknown".to_owned());
        let refresh_token = text(&mock.tokens(&[]), "refresh_token");
        let held = (prop_oneof![3 => Just(code.clone()), 1 => Just(other_code)], "[a-z]{0,9}");
        let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
        let requests = (grant_type(), wrong_credentials(), any::<bool>(), held);
        let outcome = TestRunner::new(config).run(
            &requests,
            |(grant_type, credentials, in_header, (code, scope))| {
                let held =
                    [("code", code.as_str()), ("refresh_token", &refresh_token), ("scope", &scope)];
                let answer = ask_bank(&mock, &grant_type, credentials.as_ref(), in_header, &held);
                prop_assert!((400..=401).contains(&answer.status), "{:?}", answer);
                prop_assert!(!answer.body.contains("_token\":"), "{:?}", answer);
                Ok(())
            },
        );
        outcome.unwrap_or_else(|error| panic!("{preset}: {error}"));
        let right = (BANK.0.to_owned(), BANK.1.to_owned());
        for grant_type in ["authorization_code", "refresh_token", "password", "client_credentials"]
        {
            let held = [("code", code.as_str()), ("refresh_token", &refresh_token)];
            let answer = ask_bank(&mock, grant_type, Some(&right), true, &held);
            assert_eq!(answer.status, 200, "{preset} {grant_type} was good all along: {answer:?}");
        }
    }
}
