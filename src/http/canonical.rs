//! Paths as the product takes them: fixed segments in any letter case, doubled slashes, one slash
//! at the end. And HEAD, which every server answers like GET, without the body
//! ([RFC 9110 §9.3.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2)): some health probes
//! send it.
//!
//! Source: the spellings in working clients of CyberArk (`/oauth2/platformtoken`,
//! `/OAuth2/Keys/{app}/`, `/security/WhoAmI/`, …); the product is an ASP.NET host.

use std::borrow::Cow;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, Uri};
use actix_web::web::Data;

use super::addressed::{Addressed, base_of_request};
use super::around::{Answer, Inside};
use super::control::is_control;
use super::endpoint::route_of;
use super::extract::Site;
use super::lost::NoSuchTenant;
use super::vendor::NAMESPACES;
use crate::protocol::base_url::BaseUrl;

/// Layer: routes see the canonical path below the tenant's, and GET for HEAD (whose body is
/// then left out where answers are written); the query stays as it was sent.
pub(super) async fn canonical_path(mut request: ServiceRequest, inside: impl Inside) -> Answer {
    let site = request.app_data::<Data<Site>>().expect("the server shares its site").clone();
    let prefix = site.public_url.as_ref().map_or("", BaseUrl::path_prefix);
    let Canonical { tenant, path } = canonical(request.path(), prefix);
    let moved = path.and_then(|path| moved_to(request.uri(), path));
    if let Some(uri) = &moved {
        request.head_mut().uri = uri.clone();
    }
    if let Some(uri) = route_of(request.path()).or(moved.as_ref()) {
        request.match_info_mut().get_mut().update(uri);
    }
    if let Some(addressed) = addressed(&site, &request, tenant)? {
        request.extensions_mut().insert(addressed);
    }
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    inside(request).await
}

/// The URI with this path, if that makes one.
fn moved_to(uri: &Uri, mut path: String) -> Option<Uri> {
    if let Some(query) = uri.query() {
        path.reserve_exact(1 + query.len());
        path.push('?');
        path.push_str(query);
    }
    let path_and_query = PathAndQuery::try_from(path).ok()?;
    if uri.authority().is_none() {
        return Some(path_and_query.into());
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    Uri::from_parts(parts).ok()
}

/// The named tenant that the path or the host leads to.
fn addressed(
    site: &Site,
    request: &ServiceRequest,
    in_path: Option<String>,
) -> Result<Option<Addressed>, NoSuchTenant> {
    if let Some(name) = in_path {
        let Some(tenant) = site.tenants.get(&name) else {
            let is_control = is_control(request.path());
            return Err(NoSuchTenant { name, is_control });
        };
        let path = Some(format!("/{TENANT}/{name}"));
        return Ok(Some(Addressed { name, tenant, path }));
    }
    if !site.tenants.has_hosts() {
        return Ok(None);
    }
    let base = base_of_request(request.request());
    let named = site.tenants.at_host(base.host());
    Ok(named.map(|(name, tenant)| Addressed { name: name.to_string(), tenant, path: None }))
}

/// The path below the public URL's own: a proxy may have left it standing in front.
fn without_prefix<'a>(path: &'a str, prefix: &str) -> &'a str {
    match path.strip_prefix(prefix) {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

/// The segment that stands in front of a tenant's name.
const TENANT: &str = "_tenant";

/// Metadata of the authorization server whose issuer has the path that follows.
const AUTHORIZATION_SERVER: [&str; 2] = [".well-known", "oauth-authorization-server"];

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
struct Canonical {
    /// The tenant that the path names.
    tenant: Option<String>,
    /// The canonical form of the path below the tenant's; `None` when it is canonical already.
    path: Option<String>,
}

fn canonical(sent: &str, prefix: &str) -> Canonical {
    let mut segments = segments(without_prefix(sent, prefix));
    let mut tenant = take_tenant(&mut segments, 0);
    drop_subdomain_prefix(&mut segments);
    // `/{app}/.well-known/…` begins with a name, everything else with fixed segments.
    let is_well_known =
        segments.get(1).is_some_and(|second| second.eq_ignore_ascii_case(".well-known"));
    let fixed = if is_well_known { 1..segments.len() } else { 0..fixed_segments(&segments) };
    for segment in &mut segments[fixed] {
        if segment.bytes().any(|byte| byte.is_ascii_uppercase()) {
            segment.to_mut().make_ascii_lowercase();
        }
    }
    if let Some(named) = take_steered(&mut segments) {
        tenant = Some(named);
    }
    // RFC 8414 §3.1: the issuer's path, prefix and tenant included, stands behind the fixed
    // segments.
    if segments.iter().take(2).eq(&AUTHORIZATION_SERVER) {
        let issuer_path = joined(&segments[2..]);
        let behind = self::segments(without_prefix(&issuer_path, prefix)).into_iter();
        let behind = behind.map(|segment| Cow::Owned(segment.into_owned()));
        segments.splice(2.., behind);
        tenant = take_tenant(&mut segments, 2).or(tenant);
    }
    let (path, tenant) = (joined(&segments), tenant.map(Cow::into_owned));
    Canonical { tenant, path: (path != sent).then_some(path) }
}

fn joined(segments: &[Cow<'_, str>]) -> String {
    let mut path = String::with_capacity(segments.iter().map(|segment| 1 + segment.len()).sum());
    for segment in segments {
        path.push('/');
        path.push_str(segment);
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// CyberArk: below the host of the tenant's subdomain the paths stand behind `/api/idadmin`
/// (cyberark/ark-sdk-python, `services/identity`, and many scripts that ask for platform tokens
/// there).
fn drop_subdomain_prefix(segments: &mut Segments<'_>) {
    let [first, second, third, ..] = &segments[..] else { return };
    let is_prefix = first.eq_ignore_ascii_case("api") && second.eq_ignore_ascii_case("idadmin");
    let leads_on = ["oauth2"].iter().chain(&NAMESPACES).any(|own| third.eq_ignore_ascii_case(own));
    if is_prefix && leads_on {
        segments.drain(..2);
    }
}

/// How many segments from the first on have a fixed spelling.
fn fixed_segments(segments: &[Cow<'_, str>]) -> usize {
    let begins = |start: &[&str]| {
        segments.len() >= start.len()
            && segments.iter().zip(start).all(|(own, wanted)| own.eq_ignore_ascii_case(wanted))
    };
    let fixed = match () {
        () if begins(&["api", "v2", "services", "subdomain"]) => 4,
        () if begins(&["shell", "api", "endpoint"]) => 3,
        () => 2,
    };
    fixed.min(segments.len())
}

type Segments<'a> = Vec<Cow<'a, str>>;

fn segments(path: &str) -> Segments<'_> {
    path.split('/').filter(|segment| !segment.is_empty()).map(plain).collect()
}

/// A segment in which characters that need no encoding have none
/// ([RFC 3986 §6.2.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2)).
fn plain(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let mut parts = segment.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte.filter(|byte| is_unreserved(*byte)) {
            plain.push(char::from(byte));
            plain.push_str(&part[2..]);
        } else {
            plain.push('%');
            plain.push_str(part);
        }
    }
    Cow::Owned(plain)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// `/_mock/v1/tenants/{name}/…` is an operation of that tenant.
fn take_steered<'a>(segments: &mut Segments<'a>) -> Option<Cow<'a, str>> {
    let is_control = segments.iter().take(3).eq(&["_mock", "v1", "tenants"]);
    if is_control && segments.len() > 4 { segments.drain(2..4).nth(1) } else { None }
}

/// Takes `_tenant` and a name out of the path, from this place on.
fn take_tenant<'a>(segments: &mut Segments<'a>, at: usize) -> Option<Cow<'a, str>> {
    let is_tenant = segments.get(at).is_some_and(|first| first.eq_ignore_ascii_case(TENANT));
    if !is_tenant || segments.len() < at + 2 {
        return None;
    }
    segments.drain(at..at + 2).nth(1)
}

#[cfg(test)]
mod tests {
    use super::{Canonical, canonical};

    #[test]
    fn fixed_segments_lose_their_case_and_names_keep_it() {
        for (sent, routed) in [
            ("/OAuth2/Authorize/Bank", "/oauth2/authorize/Bank"),
            ("/Oauth2//Token/bank/", "/oauth2/token/bank"),
            ("//security/WhoAmI/", "/security/whoami"),
            ("/Bank/.Well-Known/OpenID-Configuration", "/Bank/.well-known/openid-configuration"),
            (
                "/.Well-Known//OAuth-Authorization-Server/Bank/",
                "/.well-known/oauth-authorization-server/Bank",
            ),
            ("/Login", "/login"),
            ("/Api/V2/Services/Subdomain/Acme", "/api/v2/services/subdomain/Acme"),
            ("/Shell/API/Endpoint/Acme", "/shell/api/endpoint/Acme"),
            ("/API/idAdmin/OAuth2/Authorize/Bank", "/oauth2/authorize/Bank"),
            ("/api/idadmin//UserMgmt/GetUserInfo", "/usermgmt/getuserinfo"),
            ("/Api/IdAdmin/Other/X", "/api/idadmin/Other/X"),
            ("/OAuth2/Keys/a%2Fb/", "/oauth2/keys/a%2Fb"),
            ("/%4fauth2/%54oken/b%61nk", "/oauth2/token/bank"),
            ("/oauth2//keys/%é%4%zz%+1%20%", "/oauth2/keys/%é%4%zz%+1%20%"),
        ] {
            assert_eq!(canonical(sent, ""), below(None, Some(routed)), "{sent}");
        }
        for sent in ["/", "/oauth2/token/Bank", "/health"] {
            assert_eq!(canonical(sent, ""), below(None, None), "{sent}");
        }
    }

    #[test]
    fn the_public_urls_prefix_is_dropped() {
        for (sent, routed) in [
            ("/identity/login", Some("/login")),
            ("/identity/Oauth2/Token/bank", Some("/oauth2/token/bank")),
            (
                "/.well-known/oauth-authorization-server/identity/bank",
                Some("/.well-known/oauth-authorization-server/bank"),
            ),
            ("/.well-known/oauth-authorization-server/bank", None),
            ("/login", None),
            ("/identity2/login", None),
        ] {
            assert_eq!(canonical(sent, "/identity"), below(None, routed), "{sent}");
        }
    }

    #[test]
    fn the_tenants_segments_are_dropped_and_told() {
        for (sent, routed) in [
            ("/_tenant/t1/OAuth2/Token/Bank", "/oauth2/token/Bank"),
            ("//_Tenant//t1//", "/"),
            ("/identity/_tenant/t1/login", "/login"),
            (
                "/.well-known/oauth-authorization-server/identity/_tenant/t1/bank",
                "/.well-known/oauth-authorization-server/bank",
            ),
            ("/_tenant/t1/_tenant/t2/login", "/_tenant/t2/login"),
            ("/_Mock/V1/tenants/t1/users/A%2FB", "/_mock/v1/users/A%2FB"),
        ] {
            assert_eq!(canonical(sent, "/identity"), below(Some("t1"), Some(routed)), "{sent}");
        }
        assert_eq!(canonical("/_tenant", ""), below(None, None));
    }

    fn below(tenant: Option<&str>, path: Option<&str>) -> Canonical {
        Canonical { tenant: tenant.map(str::to_owned), path: path.map(str::to_owned) }
    }
}
