//! A code and its exchange, and what that costs beside the two signatures it cannot do without.

#[path = "setup/bank.rs"]
mod bank;
#[path = "setup/clock.rs"]
mod clock;

use bank::{Bank, CALLBACK};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clock::{median, time};
use criterion::Criterion;
use cyberark_identity_mock::protocol::claims::Claims;
use cyberark_identity_mock::protocol::parameters::Parameters;
use cyberark_identity_mock::protocol::places::Places;
use cyberark_identity_mock::protocol::token::{TokenRequest, TokenResponse};
use cyberark_identity_mock::tenant::keys::SigningKey;

/// How often exchange and signatures are measured side by side; odd, for the median.
const ROUNDS: usize = 101;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let bank = Bank::open();
    criterion.bench_function("authorize, exchange the code, respond", |bencher| {
        bencher.iter(|| exchange(&bank));
    });
    criterion.final_summary();
    report_ratio(&bank);
}

/// From the authorization request to the signed ID and access token.
fn exchange(bank: &Bank) -> TokenResponse {
    let callback = bank.authorize(Bank::request("code")).respond();
    let pairs = callback.parameters.pairs();
    let (_, code) = pairs.iter().find(|(name, _)| *name == "code").expect("a code was asked for");
    let sent = Parameters::from_iter([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", "bank-client"),
        ("client_secret", "bank-secret"),
    ]);
    let request = TokenRequest::new(&sent, None, Places::default());
    let issuance = bank.tenant.exchange(&bank.base, "bank", &request).expect("the code is fresh");
    assert_eq!(issuance.signatures(), 2);
    issuance.respond()
}

/// Prints what an exchange costs in units of its two signatures, over the same claims.
#[expect(clippy::print_stdout, reason = "the figure is what the bench is run for")]
fn report_ratio(bank: &Bank) {
    let key = SigningKey::development();
    let tokens = exchange(bank);
    let claims = [tokens.id_token.expect("the scope has openid"), tokens.access_token]
        .map(|token| claims_of(&token));
    let (mut exchanges, mut signatures) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        exchanges.push(time(|| exchange(bank)));
        signatures.push(time(|| claims.each_ref().map(|claims| key.sign(claims))));
    }
    let (exchange, signatures) = (median(exchanges), median(signatures));
    let ratio = exchange.as_secs_f64() / signatures.as_secs_f64();
    println!(
        "one exchange / two signatures: {ratio:.3} ({exchange:?} / {signatures:?}, medians of {ROUNDS})"
    );
}

fn claims_of(token: &str) -> Claims {
    let claims = token.split('.').nth(1).expect("a token has three parts");
    let json = URL_SAFE_NO_PAD.decode(claims).expect("the parts are base64url");
    serde_json::from_slice(&json).expect("claims are an object")
}
