//! Paths as the product takes them: fixed segments in any letter case, doubled slashes, one slash
//! at the end. And HEAD, which every server answers like GET, without the body
//! ([RFC 9110 §9.3.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2)): some health probes
//! send it.
//!
//! Source: the spellings in working clients of CyberArk (`/oauth2/platformtoken`,
//! `/OAuth2/Keys/{app}/`, `/security/WhoAmI/`, …); the product is an ASP.NET host.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::extract::Site;
use crate::protocol::base_url::BaseUrl;

/// Middleware: routes see the canonical path, and GET for HEAD (whose body is then left out where
/// answers are written); the query stays as it was sent.
pub(crate) async fn canonical_path<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let prefix = request.app_data::<Data<Site>>().and_then(|site| site.public_url.clone());
    let prefix = prefix.as_ref().map_or("", BaseUrl::path_prefix);
    if let Some(canonical) = canonical(request.path(), prefix) {
        let with_query = match request.uri().query() {
            Some(query) => format!("{canonical}?{query}"),
            None => canonical,
        };
        let mut parts = request.uri().clone().into_parts();
        if let Ok(path_and_query) = PathAndQuery::try_from(with_query) {
            parts.path_and_query = Some(path_and_query);
            if let Ok(uri) = actix_web::http::Uri::from_parts(parts) {
                request.match_info_mut().get_mut().update(&uri);
                request.head_mut().uri = uri;
            }
        }
    }
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}

/// The path below the public URL's own: a proxy may have left it standing in front.
fn without_prefix<'a>(path: &'a str, prefix: &str) -> &'a str {
    match path.strip_prefix(prefix) {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

/// Metadata of the authorization server whose issuer has the path that follows.
const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// The canonical form of a path; `None` when it is canonical already.
fn canonical(path: &str, prefix: &str) -> Option<String> {
    let mut segments: Vec<String> = without_prefix(path, prefix)
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    // `/{app}/.well-known/…` begins with a name, everything else with two fixed segments.
    let is_well_known =
        segments.get(1).is_some_and(|second| second.eq_ignore_ascii_case(".well-known"));
    let fixed = if is_well_known { 1..segments.len() } else { 0..segments.len().min(2) };
    for segment in &mut segments[fixed] {
        segment.make_ascii_lowercase();
    }
    let mut canonical = format!("/{}", segments.join("/"));
    // RFC 8414 §3.1: the issuer's path, the prefix included, stands behind the fixed segments.
    if let Some(issuer_path) = canonical.strip_prefix(AUTHORIZATION_SERVER) {
        canonical = format!("{AUTHORIZATION_SERVER}{}", without_prefix(issuer_path, prefix));
    }
    (canonical != path).then_some(canonical)
}

#[cfg(test)]
mod tests {
    use super::canonical;

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
            ("/OAuth2/Keys/a%2Fb/", "/oauth2/keys/a%2Fb"),
        ] {
            assert_eq!(canonical(sent, "").as_deref(), Some(routed), "{sent}");
        }
        for sent in ["/", "/oauth2/token/Bank", "/health"] {
            assert_eq!(canonical(sent, ""), None, "{sent}");
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
            assert_eq!(canonical(sent, "/identity").as_deref(), routed, "{sent}");
        }
    }
}
