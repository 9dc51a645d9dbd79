//! Errors of the control API: problem details
//! ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) that name the member that is wrong.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::answer::not_kept;
use crate::protocol::json::escaped;
use crate::tenant::document::DocumentError;

/// A problem, as [RFC 9457 §3](https://www.rfc-editor.org/rfc/rfc9457#section-3) writes it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::http) struct Problem {
    /// `about:blank`: the status says it all (§4.2.1).
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was found, and what is allowed.
    detail: String,
    /// Where in the body: a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// The parameter of path or query that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let (kind, status, detail) = ("about:blank", status.as_u16(), detail.into());
        Self { kind, title, status, detail, pointer: None, parameter: None }
    }

    /// The request is wrong.
    pub(in crate::http) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The caller has not proved who they are.
    pub(in crate::http) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// Nobody may call here.
    pub(in crate::http) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// There is no such thing.
    pub(in crate::http) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The method is none of these.
    pub(in crate::http) fn wrong_method(allowed: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("expected one of {allowed}"))
    }

    /// The request contradicts what is there.
    pub(in crate::http) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// The body is too large.
    pub(in crate::http) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    /// The body is late.
    pub(in crate::http) fn too_late(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, detail)
    }

    /// The server is stopping.
    pub(in crate::http) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// The problem is at this JSON Pointer of the body; an empty one is the whole body.
    #[must_use]
    pub(in crate::http) fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The pointer begins here.
    #[must_use]
    pub(super) fn below(mut self, pointer: &str) -> Self {
        self.pointer = self.pointer.map(|below| format!("{pointer}{below}"));
        self
    }

    /// The problem is in this parameter of path or query.
    #[must_use]
    pub(in crate::http) fn in_parameter(mut self, name: impl Into<String>) -> Self {
        self.parameter = Some(name.into());
        self
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        Self::bad_request(error.problem).at(pointer_of(&error.path))
    }
}

/// The JSON Pointer of a path like `users[0].name`.
fn pointer_of(path: &str) -> String {
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    let steps = steps.filter(|step| !step.is_empty());
    steps.fold(String::new(), |pointer, step| format!("{pointer}/{}", escaped(step)))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"control\""));
        }
        let body = serde_json::to_string(self).expect("a problem is texts and numbers");
        not_kept(&mut response)
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .content_type(PROBLEM_JSON)
            .body(body)
    }
}

/// The media type of problems.
pub(in crate::http) const PROBLEM_JSON: &str = "application/problem+json";

#[cfg(test)]
mod tests {
    use super::pointer_of;

    #[test]
    fn a_path_becomes_a_pointer() {
        for (path, pointer) in [
            ("users[0].name", "/users/0/name"),
            (".name", "/name"),
            ("tenant.policy", "/tenant/policy"),
            ("", ""),
            ("claims.a/b", "/claims/a~1b"),
        ] {
            assert_eq!(pointer_of(path), pointer);
        }
    }
}
