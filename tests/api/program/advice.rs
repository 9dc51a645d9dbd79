//! What `strict` remarks on: a line of the log for each rule that a client should keep and does not.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{CALLBACK, Program, Request};

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
        assert!(fields["row"].is_null() || line["level"] == "WARN", "{line}");
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
    let cases: [(&[u64], Changes<'_>); 10] = [
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
