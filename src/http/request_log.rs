//! One log line for each request, without query, body or headers, as those hold secrets; and the
//! counts behind `/metrics`.

use std::fmt;
use std::time::Duration;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use tracing::Level;

use super::addressed::Addressed;
use super::around::{Answer, Inside};
use super::body::{limit_body, pass_over_body};
use super::connection::Connection;
use super::endpoint::{app_at, endpoint_at, shown};
use super::extract::Site;
use crate::clock::Stopwatch;
use crate::ids::Ids;
use crate::protocol::digest::hex_lower;
use crate::protocol::error::OAuthError;
use crate::tenant::remarks::{Remark, Remarks, Weight};

/// The header by which a caller or a proxy names a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What machines ask again and again: shown at debug.
const PROBES: [&str; 2] = ["health", "metrics"];

/// Leaves remarks with the request, for its log line.
pub(super) fn leave_remarks(request: &HttpRequest, remarks: Remarks) {
    if remarks.0.is_empty() {
        return;
    }
    let before = request.extensions_mut().remove::<Remarks>().unwrap_or_default();
    request.extensions_mut().insert(Remarks([before.0, remarks.0].concat()));
}

/// An answer of CyberArk's API that tells a failure, whatever its status.
#[derive(Debug, Clone, Copy)]
pub(super) struct VendorFailure;

/// Layer, around all others: a line for each request, a warning if it was refused; each remark
/// on the client is a line of its own. Here a request begins and ends for its connection, with its body.
pub(super) async fn log_request(mut request: ServiceRequest, inside: impl Inside) -> Answer {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site").clone();
    let connection = Connection::of(request.request()).clone();
    let answering = connection.answering();
    limit_body(&mut request, site.body_within);
    let named = request.headers().get(&REQUEST_ID).cloned();
    let (method, sent, watch) =
        (request.method().clone(), request.path().to_owned(), Stopwatch::start());
    let answer = inside(request).await;
    let (path, status) = match &answer {
        Ok(answer) => (answer.request().path(), answer.status()),
        Err(error) => (sent.as_str(), error.as_response_error().status_code()),
    };
    let refusal = answer.as_ref().ok().and_then(refusal);
    let outcome = outcome(answer.as_ref().ok(), refusal.as_ref(), status);
    let (endpoint, duration) = (endpoint_at(path), watch.elapsed());
    site.metrics.answered(endpoint, outcome, duration);
    let request = answer.as_ref().ok().map(ServiceResponse::request);
    if is_told(request, refusal.is_some()) {
        let (duration, request_id) = (milliseconds(duration), request_id(named.as_ref()));
        let line = Line { method, path, status, endpoint, outcome, duration, request_id };
        line.write(request, refusal.as_ref());
    }
    pass_over_body(&connection).await;
    drop(answering);
    answer
}

/// Whether anybody reads what would be written, so that nothing is made for nobody.
fn is_told(request: Option<&HttpRequest>, is_refused: bool) -> bool {
    let has_remarks = || request.is_some_and(|it| it.extensions().get::<Remarks>().is_some());
    tracing::enabled!(Level::INFO)
        || (tracing::enabled!(Level::WARN) && (is_refused || has_remarks()))
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    u32::try_from(duration.as_micros()).map_or(f64::MAX, |micros| f64::from(micros) / 1000.0)
}

/// The name that came with the request, if it is one that a log can hold; else a new one.
fn request_id(named: Option<&HeaderValue>) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@~".contains(&byte);
    let sent = named.and_then(|value| value.to_str().ok());
    let fits = |sent: &&str| (1..=128).contains(&sent.len()) && sent.bytes().all(is_plain);
    let made = || hex_lower(&Ids::default().sixteen());
    sent.filter(fits).map_or_else(made, str::to_owned)
}

fn refusal<B>(answer: &ServiceResponse<B>) -> Option<OAuthError> {
    answer.response().extensions().get::<OAuthError>().cloned()
}

/// What became of a request: the code of its OAuth error, or a word of a closed list.
fn outcome<B>(
    answer: Option<&ServiceResponse<B>>,
    refusal: Option<&OAuthError>,
    status: StatusCode,
) -> &'static str {
    let failed = |answer: &ServiceResponse<B>| {
        answer.response().extensions().get::<VendorFailure>().is_some()
    };
    match refusal {
        Some(error) => error.code.as_str(),
        None if status.is_server_error() => "server_error",
        None if status.is_client_error() => "client_error",
        None if answer.is_some_and(failed) => "failure",
        None => "ok",
    }
}

/// A request and what became of it.
struct Line<'a> {
    method: Method,
    path: &'a str,
    status: StatusCode,
    endpoint: &'static str,
    outcome: &'static str,
    /// In milliseconds.
    duration: f64,
    request_id: String,
}

impl Line<'_> {
    /// Without a request when it was answered before it was known for which tenant it is.
    fn write(&self, request: Option<&HttpRequest>, refusal: Option<&OAuthError>) {
        let Some(request) = request else {
            return self.answered("");
        };
        let extensions = request.extensions();
        let tenant = extensions.get::<Addressed>().map_or("", |addressed| &addressed.name);
        let remarks = extensions.get::<Remarks>();
        remarks.into_iter().flat_map(|Remarks(all)| all).for_each(|remark| self.remarked(remark));
        match refusal {
            Some(error) => self.refused(tenant, &error.description),
            None if PROBES.contains(&self.endpoint) => self.probed(),
            None => self.answered(tenant),
        }
    }

    fn app(&self) -> &str {
        app_at(self.path).unwrap_or_default()
    }

    fn answered(&self, tenant: &str) {
        let Self { method, endpoint, outcome, duration, request_id, .. } = self;
        let (path, app, status) = (shown(self.path), self.app(), self.status.as_u16());
        tracing::info!(
            %request_id, tenant, app, %endpoint, %outcome, status, duration_ms = duration, %method, %path,
            "answered"
        );
    }

    fn probed(&self) {
        let Self { method, endpoint, outcome, duration, request_id, .. } = self;
        let status = self.status.as_u16();
        tracing::debug!(
            %request_id, %endpoint, %outcome, status, duration_ms = duration, %method, "answered"
        );
    }

    fn refused(&self, tenant: &str, description: &impl fmt::Display) {
        let Self { method, endpoint, outcome, duration, request_id, .. } = self;
        let (path, app, status) = (shown(self.path), self.app(), self.status.as_u16());
        tracing::warn!(
            %request_id, tenant, app, %endpoint, %outcome, status, duration_ms = duration, %method, %path,
            %description,
            "refused"
        );
    }

    fn remarked(&self, remark: &Remark) {
        match remark.weight {
            Weight::Warning => self.advised(remark),
            Weight::Information => self.noticed(remark),
        }
    }

    fn advised(&self, Remark { row, what, reference, .. }: &Remark) {
        let (path, request_id) = (shown(self.path), &self.request_id);
        let method = &self.method;
        tracing::warn!(
            %request_id, %method, %path, row, what = &**what, reference, "the client should do otherwise"
        );
    }

    fn noticed(&self, Remark { row, what, reference, .. }: &Remark) {
        let (path, request_id) = (shown(self.path), &self.request_id);
        let method = &self.method;
        tracing::info!(
            %request_id, %method, %path, row, what = &**what, reference, "noticed about the client"
        );
    }
}
