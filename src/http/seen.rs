//! A request as steering and journal see it.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use serde_json::Value;

use super::extract::{basic_credentials, session_credentials};
use crate::protocol::parameters::{Parameters, readable};
use crate::tenant::asked::Asked;

/// What is asked: by query and body, and with which credentials.
pub(super) fn asked(request: &HttpRequest, body: &[u8]) -> Asked {
    let mut parameters: Vec<_> = readable(request.query_string().as_bytes()).collect();
    parameters.extend(body_parameters(request.headers(), body));
    Asked {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        parameters,
        credentials: session_credentials(request, &Parameters::default()),
        basic_name: basic_credentials(request).map(|basic| basic.client_id().to_owned()),
    }
}

/// The parameters of a form, or the members of a JSON object.
fn body_parameters(headers: &HeaderMap, body: &[u8]) -> Vec<(String, String)> {
    if body.is_empty() {
        return Vec::new();
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_json = kind.is_some_and(|kind| kind.contains("json")) || body.starts_with(b"{");
    if !is_json {
        return readable(body).collect();
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => members.into_iter().map(member).collect(),
        _ => Vec::new(),
    }
}

fn member((name, value): (String, Value)) -> (String, String) {
    match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    }
}
