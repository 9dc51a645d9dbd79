//! What a test wants to happen to a request: looked up once, before anything else sees it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt::time::sleep;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use serde_json::json;

use super::BODY_LIMIT;
use super::addressed::tenant_of;
use super::answer;
use super::around::{Answer, Inside};
use super::body::whole_body;
use super::connection::Connection;
use super::control::is_control;
use super::error::Failure;
use super::faulty_body::FaultyBody;
use super::seen::asked;
use crate::protocol::security::Envelope;
use crate::tenant::Tenant;
use crate::tenant::steer::{Canned, Fault};

/// Left with an answer that steering made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steered;

/// Layer: fails, delays and cuts as steering says, when there is any.
pub(super) async fn steered(mut request: ServiceRequest, inside: impl Inside) -> Answer {
    let tenant = tenant_of(request.request());
    if !tenant.steering().is_used() || is_control(request.path()) {
        return inside(request).await;
    }
    let payload = request.take_payload();
    let body = match whole_body(request.headers(), payload, BODY_LIMIT).await {
        Ok(body) => body,
        Err(error) => {
            let answer = Failure::unreadable_body(&error).error_response();
            return Ok(request.into_response(answer));
        }
    };
    let asked = Arc::new(asked(request.request(), &body).into_owned());
    request.set_payload(Payload::from(body));
    request.extensions_mut().insert(asked.clone());
    let Some(steer) = tenant.steering().of_request(&asked, &tenant.concerned(&asked)) else {
        return inside(request).await;
    };
    if let Some(delay) = steer.delay {
        sleep(Duration::from_millis(delay)).await;
    }
    let mut answered = match &steer.answer {
        Some(canned) => request.into_response(answer_of(canned, &tenant)),
        None => inside(request).await?,
    };
    answered.response_mut().extensions_mut().insert(Steered);
    Ok(match steer.fault {
        Some(fault) => faulty(answered, fault),
        None => answered,
    })
}

fn answer_of(canned: &Canned, tenant: &Tenant) -> HttpResponse {
    let usual = if canned.error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let status = canned.status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = HttpResponse::build(status.unwrap_or(usual));
    answer::not_kept(&mut response);
    let (kind, body) = body_of(canned, tenant);
    response.content_type(kind);
    for (name, value) in &canned.fields {
        // The entry was checked for this.
        response.insert_header((name.as_str(), value.as_str().unwrap_or_default()));
    }
    response.body(body)
}

/// Media type and text.
fn body_of(canned: &Canned, tenant: &Tenant) -> (&'static str, String) {
    let json = "application/json; charset=utf-8";
    if let Some(error) = &canned.error {
        let mut body = json!({ "error": error });
        if let Some(description) = &canned.error_description {
            body["error_description"] = description.as_str().into();
        }
        return (json, body.to_string());
    }
    if let Some(message) = &canned.envelope {
        let envelope = Envelope::<()>::failure("", tenant.error_id(), None);
        let mut body = serde_json::to_value(&envelope).expect("an envelope is plain");
        body["Message"] = message.as_str().into();
        return (json, body.to_string());
    }
    match (&canned.json, &canned.body) {
        (Some(value), _) => (json, value.to_string()),
        (None, text) => ("text/plain; charset=utf-8", text.clone().unwrap_or_default()),
    }
}

fn faulty(answered: ServiceResponse<BoxBody>, fault: Fault) -> ServiceResponse<BoxBody> {
    let answering = Connection::of(answered.request()).answering();
    answered.map_body(|head, body| match body.try_into_bytes() {
        Ok(bytes) => {
            if !fault.is_whole() {
                head.set_connection_type(actix_web::http::ConnectionType::Close);
            }
            BoxBody::new(FaultyBody::new(&bytes, fault, answering))
        }
        Err(body) => body,
    })
}
