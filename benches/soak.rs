//! Churns codes, sessions and journal entries, and tells how much memory is left in use.
//!
//! ```sh
//! cargo bench --bench soak                # a million of each
//! cargo bench --bench soak -- 10000
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use cyberark_identity_mock::clock::Stopwatch;
use cyberark_identity_mock::mock::MockTenant;

type Error = Box<dyn std::error::Error>;

const ALICE: &str = "alice@example.com";
const CALLBACK: &str = "http://localhost:3000/callback";

/// How much more may be in use at the end, in MiB.
const ALLOWED: f64 = 50.0;

/// Of so many codes one is exchanged: each exchange makes two signatures.
const EXCHANGED: usize = 100;

fn main() -> Result<ExitCode, Error> {
    // Cargo adds an option of its own.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = wanted.map_or(Ok(1_000_000), |text| text.parse::<usize>())?;
    let mock = MockTenant::start();
    let agent = ureq::agent();
    ask(&agent, &mock)?;
    let (before, watch) = (resident(), Stopwatch::start());
    println!("start: {before:.1} MiB resident");
    for number in 1..=wanted {
        mock.session(ALICE)?;
        let code = mock.code(ALICE, "bank", CALLBACK)?;
        if number % EXCHANGED == 0 {
            exchange(&agent, &mock, &code)?;
        }
        ask(&agent, &mock)?;
        if number % (wanted / 10).max(1) == 0 {
            let alive = mock.tenant().alive().len();
            println!("{number} of each: {:.1} MiB, {alive} listed as alive", resident());
        }
    }
    let busy = resident();
    // Everything that lives for a while ends with this.
    mock.tenant().clock().advance(Duration::from_secs(60 * 86_400));
    mock.tenants().sweep();
    let after = resident();
    let entries = mock.tenant().journal().last();
    println!(
        "{wanted} codes, {wanted} sessions, {entries} journal entries in {:.0} s: \
         {before:.1} MiB before, {busy:.1} MiB with everything alive, {after:.1} MiB after",
        watch.elapsed().as_secs_f64()
    );
    let is_small = after - before <= ALLOWED;
    println!("{}", if is_small { "passed" } else { "failed: it has grown" });
    Ok(if is_small { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A request for the journal.
fn ask(agent: &ureq::Agent, mock: &MockTenant) -> Result<(), Error> {
    agent.get(mock.discovery_url("bank")).call()?.body_mut().read_to_vec()?;
    Ok(())
}

fn exchange(agent: &ureq::Agent, mock: &MockTenant, code: &str) -> Result<(), Error> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", "bank-client"),
        ("client_secret", "bank-secret"),
    ];
    agent.post(mock.token_url("bank")).send_form(form)?.body_mut().read_to_vec()?;
    Ok(())
}

/// Mebibytes of the process that are in memory; 0 where nobody tells.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or_default() / 1024.0
}
