//! The product's integration guides, followed request for request as they are printed: letter case,
//! order and surplus parameters included.
//!
//! Sources: docs.cyberark.com (auth-code-flow), identity-developer.cyberark.com/docs/hybrid-flow,
//! cyberark/idsec-sdk-golang and cyberark/ark-sdk-python (`auth/identity`).

use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, half_hash};

/// The redirect URI as a guide writes it into a query.
const ENCODED_CALLBACK: &str = "http%3A%2F%2Flocalhost%3A3000%2Fcallback";

/// The body of every redirect.
fn object_moved(link: &str) -> String {
    format!(
        "<html><head><title>Object moved</title></head><body>\r\n\
         <h2>Object moved to <a href=\"{link}\">here</a>.</h2>\r\n</body></html>\r\n"
    )
}

/// The guide's authorization request of a browser that is not signed in; the bounce key of the page
/// that it gets.
fn ask_without_session(mock: &Mock, response_type: &str) -> String {
    let answer = mock.get(&format!(
        "/oauth2/authorize/bank?scope=openid%20profile%20email&response_type={response_type}\
         &redirect_uri={ENCODED_CALLBACK}&client_id=bank-client&client_secret=bank-secret"
    ));
    let key = answer.bounce();
    assert_eq!(
        answer.location(),
        format!("/login?cloudRedirect=Oauth2%2FAuthorize%2Fbank%3Fbounce%3D{key}")
    );
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.body, object_moved(answer.location()));
    let is_key_character = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    assert!(key.len() == 44 && key.ends_with('1') && key.bytes().all(is_key_character), "{key}");
    let page = mock.get(answer.location());
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let way_back = format!("data-target=\"/Oauth2/Authorize/bank?bounce={key}\"");
    assert!(page.body.contains(&way_back), "{}", page.body);
    key
}

/// Starts and answers as the script of the login page does; the last envelope's answer.
fn sign_in_as_the_page_does(mock: &Mock) -> Answer {
    let started = mock
        .request("POST", "/Security/StartAuthentication")
        .json(&json!({ "TenantId": "ABC1234", "User": "alice@example.com", "Version": "1.0" }))
        .send();
    assert_eq!(started.status, 200, "{started:?}");
    let package = started.json()["Result"].take();
    assert_eq!(package["Summary"], "NewPackage");
    let mechanism = &package["Challenges"][0]["Mechanisms"][0];
    assert_eq!(
        (&mechanism["Name"], &mechanism["PromptSelectMech"]),
        (&json!("UP"), &json!("Password"))
    );
    let advanced = mock
        .request("POST", "/Security/AdvanceAuthentication")
        .json(&json!({
            "TenantId": "ABC1234",
            "SessionId": package["SessionId"],
            "MechanismId": mechanism["MechanismId"],
            "Action": "Answer",
            "Answer": "alice-password",
        }))
        .send();
    assert_eq!(advanced.json()["Result"]["Summary"], "LoginSuccess", "{advanced:?}");
    advanced
}

/// `name=value` of the cookie that signing in sets.
fn session_cookie(signed_in: &Answer) -> &str {
    let cookie = signed_in.header("set-cookie").expect("signing in sets a cookie");
    let (pair, _) = cookie.split_once(';').expect("the cookie has attributes");
    let auth = signed_in.json()["Result"]["Auth"].take();
    assert_eq!(pair, format!(".ASPXAUTH={}", auth.as_str().expect("Auth is a string")));
    pair
}

/// Where the login page leads after signing in, in the guide's letter case.
fn come_back(mock: &Mock, key: &str, cookie: &str) -> Answer {
    let answer = mock
        .request("GET", &format!("/Oauth2/Authorize/bank?bounce={key}"))
        .header("cookie", cookie)
        .send();
    assert_eq!(answer.body, object_moved(&answer.location().replace('&', "&amp;")));
    answer
}

/// The members of a token answer, in order, with the values that are the same in every answer.
fn assert_token_answer(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    let names: Vec<&String> = tokens.as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        ["id_token", "refresh_token", "access_token", "token_type", "expires_in", "scope"]
    );
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 18_000);
    assert_eq!(tokens["scope"], "openid profile email");
    tokens
}

/// The guide's last request: who the access token stands for.
fn assert_alice(mock: &Mock, access_token: &str) {
    let answer = mock.request("GET", "/security/whoami").bearer(access_token).send();
    let result = answer.json()["Result"].take();
    assert_eq!(
        (&result["TenantId"], &result["User"], &result["UserUuid"]),
        (
            &json!("ABC1234"),
            &json!("alice@example.com"),
            &json!("a11ce000-0000-4000-8000-000000000001")
        ),
        "{answer:?}"
    );
}

#[test]
fn the_code_flow_guide_works_as_printed() {
    let mock = Mock::start();
    let key = ask_without_session(&mock, "code");
    let signed_in = sign_in_as_the_page_does(&mock);
    let answer = come_back(&mock, &key, session_cookie(&signed_in));
    let code = answer.callback_parameter("code").unwrap();
    assert_eq!(answer.location(), format!("{CALLBACK}?responseType=code&code={code}"));

    let answer = mock.post(
        "/oauth2/token/bank",
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("client_id", "bank-client"),
            ("client_secret", "bank-secret"),
        ],
    );
    let tokens = assert_token_answer(&answer);
    let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token.claims["iss"], mock.issuer("bank"));
    assert_eq!(id_token.claims["aud"], "bank-client");
    assert_eq!(id_token.claims["unique_name"], "alice@example.com");
    assert!(!id_token.names().contains(&"nonce"));
    assert_alice(&mock, tokens["access_token"].as_str().unwrap());
}

#[test]
fn the_hybrid_flow_guide_works_as_printed() {
    let mock = Mock::start();
    let key = ask_without_session(&mock, "code%20id_token");
    let signed_in = sign_in_as_the_page_does(&mock);
    let answer = come_back(&mock, &key, session_cookie(&signed_in));
    let [code, id_token] =
        ["code", "id_token"].map(|name| answer.callback_parameter(name).expect(name));
    assert_eq!(
        answer.location(),
        format!(
            "{CALLBACK}#responseType=code%2C%20id_token&code={code}&id_token={id_token}\
             &scope=openid%20profile%20email"
        )
    );
    let front = mock.verified("bank", &id_token);
    assert_eq!(front.claims["c_hash"], half_hash(&code));
    assert!(!front.names().contains(&"nonce"));

    let answer = mock.post(
        "/oauth2/token/bank",
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("client_id", "bank-client"),
            ("client_secret", "bank-secret"),
            ("assertion", &id_token),
        ],
    );
    let tokens = assert_token_answer(&answer);
    let back = mock.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&back.claims["iss"], &back.claims["sub"]),
        (&front.claims["iss"], &front.claims["sub"])
    );
    assert_alice(&mock, tokens["access_token"].as_str().unwrap());
}

/// The hybrid guide's three response types in its own word order, and what comes with each by
/// OpenID Connect Core §3.3.2.5 (the guide's table has the first two swapped).
#[test]
fn the_hybrid_guides_response_types_bring_what_core_says() {
    let mock = Mock::start();
    let signed_in = sign_in_as_the_page_does(&mock);
    for (response_type, names) in [
        ("code%20token", "responseType code access_token token_type expires_in scope"),
        ("code%20id_token", "responseType code id_token scope"),
        (
            "code%20token%20id_token",
            "responseType code access_token token_type expires_in id_token scope",
        ),
    ] {
        let key = ask_without_session(&mock, response_type);
        let answer = come_back(&mock, &key, session_cookie(&signed_in));
        let sent: Vec<String> = answer.callback().into_iter().map(|(name, _)| name).collect();
        assert_eq!(sent.join(" "), names, "{response_type}");
    }
}

/// The SDKs' way to a platform ID token: no browser, no nonce, no state; the `Token` of a sign-in as
/// bearer.
#[test]
fn an_sdk_gets_an_id_token_for_its_session_token() {
    let app = "__idaptive_cybr_user_oidc";
    let redirect_uri = "https://cyberark.cloud/redirect";
    let mock = Mock::start();
    let token = sign_in_as_the_page_does(&mock).json()["Result"]["Token"].take();
    let answer = mock
        .request("GET", &format!("/OAuth2/Authorize/{app}"))
        .query(&[
            ("client_id", app),
            ("response_type", "id_token"),
            ("scope", "openid profile api"),
            ("redirect_uri", redirect_uri),
        ])
        .bearer(token.as_str().unwrap())
        .send();
    let halves: Vec<&str> = answer.location().split('#').collect();
    assert_eq!((halves.len(), halves[0]), (2, redirect_uri), "{answer:?}");
    let callback = answer.callback();
    let names: Vec<&str> = callback.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["responseType", "id_token", "scope"]);
    let id_token = mock.verified(app, &callback[1].1);
    assert_eq!(id_token.claims["iss"], mock.issuer(app));
    assert_eq!(id_token.claims["aud"], app);
    assert_eq!(id_token.claims["unique_name"], "alice@example.com");
    let lifetime = id_token.claims["exp"].as_i64().zip(id_token.claims["iat"].as_i64());
    assert_eq!(lifetime.map(|(exp, iat)| exp - iat), Some(900));
}
