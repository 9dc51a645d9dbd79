//! One log line for each request, without query, body or headers: those hold secrets.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;

/// Middleware: logs method, path and status at debug level.
pub(crate) async fn log_request<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let answer = next.call(request).await;
    let status = answer.as_ref().map_or_else(status_of_error, ServiceResponse::status).as_u16();
    tracing::debug!(%method, path, status, "request");
    answer
}

fn status_of_error(error: &Error) -> StatusCode {
    error.as_response_error().status_code()
}
