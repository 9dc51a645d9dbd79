//! The outbox: `GET /_mock/outbox` and the answers to its messages, and the link that stands in them
//! (CyberArk's OpenAPI description, `/Security/AnswerOOBChallenge`). Programs get JSON, browsers a
//! page.

use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer::{json, private_json};
use super::extract::{Here, Sent};
use super::pages::{self, AnsweredPage, OutboxPage};
use super::redirect::object_moved;
use crate::tenant::outbox::OutboxError;

/// The messages, newest first; `?user=` leaves only those to one user.
pub(super) async fn list(here: Here, sent: Sent, request: HttpRequest) -> HttpResponse {
    let user = sent.query.get("user");
    let mut response = if wants_page(&request) {
        page(&here, user, StatusCode::OK, None)
    } else {
        private_json(&here.tenant.outbox(user))
    };
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    response
}

/// Throws the messages away.
pub(super) async fn clear(here: Here) -> HttpResponse {
    here.tenant.clear_outbox();
    HttpResponse::NoContent().finish()
}

/// The user's yes.
pub(super) async fn approve(here: Here, id: Path<String>, request: HttpRequest) -> HttpResponse {
    settle(&here, &id, &request, true)
}

/// The user's no.
pub(super) async fn deny(here: Here, id: Path<String>, request: HttpRequest) -> HttpResponse {
    settle(&here, &id, &request, false)
}

fn settle(here: &Here, id: &str, request: &HttpRequest, approve: bool) -> HttpResponse {
    match here.tenant.answer_message(id, approve) {
        Ok(_) if wants_page(request) => {
            object_moved(&format!("{}/_mock/outbox", here.base.path_prefix()))
        }
        Ok(message) => private_json(&message),
        Err(error) if wants_page(request) => page(here, None, status_of(error), Some(error)),
        Err(error) => {
            let mut response = HttpResponse::build(status_of(error));
            json(&mut response, &json!({ "error": error.to_string() }))
        }
    }
}

fn page(
    here: &Here,
    user: Option<&str>,
    status: StatusCode,
    failure: Option<OutboxError>,
) -> HttpResponse {
    let messages = here.tenant.outbox(user);
    let page = OutboxPage { prefix: here.base.path_prefix(), failure, messages: &messages };
    pages::html(status, &page)
}

/// Whether a browser shows the answer to a person: a program does not name HTML.
fn wants_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    accept.and_then(|accept| accept.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

fn status_of(error: OutboxError) -> StatusCode {
    match error {
        OutboxError::Unknown => StatusCode::NOT_FOUND,
        OutboxError::NotWaiting => StatusCode::CONFLICT,
    }
}

/// The link of a message, opened in a browser: the user's yes.
pub(super) async fn follow_link(here: Here, sent: Sent) -> HttpResponse {
    let sent = sent.everywhere();
    let outcome = here.tenant.answer_message(sent.get("answer").unwrap_or_default(), true);
    let status = outcome.as_ref().map_or_else(|error| status_of(*error), |_| StatusCode::OK);
    pages::html(status, &AnsweredPage { approved: outcome.is_ok() })
}
