//! Answers for callers who are lost: a path that is not served, a method that a path does not take.

use std::fmt::Write;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};

use super::control::{PROBLEM_JSON, Problem};
use super::extract::Here;
use crate::protocol::error::echo;

/// The most applications that an answer for lost people lists.
const LISTED: usize = 20;

/// A path that the mock does not serve, and where there is something.
pub(super) async fn no_such_path(here: Here, request: HttpRequest) -> HttpResponse {
    let mut text = format!(
        "{} {} is not imitated by this mock of CyberArk Identity.\n\
         The endpoints of its applications are listed in these documents:\n",
        request.method(),
        request.path()
    );
    for app in here.tenant.apps().iter().take(LISTED) {
        let issuer = here.base.issuer(&app.application_id);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{issuer}.well-known/openid-configuration");
    }
    plain(&mut HttpResponse::NotFound()).body(text)
}

/// A path that is below a tenant which is not there.
#[derive(Debug)]
pub(super) struct NoSuchTenant {
    pub(super) name: String,
    /// Whether the path is the control API's.
    pub(super) is_control: bool,
}

impl std::fmt::Display for NoSuchTenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "There is no tenant {}.", echo(&self.name))
    }
}

impl ResponseError for NoSuchTenant {
    fn status_code(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }

    fn error_response(&self) -> HttpResponse {
        if self.is_control {
            return Problem::not_found(self.to_string()).in_parameter("tenant").error_response();
        }
        plain(&mut HttpResponse::NotFound()).body(format!("{self}\n"))
    }
}

/// Gives a 405 of the routes, which has an `Allow` header already, a text for people; every other answer stays as
/// it is, and so does a problem of the control API.
pub(super) fn wrong_method(answered: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let is_problem = |kind: &header::HeaderValue| kind == PROBLEM_JSON;
    if answered.status() != StatusCode::METHOD_NOT_ALLOWED
        || answered.headers().get(header::CONTENT_TYPE).is_some_and(is_problem)
    {
        return answered;
    }
    let (request, response) = answered.into_parts();
    let allowed = response.headers().get(header::ALLOW);
    let allowed = allowed.and_then(|methods| methods.to_str().ok()).unwrap_or("another method");
    let method = request.method();
    let text = format!("{method} {} is not possible; it takes {allowed}.\n", request.path());
    let mut answer = plain(&mut HttpResponse::MethodNotAllowed()).body(text);
    for (name, value) in response.headers() {
        answer.headers_mut().insert(name.clone(), value.clone());
    }
    ServiceResponse::new(request, answer)
}

/// A text for people.
pub(super) fn plain(response: &mut HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type("text/plain; charset=utf-8");
    response.take()
}
