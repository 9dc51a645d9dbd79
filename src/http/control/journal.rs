//! The journal: what came in and what went out.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::rt::time::sleep;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::{Call, done, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::clock::Stopwatch;
use crate::tenant::journal::{Exchange, Filter, Pair};

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

/// Source of the members: the HAR 1.2 specification (w3c.github.io/web-performance/specs/HAR).
fn har(call: &Call) -> Outcome {
    let exchanges = call.tenant.journal().find(&call.query()?);
    let entries: Vec<Value> = exchanges.iter().map(|exchange| entry(exchange)).collect();
    Ok(shown(&json!({
        "log": {
            "version": "1.2",
            "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        },
    })))
}

fn entry(exchange: &Exchange) -> Value {
    let milliseconds = Duration::from_micros(exchange.duration).as_secs_f64() * 1000.0;
    let field = |fields: &[Pair], name: &str| {
        let found = fields.iter().find(|field| field.name == name);
        found.map_or(String::new(), |field| field.value.clone())
    };
    let mut request = json!({
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": exchange.fields,
        "queryString": query(&exchange.url),
        "headersSize": -1,
        "bodySize": exchange.body.len(),
    });
    if !exchange.body.is_empty() {
        let kind = field(&exchange.fields, "content-type");
        request["postData"] = json!({ "mimeType": kind, "text": exchange.body });
    }
    json!({
        "startedDateTime": exchange.at,
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": exchange.answer_fields,
            "content": {
                "size": exchange.answer_body.len(),
                "mimeType": field(&exchange.answer_fields, "content-type"),
                "text": exchange.answer_body,
            },
            "redirectURL": field(&exchange.answer_fields, "location"),
            "headersSize": -1,
            "bodySize": exchange.answer_body.len(),
        },
        "cache": {},
        "timings": { "send": 0, "wait": milliseconds, "receive": 0 },
    })
}

#[derive(Serialize)]
struct Query {
    name: String,
    value: String,
}

fn query(url: &str) -> Vec<Query> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    pairs.map(|(name, value)| Query { name, value }).collect()
}
