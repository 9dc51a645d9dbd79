//! Scripts of other origins: which endpoints they may call, with credentials.

use crate::harness::{Answer, Mock, ROUTES, Route};

const ORIGIN: &str = "https://app.example:8443";

fn preflight(mock: &Mock, route: Route, path: &str) -> Answer {
    mock.request("OPTIONS", path)
        .header("origin", ORIGIN)
        .header("access-control-request-method", route.method)
        .header("access-control-request-headers", "authorization,content-type,x-idap-native-client")
        .send()
}

/// Each name of a list header, in order of the alphabet.
fn names(answer: &Answer, header: &str) -> Vec<String> {
    let list = answer.header(header).unwrap_or_default();
    let mut names: Vec<String> =
        list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.sort();
    names
}

#[test]
fn a_preflight_allows_what_it_asks_for() {
    let mock = Mock::start();
    for route in ROUTES.into_iter().filter(|route| route.cross_origin) {
        for path in [route.at("bank"), format!("{}/", route.at("bank").to_ascii_lowercase())] {
            let answer = preflight(&mock, route, &path);
            let case = format!("{} {path}: {answer:?}", route.method);
            assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{case}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{case}");
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{case}");
            let methods = names(&answer, "access-control-allow-methods");
            assert!(methods.contains(&route.method.to_ascii_lowercase()), "{case}");
            assert_eq!(
                names(&answer, "access-control-allow-headers"),
                ["authorization", "content-type", "x-idap-native-client"],
                "{case}"
            );
            assert!(names(&answer, "vary").contains(&"origin".to_owned()), "{case}");
        }
    }
}

#[test]
fn answers_and_errors_can_be_read_by_the_origin_that_asks() {
    let mock = Mock::start();
    for route in ROUTES.into_iter().filter(|route| route.cross_origin) {
        for origin in [ORIGIN, "null", "http://localhost:5173"] {
            let answer =
                mock.request(route.method, &route.at("bank")).header("origin", origin).send();
            let case = format!("{route:?} from {origin}: {answer:?}");
            assert_eq!(answer.status, route.plain, "{case}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{case}");
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{case}");
            assert!(names(&answer, "vary").contains(&"origin".to_owned()), "{case}");
        }
    }
}

#[test]
fn a_script_signs_in_and_reads_who_it_is() {
    let mock = Mock::start();
    let session = mock.alice();
    let answer =
        mock.request("GET", "/Security/whoami").header("origin", ORIGIN).cookie(&session).send();
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.json()["Result"]["User"], "alice@example.com");
}

#[test]
fn a_script_can_read_the_challenge_of_userinfo() {
    let answer = Mock::strict()
        .request("GET", "/OAuth2/UserInfo/bank")
        .header("origin", ORIGIN)
        .bearer("nonsense")
        .send();
    assert_eq!(answer.status, 401);
    let exposed = names(&answer, "access-control-expose-headers");
    assert!(exposed.contains(&"www-authenticate".to_owned()), "{answer:?}");
}

/// What the specification of fetch shows to scripts unasked, hides from them, or is about CORS itself.
const NEEDS_NO_NAME: [&str; 8] = [
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "connection",
    "content-length",
    "date",
    "set-cookie",
    "vary",
];

#[test]
fn every_header_that_scripts_are_answered_with_is_exposed() {
    for mock in [Mock::start(), Mock::strict()] {
        let of_table = ROUTES.into_iter().filter(|route| route.cross_origin);
        let plain = of_table.map(|route| (route.method, route.at("bank")));
        let more = [("POST", "/Security/logout?redirectUrl=/my"), ("PUT", "/OAuth2/Token/bank")];
        for (method, path) in plain.chain(more.map(|(method, path)| (method, path.to_owned()))) {
            let answer = mock.request(method, &path).header("origin", ORIGIN).send();
            let exposed = names(&answer, "access-control-expose-headers");
            for (name, _) in &answer.headers {
                let name = name.to_ascii_lowercase();
                let is_shown = NEEDS_NO_NAME.contains(&&*name) || exposed.contains(&name);
                assert!(is_shown, "{method} {path}: {name}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_wrong_method_can_be_read_too() {
    let answer = Mock::start().request("PUT", "/OAuth2/Token/bank").header("origin", ORIGIN).send();
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
}

#[test]
fn a_request_of_no_origin_is_told_nothing_of_origins() {
    let answer = Mock::start().get("/OAuth2/Keys/bank");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn nothing_of_the_mocks_own_is_for_scripts_of_other_origins() {
    let mock = Mock::start();
    for (method, path) in [
        ("GET", "/_mock/outbox"),
        ("DELETE", "/_mock/outbox"),
        ("POST", "/_mock/outbox/x/approve"),
        ("GET", "/_mock/missing"),
        ("GET", "/_mock/openapi.json"),
        ("GET", "/_mock/v1/users"),
        ("PUT", "/_mock/v1/users/dora"),
        ("GET", "/_mock/v1/journal"),
    ] {
        let asked = mock.request(method, path).header("origin", ORIGIN).send();
        let before = mock
            .request("OPTIONS", path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", method)
            .send();
        assert!(matches!(before.status, 400 | 404 | 405), "{method} {path}: {before:?}");
        for answer in [asked, before] {
            let told = answer.headers.iter().find(|(name, _)| name.starts_with("access-control"));
            assert_eq!(told, None, "{method} {path}: {answer:?}");
        }
    }
}

#[test]
fn pages_are_not_for_scripts_of_other_origins() {
    let mock = Mock::start();
    for route in ROUTES.into_iter().filter(|route| !route.cross_origin) {
        let answer = mock.request(route.method, &route.at("bank")).header("origin", ORIGIN).send();
        assert_eq!(answer.status, route.plain, "{route:?}");
        let before = preflight(&mock, route, &route.at("bank"));
        assert!(matches!(before.status, 400 | 404 | 405), "{route:?}: {before:?}");
        for answer in [answer, before] {
            let told = answer.headers.iter().find(|(name, _)| name.starts_with("access-control"));
            assert_eq!(told, None, "{route:?}: {answer:?}");
        }
    }
}
