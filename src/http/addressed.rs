//! Which tenant a request is for, and the base of its URLs.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use url::Url;

use super::connection::Connection;
use super::extract::Site;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::Tenant;

/// A named tenant that a request is for, left with the request by [`super::canonical`].
#[derive(Debug, Clone)]
pub(super) struct Addressed {
    pub(super) name: String,
    pub(super) tenant: Tenant,
    /// The path that stands in front of the tenant's own; `None` when the host led to it.
    pub(super) path: Option<String>,
}

/// The tenant that a request is for.
pub(super) fn tenant_of(request: &HttpRequest) -> Tenant {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site");
    let named = request.extensions().get::<Addressed>().map(|addressed| addressed.tenant.clone());
    named.unwrap_or_else(|| site.tenants.default_tenant())
}

/// The base URL of a request, left with it: handler and journal both ask, and parsing an URL is the
/// dearest part of a request that signs nothing.
struct Based(BaseUrl);

/// The base URL of the tenant that a request is for.
pub(super) fn base_here(request: &HttpRequest) -> BaseUrl {
    if let Some(Based(base)) = request.extensions().get() {
        return base.clone();
    }
    let site = request.app_data::<Data<Site>>().expect("the server shares its site");
    let base = match request.extensions().get::<Addressed>() {
        Some(Addressed { path: Some(path), .. }) => base_of(site, request).below(path),
        Some(Addressed { path: None, .. }) => base_of_request(request),
        None => base_of(site, request),
    };
    request.extensions_mut().insert(Based(base.clone()));
    base
}

/// The base URL of the default tenant.
pub(super) fn base_of(site: &Site, request: &HttpRequest) -> BaseUrl {
    site.public_url.clone().unwrap_or_else(|| base_of_request(request))
}

/// The base URL by the request's own account: `X-Forwarded-Proto`, `-Host` and `-Port` where a proxy
/// set them, else scheme and `Host`; the address listened on when those make no URL.
pub(super) fn base_of_request(request: &HttpRequest) -> BaseUrl {
    let headers = request.headers();
    let is_direct = || !BY_PROXIES.iter().any(|name| headers.contains_key(name));
    match headers.get(header::HOST).filter(|_| is_direct()) {
        Some(host) => Connection::of(request).base_at(host, || told_base(request)),
        None => told_base(request),
    }
}

const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// What proxies tell of the URL that a request was for.
const BY_PROXIES: [HeaderName; 3] =
    [header::X_FORWARDED_PROTO, header::X_FORWARDED_HOST, FORWARDED_PORT];

fn told_base(request: &HttpRequest) -> BaseUrl {
    let headers = request.headers();
    let scheme = match forwarded(headers, &header::X_FORWARDED_PROTO) {
        Some(sent) if sent.eq_ignore_ascii_case("https") => "https",
        Some(sent) if sent.eq_ignore_ascii_case("http") => "http",
        _ if Connection::of(request).door().is_secure => "https",
        _ => "http",
    };
    let port = forwarded(headers, &FORWARDED_PORT)
        .and_then(|port| port.parse::<u16>().ok())
        .filter(|port| *port != 0);
    let by_proxy = || {
        let host = forwarded(headers, &header::X_FORWARDED_HOST)?;
        // A port that the proxy put beside the host name is the more exact of the two.
        base_at(scheme, host, port.filter(|_| !names_a_port(host)))
    };
    let by_client = || base_at(scheme, headers.get(header::HOST)?.to_str().ok()?, port);
    let by_target = || base_at(scheme, request.uri().authority()?.as_str(), port);
    by_proxy()
        .or_else(by_client)
        .or_else(by_target)
        .unwrap_or_else(|| BaseUrl::of_address(scheme, Connection::of(request).door().address))
}

/// The base URL of a host, at `port` instead of its own if there is one.
fn base_at(scheme: &str, host: &str, port: Option<u16>) -> Option<BaseUrl> {
    let mut url = Url::parse(&format!("{scheme}://{host}")).ok()?;
    if port.is_some() {
        url.set_port(port).ok()?;
    }
    // A host that brings a path along is none.
    (url.path() == "/").then(|| BaseUrl::of_url(&url).ok())?
}

fn names_a_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
}

/// The first value of a header that each proxy on the way may have added to.
fn forwarded<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|first| !first.is_empty())
}
