//! A request as steering and journal see it.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use serde_json::Value;

use super::extract::{basic_credentials, session_credentials};
use crate::protocol::parameters::{Parameter, Parameters, readable};
use crate::tenant::asked::Asked;

/// What is asked: by query and body, and with which credentials.
pub(super) fn asked<'a>(request: &'a HttpRequest, body: &'a [u8]) -> Asked<'a> {
    let mut parameters: Vec<_> = readable(request.query_string().as_bytes()).collect();
    parameters.extend(body_parameters(request.headers(), body));
    Asked {
        method: request.method().as_str().into(),
        path: request.path().into(),
        parameters,
        credentials: session_credentials(request, &Parameters::default()),
        basic_name: basic_credentials(request).map(|basic| basic.client_id().to_owned()),
    }
}

/// The parameters of a form, or the members of a JSON object.
fn body_parameters<'a>(headers: &HeaderMap, body: &'a [u8]) -> Vec<Parameter<'a>> {
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

fn member((name, value): (String, Value)) -> Parameter<'static> {
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    (name.into(), text.into())
}
