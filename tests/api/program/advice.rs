//! What `strict` remarks on: a line of the log for each rule that a client should keep and does not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{CALLBACK, Program, Request, hs256, unsigned};

/// Parameters in the place of those of a good request.
type Changes<'a> = Vec<(&'static str, &'a str)>;

/// Forty-three characters that are hard to guess, different for each letter.
fn chance(letter: char) -> String {
    format!("{letter}7xQ2mVf9Lk4Tz8Rw1Yb6Nc3Hd5Jg0SaPeUiOoMqBt_")[..43].to_owned()
}

/// An authorization request at which there is nothing to remark.
fn good(letter: char) -> Vec<(&'static str, String)> {
    [
        ("client_id", "bank-client".to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", "openid".to_owned()),
        ("state", chance(letter)),
        ("nonce", chance(letter).chars().rev().collect()),
        ("code_challenge", chance(letter).replace('_', "-")),
        ("code_challenge_method", "S256".to_owned()),
    ]
    .into()
}

/// The request with these parameters in the place of its own; an empty one is left out.
fn with(letter: char, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut parameters = good(letter);
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let more = more.iter().filter(|(_, value)| !value.is_empty());
    parameters.extend(more.map(|(name, value)| (*name, (*value).to_owned())));
    parameters
}

fn authorize(program: &Program, parameters: &[(&'static str, String)]) {
    let query: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let url = format!("{}/OAuth2/Authorize/bank", program.url);
    assert_eq!(Request::new("GET", url).query(&query).send().status, 302);
}

fn exchange(program: &Program, form: &[(&str, &str)]) {
    let url = format!("{}/OAuth2/Token/bank", program.url);
    Request::new("POST", url).basic("bank-client", "bank-secret").form(form).send();
}

/// The rows that the log of a program with this policy names, once `act` is done.
fn rows(policy: &str, act: impl FnOnce(&Program)) -> (BTreeSet<u64>, String) {
    let program = Program::start(&["--port", "0", "--policy", policy, "--log-format", "json"], &[]);
    act(&program);
    let log = program.stop("TERM").err;
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let rows = lines.filter_map(|line| {
        let fields = &line["fields"];
        let level = if fields["row"] == 3 { "INFO" } else { "WARN" };
        assert!(fields["row"].is_null() || line["level"] == level, "{line}");
        fields["row"].as_u64()
    });
    (rows.collect(), log)
}

#[test]
fn a_request_that_leaves_nothing_to_wish_for_is_not_remarked_on() {
    let (rows, log) = rows("strict", |program| {
        authorize(program, &good('a'));
        authorize(program, &good('b'));
    });
    assert!(rows.is_empty(), "{log}");
}

#[test]
fn each_rule_that_a_client_does_not_keep_is_a_line_with_its_number() {
    let (a, b) = (chance('a'), chance('b'));
    let cases: [(&[u64], Changes<'_>); 15] = [
        (&[26], vec![("display", "tiny")]),
        (&[26], vec![("ui_locales", "en  de")]),
        (&[26], vec![("claims_locales", "e_n")]),
        (&[26], vec![("acr_values", " urn:a")]),
        (&[], vec![("display", "wap"), ("ui_locales", "de-CH-1996 x-y fr"), ("acr_values", "a b")]),
        (
            &[16, 19, 21],
            vec![
                ("state", ""),
                ("nonce", ""),
                ("code_challenge", ""),
                ("code_challenge_method", ""),
            ],
        ),
        (&[17], vec![("state", "12345678")]),
        (&[17], vec![("state", "7xQ2mVf9Lk4Tz8Rw1Yb6Nc3Hd5Jg0Sä")]),
        (&[20], vec![("nonce", "1")]),
        (&[20], vec![("nonce", &a), ("state", &a)]),
        (&[21], vec![("code_challenge", ""), ("code_challenge_method", "")]),
        (&[22], vec![("code_challenge_method", "plain")]),
        (&[22], vec![("code_challenge_method", "")]),
        (&[29], vec![("scope", "openid offline_access")]),
        (
            &[30],
            vec![
                ("response_type", "id_token token"),
                ("code_challenge", ""),
                ("code_challenge_method", ""),
                ("state", &b),
            ],
        ),
    ];
    for (expected, more) in cases {
        let (found, log) = rows("strict", |program| authorize(program, &with('c', &more)));
        assert_eq!(found, expected.iter().copied().collect(), "{more:?}\n{log}");
        let echoed = more.iter().any(|(_, value)| value.len() > 40 && log.contains(value));
        assert!(!echoed, "a value of the client stands in the log: {log}");
    }
}

#[test]
fn a_signed_request_object_says_by_whom_and_for_whom_it_is() {
    for (members, expected) in [
        (json!({}), &[28][..]),
        (json!({ "iss": "bank-client" }), &[28]),
        (json!({ "iss": "bank-client", "aud": "" }), &[]),
    ] {
        let (found, log) = rows("strict", |program| {
            let mut members = members.clone();
            if members.get("aud").is_some() {
                members["aud"] = format!("{}/bank/", program.url).into();
            }
            let object = hs256(b"bank-secret", &members);
            authorize(program, &with('a', &[("request", &object)]));
            authorize(program, &with('b', &[("request", &unsigned(&json!({})))]));
        });
        assert_eq!(found, expected.iter().copied().collect(), "{members}\n{log}");
    }
}

#[test]
fn what_nobody_knows_is_told_by_name_and_never_by_value() {
    let (found, log) = rows("strict", |program| {
        authorize(program, &with('a', &[("resource", "a-value-of-the-client")]));
        let long = "n".repeat(1_000);
        exchange(program, &[("grant_type", "x"), ("audience", "another-value"), (&long, "1")]);
    });
    assert_eq!(found, [3].into(), "{log}");
    assert!(log.contains("ignored, because unknown: resource"), "{log}");
    assert!(log.contains("ignored, because unknown: audience, nnnn"), "{log}");
    for absent in ["a-value-of-the-client", "another-value", &"n".repeat(41)] {
        assert!(!log.contains(absent), "{absent}: {log}");
    }
}

#[test]
fn a_hint_that_is_an_id_token_of_another_client_is_remarked_on() {
    let fixture = json!({
        "tenant": { "policy": { "advice": "logged" } },
        "users": [{ "name": "alice@example.com", "password": "alice-password" }],
        "apps": [{
            "application_id": "bank", "client_id": "bank-client", "client_secret": "bank-secret",
            "redirect_uris": [CALLBACK],
            "clients": [{ "client_id": "second", "client_secret": "s", "redirect_uris": [CALLBACK] }],
        }],
    });
    let arguments = ["--port", "0", "--policy", "strict", "--log-format", "json"];
    let program =
        Program::start(&arguments, &[("CYBERARK_MOCK_FIXTURES_INLINE", &fixture.to_string())]);
    let mint = format!("{}/_mock/v1/mint/id-token", program.url);
    for (client, expected) in [("bank-client", false), ("second", true)] {
        let wanted = json!({ "app": "bank", "user": "alice@example.com", "client": client });
        let token = Request::new("POST", mint.clone()).json(&wanted).send().json();
        let token = token["token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned();
        authorize(&program, &with(client.chars().next().unwrap(), &[("id_token_hint", &token)]));
        let journal = Request::new("GET", format!("{}/_mock/v1/journal", program.url)).send().body;
        assert_eq!(journal.contains("id_token_hint is no ID token of this client"), expected);
    }
}

#[test]
fn what_is_meant_for_one_request_is_remarked_on_when_it_comes_again() {
    let (found, log) = rows("strict", |program| {
        authorize(program, &good('a'));
        authorize(program, &good('a'));
        let verifier = chance('v');
        let form = [
            ("grant_type", "authorization_code"),
            ("code", "unknown-code"),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &verifier),
        ];
        exchange(program, &form);
        exchange(program, &form);
        exchange(program, &[("grant_type", "password"), ("username", "x"), ("password", "y")]);
    });
    assert_eq!(found, [17, 20, 23, 51, 54, 55].into(), "{log}");
    for secret in [chance('a'), chance('v'), "unknown-code".to_owned()] {
        assert!(!log.contains(&secret), "{secret}: {log}");
    }
}

#[test]
fn the_product_gives_no_advice() {
    let (rows, log) = rows("cyberark", |program| {
        authorize(program, &with('a', &[("state", ""), ("nonce", "")]));
        exchange(program, &[("grant_type", "password"), ("username", "x"), ("password", "y")]);
    });
    assert!(rows.is_empty(), "{log}");
}
