//! The other calls of the tenant, and what each costs beside one signature of the same run.

#[path = "setup/bank.rs"]
mod bank;

use std::time::{Duration, Instant};

use bank::{Bank, CALLBACK};
use criterion::Criterion;
use cyberark_identity_mock::protocol::bearer::BearerTokens;
use cyberark_identity_mock::protocol::parameters::Parameters;
use cyberark_identity_mock::protocol::places::Places;
use cyberark_identity_mock::protocol::token::{TokenCall, TokenRequest, TokenResponse};
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::json;

/// How often call and signature are measured side by side; odd, for the median.
const ROUNDS: usize = 101;

const CLIENT: [(&str, &str); 2] = [("client_id", "bank-client"), ("client_secret", "bank-secret")];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let bank = Bank::open();
    let tokens = exchange(&bank, "bank", &code_of(&bank, "code"));
    let refresh_token = tokens.refresh_token.expect("the bank issues refresh tokens");
    let access_token = tokens.access_token;
    let calls: [(&str, &dyn Fn()); 6] = [
        ("client_credentials", &|| client_credentials(&bank)),
        ("refresh", &|| refresh(&bank, &refresh_token)),
        ("hybrid authorization", &|| drop(code_of(&bank, "code id_token token"))),
        ("introspection", &|| introspect(&bank, &access_token)),
        ("userinfo", &|| userinfo(&bank, &access_token)),
        ("discovery", &|| drop(bank.tenant.metadata(&bank.base, "bank"))),
    ];
    for (name, call) in calls {
        criterion.bench_function(name, |bencher| bencher.iter(call));
    }
    criterion.final_summary();
    for (name, call) in calls {
        report_ratio(name, call);
    }
}

fn sent(own: &[(&'static str, &str)]) -> Parameters {
    own.iter().copied().collect()
}

fn exchange(bank: &Bank, app: &str, sent: &Parameters) -> TokenResponse {
    let request = TokenRequest::new(sent, None, Places::default());
    bank.tenant.exchange(&bank.base, app, &request).expect("the request is in order").respond()
}

/// What a client sends with the code of an authorization.
fn code_of(bank: &Bank, response_type: &str) -> Parameters {
    let callback = bank.authorize(Bank::request(response_type)).respond();
    let pairs = callback.parameters.pairs();
    let (_, code) = pairs.iter().find(|(name, _)| *name == "code").expect("a code was asked for");
    let own = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    sent(&[own.as_slice(), &CLIENT].concat())
}

fn client_credentials(bank: &Bank) {
    let own = [
        ("grant_type", "client_credentials"),
        ("scope", "api"),
        ("client_id", "svc@example.com"),
        ("client_secret", "svc-secret"),
    ];
    exchange(bank, "__idaptive_cybr_user_oidc", &sent(&own));
}

fn refresh(bank: &Bank, refresh_token: &str) {
    let own = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    exchange(bank, "bank", &sent(&[own.as_slice(), &CLIENT].concat()));
}

fn introspect(bank: &Bank, token: &str) {
    let sent = sent(&[[("token", token)].as_slice(), &CLIENT].concat());
    let call = TokenCall::new(&sent, None, Places::default());
    bank.tenant.introspect(&bank.base, "bank", &call, &[]).expect("the client may ask");
}

fn userinfo(bank: &Bank, token: &str) {
    let places = Places::default();
    let tokens =
        BearerTokens { places: &places, header: Some(token), form: None, duplicated: None };
    bank.tenant.userinfo("bank", tokens).expect("the token is alive");
}

/// Prints what a call costs in units of one signature.
#[expect(clippy::print_stdout, reason = "the figure is what the bench is run for")]
fn report_ratio(name: &str, call: &dyn Fn()) {
    let key = SigningKey::development();
    let claims = json!({ "jti": "a".repeat(300) });
    let (mut calls, mut signatures) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        calls.push(time(call));
        signatures.push(time(&|| drop(key.sign(&claims))));
    }
    let (call, signature) = (median(calls), median(signatures));
    let ratio = call.as_secs_f64() / signature.as_secs_f64();
    println!("{name} / signature: {ratio:.3} ({call:?} / {signature:?}, medians of {ROUNDS})");
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the time of the machine")]
fn time(work: &dyn Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
