//! One rule for issuer and URLs: by the request, or one public URL, wherever something is minted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::harness::{Answer, CALLBACK, Mock, Setup, request_bytes};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Sends with these headers, and a body as `application/x-www-form-urlencoded` or, where it is an
/// object, as JSON.
fn ask(mock: &Mock, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
    let is_json = body.starts_with('{');
    let content_type =
        if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    let headers = [headers, &[("Content-Type", content_type)]].concat();
    let bytes = request_bytes(method, target, &headers, body.as_bytes());
    mock.raw(&bytes).expect("the mock answers")
}

/// The base URL that the discovery document is made of.
fn base(mock: &Mock, headers: Headers<'_>) -> String {
    let document = ask(mock, "GET", "/bank/.well-known/openid-configuration", headers, "").json();
    let issuer = document["issuer"].as_str().unwrap_or_else(|| panic!("{document}"));
    issuer.strip_suffix("/bank/").expect("an issuer ends in the application").to_owned()
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().and_then(|token| token.split('.').nth(1)).expect("a JWT");
    let json = URL_SAFE_NO_PAD.decode(part).expect("the claims are base64url");
    serde_json::from_slice(&json).expect("the claims are JSON")
}

#[test]
fn the_base_follows_the_host() {
    let mock = Mock::start();
    for (host, expected) in [
        ("mock.example", "http://mock.example"),
        ("mock.example:8443", "http://mock.example:8443"),
        ("mock.example:80", "http://mock.example"),
        ("mock.example:443", "http://mock.example:443"),
        ("Mock.EXAMPLE", "http://mock.example"),
        ("localhost:3000", "http://localhost:3000"),
        ("192.0.2.7:81", "http://192.0.2.7:81"),
        ("[::1]", "http://[::1]"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("[2001:db8::0:1]:80", "http://[2001:db8::1]"),
        ("cyberark-mock_1", "http://cyberark-mock_1"),
    ] {
        assert_eq!(base(&mock, &[("Host", host)]), expected, "{host}");
    }
}

#[test]
fn a_malformed_host_falls_back_to_the_address_listened_on() {
    let mock = Mock::start();
    for host in [
        "",
        "a b",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "user@a",
        "user:password@a",
        "a:99999",
        "a:b",
        "[::1",
        "::1",
        "<b>",
        "a%00",
        "\u{e9}.example",
    ] {
        assert_eq!(base(&mock, &[("Host", host)]), mock.url, "{host:?}");
    }
    let document = mock.raw(b"GET /bank/.well-known/openid-configuration HTTP/1.0\r\n\r\n");
    assert_eq!(document.unwrap().json()["issuer"], mock.issuer("bank"), "without a Host");
}

#[test]
fn the_base_follows_a_proxy() {
    let mock = Mock::start();
    let (proto, host, port) = ("X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port");
    let cases: [(Headers<'_>, &str); 27] = [
        (&[(proto, "https")], "https://inner:8080"),
        (&[(proto, "HTTPS")], "https://inner:8080"),
        (&[(proto, "https, http")], "https://inner:8080"),
        (&[(proto, " https ,http")], "https://inner:8080"),
        (&[(proto, "http")], "http://inner:8080"),
        (&[(proto, "wss")], "http://inner:8080"),
        (&[(proto, "")], "http://inner:8080"),
        (&[(proto, "javascript:alert(1)//")], "http://inner:8080"),
        (&[(host, "outer.example")], "http://outer.example"),
        (&[(host, "outer.example:81")], "http://outer.example:81"),
        (&[(host, "outer.example:81, middle:82")], "http://outer.example:81"),
        (&[(host, "[2001:db8::1]:81")], "http://[2001:db8::1]:81"),
        (&[(host, "")], "http://inner:8080"),
        (&[(host, "a b")], "http://inner:8080"),
        (&[(host, "user@a")], "http://inner:8080"),
        (&[(host, "a/b")], "http://inner:8080"),
        (&[(port, "81")], "http://inner:81"),
        (&[(port, "80")], "http://inner"),
        (&[(port, "81, 82")], "http://inner:81"),
        (&[(port, "0")], "http://inner:8080"),
        (&[(port, "65536")], "http://inner:8080"),
        (&[(port, "-1")], "http://inner:8080"),
        (&[(proto, "https"), (port, "443")], "https://inner"),
        (&[(proto, "https"), (host, "outer.example")], "https://outer.example"),
        (&[(host, "outer.example"), (port, "81")], "http://outer.example:81"),
        (&[(host, "outer.example:82"), (port, "81")], "http://outer.example:82"),
        (&[(host, "[::1]"), (port, "81")], "http://[::1]:81"),
    ];
    for (headers, expected) in cases {
        let headers = [&[("Host", "inner:8080")], headers].concat();
        assert_eq!(base(&mock, &headers), expected, "{headers:?}");
    }
}

#[test]
fn proto_host_and_port_of_a_proxy_go_together() {
    let mock = Mock::start();
    for (host, port, expected) in [
        ("outer.example", "443", "https://outer.example"),
        ("outer.example", "8443", "https://outer.example:8443"),
        ("outer.example", "80", "https://outer.example:80"),
        ("outer.example", "junk", "https://outer.example"),
        ("outer.example:8443", "443", "https://outer.example:8443"),
        ("outer.example:443", "8443", "https://outer.example"),
        ("outer.example:443", "443", "https://outer.example"),
    ] {
        let headers = [
            ("Host", "inner:8080"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", host),
            ("X-Forwarded-Port", port),
        ];
        assert_eq!(base(&mock, &headers), expected, "{host} {port}");
    }
}

/// Discovery, sign-in, code, hybrid and refresh have one issuer all over.
fn check_agreement(mock: &Mock, headers: Headers<'_>, base: &str) {
    check_documents(mock, headers, base);
    let signed_in = sign_in(mock, headers).json()["Result"].clone();
    let authority = base.split('/').nth(2).expect("a base has an authority");
    assert_eq!(signed_in["PodFqdn"], authority);
    let platform = format!("{base}/__idaptive_cybr_user_oidc/");
    assert_eq!(claims(&signed_in["Token"])["iss"], platform);
    let auth = signed_in["Auth"].as_str().expect("Auth is a string");
    check_tokens(mock, headers, &format!("{base}/bank/"), auth);
}

fn check_documents(mock: &Mock, headers: Headers<'_>, base: &str) {
    for (method, target) in [
        ("GET", "/bank/.well-known/openid-configuration"),
        ("POST", "/OAuth2/GetMeta?serviceName=bank"),
    ] {
        let document = ask(mock, method, target, headers, "").json();
        assert_eq!(document["issuer"], format!("{base}/bank/"));
        for (member, endpoint) in [
            ("authorization_endpoint", "Authorize"),
            ("token_endpoint", "Token"),
            ("userinfo_endpoint", "UserInfo"),
            ("introspection_endpoint", "Introspect"),
            ("end_session_endpoint", "EndSessionV2"),
            ("jwks_uri", "Keys"),
        ] {
            assert_eq!(document[member], format!("{base}/OAuth2/{endpoint}/bank"), "{member}");
        }
    }
}

/// Alice signs in by the JSON API; the last answer.
fn sign_in(mock: &Mock, headers: Headers<'_>) -> Answer {
    let user = r#"{"User":"alice@example.com","Version":"1.0"}"#;
    let started = ask(mock, "POST", "/Security/StartAuthentication", headers, user).json();
    let package = &started["Result"];
    let answer = serde_json::json!({
        "SessionId": package["SessionId"],
        "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
        "Action": "Answer",
        "Answer": "alice-password",
    });
    ask(mock, "POST", "/Security/AdvanceAuthentication", headers, &answer.to_string())
}

fn check_tokens(mock: &Mock, headers: Headers<'_>, issuer: &str, auth: &str) {
    let target = format!(
        "/OAuth2/Authorize/bank?client_id=bank-client&redirect_uri={CALLBACK}&scope=openid\
         &response_type=code+id_token+token&nonce=n&Auth={auth}"
    );
    let hybrid = ask(mock, "GET", &target, headers, "");
    for name in ["id_token", "access_token"] {
        let token = hybrid.callback_parameter(name).unwrap_or_else(|| panic!("{hybrid:?}"));
        assert_eq!(claims(&token.into())["iss"], issuer, "hybrid {name}");
    }
    let client = "client_id=bank-client&client_secret=bank-secret";
    let code = hybrid.callback_parameter("code").expect("hybrid brings a code");
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&{client}");
    let tokens = ask(mock, "POST", "/OAuth2/Token/bank", headers, &form).json();
    assert_eq!(claims(&tokens["id_token"])["iss"], issuer, "code");
    assert_eq!(claims(&tokens["access_token"])["iss"], issuer, "code");
    let refresh_token = tokens["refresh_token"].as_str().expect("bank issues them");
    let form = format!("grant_type=refresh_token&refresh_token={refresh_token}&{client}");
    let refreshed = ask(mock, "POST", "/OAuth2/Token/bank", headers, &form).json();
    assert_eq!(claims(&refreshed["access_token"])["iss"], issuer, "refresh");
}

#[test]
fn every_minting_path_has_the_issuer_of_the_request() {
    let mock = Mock::start();
    let cases: [(Headers<'_>, &str); 4] = [
        (&[("Host", "mock.example:8080")], "http://mock.example:8080"),
        (&[("Host", "[::1]:8080")], "http://[::1]:8080"),
        (&[("Host", "a/b")], &mock.url),
        (
            &[
                ("Host", "inner:8080"),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "abc1234.id.cyberark.cloud"),
                ("X-Forwarded-Port", "443"),
            ],
            "https://abc1234.id.cyberark.cloud",
        ),
    ];
    for (headers, base) in cases {
        check_agreement(&mock, headers, base);
    }
}

#[test]
fn every_minting_path_has_https_in_its_issuer_over_https() {
    let mock = Setup::default().over_https().start();
    check_agreement(&mock, &[("Host", "mock.example:8443")], "https://mock.example:8443");
    check_agreement(&mock, &[("Host", "a/b")], &mock.url);
}

#[test]
fn every_minting_path_has_the_public_url_whatever_the_request_says() {
    for (public_url, base) in [
        ("https://idp.example", "https://idp.example"),
        ("https://idp.example:8443/", "https://idp.example:8443"),
        ("http://idp.example/identity/", "http://idp.example/identity"),
        ("https://idp.example/a/b", "https://idp.example/a/b"),
    ] {
        let mock = Setup { public_url: Some(public_url), ..Setup::default() }.start();
        check_agreement(&mock, &[("Host", "other.example")], base);
        let proxy = [("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "other.example")];
        assert_eq!(self::base(&mock, &proxy), base);
    }
}

#[test]
fn pages_and_redirects_carry_the_prefix_of_the_public_url() {
    for (public_url, prefix) in
        [("https://idp.example", ""), ("https://idp.example/identity", "/identity")]
    {
        let mock = Setup { public_url: Some(public_url), ..Setup::default() }.start();
        let to_login = mock.authorize("bank", None, &[]);
        let bounce = to_login.bounce();
        let way_back = format!("Oauth2%2FAuthorize%2Fbank%3Fbounce%3D{bounce}");
        let login = format!("{prefix}/login?cloudRedirect={way_back}");
        assert_eq!(to_login.location(), login);
        assert_eq!(mock.get("/").location(), format!("{prefix}/my"));
        assert_eq!(mock.get("/my").location(), format!("{prefix}/login"));

        let page = mock.get(&format!("/login?cloudRedirect={way_back}")).body;
        let action = format!("action=\"{prefix}/login\"");
        assert_eq!(page.matches(&action).count(), page.matches("action=").count(), "{page}");
        assert_eq!(page.matches(&action).count(), 3, "{page}");
        let target = format!("{prefix}/Oauth2/Authorize/bank?bounce={bounce}");
        let data =
            format!("data-prefix=\"{prefix}\" data-tenant=\"ABC1234\" data-target=\"{target}\"");
        assert!(page.contains(&data), "{page}");
        assert!(page.contains(&format!("href=\"{login}\"")), "{page}");
    }
}

#[test]
fn the_session_cookie_is_secure_where_the_browser_sees_https() {
    let mock = Mock::start();
    for (proto, attributes) in
        [("http", "HttpOnly; SameSite=Lax"), ("https", "HttpOnly; SameSite=None; Secure")]
    {
        let signed_in = sign_in(&mock, &[("X-Forwarded-Proto", proto)]);
        let cookie = signed_in.header("set-cookie").unwrap().to_owned();
        let session = signed_in.json()["Result"]["Auth"].as_str().unwrap().to_owned();
        let mut sent: Vec<&str> = cookie.split("; ").collect();
        sent.sort_unstable();
        let first = format!(".ASPXAUTH={session}");
        let mut expected = vec![first.as_str(), "Path=/"];
        expected.extend(attributes.split("; "));
        expected.sort_unstable();
        assert_eq!(sent, expected, "{proto}");
    }
}
