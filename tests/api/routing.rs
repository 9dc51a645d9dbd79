//! Which paths and methods lead somewhere.

use crate::harness::{Answer, Mock, ROUTES, Route, request_bytes};

fn ask(mock: &Mock, method: &str, target: &str) -> Answer {
    let bytes = request_bytes(method, target, &[], b"");
    mock.raw(&bytes).unwrap_or_else(|| panic!("{method} {target}: no answer"))
}

/// What does not depend on the moment: ids in the bodies are always of the same length.
fn shape(answer: &Answer) -> (u16, Option<String>, usize) {
    let content_type = answer.header("content-type").map(str::to_owned);
    (answer.status, content_type, answer.body.len())
}

fn alternating(segment: &str) -> String {
    let letters = segment.chars().enumerate();
    letters
        .map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect()
}

#[test]
fn a_route_is_found_in_every_spelling() {
    let mock = Mock::start();
    for route in ROUTES.into_iter().filter(|route| route.plain != 404) {
        let plain = ask(&mock, route.method, &route.at("bank"));
        assert_eq!(plain.status, route.plain, "{route:?}: {plain:?}");
        let lower = route.spelled(str::to_ascii_lowercase);
        let spellings = [
            lower.clone(),
            route.spelled(str::to_ascii_uppercase),
            route.spelled(alternating),
            route.at("bank").replace('/', "//"),
            route.at("bank").replace('/', "///"),
            format!("{}/", route.at("bank")),
            format!("{}//", lower.replace('/', "//")),
            route.at("bank").replace('a', "%61"),
            format!("{lower}/?"),
            format!("{}?&", route.spelled(alternating)),
        ];
        for spelling in spellings {
            let answer = ask(&mock, route.method, &spelling);
            assert_eq!(shape(&answer), shape(&plain), "{} {spelling}", route.method);
        }
    }
}

#[test]
fn the_query_survives_every_spelling() {
    let mock = Mock::start();
    let session = mock.alice();
    let query = "?client_id=bank-client&redirect_uri=http%3A%2F%2Flocalhost%2F%2Fcb%2F&response_type=code&scope=openid&state=%2F%2FA";
    for path in ["/OAuth2/Authorize/bank", "/oauth2//AUTHORIZE/bank/", "//OAUTH2/authorize/bank//"]
    {
        let answer = mock.request("GET", &format!("{path}{query}")).cookie(&session).send();
        let code = answer.callback_parameter("code").unwrap_or_else(|| panic!("{answer:?}"));
        assert_eq!(
            answer.location(),
            format!("http://localhost//cb/?state=%2F%2FA&responseType=code&code={code}"),
            "{path}"
        );
    }
}

#[test]
fn an_application_id_keeps_its_letter_case() {
    let mock = Mock::start();
    for route in ROUTES.iter().filter(|route| route.path.contains("{app}")) {
        for id in ["BANK", "Bank"] {
            let answer = ask(&mock, route.method, &route.at(id));
            assert_eq!(answer.status, 400, "{} {}", route.method, route.at(id));
        }
    }
    let (_, _, description) = mock.get("/OAuth2/Keys/BANK").error();
    assert_eq!(description, "unknown app BANK");
}

#[test]
fn an_encoded_application_id_is_the_same_application() {
    let mock = Mock::start();
    assert_eq!(mock.get("/OAuth2/Keys/b%61nk").body, mock.get("/OAuth2/Keys/bank").body);
}

#[test]
fn an_unknown_path_is_404_and_tells_where_there_is_something() {
    let mock = Mock::start();
    for (method, path) in [
        ("GET", "/nothing"),
        ("POST", "/people/GetUserInfo"),
        ("DELETE", "/a/b/c/d"),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/bank/.well-known/other"),
        ("GET", "/oauth2/token/bank/more"),
        ("GET", "/login/more"),
        ("GET", "/health/more"),
    ] {
        let answer = mock.request(method, path).send();
        let (url, canonical) = (&mock.url, path.to_ascii_lowercase());
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(
            answer.body,
            format!(
                "{method} {canonical} is not imitated by this mock of CyberArk Identity.\n\
                 The endpoints of its applications are listed in these documents:\n\
                 {url}/__idaptive_cybr_user_oidc/.well-known/openid-configuration\n\
                 {url}/bank/.well-known/openid-configuration\n\
                 {url}/spa/.well-known/openid-configuration\n"
            )
        );
    }
}

#[test]
fn a_wrong_method_is_405_and_tells_the_right_ones() {
    let mock = Mock::start();
    let takes_any = "/OAuth2/Keys";
    let served = ROUTES.iter().filter(|route| route.plain != 404 && route.path != takes_any);
    for Route { path, .. } in served {
        let right: Vec<&str> =
            ROUTES.iter().filter(|other| other.path == *path).map(|other| other.method).collect();
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
            if right.contains(&method) {
                continue;
            }
            let path = path.replace("{app}", "bank");
            let answer = ask(&mock, method, &path);
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some(right.join(", ").as_str()), "{method} {path}");
            let text = format!("takes {}.\n", right.join(", "));
            assert!(answer.body.ends_with(&text), "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(
        ask(&mock, "GET", "/OAuth2/Token/bank").body,
        "GET /oauth2/token/bank is not possible; it takes POST.\n"
    );
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    let mock = Mock::start();
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        let path = route.at("bank");
        let (get, head) = (ask(&mock, "GET", &path), ask(&mock, "HEAD", &path));
        assert_eq!((head.status, head.body.as_str()), (route.plain, ""), "{path}");
        let length = get.body.len().to_string();
        // The 404 names the method.
        if route.plain != 404 {
            assert_eq!(head.header("content-length"), Some(length.as_str()), "{path}");
        }
    }
    assert_eq!(ask(&mock, "HEAD", "/OAuth2/Token/bank").status, 405);
}

#[test]
fn an_endpoint_without_its_application_says_so() {
    let mock = Mock::start();
    for (method, path, text) in [
        ("GET", "/OAuth2/Keys", "bad URL"),
        ("POST", "/OAuth2/Keys/", "bad URL"),
        ("GET", "/OAuth2/UserInfo", "invalid app configuration"),
        ("GET", "/OAuth2/Authorize", "bad url"),
        ("POST", "/OAuth2/Token", "bad url"),
    ] {
        let error = mock.request(method, path).send().error();
        assert_eq!(error, (400, "invalid_request".into(), text.into()), "{method} {path}");
    }
}
