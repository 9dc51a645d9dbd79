//! What is done around every request.

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use super::canonical::canonical_path;
use super::control::guard_control;
use super::journaled::journaled;
use super::lost::wrong_method;
use super::request_log::log_request;
use super::steered::steered;

/// What a request is answered with.
pub(super) type Answer = Result<ServiceResponse<BoxBody>, Error>;

/// Everything that is further in than a layer.
pub(super) trait Inside: AsyncFnOnce(ServiceRequest) -> Answer {}

impl<F: AsyncFnOnce(ServiceRequest) -> Answer> Inside for F {}

/// Middleware: the layers around the routes, each a function of what is further in; here from the inside out.
/// To actix they are one, as each that it knows of costs every request two boxes and a dynamic call.
pub(crate) async fn around(request: ServiceRequest, routes: Next<BoxBody>) -> Answer {
    let answered = async |request| Ok(wrong_method(routes.call(request).await?));
    let answered = async |request| steered(request, answered).await;
    let answered = async |request| journaled(request, answered).await;
    let answered = async |request| guard_control(request, answered).await;
    let answered = async |request| canonical_path(request, answered).await;
    log_request(request, answered).await
}
