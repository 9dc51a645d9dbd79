//! What handlers ask for: the tenant and its base URL, the parameters, the credentials.

use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::{InternalError, PayloadError};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, ResponseError};
use serde::de::DeserializeOwned;

use super::BODY_LIMIT;
use super::addressed::{base_here, tenant_of};
use super::body::whole_body;
use super::control::ControlAccess;
use super::error::Failure;
use super::metrics::Metrics;
use super::plain_http::refuse_plain_http;
use super::security::failure;
use super::sign::Signers;
use crate::outgoing::Outgoing;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::OAuthError;
use crate::protocol::parameters::Parameters;
use crate::protocol::places::{BodyKind, Places};
use crate::protocol::token::BasicCredentials;
use crate::tenant::Tenant;
use crate::tenant::asked::Asked;
use crate::tenant::tenants::Tenants;

/// Name of the session cookie.
pub(crate) const SESSION_COOKIE: &str = ".ASPXAUTH";

/// What every handler of the process shares.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) tenants: Tenants,
    /// The one URL under which everybody reaches the server, when it was configured.
    pub(crate) public_url: Option<BaseUrl>,
    /// The calls that the server makes.
    pub(crate) outgoing: Outgoing,
    /// The certificate of the authority behind https, when the mock made one.
    pub(crate) authority_pem: Option<String>,
    /// Who may call the control API.
    pub(crate) control: ControlAccess,
    /// What was counted so far.
    pub(crate) metrics: Metrics,
    /// How long the body of a request may take.
    pub(crate) body_within: Duration,
}

/// The tenant that a request is for, and the base of the URLs in its answer.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) tenant: Tenant,
    pub(super) base: BaseUrl,
    pub(super) outgoing: Outgoing,
    pub(super) signers: Signers,
}

impl FromRequest for Here {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let site = request.app_data::<Data<Site>>().expect("the server shares its site");
        let outgoing = site.outgoing.clone();
        let signers = request.app_data::<Signers>().expect("the server has signers").clone();
        let (tenant, base) = (tenant_of(request), base_here(request));
        let asked = request.extensions().get::<Arc<Asked<'static>>>().cloned();
        let tenant = asked.map_or(tenant.clone(), |asked| tenant.serving(asked));
        let refusal = refuse_plain_http(request, &tenant, &base);
        ready(refusal.map(|()| Self { tenant, base, outgoing, signers }))
    }
}

/// The body of a request, left with it by whoever read it, for the journal.
#[derive(Debug, Clone)]
pub(super) struct RawBody(pub(super) Bytes);

/// Reads the body, and leaves it with the request.
fn read_body(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, PayloadError>> + use<> {
    let body = whole_body(request.headers(), payload.take(), BODY_LIMIT);
    let request = request.clone();
    async move {
        let body = body.await?;
        request.extensions_mut().insert(RawBody(body.clone()));
        Ok(body)
    }
}

/// The whole body, whatever it is.
#[derive(Debug)]
pub(super) struct Whole(pub(super) Bytes);

impl FromRequest for Whole {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|error| Failure::unreadable_body(&error))?;
            Ok(Self(body))
        })
    }
}

/// The parameters of query and body, kept apart.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) query: Parameters,
    /// Where the parameters stood.
    pub(super) places: Places,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Empty,
    Form(Parameters),
    /// JSON, or anything else: of no meaning to an OAuth endpoint.
    Other,
}

impl Sent {
    /// The parameters of the query, then those of the body.
    pub(super) fn everywhere(mut self) -> Parameters {
        if let Body::Form(form) = self.body {
            self.query.append(form);
        }
        self.query
    }

    /// The parameters of the body.
    ///
    /// # Errors
    ///
    /// `invalid_request` when there is a body of another type than a form.
    pub(super) fn form(self) -> Result<Parameters, OAuthError> {
        match self.body {
            Body::Empty => Ok(Parameters::default()),
            Body::Form(form) => Ok(form),
            Body::Other => Err(OAuthError::invalid_request(
                "the body must be application/x-www-form-urlencoded",
            )),
        }
    }

    /// The parameter of that name in the body alone.
    pub(super) fn posted(&self, name: &str) -> Option<&str> {
        match &self.body {
            Body::Form(form) => form.get(name),
            Body::Empty | Body::Other => None,
        }
    }

    /// The parameters of the body if it is a form.
    pub(super) fn form_if_any(self) -> Parameters {
        match self.body {
            Body::Form(form) => form,
            Body::Empty | Body::Other => Parameters::default(),
        }
    }
}

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request, payload);
        let query = Parameters::parse(request.query_string().as_bytes());
        let is_form = is_form(request.headers());
        let is_declared =
            request.headers().contains_key(header::CONTENT_TYPE) && request.method() != Method::GET;
        Box::pin(async move {
            let body = body.await.map_err(|error| Failure::unreadable_body(&error))?;
            let body = match (body.is_empty(), is_form) {
                (true, _) => Body::Empty,
                (false, true) => Body::Form(Parameters::parse(&body).map_err(Failure::from)?),
                (false, false) => Body::Other,
            };
            let query = query.map_err(Failure::from)?;
            let kind = match &body {
                Body::Empty => BodyKind::Empty,
                Body::Form(_) if is_declared => BodyKind::Form,
                Body::Form(_) => BodyKind::Undeclared,
                Body::Other => BodyKind::Other,
            };
            Ok(Self { places: Places::new(&query, kind), query, body })
        })
    }
}

/// Whether the body says it is a form, or says nothing (Go sends empty bodies so).
fn is_form(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// A JSON body of the vendor's API. An absent or unreadable one is the empty request: the product
/// answers its envelope whatever came, and the log says what was wrong.
#[derive(Debug)]
pub(super) struct VendorJson<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromRequest for VendorJson<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let here = Here::from_request(request, payload);
        let body = read_body(request, payload);
        Box::pin(async move {
            let here = here.await?;
            let body = body.await.map_err(|error| unreadable_body(&here, &error))?;
            let parsed = if body.is_empty() { Ok(T::default()) } else { object(&body) };
            Ok(Self(parsed.unwrap_or_else(|error| {
                let at = (error.line(), error.column());
                tracing::warn!(line = at.0, column = at.1, "the JSON body cannot be read");
                T::default()
            })))
        })
    }
}

/// A body that could not be read to its end: no success, whatever the vendor's clients make of the
/// status, and the envelope that says so.
fn unreadable_body(here: &Here, error: &PayloadError) -> actix_web::Error {
    let problem = Failure::unreadable_body(error);
    let mut answer = failure(here, problem.description().to_owned());
    *answer.status_mut() = problem.status_code();
    InternalError::from_response(problem, answer).into()
}

/// Reads a JSON object, and nothing but an object: serde would take a list for the members in their
/// order.
fn object<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(serde::de::Error::custom("expected an object"));
    }
    serde_json::from_slice(body)
}

/// What may prove that somebody is signed in: the session cookie, a bearer token, and the `Auth`
/// parameter that CyberArk's demo appends to the authorization request.
pub(super) fn session_credentials(request: &HttpRequest, sent: &Parameters) -> Vec<String> {
    let has_cookies = request.headers().contains_key(header::COOKIE);
    let cookies = has_cookies.then(|| request.cookies().ok()).flatten().map(|cookies| {
        let sessions = cookies.iter().filter(|cookie| cookie.name() == SESSION_COOKIE);
        sessions.map(|cookie| cookie.value().to_owned()).collect::<Vec<_>>()
    });
    let bearer = bearer_token(request).map(str::to_owned);
    let others = [bearer, sent.owned("Auth")].into_iter().flatten();
    cookies.unwrap_or_default().into_iter().chain(others).collect()
}

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
pub(super) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// The credentials of an `Authorization: Basic` header (RFC 6749 §2.3.1).
pub(super) fn basic_credentials(request: &HttpRequest) -> Option<BasicCredentials> {
    BasicCredentials::parse(request.headers().get(header::AUTHORIZATION)?.to_str().ok()?)
}
