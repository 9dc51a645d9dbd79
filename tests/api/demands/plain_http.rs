//! OAuth and OpenID Connect endpoints by plain http (RFC 6749 §3.1, §3.2; OpenID Connect Core §16.17).

use cyberark_identity_mock::tenant::policy::{PlainHttp, Policy};
use serde_json::json;

use super::Four;
use crate::harness::{Answer, Mock, Place, Setup};

/// Every endpoint that the policy is about, and whether it answers with a page.
const ENDPOINTS: [(&str, &str, bool); 18] = [
    ("GET", "/OAuth2/Authorize/bank", true),
    ("POST", "/OAuth2/Authorize/bank", true),
    ("GET", "/OAuth2/Confirm/bank", true),
    ("GET", "/OAuth2/EndSession/bank", true),
    ("POST", "/OAuth2/EndSessionV2/bank", true),
    ("GET", "/oauth2/endsession", true),
    ("POST", "/OAuth2/Token/bank", false),
    ("GET", "/OAuth2/UserInfo/bank", false),
    ("POST", "/OAuth2/Introspect/bank", false),
    ("POST", "/OAuth2/Revoke/bank", false),
    ("POST", "/OAuth2/Register/bank", false),
    ("GET", "/OAuth2/Register/bank/a-client", false),
    ("GET", "/OAuth2/Keys/bank", false),
    ("POST", "/OAuth2/GetMeta", false),
    ("POST", "/OAuth2/PlatformToken", false),
    ("GET", "/bank/.well-known/openid-configuration", false),
    ("GET", "/bank/.well-known/oauth-authorization-server", false),
    ("GET", "/.well-known/oauth-authorization-server/bank", false),
];

fn ask(place: &Place, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = place.request(method, path);
    fields.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
}

fn is_refused(answer: &Answer) -> bool {
    answer.body.contains("plain http is refused")
}

#[test]
fn strict_takes_plain_http_at_the_machine_itself_alone() {
    let four = Four::start("plain_http", "accepted", "loopback");
    for (refuses, mock) in four.sides() {
        for (method, path, is_page) in ENDPOINTS {
            let answer = ask(mock, method, path, &[("host", "mock.example:8080")]);
            assert_eq!(is_refused(&answer), refuses, "{method} {path}: {answer:?}");
            if refuses {
                assert_eq!(answer.status, 400, "{method} {path}");
                let kind = answer.header("content-type").unwrap_or_default();
                assert_eq!(kind.starts_with("text/html"), is_page, "{method} {path}: {kind}");
            }
            assert!(!is_refused(&ask(mock, method, path, &[])), "{method} {path}: 127.0.0.1");
        }
    }
}

#[test]
fn the_refusal_says_what_to_do() {
    let mock = Mock::strict();
    let elsewhere = [("host", "mock.example"), ("origin", "https://app.example")];
    let answer = ask(&mock, "POST", "/OAuth2/Token/bank", &elsewhere);
    let text = "plain http is refused but at localhost: use https (--tls-port, or a proxy that sends \
                X-Forwarded-Proto), or set plain_http to accepted in the policy of the fixture";
    assert_eq!(answer.error(), (400, "invalid_request".to_owned(), text.to_owned()));
    let origin = answer.header("access-control-allow-origin");
    assert_eq!(origin, Some("https://app.example"), "scripts can read it");
    let page = ask(&mock, "GET", "/OAuth2/Authorize/bank", &elsewhere);
    for part in ["<h1 id=\"error-heading\">The request came by plain http</h1>", text] {
        assert!(page.body.contains(part), "{part}: {page:?}");
    }
}

#[test]
fn the_host_is_compared_by_what_it_is() {
    let mock = Mock::strict();
    for (host, refuses) in [
        ("localhost", false),
        ("LOCALHOST:1", false),
        ("127.0.0.1:9", false),
        ("127.8.8.8", false),
        ("[::1]:80", false),
        ("nobody.localhost", false),
        ("localhost.example", true),
        ("127.0.0.1.example", true),
        ("10.0.0.1", true),
        ("0.0.0.0", true),
        ("[::2]", true),
    ] {
        let answer = ask(&mock, "POST", "/OAuth2/Token/bank", &[("host", host)]);
        assert_eq!(is_refused(&answer), refuses, "{host}: {answer:?}");
    }
}

#[test]
fn what_a_proxy_took_by_https_counts_as_https() {
    let mock = Mock::strict();
    let path = "/bank/.well-known/openid-configuration";
    for (scheme, refuses) in [("https", false), ("HTTPS", false), ("http", true), ("", true)] {
        let fields = [("host", "mock.example"), ("x-forwarded-proto", scheme)];
        let answer = ask(&mock, "GET", path, &fields);
        assert_eq!(is_refused(&answer), refuses, "{scheme:?}");
    }
    let public_url = Some("https://mock.example");
    let behind = Setup { policy: Policy::strict(), public_url, ..Setup::default() }.start();
    let answer = ask(&behind, "GET", path, &[("host", "inner:8080")]);
    assert_eq!(answer.status, 200, "the public URL is https: {answer:?}");
}

#[test]
fn refused_leaves_https_alone() {
    let policy = Policy { plain_http: PlainHttp::Refused, ..Policy::cyberark() };
    let mock = Setup { policy, ..Setup::default() }.over_https().start();
    mock.tokens(&[]);
    let plain = Place { url: mock.plain_url.clone(), trust: None };
    for (method, path, _) in ENDPOINTS {
        assert!(is_refused(&ask(&plain, method, path, &[])), "{method} {path}");
    }
    for path in ["/health", "/login", "/Security/whoami", "/_mock/outbox"] {
        assert!(!is_refused(&plain.get(path)), "{path} is no OAuth endpoint");
    }
}

#[test]
fn one_application_may_want_more_than_the_tenant() {
    let app = json!({
        "application_id": "desk", "client_secret": "x", "policy": { "plain_http": "refused" },
    });
    let mock = Setup::default().with(&json!({ "apps": [app] })).start();
    for (path, refuses) in [("/OAuth2/Token/desk", true), ("/OAuth2/Token/bank", false)] {
        assert_eq!(is_refused(&mock.post(path, &[])), refuses, "{path}");
    }
}
