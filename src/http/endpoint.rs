//! What an endpoint is called in logs and metrics: a name of a closed list, whatever the path.

use std::sync::LazyLock;

use actix_web::http::Uri;

/// Segments below `/oauth2`, each the name of its endpoint.
const OAUTH2: [&str; 13] = [
    "authorize",
    "token",
    "userinfo",
    "keys",
    "introspect",
    "revoke",
    "register",
    "getmeta",
    "endsession",
    "endsessionv2",
    "confirm",
    "platformtoken",
    "refreshplatformtoken",
];

/// Segments below `/security`, each the name of its endpoint.
const SECURITY: [&str; 17] = [
    "startauthentication",
    "advanceauthentication",
    "cleanupauthentication",
    "answeroobchallenge",
    "oobauthstatus",
    "startsocialauthentication",
    "resumefromextidpauth",
    "challengeuser",
    "startchallenge",
    "submitoathotpcode",
    "submitqrcode",
    "forgotusername",
    "startforgotusername",
    "advanceforgotusername",
    "whoami",
    "logout",
    "refreshtoken",
];

/// First segments that are endpoints, or whole interfaces that go by one name.
const FIRST: [&str; 11] = [
    "login",
    "consent",
    "my",
    "health",
    "metrics",
    "usermgmt",
    "uprest",
    "cdirectoryservice",
    "saasmanage",
    "api",
    "shell",
];

/// Segments below `/_mock`.
const MOCK: [&str; 4] = ["outbox", "idp", "missing", "ca.pem"];

/// Everything that has no name of its own.
const OTHER: &str = "other";

/// The name of the endpoint at a canonical path.
pub(super) fn endpoint_at(path: &str) -> &'static str {
    let mut segments = path.split('/').skip(1);
    let (first, second) = (segments.next().unwrap_or_default(), segments.next());
    let second = second.unwrap_or_default();
    match (first, second) {
        ("", _) => "home",
        ("oauth2", _) => named(&OAUTH2, second).unwrap_or(OTHER),
        ("security", _) => named(&SECURITY, second).unwrap_or(OTHER),
        (".well-known", _) | (_, ".well-known") => "discovery",
        ("_mock", _) => named(&MOCK, second).unwrap_or("control"),
        _ => named(&FIRST, first).unwrap_or(OTHER),
    }
}

/// The application that a canonical path names, if any.
pub(super) fn app_at(path: &str) -> Option<&str> {
    let mut segments = path.split('/').skip(1);
    match (segments.next()?, segments.next()?) {
        ("oauth2" | ".well-known", _) => segments.next(),
        (app, ".well-known") => Some(app),
        _ => None,
    }
}

/// Where the router finds what a canonical path leads to, if the path names an application: `:app` stands
/// in its place, so that paths are compared as text. Where a route itself has a name in it, the router
/// matches a regular expression, from the first letter to the last, at each request.
pub(super) fn route_of(path: &str) -> Option<&'static Uri> {
    static OF_OAUTH2: LazyLock<[Uri; OAUTH2.len()]> =
        LazyLock::new(|| OAUTH2.map(|endpoint| uri(&format!("/oauth2/{endpoint}/:app"))));
    static OF_METADATA: LazyLock<[Uri; 3]> = LazyLock::new(|| METADATA.map(uri));
    let mut segments = path.split('/').skip(1);
    let found = match (segments.next()?, segments.next()?, segments.next()?) {
        ("oauth2", endpoint, _) => {
            &OF_OAUTH2[OAUTH2.iter().position(|known| *known == endpoint)?]
        }
        (".well-known", "oauth-authorization-server", _) => &OF_METADATA[0],
        (_, ".well-known", "oauth-authorization-server") => &OF_METADATA[1],
        (_, ".well-known", "openid-configuration") => &OF_METADATA[2],
        _ => return None,
    };
    segments.next().is_none().then_some(found)
}

/// Where metadata of an application stand.
const METADATA: [&str; 3] = [
    "/.well-known/oauth-authorization-server/:app",
    "/:app/.well-known/oauth-authorization-server",
    "/:app/.well-known/openid-configuration",
];

fn uri(path: &str) -> Uri {
    path.parse().expect("our own paths are URIs")
}

/// Below these stand ids that open something.
const WITH_SECRETS: [&str; 2] = ["/_mock/idp", "/_mock/outbox"];

/// As much of a path as a log may show.
pub(super) fn shown(path: &str) -> &str {
    let cut = WITH_SECRETS.into_iter().find(|prefix| path.starts_with(prefix));
    // Paths are ASCII as they come; nothing is shown of one that is not.
    cut.unwrap_or_else(|| path.get(..path.len().min(LONGEST)).unwrap_or_default())
}

/// The most bytes of a path that are shown.
const LONGEST: usize = 200;

fn named(names: &[&'static str], segment: &str) -> Option<&'static str> {
    names.iter().find(|name| **name == segment).copied()
}

#[cfg(test)]
mod tests {
    use actix_web::http::Uri;

    use super::{app_at, endpoint_at, route_of, shown};

    #[test]
    fn endpoints_have_names_of_a_closed_list() {
        for (path, endpoint, app) in [
            ("/oauth2/token/bank", "token", Some("bank")),
            ("/oauth2/register/bank/client", "register", Some("bank")),
            ("/oauth2/platformtoken", "platformtoken", None),
            ("/oauth2/anything/bank", "other", Some("bank")),
            ("/bank/.well-known/openid-configuration", "discovery", Some("bank")),
            ("/.well-known/oauth-authorization-server/bank", "discovery", Some("bank")),
            ("/security/startauthentication", "startauthentication", None),
            ("/security/nothing", "other", None),
            ("/_mock/v1/users/alice", "control", None),
            ("/_mock/outbox", "outbox", None),
            ("/_mock", "control", None),
            ("/health", "health", None),
            ("/", "home", None),
            ("/wp-admin", "other", None),
        ] {
            assert_eq!((endpoint_at(path), app_at(path)), (endpoint, app), "{path}");
        }
    }

    #[test]
    fn the_router_sees_no_names_of_applications() {
        for (path, route) in [
            ("/oauth2/token/bank", Some("/oauth2/token/:app")),
            ("/oauth2/token/:app", Some("/oauth2/token/:app")),
            ("/oauth2/token/", Some("/oauth2/token/:app")),
            (
                "/bank/.well-known/openid-configuration",
                Some("/:app/.well-known/openid-configuration"),
            ),
            (
                "/.well-known/oauth-authorization-server/bank",
                Some("/.well-known/oauth-authorization-server/:app"),
            ),
            ("/oauth2/token", None),
            ("/oauth2/token/bank/more", None),
            ("/oauth2/anything/bank", None),
            ("/oauth2/register/bank/client", None),
            ("/security/startauthentication", None),
            ("/", None),
        ] {
            assert_eq!(route_of(path).map(Uri::path), route, "{path}");
        }
    }

    #[test]
    fn ids_and_endless_paths_are_cut() {
        assert_eq!(shown("/_mock/idp/visit-of-a-browser"), "/_mock/idp");
        assert_eq!(shown("/_mock/outbox/message/approve"), "/_mock/outbox");
        assert_eq!(shown("/_mock/v1/users/alice"), "/_mock/v1/users/alice");
        assert_eq!(shown("/oauth2/token/bank"), "/oauth2/token/bank");
        assert_eq!(shown(&format!("/{}", "x".repeat(300))).len(), 200);
    }
}
