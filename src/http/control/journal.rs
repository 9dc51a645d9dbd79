//! The journal: what came in and what went out.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::rt::time::sleep;
use serde_json::Value;

use super::call::{Call, done, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::clock::Stopwatch;
use crate::tenant::journal::{self, Exchange, Filter};

pub(super) const OPERATIONS: [Operation; 4] = [
    Operation::new(
        "GET",
        "/journal",
        "Requests with their answers, the oldest first",
        Run::Now(find),
    )
    .query::<Filter>()
    .gives::<Vec<Exchange>>(),
    Operation::new("DELETE", "/journal", "Forget every request", Run::Show(clear)),
    Operation::new(
        "GET",
        "/journal/wait",
        "Wait until a request came, or as many as limit says; what there is after timeout",
        Run::Later(|call| Box::pin(wait(call))),
    )
    .query::<Filter>()
    .gives::<Vec<Exchange>>(),
    Operation::new("GET", "/journal/har", "Requests with their answers as HAR 1.2", Run::Now(har))
        .query::<Filter>()
        .gives::<serde_json::Map<String, Value>>(),
];

/// How often somebody who waits looks again.
const EVERY: Duration = Duration::from_millis(3);

fn list(exchanges: &[Arc<Exchange>]) -> HttpResponse {
    shown(&exchanges.iter().map(|exchange| &**exchange).collect::<Vec<&Exchange>>())
}

fn find(call: &Call) -> Outcome {
    Ok(list(&call.tenant.journal().find(&call.query()?)))
}

fn clear(call: &Call) -> HttpResponse {
    call.tenant.journal().clear();
    done()
}

async fn wait(call: Call) -> Outcome {
    let filter: Filter = call.query()?;
    let (timeout, wanted) = (filter.timeout.unwrap_or(5000), filter.limit.unwrap_or(1));
    if timeout > 60_000 {
        return Err(
            Problem::bad_request("expected at most 60000 milliseconds").in_parameter("timeout")
        );
    }
    let (started, timeout) = (Stopwatch::start(), Duration::from_millis(timeout));
    let every = Filter { limit: None, ..filter };
    let journal = call.tenant.journal();
    let mut seen = None;
    loop {
        let last = journal.last();
        if seen != Some(last) {
            let found = journal.find(&every);
            if found.len() >= wanted {
                return Ok(list(&found));
            }
            seen = Some(last);
        }
        if started.elapsed() >= timeout {
            return Ok(list(&journal.find(&every)));
        }
        sleep(EVERY).await;
    }
}

fn har(call: &Call) -> Outcome {
    Ok(shown(&journal::har(&call.tenant.journal().find(&call.query()?))))
}
