//! Expectations that were placed, and what a test is told when they were not met.

use std::fmt::Write;

use super::Expectation;
use crate::tenant::Tenant;
use crate::tenant::journal::{Exchange, Filter, Watch};

/// An expectation, and what came since.
#[derive(Debug)]
pub(in crate::mock) struct Placed {
    pub(in crate::mock) expectation: Expectation,
    pub(in crate::mock) came: Watch,
}

/// What of these was not met, and what came instead.
pub(in crate::mock) fn problem(tenant: &Tenant, placed: &[Placed]) -> Option<String> {
    let journal = tenant.journal();
    let mut text = String::new();
    for Placed { expectation, came } in placed {
        let came = came.count();
        if !expectation.times.allows(came) {
            let _ = write!(text, "\n  {expectation}, received {came}");
        }
    }
    if text.is_empty() {
        return None;
    }
    let all = journal.find(&Filter::default());
    let list: String = all.iter().map(|exchange| line(exchange)).collect();
    let heading = match (journal.is_kept(), all.len()) {
        (false, _) => "received: unknown, for the tenant's journal_limit is 0".to_owned(),
        (true, 0) => "received: nothing".to_owned(),
        (true, _) => "received:".to_owned(),
    };
    Some(format!("the mock did not receive what was expected\nexpected:{text}\n{heading}{list}"))
}

fn line(exchange: &Exchange) -> String {
    let Exchange { number, method, path, status, .. } = exchange;
    let mut text = format!("\n  {number}. {method} {path}");
    for pair in &exchange.parameters {
        let _ = write!(text, " {}={}", pair.name, pair.value);
    }
    let _ = write!(text, " -> {status}");
    for told in exchange.error.iter().chain(&exchange.error_description) {
        let _ = write!(text, " {told}");
    }
    text
}
