//! The one place that knows statuses: how an [`OAuthError`] looks as JSON, as a bearer challenge and
//! as a page. (The fourth rendering, a redirect, is a [`super::redirect`] like any other.)

use std::borrow::Cow;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};

use super::body::is_late;
use super::{answer, pages};
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::security::{NO_ACCESS, UnauthorizedBody};

/// An error of an OAuth endpoint on its way out, as JSON.
#[derive(Debug)]
pub(super) struct Failure {
    error: OAuthError,
    status: StatusCode,
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self { status: status_of(&error), error }
    }
}

impl Failure {
    /// What was wrong, for answers of another shape.
    pub(super) fn description(&self) -> &str {
        &self.error.description
    }

    /// What was decided on could not be signed.
    pub(super) fn unsigned() -> Self {
        let error = OAuthError::new(ErrorCode::ServerError, "nothing was signed");
        error.blamed_on(Fault::Server).into()
    }

    /// The body could not be read to its end.
    pub(super) fn unreadable_body(error: &PayloadError) -> Self {
        let (status, text): (_, Cow<'static, str>) = match error {
            PayloadError::Overflow => {
                let text = format!("the body is larger than {} bytes", super::BODY_LIMIT);
                (StatusCode::PAYLOAD_TOO_LARGE, text.into())
            }
            error if is_late(error) => {
                (StatusCode::REQUEST_TIMEOUT, "the body did not come in time".into())
            }
            _ => (StatusCode::BAD_REQUEST, "the body could not be read".into()),
        };
        Self { error: OAuthError::invalid_request(text), status }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        json(&self.error, self.status, None)
    }
}

const fn status_of(error: &OAuthError) -> StatusCode {
    match error.fault {
        Fault::Request => StatusCode::BAD_REQUEST,
        Fault::Authentication | Fault::NoAccess => StatusCode::UNAUTHORIZED,
        Fault::Permission => StatusCode::FORBIDDEN,
        Fault::Server => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The JSON body of token, keys, discovery and, under CyberArk's policy, authorization errors.
fn json(error: &OAuthError, status: StatusCode, challenge: Option<&str>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    answer::not_kept(&mut response);
    if matches!(error.fault, Fault::Authentication | Fault::Permission) {
        insert_challenge(&mut response, challenge.unwrap_or("Basic realm=\"token\""));
    }
    let body = match error.fault {
        Fault::NoAccess => serde_json::to_string(&UnauthorizedBody { error_message: NO_ACCESS }),
        _ => serde_json::to_string(error),
    };
    // `<` stands only inside strings; escaped, no browser can mistake an echoed value for markup.
    let body = body.expect("an error is two strings").replace('<', "\\u003c");
    response
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type("application/json; charset=utf-8");
    refused(response.body(body), error)
}

/// Leaves the error with the answer, for the log.
pub(super) fn refused(mut answer: HttpResponse, error: &OAuthError) -> HttpResponse {
    answer.extensions_mut().insert(error.clone());
    answer
}

fn insert_challenge(response: &mut HttpResponseBuilder, challenge: &str) {
    // Descriptions are printable ASCII without quotes, so this is a header value.
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        response.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
}

/// An error of a resource that takes bearer tokens, with a challenge where the policy wants one.
///
/// [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3): a request without any token is
/// told no error code, so its body is empty.
pub(super) fn bearer(realm: &str, error: &OAuthError, token_was_sent: bool) -> HttpResponse {
    if !matches!(error.fault, Fault::Authentication | Fault::Permission) {
        return json(error, status_of(error), None);
    }
    let challenge = format!("Bearer realm=\"{realm}\"");
    if token_was_sent {
        let (code, description) = (error.code.as_str(), &error.description);
        let challenge =
            format!("{challenge}, error=\"{code}\", error_description=\"{description}\"");
        return json(error, status_of(error), Some(&challenge));
    }
    let mut response = HttpResponse::build(status_of(error));
    insert_challenge(answer::not_kept(&mut response), &challenge);
    refused(response.finish(), error)
}

/// The page of an authorization request that may not be redirected.
pub(super) fn page(error: &OAuthError) -> HttpResponse {
    error_page(
        error,
        "The sign-in request cannot be answered",
        "The mock did not send you back to the application, because the request does not prove \
         that the redirect URI belongs to it. Check client_id and redirect_uri against the fixture.",
    )
}

/// The page of a request that came in the clear.
pub(super) fn plain_http_page(error: &OAuthError) -> HttpResponse {
    error_page(
        error,
        "The request came by plain http",
        "Under its policy the mock wants TLS here, as the specifications do.",
    )
}

/// The page of a sign-out request that is wrong.
pub(super) fn sign_out_page(error: &OAuthError) -> HttpResponse {
    error_page(
        error,
        "The sign-out request cannot be answered",
        "You are still signed in, and the mock did not send you on. Check id_token_hint, client_id \
         and post_logout_redirect_uri against the fixture.",
    )
}

fn error_page(error: &OAuthError, heading: &str, explanation: &str) -> HttpResponse {
    let code = error.code.as_str();
    let page = pages::ErrorPage { heading, code, description: &error.description, explanation };
    refused(pages::html(status_of(error), &page), error)
}
