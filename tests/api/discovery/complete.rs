//! The complete document of `strict`: what it advertises works, and what it does not is refused.

mod features;
mod token_endpoint;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup, with_api};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// With a challenge a public client may redeem its code.
const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
/// `bank` is confidential, `spa` public, `api` an OAuth2 Server with scopes of its own, `plain` has
/// neither refresh tokens nor the implicit flow.
const APPS: [&str; 4] = ["bank", "spa", "api", "plain"];

fn setup() -> Setup {
    let plain = json!({
        "application_id": "plain",
        "client_id": "plain-client",
        "client_secret": "plain-secret",
        "allowed_auth": ["AuthorizationCode"],
        "redirect_uris": [CALLBACK],
    });
    with_api(Policy::strict(), &json!({ "signing_algorithm": "ES256" }))
        .with(&json!({ "apps": [plain] }))
}

fn document(mock: &Mock, app: &str) -> Value {
    mock.get(&format!("/{app}/.well-known/openid-configuration")).json()
}

fn list(document: &Value, member: &str) -> Vec<String> {
    let values = document[member].as_array().map_or(&[][..], Vec::as_slice);
    values.iter().map(|value| value.as_str().expect("a string").to_owned()).collect()
}

/// Calls `check` with each value of `all` and whether it is advertised; nothing else may be.
fn each(mock: &Mock, member: &str, all: &[&str], check: impl Fn(&str, &str, bool)) {
    for app in APPS {
        let advertised = list(&document(mock, app), member);
        let known = advertised.iter().all(|value| all.contains(&value.as_str()));
        assert!(known, "{app}: {member} has a value without a test: {advertised:?}");
        for value in all {
            check(app, value, advertised.iter().any(|named| named == value));
        }
    }
}

fn error(answer: &Answer) -> String {
    answer.callback_parameter("error").unwrap_or_default()
}

/// Redeems a code or refresh token as the application's client does by default.
fn token(mock: &Mock, app: &str, form: &[(&str, &str)]) -> Answer {
    let (id, secret) = (format!("{app}-client"), format!("{app}-secret"));
    let path = format!("/OAuth2/Token/{app}");
    match app {
        "spa" => mock.call(&path, None, &[form, &[("client_id", &id)]].concat()),
        _ => mock.call(&path, Some((&id, &secret)), form),
    }
}

/// The form that redeems a fresh code of alice.
fn fresh_code(mock: &Mock, app: &str, more: &[(&str, &str)]) -> String {
    let answer = mock.authorize(app, Some(&mock.alice()), &[&PKCE, more].concat());
    answer.callback_parameter("code").unwrap_or_else(|| panic!("{app}: {answer:?}"))
}

/// This parameter beside a code challenge, which a public client must send.
fn with_pkce<'a>(name: &'a str, value: &'a str) -> [(&'a str, &'a str); 3] {
    [PKCE[0], PKCE[1], (name, value)]
}

fn redeeming(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

#[test]
fn the_complete_documents() {
    let mock = Setup { public_url: Some("https://tenant.example"), ..setup() }.start();
    for app in APPS {
        let name = format!("complete_document_of_{app}");
        let document = mock.get(&format!("/{app}/.well-known/openid-configuration")).body;
        insta::assert_snapshot!(name, document.replace('\r', ""));
    }
}

#[test]
fn each_endpoint_is_there() {
    let mock = setup().start();
    for app in APPS {
        let document = document(&mock, app);
        let members = document.as_object().expect("an object").iter();
        let urls = members.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
        let mut count = 0;
        for (name, url) in urls {
            let url = url.as_str().expect("a URL");
            let path = url.strip_prefix(&mock.url).unwrap_or_else(|| panic!("{name}: {url}"));
            let method = match name.as_str() {
                "token_endpoint" | "introspection_endpoint" | "revocation_endpoint" => "POST",
                _ => "GET",
            };
            let status = mock.request(method, path).send().status;
            assert!([200, 400, 401].contains(&status), "{app}: {name} is {status}");
            count += 1;
        }
        assert_eq!(count, 7, "{app}");
    }
}

#[test]
fn response_types() {
    let mock = setup().start();
    let alice = mock.alice();
    let all = [
        "code",
        "id_token",
        "token",
        "id_token token",
        "code id_token",
        "code token",
        "code id_token token",
        "none",
        "code none",
    ];
    each(&mock, "response_types_supported", &all, |app, value, works| {
        let answer = mock.authorize(app, Some(&alice), &with_pkce("response_type", value));
        if works {
            for (word, parameter) in
                [("code", "code"), ("id_token", "id_token"), ("token", "access_token")]
            {
                let wanted = value.split(' ').any(|part| part == word);
                let brought = answer.callback_parameter(parameter).is_some();
                assert_eq!(brought, wanted, "{app}: {value}: {parameter}");
            }
        } else {
            let expected = ["unsupported_response_type", "unauthorized_client"];
            assert!(expected.contains(&&*error(&answer)), "{app}: {value}: {answer:?}");
        }
    });
}

#[test]
fn response_modes() {
    let mock = setup().start();
    let alice = mock.alice();
    let all = ["query", "fragment", "form_post", "web_message", "jwt"];
    each(&mock, "response_modes_supported", &all, |app, value, works| {
        let answer = mock.authorize(app, Some(&alice), &with_pkce("response_mode", value));
        let start = match value {
            "fragment" => format!("{CALLBACK}#state=xyz&code="),
            _ => format!("{CALLBACK}?state=xyz&code="),
        };
        match (works, value) {
            (false, _) => assert_eq!(error(&answer), "invalid_request", "{app}: {value}"),
            (true, "form_post") => {
                assert_eq!(answer.status, 200, "{app}");
                assert!(answer.body.contains(r#"name="code""#), "{app}: {answer:?}");
            }
            (true, _) => assert!(answer.location().starts_with(&start), "{app}: {answer:?}"),
        }
    });
}

#[test]
fn prompt_values() {
    let mock = setup().start();
    let alice = mock.alice();
    let all = ["none", "login", "consent", "select_account", "create"];
    each(&mock, "prompt_values_supported", &all, |app, value, works| {
        let answer = mock.authorize(app, Some(&alice), &with_pkce("prompt", value));
        let start = match value {
            "none" => format!("{CALLBACK}?state=xyz&code="),
            "consent" => format!("/consent?app={app}&bounce="),
            "login" | "select_account" => "/login?cloudRedirect=".to_owned(),
            _ => format!("{CALLBACK}?error=invalid_request&"),
        };
        assert_eq!(works, value != "create", "{app}");
        assert!(answer.location().starts_with(&start), "{app}: {value}: {answer:?}");
    });
}

#[test]
fn scopes() {
    let mock = setup().start();
    let alice = mock.alice();
    let all = "openid profile email address phone offline_access read write all";
    let all: Vec<&str> = all.split(' ').collect();
    each(&mock, "scopes_supported", &all, |app, value, works| {
        if !works {
            let answer = mock.authorize(app, Some(&alice), &[("scope", value)]);
            assert_eq!(error(&answer), "invalid_scope", "{app}: {value}");
            return;
        }
        let scope = if value == "openid" { value.to_owned() } else { format!("openid {value}") };
        let code = fresh_code(&mock, app, &[("scope", &scope)]);
        let answer = token(&mock, app, &redeeming(&code));
        assert_eq!((answer.status, &answer.json()["scope"]), (200, &json!(scope)), "{app}");
    });
}
