//! What a request says and an answer repeats: escaped on pages, in JSON and in headers.

use super::check_harmless;
use crate::harness::{Answer, CALLBACK, Mock};

const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;";

/// How a page may show it.
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;";

const LINES: &str = "a\r\nInjected: yes\r\n\r\n<script>alert(1)</script>";

/// Nothing of [`MARKUP`] or [`LINES`] came through as markup or as a header.
fn check_escaped(case: &str, answer: &Answer) {
    check_harmless(case, answer);
    assert_eq!(answer.header("injected"), None, "{case}: {answer:?}");
    let content_type = answer.header("content-type").unwrap_or_default();
    if content_type.starts_with("text/html") {
        for piece in ["<script>alert", "<img", "\"'>", "&amp;amp;amp;"] {
            assert!(!answer.body.contains(piece), "{case}: {piece} in {answer:?}");
        }
    } else {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{case}: {answer:?}");
    }
}

#[test]
fn no_authorization_parameter_becomes_markup_or_a_header() {
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "code_challenge",
        "code_challenge_method",
        "bounce",
        "Auth",
        MARKUP,
    ];
    for mock in [Mock::start(), Mock::strict()] {
        let session = mock.alice();
        for name in names {
            for value in [MARKUP, LINES] {
                for session in [None, Some(session.as_str())] {
                    let case = format!("{name}={value}, signed in: {}", session.is_some());
                    for mode in ["query", "fragment", "form_post"] {
                        let more = [(name, value), ("response_mode", mode)];
                        check_escaped(&case, &mock.authorize("bank", session, &more));
                    }
                }
            }
        }
    }
}

#[test]
fn a_state_comes_back_whole_in_a_form() {
    let mock = Mock::start();
    let session = mock.alice();
    let more = [("state", MARKUP), ("response_mode", "form_post")];
    let page = mock.authorize("bank", Some(&session), &more);
    check_escaped("form_post", &page);
    let shown = "<input type=\"hidden\" name=\"state\" value=\"&#34;&#39;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#60;img src=x onerror=alert(2)&#62;&#38;amp;\">";
    assert!(page.body.contains(shown), "{page:?}");
}

#[test]
fn a_state_with_line_breaks_stays_in_the_location() {
    let mock = Mock::start();
    let answer = mock.authorize("bank", Some(&mock.alice()), &[("state", LINES)]);
    check_escaped("state", &answer);
    assert_eq!(answer.callback_parameter("state").as_deref(), Some(LINES));
    assert!(answer.location().starts_with(&format!("{CALLBACK}?state=a%0D%0AInjected%3A%20yes")));
}

#[test]
fn a_long_state_comes_back_whole() {
    let mock = Mock::start();
    let session = mock.alice();
    for length in [1_000, 10_000, 40_000] {
        let state = "ab-1".repeat(length / 4);
        let answer = mock.authorize("bank", Some(&session), &[("state", &state)]);
        assert_eq!(answer.callback_parameter("state"), Some(state), "{length}");
    }
}

#[test]
fn a_redirect_uri_that_could_break_a_header_or_page_is_no_uri() {
    let mock = Mock::start();
    for uri in [
        "http://localhost:3000/\r\nInjected: yes",
        "http://localhost:3000/\"><script>alert(1)</script>",
        "http://localhost:3000/\0",
        "http://localhost:3000/\u{e9}",
        "http://localhost:3000/\t",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
    ] {
        for app in ["bank", "nobody"] {
            let answer = mock.authorize(app, None, &[("redirect_uri", uri)]);
            check_escaped(uri, &answer);
            let text = "Invalid URI: The format of the URI could not be determined.";
            assert_eq!(answer.error(), (500, "invalid_request".into(), text.into()), "{app} {uri}");
        }
    }
}

#[test]
fn no_login_parameter_becomes_markup_or_a_header() {
    let mock = Mock::start();
    let names =
        ["cloudRedirect", "username", "session_id", "mechanism_id", "answer", "customerId", MARKUP];
    for name in names {
        for value in [MARKUP, LINES] {
            let shown = mock.request("GET", "/login").query(&[(name, value)]).send();
            check_escaped(&format!("GET /login, {name}"), &shown);
            let forms: [&[(&str, &str)]; 2] =
                [&[(name, value)], &[(name, value), ("username", "alice@example.com")]];
            for form in forms {
                check_escaped(&format!("POST /login, {name}"), &mock.post("/login", form));
            }
        }
    }
    let page = mock.request("GET", "/login").query(&[("username", MARKUP)]).send();
    assert!(page.body.contains(ESCAPED), "{page:?}");
}

#[test]
fn the_way_back_from_the_login_page_stays_on_this_server() {
    let mock = Mock::start();
    for (sent, location) in [
        (LINES, "/a%0D%0AInjected:%20yes%0D%0A%0D%0A%3Cscript%3Ealert(1)%3C/script%3E"),
        ("//other.example/", "/other.example/"),
        ("\\\\other.example", "/other.example"),
        ("/\\/other.example", "/other.example"),
        ("https://other.example/", "/https://other.example/"),
        ("\t//other.example", "/%09//other.example"),
        ("\u{e9}", "/%C3%A9"),
    ] {
        let start = mock.post("/login", &[("username", "alice@example.com")]);
        let field = |name: &str| {
            let (_, rest) = start.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let answer = mock.post(
            "/login",
            &[
                ("session_id", &field("session_id")),
                ("mechanism_id", &field("mechanism_id")),
                ("answer", "alice-password"),
                ("cloudRedirect", sent),
            ],
        );
        check_escaped(sent, &answer);
        assert_eq!(answer.location(), location, "{sent:?}");
    }
}

#[test]
fn json_errors_escape_what_they_repeat() {
    let mock = Mock::start();
    let id = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [format!("/OAuth2/Keys/{id}"), format!("/OAuth2/UserInfo/{id}")] {
        let answer = mock.get(&path);
        check_escaped(&path, &answer);
        assert_eq!(
            answer.body,
            r#"{"error":"invalid_request","error_description":"unknown app \u003cscript>alert(1)\u003c/script>"}"#
        );
    }
    let answer = mock.authorize("bank", None, &[("response_type", "<b>")]);
    check_escaped("response_type", &answer);
    assert_eq!(
        answer.body,
        r#"{"error":"unsupported_response_type","error_description":"invalid response_type: \u003cb>"}"#
    );
}

#[test]
fn an_error_page_escapes_what_it_repeats() {
    let mock = Mock::strict();
    let page = mock.get("/OAuth2/Authorize/%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    check_escaped("application", &page);
    assert_eq!(page.status, 400);
    assert!(page.body.contains(&format!("unknown app {ESCAPED}")), "{page:?}");
}

#[test]
fn a_path_that_nobody_knows_is_repeated_as_plain_text() {
    let answer = Mock::start().get("/%3Cscript%3Ealert(1)%3C/script%3E");
    check_escaped("404", &answer);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(answer.body.starts_with("GET /%3cscript%3ealert(1)%3c/script%3e is not imitated"));
}
