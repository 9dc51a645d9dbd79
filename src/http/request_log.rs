//! One log line for each request, without query, body or headers: those hold secrets.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::protocol::error::OAuthError;
use crate::tenant::remarks::{Remark, Remarks};

/// Leaves remarks with the request, for its log line.
pub(super) fn leave_remarks(request: &HttpRequest, remarks: Remarks) {
    if !remarks.0.is_empty() {
        request.extensions_mut().insert(remarks);
    }
}

/// Middleware: a refused request is a warning with its OAuth error, every other a debug line; each
/// remark on the client is a warning of its own.
pub(crate) async fn log_request<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let answer = next.call(request).await;
    let (status, refusal) = match &answer {
        Ok(answer) => {
            (answer.status(), answer.response().extensions().get::<OAuthError>().cloned())
        }
        Err(error) => (error.as_response_error().status_code(), None),
    };
    let remarks = answer
        .as_ref()
        .ok()
        .and_then(|answer| answer.request().extensions().get::<Remarks>().cloned());
    let request = Request { method, path, status };
    remarks.unwrap_or_default().0.iter().for_each(|remark| request.remarked(remark));
    refusal.map_or_else(|| request.answered(), |error| request.refused(&error));
    answer
}

struct Request {
    method: Method,
    path: String,
    status: StatusCode,
}

impl Request {
    fn answered(&self) {
        let Self { method, path, status } = self;
        tracing::debug!(%method, path, status = status.as_u16(), "answered");
    }

    fn remarked(&self, Remark { row, what, reference }: &Remark) {
        let Self { method, path, .. } = self;
        tracing::warn!(%method, path, row, what, reference, "the client should do otherwise");
    }

    fn refused(&self, OAuthError { code, description, .. }: &OAuthError) {
        let Self { method, path, status } = self;
        let (status, error) = (status.as_u16(), code.as_str());
        tracing::warn!(%method, path, status, error, %description, "refused");
    }
}
