//! `/_mock/v1`: how a test steers the tenants and sees what happened.
//!
//! The operations stand in tables beside what serves them; the same tables make the `OpenAPI`
//! document. They are matched here and not by routes: fifty routes on each worker would cost more
//! than the rest of the start. `/_mock/v1/tenants/{name}/…` is the same as
//! `/_tenant/{name}/_mock/v1/…`, see [`super::canonical`].

mod access;
mod call;
mod clock;
mod directory;
mod inspect;
mod journal;
mod keys;
mod mint;
mod openapi;
mod operation;
mod problem;
mod steering;
mod tenants;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};

pub use self::access::ControlAccess;
pub(super) use self::access::guard_control;
pub(super) use self::access::is_control;
use self::call::Call;
use self::operation::{Operation, Run};
pub(super) use self::problem::{PROBLEM_JSON, Problem};
use super::addressed::{Addressed, base_of};
use super::body::{is_late, whole_body};
use super::extract::{Here, Site};
use crate::documents;
use crate::tenant::tenants::DEFAULT;

/// The path in front of the operations'.
const ROOT: &str = "/_mock/v1";

/// The most bytes of a body: whole tenants are sent here.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Every operation.
const OPERATIONS: [&[Operation]; 8] = [
    &tenants::OPERATIONS,
    &directory::OPERATIONS,
    &steering::OPERATIONS,
    &clock::OPERATIONS,
    &keys::OPERATIONS,
    &mint::OPERATIONS,
    &journal::OPERATIONS,
    &inspect::OPERATIONS,
];

/// The routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    let at = web::resource::<&str>;
    config
        .service(at("/_mock/openapi.json").get(description))
        .service(at(ROOT).to(serve))
        .service(at("/_mock/v1/{operation:.*}").to(serve));
}

async fn description() -> HttpResponse {
    if cfg!(debug_assertions) {
        return call::shown(&openapi::document(&all()));
    }
    call::shown_as_is(documents::openapi())
}

fn all() -> Vec<&'static Operation> {
    OPERATIONS.into_iter().flatten().collect()
}

async fn serve(here: Here, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let outcome = answer(here, request, payload).await;
    outcome.unwrap_or_else(|problem| problem.error_response())
}

async fn answer(here: Here, request: HttpRequest, payload: web::Payload) -> operation::Outcome {
    let path = request.path().strip_prefix(ROOT).unwrap_or_default();
    let mut at_path: Vec<_> = OPERATIONS
        .into_iter()
        .flatten()
        .filter_map(|operation| Some((operation, operation.matches(path)?)))
        .collect();
    if at_path.is_empty() {
        let text = format!("{ROOT}{path} is no operation: see /_mock/openapi.json");
        return Err(Problem::not_found(text));
    }
    // `/keys/rotate` is itself and no key of that name.
    if at_path.iter().any(|(_, segments)| segments.is_empty()) {
        at_path.retain(|(_, segments)| segments.is_empty());
    }
    let method = request.method().as_str();
    let methods: Vec<_> = at_path.iter().map(|(operation, _)| operation.method).collect();
    let found = at_path.into_iter().find(|(operation, _)| operation.method == method);
    let Some((operation, segments)) = found else {
        let allowed = methods.join(", ");
        let mut answer = Problem::wrong_method(&allowed).error_response();
        let allowed = allowed.parse().expect("methods make a header value");
        answer.headers_mut().insert(actix_web::http::header::ALLOW, allowed);
        return Ok(answer);
    };
    let body = whole_body(request.headers(), payload.into_inner(), BODY_LIMIT).await;
    let body = body.map_err(|error| match error {
        error if is_late(&error) => Problem::too_late("the body did not come in time"),
        _ => Problem::too_large(format!("the body has no end, or more than {BODY_LIMIT} bytes")),
    })?;
    let call = call(here, &request, segments, body);
    match operation.run {
        Run::Show(run) => Ok(run(&call)),
        Run::Now(run) => run(&call),
        Run::Later(run) => run(call).await,
    }
}

fn call(
    here: Here,
    request: &HttpRequest,
    segments: Vec<(&'static str, String)>,
    body: Bytes,
) -> Call {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site");
    let name = request.extensions().get::<Addressed>().map(|addressed| addressed.name.clone());
    Call {
        tenants: site.tenants.clone(),
        tenant: here.tenant,
        name: name.unwrap_or_else(|| DEFAULT.to_owned()),
        base: here.base,
        root: base_of(site, request),
        segments,
        query: request.query_string().to_owned(),
        body,
    }
}
