//! Writes the journal: every request with its answer, but those of the control API.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use bytestring::ByteString;

use super::addressed::{base_here, tenant_of};
use super::around::{Answer, Inside};
use super::control::is_control;
use super::extract::{RawBody, SESSION_COOKIE};
use super::seen::asked;
use super::steered::Steered;
use crate::clock::{Stopwatch, Timestamp};
use crate::protocol::error::OAuthError;
use crate::protocol::parameters::{readable, readable_text};
use crate::tenant::Tenant;
use crate::tenant::asked::Asked;
use crate::tenant::journal::{Exchange, KEPT_OF_BODY, Pairs};
use crate::tenant::remarks::Remarks;

/// Layer: writes the exchange down when it is over.
pub(super) async fn journaled(request: ServiceRequest, inside: impl Inside) -> Answer {
    let tenant = tenant_of(request.request());
    if !tenant.journal().is_wanted() || is_control(request.path()) {
        return inside(request).await;
    }
    let (at, watch) = (tenant.clock().now(), Stopwatch::start());
    let answered = inside(request).await?;
    let mut body = Bytes::new();
    let answered = answered.map_body(|_, answer| match answer.try_into_bytes() {
        Ok(bytes) => {
            body = bytes.clone();
            BoxBody::new(bytes)
        }
        Err(other) => BoxBody::new(other),
    });
    write(&tenant, at, watch, &answered, &body);
    Ok(answered)
}

fn write(
    tenant: &Tenant,
    at: Timestamp,
    watch: Stopwatch,
    answered: &ServiceResponse<BoxBody>,
    answer_body: &Bytes,
) {
    let request = answered.request();
    let sent = request.extensions().get::<RawBody>().map(|RawBody(body)| body.clone());
    let sent = sent.unwrap_or_default();
    let before = request.extensions().get::<Arc<Asked<'static>>>().cloned();
    let mut asked = before.map_or_else(|| asked(request, &sent), Arc::unwrap_or_clone);
    let endpoint = asked.endpoint().to_owned();
    let parameters = Pairs::of(asked.parameters.iter().map(|(name, value)| (&**name, &**value)));
    add_answer(&mut asked, answered.headers());
    let concerned = tenant.concerned(&asked);
    let (error, error_description) = error_of(answered, answer_body);
    let remarks = request.extensions().get::<Remarks>().cloned();
    let response = answered.response();
    tenant.journal().write(Exchange {
        number: 0,
        at,
        duration: watch.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
        method: asked.method.into_owned(),
        url: url_of(request),
        path: asked.path.into_owned(),
        endpoint,
        fields: pairs_of(request.headers()),
        parameters,
        body: text_of(&sent),
        app: concerned.app,
        client: concerned.client,
        user: concerned.user,
        status: answered.status().as_u16(),
        error,
        error_description,
        remarks: remarks.map(|Remarks(remarks)| remarks).unwrap_or_default(),
        steered: response.extensions().get::<Steered>().is_some(),
        answer_fields: pairs_of(answered.headers()),
        answer_body: kept_text_of(answer_body),
    });
}

fn url_of(request: &HttpRequest) -> String {
    format!("{}{}", base_here(request), request.uri())
}

/// Adds what the answer tells beside: the session that it begins, the codes and tokens that it delivers.
fn add_answer<'a>(asked: &mut Asked<'a>, headers: &'a HeaderMap) {
    let text = |value: &'a header::HeaderValue| value.to_str().ok();
    for cookie in headers.get_all(header::SET_COOKIE).filter_map(text) {
        let session = cookie.strip_prefix(SESSION_COOKIE).and_then(|rest| rest.strip_prefix('='));
        let session = session.and_then(|rest| rest.split(';').next());
        asked.credentials.extend(session.map(str::to_owned));
    }
    if let Some(location) = headers.get(header::LOCATION).and_then(text) {
        let (_, delivered) = location.split_once(['?', '#']).unwrap_or_default();
        for part in delivered.split('#') {
            asked.parameters.extend(readable(part.as_bytes()));
        }
    }
}

/// The error that the answer tells: an OAuth error, or a failure in CyberArk's envelope.
fn error_of(answered: &ServiceResponse<BoxBody>, body: &[u8]) -> (Option<String>, Option<String>) {
    if let Some(error) = answered.response().extensions().get::<OAuthError>() {
        return (Some(error.code.as_str().to_owned()), Some(error.description.to_string()));
    }
    if !body.starts_with(br#"{"success":false"#) && !body.starts_with(br#"{"error":"#) {
        return (None, None);
    }
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    match text("error") {
        Some(error) => (Some(error), text("error_description")),
        None => (Some("failure".to_owned()), text("Message")),
    }
}

fn pairs_of(headers: &HeaderMap) -> Pairs {
    let all = headers.iter();
    let mut pairs: Vec<_> =
        all.map(|(name, value)| (name.as_str(), readable_text(value.as_bytes()))).collect();
    // The map of actix has them in another order each time; sorted, those of like messages are equal.
    pairs.sort_by_key(|(name, _)| *name);
    Pairs::of(pairs.iter().map(|(name, value)| (*name, &**value)))
}

/// The first part of a body.
fn text_of(body: &[u8]) -> String {
    readable_text(&body[..body.len().min(KEPT_OF_BODY)]).into_owned()
}

/// The same of a body that is nobody else's, without a copy of it.
fn kept_text_of(body: &Bytes) -> ByteString {
    if body.len() > KEPT_OF_BODY {
        return text_of(body).into();
    }
    ByteString::try_from(body.clone()).unwrap_or_else(|_| text_of(body).into())
}
