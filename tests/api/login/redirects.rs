//! `cloudRedirect` leads to a path of this server, whatever it says.

use url::Url;

use super::form::{Form, attribute};
use super::sign_in_from;
use crate::harness::{Mock, Setup};

const HOSTILE: [&str; 26] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "\r\n//evil.example",
    "\u{a0}//evil.example",
    "\u{0}//evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:\\\\evil.example",
    "ht\ntps://evil.example",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "%5c%5cevil.example",
    "%0d%0aLocation:%20https://evil.example",
    ".//evil.example",
    "..//evil.example",
    "@evil.example",
];

/// Asserts that a browser that follows `target` from the login page stays on the server.
fn assert_stays(mock: &Mock, target: &str, case: &str) {
    let page = Url::parse(&format!("{}/login", mock.url)).expect("a page has an address");
    let destination = page.join(target).unwrap_or_else(|error| panic!("{case:?}: {error}"));
    assert_eq!(destination.origin(), page.origin(), "{case:?} leads to {destination}");
    assert!(target.starts_with('/') && !target.starts_with("//"), "{case:?}: {target:?}");
    assert!(target.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'), "{case:?}: {target:?}");
}

/// The login page with this destination.
fn login_path(cloud_redirect: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(cloud_redirect.as_bytes()).collect();
    format!("/login?cloudRedirect={encoded}")
}

#[test]
fn hostile_destinations_never_leave_the_server() {
    let mock = Mock::start();
    for hostile in HOSTILE {
        let page = mock.get(&login_path(hostile));
        let (_, tag) = page.body.split_once("<div id=\"login\"").unwrap();
        let (tag, _) = tag.split_once('>').unwrap();
        assert_stays(&mock, &attribute(tag, "data-target").unwrap(), hostile);
        let answer =
            sign_in_from(&mock, &login_path(hostile), "alice@example.com", "alice-password");
        assert_stays(&mock, answer.location(), hostile);
        let locations = answer.headers.iter().filter(|(name, _)| name == "location").count();
        assert_eq!((locations, answer.header("set-cookie").is_some()), (1, true), "{hostile:?}");
    }
}

#[test]
fn a_destination_keeps_its_query_and_encoding() {
    let mock = Mock::start();
    for (sent, location) in [
        ("Oauth2/Authorize/bank?bounce=a-b_c1", "/Oauth2/Authorize/bank?bounce=a-b_c1"),
        ("/my", "/my"),
        ("my?a=1&b=%20%2F#top", "/my?a=1&b=%20%2F#top"),
        ("my?name=j\u{fc}rgen d", "/my?name=j%C3%BCrgen%20d"),
        ("", "/my"),
        ("/", "/my"),
    ] {
        let answer = sign_in_from(&mock, &login_path(sent), "alice@example.com", "alice-password");
        assert_eq!(answer.location(), location, "{sent:?}");
    }
}

#[test]
fn html_in_a_destination_is_escaped() {
    let mock = Mock::start();
    let hostile = "\"><script>alert(1)</script>";
    let page = mock.get(&login_path(hostile));
    assert!(!page.body.contains("<script>alert"), "{page:?}");
    assert_eq!(Form::on(&page, "username-form").value("cloudRedirect"), hostile);
    let answer = sign_in_from(&mock, &login_path(hostile), "alice@example.com", "alice-password");
    assert_eq!(answer.location(), "/%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!answer.body.contains("<script>"), "{answer:?}");
}

#[test]
fn a_prefix_of_the_public_url_goes_before_every_path() {
    let public_url = Some("https://proxy.example/identity");
    let mock = Setup { public_url, ..Setup::default() }.start();
    assert_eq!(mock.get("/").location(), "/identity/my");
    assert_eq!(mock.get("/my").location(), "/identity/login");
    let login = mock.authorize("bank", None, &[]).location().to_owned();
    let served = login.strip_prefix("/identity").unwrap();
    let page = mock.get(served);
    assert!(
        page.body
            .contains("<form id=\"username-form\" method=\"post\" action=\"/identity/login\">")
    );
    let (_, tag) = page.body.split_once("<div id=\"login\"").unwrap();
    let target = attribute(tag.split_once('>').unwrap().0, "data-target").unwrap();
    assert!(target.starts_with("/identity/Oauth2/Authorize/bank?bounce="), "{target}");
}
