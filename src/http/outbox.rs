//! The outbox: `GET /_mock/outbox` and the answers to its messages, and the link that stands in them
//! (CyberArk's OpenAPI description, `/Security/AnswerOOBChallenge`).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::answer::{json, private_json};
use super::extract::{Here, Sent};
use super::pages::{self, AnsweredPage};
use crate::tenant::outbox::OutboxError;

/// The messages as JSON, newest first; `?user=` leaves only those to one user.
pub(super) async fn list(here: Here, sent: Sent) -> HttpResponse {
    private_json(&here.tenant.outbox(sent.query.get("user")))
}

/// Throws the messages away.
pub(super) async fn clear(here: Here) -> HttpResponse {
    here.tenant.clear_outbox();
    HttpResponse::NoContent().finish()
}

/// The user's yes.
pub(super) async fn approve(here: Here, id: Path<String>) -> HttpResponse {
    settle(&here, &id, true)
}

/// The user's no.
pub(super) async fn deny(here: Here, id: Path<String>) -> HttpResponse {
    settle(&here, &id, false)
}

fn settle(here: &Here, id: &str, approve: bool) -> HttpResponse {
    match here.tenant.answer_message(id, approve) {
        Ok(message) => private_json(&message),
        Err(error) => {
            let mut response = HttpResponse::build(status_of(error));
            json(&mut response, &json!({ "error": error.to_string() }))
        }
    }
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
