//! The journal in the format that browsers and proxies export.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Exchange, Pair};
use crate::protocol::parameters::decode;

/// The exchanges as HAR 1.2.
///
/// Source of the members: the HAR 1.2 specification (w3c.github.io/web-performance/specs/HAR).
pub fn har(exchanges: &[Arc<Exchange>]) -> Value {
    let entries: Vec<Value> = exchanges.iter().map(|exchange| entry(exchange)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        },
    })
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
        "startedDateTime": exchange.at.to_string(),
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

/// The parameters of the query; what is no UTF-8 stays as it was sent.
fn query(url: &str) -> Vec<Pair> {
    let text = |encoded: &str| decode(encoded.as_bytes()).unwrap_or_else(|| encoded.to_owned());
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Pair { name: text(name), value: text(value) }
    };
    pairs.map(pair).collect()
}
