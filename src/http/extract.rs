//! What handlers ask for: the tenant and its base URL, the parameters, the credentials.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, ResponseError};
use serde::de::DeserializeOwned;
use url::Url;

use super::control::ControlAccess;
use super::error::Failure;
use super::security::failure;
use crate::outgoing::Outgoing;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::OAuthError;
use crate::protocol::parameters::Parameters;
use crate::protocol::places::{BodyKind, Places};
use crate::protocol::token::BasicCredentials;
use crate::tenant::Tenant;
use crate::tenant::tenants::Tenants;

/// Name of the session cookie.
pub(super) const SESSION_COOKIE: &str = ".ASPXAUTH";

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
}

/// A named tenant that a request is for, left with the request by [`super::canonical_path`].
#[derive(Debug, Clone)]
pub(super) struct Addressed {
    pub(super) name: String,
    pub(super) tenant: Tenant,
    /// The path that stands in front of the tenant's own; `None` when the host led to it.
    pub(super) path: Option<String>,
}

/// The tenant that a request is for, and the base of the URLs in its answer.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) tenant: Tenant,
    pub(super) base: BaseUrl,
    pub(super) outgoing: Outgoing,
}

impl FromRequest for Here {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let site = request.app_data::<Data<Site>>().expect("the server shares its site");
        let base = || base_of(site, request);
        let outgoing = site.outgoing.clone();
        let (tenant, base) = match request.extensions().get::<Addressed>().cloned() {
            Some(Addressed { tenant, path: Some(path), .. }) => (tenant, base().below(&path)),
            Some(Addressed { tenant, path: None, .. }) => (tenant, base_of_request(request)),
            None => (site.tenants.default_tenant(), base()),
        };
        ready(Ok(Self { tenant, base, outgoing }))
    }
}

/// The base URL of the default tenant.
pub(super) fn base_of(site: &Site, request: &HttpRequest) -> BaseUrl {
    site.public_url.clone().unwrap_or_else(|| base_of_request(request))
}

/// The base URL by the request's own account: `X-Forwarded-Proto`, `-Host` and `-Port` where a proxy
/// set them, else scheme and `Host`; the address listened on when those make no URL.
pub(super) fn base_of_request(request: &HttpRequest) -> BaseUrl {
    let headers = request.headers();
    let scheme = match forwarded(headers, "x-forwarded-proto") {
        Some(sent) if sent.eq_ignore_ascii_case("https") => "https",
        Some(sent) if sent.eq_ignore_ascii_case("http") => "http",
        _ if request.app_config().secure() => "https",
        _ => "http",
    };
    let port = forwarded(headers, "x-forwarded-port")
        .and_then(|port| port.parse::<u16>().ok())
        .filter(|port| *port != 0);
    let by_proxy = || {
        let host = forwarded(headers, "x-forwarded-host")?;
        // A port that the proxy put beside the host name is the more exact of the two.
        base_at(scheme, host, port.filter(|_| !names_a_port(host)))
    };
    let by_client = || base_at(scheme, headers.get(header::HOST)?.to_str().ok()?, port);
    let by_target = || base_at(scheme, request.uri().authority()?.as_str(), port);
    by_proxy()
        .or_else(by_client)
        .or_else(by_target)
        .unwrap_or_else(|| BaseUrl::of_address(scheme, request.app_config().local_addr()))
}

/// The base URL of a host, at `port` instead of its own if there is one.
fn base_at(scheme: &str, host: &str, port: Option<u16>) -> Option<BaseUrl> {
    let mut url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    if port.is_some() {
        url.set_port(port).ok()?;
    }
    // A host that brings a path along is none.
    (url.path() == "/").then(|| url.as_str().parse().ok())?
}

fn names_a_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
}

/// The first value of a header that each proxy on the way may have added to.
fn forwarded<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|first| !first.is_empty())
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
        let body = Bytes::from_request(request, payload);
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
        let body = Bytes::from_request(request, payload);
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
fn unreadable_body(here: &Here, error: &actix_web::Error) -> actix_web::Error {
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
    let cookies = request.cookies().map(|cookies| {
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
