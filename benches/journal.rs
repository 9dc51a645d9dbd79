//! What journal and steering cost a token request, in units of the signature that it cannot do without.

#[path = "setup/clock.rs"]
mod clock;

use clock::{median, time};
use criterion::Criterion;
use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::mock::MockTenant;
use cyberark_identity_mock::protocol::jwk::SigningAlgorithm;
use cyberark_identity_mock::tenant::document::TenantSettings;
use cyberark_identity_mock::tenant::steer::{Canned, Steer, TokenChange, When};
use serde_json::{Map, json};

/// How often the mocks are asked in turn; odd, for the median.
const ROUNDS: usize = 501;

/// A mock, and a client of it that keeps its connection.
struct Asked {
    name: &'static str,
    mock: MockTenant,
    agent: ureq::Agent,
}

impl Asked {
    /// A mock with a journal or without, and so many entries of steering, none of which is for the
    /// requests that come.
    fn new(name: &'static str, has_journal: bool, entries: usize) -> Self {
        let mut document = fixtures::built_in();
        let settings = document.tenant.get_or_insert_with(TenantSettings::default);
        if !has_journal {
            settings.journal_limit = 0;
        }
        let mock = MockTenant::builder().document(document).start().expect("a mock");
        for number in 0..entries {
            let user = Some(format!("user{number}@example.com"));
            let when = When { user, ..When::default() };
            let steer = if number % 2 == 0 {
                let claims = Map::from_iter([("test".to_owned(), json!(number))]);
                let tokens = Some(TokenChange { claims, ..TokenChange::default() });
                Steer { when, tokens, ..Steer::default() }
            } else {
                let answer = Some(Canned { status: Some(503), ..Canned::default() });
                Steer { when, answer, ..Steer::default() }
            };
            mock.tenant().steer(steer).expect("a good entry");
        }
        Self { name, mock, agent: ureq::agent() }
    }

    /// A token for a service user: one signature.
    fn token(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "svc@example.com"),
            ("client_secret", "svc-secret"),
        ];
        let url = format!("{}/OAuth2/PlatformToken", self.mock.url());
        let mut answer = self.agent.post(url).send_form(form).expect("a token");
        answer.body_mut().read_to_string().expect("a text")
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mocks = [
        Asked::new("without journal", false, 0),
        Asked::new("with journal", true, 0),
        Asked::new("with journal and 100 entries of steering", true, 100),
        Asked::new("without journal, with 100 entries of steering", false, 100),
    ];
    let mut group = criterion.benchmark_group("token request over HTTP");
    for asked in &mocks {
        group.bench_function(asked.name, |bencher| bencher.iter(|| asked.token()));
    }
    group.finish();
    criterion.final_summary();
    report(&mocks);
}

/// Prints what each costs more than the first, beside a signature in the same run.
#[expect(clippy::print_stdout, reason = "the figure is what the bench is run for")]
fn report(mocks: &[Asked]) {
    let key = mocks[0].mock.tenant().signing_key(SigningAlgorithm::RS256);
    let claims = json!({ "iss": mocks[0].mock.issuer("bank"), "sub": "svc@example.com" });
    let mut times = vec![Vec::new(); mocks.len()];
    let mut signatures = Vec::new();
    for _ in 0..ROUNDS {
        for (asked, times) in mocks.iter().zip(&mut times) {
            times.push(time(|| asked.token()));
        }
        signatures.push(time(|| key.sign(&claims)));
    }
    let signature = median(signatures).as_secs_f64();
    let medians: Vec<f64> = times.into_iter().map(|t| median(t).as_secs_f64()).collect();
    println!("one signature: {:.0} µs; medians of {ROUNDS}", signature * 1e6);
    for (asked, taken) in mocks.iter().zip(&medians) {
        let more = taken - medians[0];
        let percent = more / signature * 100.0;
        let (taken, more) = (taken * 1e6, more * 1e6);
        println!("{}: {taken:.0} µs, {more:+.1} µs, {percent:+.1} % of a signature", asked.name);
    }
}
