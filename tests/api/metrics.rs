//! `GET /metrics`, read as Prometheus reads it.

use std::collections::BTreeMap;

use cyberark_identity_mock::server::ControlAccess;
use serde_json::json;

use crate::harness::{Mock, Setup};

/// The samples by name with labels, as `name{label="value"}`.
fn samples(mock: &Mock) -> BTreeMap<String, String> {
    let answer = mock.get("/metrics");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let lines = answer.body.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            assert!(value.parse::<f64>().is_ok(), "no number: {line}");
            (name.strip_prefix("cyberark_mock_").expect("a prefix").to_owned(), value.to_owned())
        })
        .collect()
}

fn requests(endpoint: &str, outcome: &str) -> String {
    format!("requests_total{{endpoint=\"{endpoint}\",outcome=\"{outcome}\"}}")
}

#[test]
fn requests_are_counted_by_endpoint_and_outcome() {
    let mock = Mock::start();
    mock.tokens(&[]);
    mock.exchange("no-code", &[]);
    mock.sign_in_answer("alice@example.com", "wrong");
    mock.get("/bank/.well-known/openid-configuration");
    mock.get("/OAuth2//Keys/bank/");
    mock.get("/_tenant/nobody/login");
    mock.get("/health");
    let samples = samples(&mock);
    for (endpoint, outcome, count) in [
        ("authorize", "ok", "1"),
        ("token", "ok", "1"),
        ("token", "invalid_grant", "1"),
        ("startauthentication", "ok", "2"),
        ("advanceauthentication", "ok", "1"),
        ("advanceauthentication", "failure", "1"),
        ("discovery", "ok", "1"),
        ("keys", "ok", "1"),
        ("other", "client_error", "1"),
        ("health", "ok", "1"),
    ] {
        let counted = samples.get(&requests(endpoint, outcome)).map(String::as_str);
        assert_eq!(counted, Some(count), "{endpoint} {outcome}: {samples:#?}");
    }
}

#[test]
fn the_histogram_holds_every_request_of_an_endpoint() {
    let mock = Mock::start();
    for _ in 0..3 {
        mock.get("/health");
    }
    let samples = samples(&mock);
    let of = |what: &str| -> f64 {
        samples[&format!("request_duration_seconds_{what}")].parse().unwrap()
    };
    let within = |bound| of(&format!("bucket{{endpoint=\"health\",le=\"{bound}\"}}"));
    assert!(within("0.00025") <= within("0.5"), "{samples:#?}");
    let counts = [within("+Inf"), of("count{endpoint=\"health\"}")].map(|count| count.to_string());
    assert_eq!(counts, ["3", "3"]);
    assert!(of("sum{endpoint=\"health\"}") > 0.0);
}

#[test]
fn what_is_alive_is_counted() {
    let mock = Mock::start();
    let live = || {
        let samples = samples(&mock);
        ["codes", "sessions", "access_tokens", "refresh_tokens"]
            .map(|kind| samples[&format!("live_{kind}")].clone())
    };
    assert_eq!(live(), ["0", "0", "0", "0"]);
    let code = mock.code(&[]);
    assert_eq!(live(), ["1", "1", "0", "0"]);
    let tokens = mock.exchange(&code, &[]).json();
    assert_eq!(live(), ["0", "1", "1", "1"], "{tokens}");
    // The token of the sign-in, an ID token and an access token.
    assert_eq!(samples(&mock)["tokens_signed_total"], "3");
    let named = json!({ "tenant": { "id": "T2" } });
    assert_eq!(mock.put("/_mock/v1/tenants/t2", &json!({ "document": named })).status, 201);
    mock.at("t2").request("GET", "/health").send();
    let more = mock.put("/_mock/v1/tenants/t3", &json!({}));
    assert_eq!(more.status, 201, "{more:?}");
    mock.at("t3").alice();
    assert_eq!(live(), ["0", "2", "1", "1"], "tenants are summed");
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let form = [("token", refresh_token)];
    mock.request("POST", "/OAuth2/Revoke/bank")
        .basic("bank-client", "bank-secret")
        .form(&form)
        .send();
    assert_eq!(live(), ["0", "2", "0", "0"]);
    mock.clock.advance(std::time::Duration::from_secs(100_000));
    assert_eq!(live()[1], "1", "the tenant t3 has a clock of its own");
}

#[test]
fn no_caller_makes_up_labels() {
    let mock = Mock::start();
    for number in 0..50 {
        mock.get(&format!("/made-up-{number}/x"));
        mock.get(&format!("/OAuth2/made-up-{number}/made-up"));
        mock.get(&format!("/made-up-{number}/.well-known/openid-configuration"));
        mock.get(&format!("/Security/made-up-{number}"));
        mock.get(&format!("/_mock/made-up-{number}"));
        mock.request("GET", &format!("/OAuth2/Authorize/made-up-{number}")).send();
    }
    let samples = samples(&mock);
    assert!(samples.len() < 150, "{samples:#?}");
    assert!(samples.keys().all(|name| !name.contains("made")), "{samples:#?}");
}

#[test]
fn metrics_are_shown_where_the_control_api_is_off() {
    let mock = Setup { control: ControlAccess::Off, ..Setup::default() }.start();
    assert_eq!(mock.get("/_mock/v1/clock").status, 403);
    assert!(!samples(&mock).is_empty());
}
