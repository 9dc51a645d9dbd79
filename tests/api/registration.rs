//! Clients that register themselves (RFC 7591, OpenID Connect Dynamic Client Registration).

mod acting;
mod management;
mod refusals;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, ClientKeys, Mock, Setup, hs256, text};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const WAYS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/// An application `open` that takes registrations.
fn open(policy: Policy) -> Mock {
    let open = json!({
        "application_id": "open",
        "client_id": "open-client",
        "client_secret": "open-secret",
        "redirect_uris": [CALLBACK],
        "issue_refresh_tokens": true,
        "dynamic_registration": true,
    });
    Setup { policy, ..Setup::default() }.with(&json!({ "apps": [open] })).start()
}

fn register(mock: &Mock, metadata: &Value) -> Answer {
    mock.request("POST", "/OAuth2/Register/open").json(metadata).send()
}

/// A client that registered with this metadata.
fn registered(mock: &Mock, metadata: &Value) -> Value {
    let answer = register(mock, metadata);
    assert_eq!(answer.status, 201, "{metadata}: {answer:?}");
    answer.json()
}

/// Asks the authorization endpoint for a registered client.
fn ask(mock: &Mock, client: &Value, more: &[(&str, &str)]) -> Answer {
    let id = text(client, "client_id");
    mock.authorize("open", Some(&mock.alice()), &[&[("client_id", &*id)], more].concat())
}

/// Redeems a code with the client's secret.
fn redeem(mock: &Mock, client: &Value, code: &str) -> Answer {
    let (id, secret) = (text(client, "client_id"), text(client, "client_secret"));
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    mock.call("/OAuth2/Token/open", Some((&id, &secret)), &form)
}

fn tokens(mock: &Mock, client: &Value) -> Value {
    let code = ask(mock, client, &[]).callback_parameter("code").expect("a code");
    let answer = redeem(mock, client, &code);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[test]
fn an_application_takes_no_registrations_unless_it_is_told_to() {
    let mock = Mock::strict();
    let document = mock.get("/bank/.well-known/openid-configuration").json();
    assert_eq!(document.get("registration_endpoint"), None);
    for (method, path) in [
        ("POST", "/OAuth2/Register/bank"),
        ("GET", "/OAuth2/Register/bank/bank-client"),
        ("PUT", "/OAuth2/Register/bank/bank-client"),
        ("DELETE", "/OAuth2/Register/bank/bank-client"),
    ] {
        let request = mock.request(method, path).bearer("x");
        let error = request.json(&json!({ "redirect_uris": [CALLBACK] })).send().error();
        let said = "the application takes no registrations: its dynamic_registration is false";
        assert_eq!(error, (400, "invalid_request".into(), said.into()), "{method} {path}");
    }
}

#[test]
fn the_complete_document_names_the_endpoint() {
    let mock = open(Policy::strict());
    let document = mock.get("/open/.well-known/openid-configuration").json();
    let endpoint = document["registration_endpoint"].as_str().expect("a URL");
    let path = endpoint.strip_prefix(&mock.url).expect("a URL of the mock");
    let metadata = json!({ "redirect_uris": [CALLBACK] });
    assert_eq!(mock.request("POST", path).json(&metadata).send().status, 201);
}

#[test]
fn a_client_is_told_its_credentials_and_the_defaults() {
    let mock = open(Policy::strict());
    let answer = register(&mock, &json!({ "redirect_uris": [CALLBACK], "unknown": { "a": 1 } }));
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let mut client = answer.json();
    let id = text(&client, "client_id");
    assert_eq!(text(&client, "client_secret").len(), 44);
    assert_eq!(text(&client, "registration_access_token").len(), 44);
    for name in ["client_id", "client_secret", "registration_access_token"] {
        client.as_object_mut().expect("an object").remove(name);
    }
    assert_eq!(
        client,
        json!({
            "client_secret_expires_at": 0,
            "client_id_issued_at": mock.clock.now().seconds(),
            "registration_client_uri": format!("{}/OAuth2/Register/open/{id}", mock.url),
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "application_type": "web",
            "subject_type": "public",
            "id_token_signed_response_alg": "RS256",
        })
    );
}

#[test]
fn what_a_client_says_of_itself_comes_back() {
    let mock = open(Policy::strict());
    let mut jwks = ClientKeys::generate().jwks();
    jwks["keys"][0]["kid"] = "one".into();
    jwks["keys"][0]["use"] = "sig".into();
    let metadata = json!({
        "redirect_uris": [CALLBACK, "com.example.app:/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": ["code", "code id_token"],
        "application_type": "native",
        "subject_type": "public",
        "id_token_signed_response_alg": "RS256",
        "client_name": "Caf\u{e9}",
        "client_name#ja-Jpan-JP": "\u{30af}",
        "tos_uri#de": "https://app.example/de/tos",
        "client_uri": "https://app.example/#about",
        "logo_uri": "https://app.example/logo.png",
        "policy_uri": "https://app.example/policy",
        "tos_uri": "http://app.example/tos",
        "initiate_login_uri": "https://app.example/login",
        "contacts": ["a@app.example"],
        "software_id": "x",
        "software_version": "1",
        "jwks": jwks,
        "post_logout_redirect_uris": ["https://app.example/out"],
        "frontchannel_logout_uri": "https://app.example/gone",
        "frontchannel_logout_session_required": true,
        "backchannel_logout_uri": "https://app.example/notice",
        "backchannel_logout_session_required": true,
        "token_endpoint_auth_signing_alg": "ES256",
        "request_object_signing_alg": "none",
        "request_uris": ["https://app.example/request.jwt#x", "http://localhost:3000/r"],
        "default_max_age": 3600,
        "require_auth_time": true,
        "default_acr_values": ["urn:a", "urn:b"],
        "scope": "openid email",
    });
    let client = registered(&mock, &metadata);
    for (name, value) in metadata.as_object().expect("an object") {
        assert_eq!(&client[name], value, "{name}");
    }
    assert_eq!((client.get("client_secret"), client.get("client_secret_expires_at")), (None, None));
}

#[test]
fn a_registered_client_goes_through_the_whole_flow_in_the_way_that_it_registered() {
    let keys = ClientKeys::generate();
    let metadata = |way| {
        json!({
            "redirect_uris": [CALLBACK], "token_endpoint_auth_method": way,
            "grant_types": ["authorization_code", "refresh_token"], "jwks": keys.jwks(),
        })
    };
    for (preset, policy) in [("cyberark", Policy::cyberark()), ("strict", Policy::strict())] {
        let mock = open(policy);
        for way in WAYS {
            let client = registered(&mock, &metadata(way));
            let id = text(&client, "client_id");
            let secret = client["client_secret"].as_str().unwrap_or_default().to_owned();
            let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
            let code = ask(&mock, &client, &pkce).callback_parameter("code").expect("a code");
            let send = |form: &[(&str, &str)], jti: &str| {
                let claims = json!({
                    "iss": id, "sub": id, "aud": mock.issuer("open"), "jti": jti,
                    "exp": mock.clock.now().seconds() + 60,
                });
                let assertion = match way {
                    "private_key_jwt" => keys.signed("EdDSA", &claims),
                    _ => hs256(secret.as_bytes(), &claims),
                };
                let jwt =
                    [("client_assertion_type", JWT_BEARER), ("client_assertion", &*assertion)];
                let own: &[(&str, &str)] = match way {
                    "client_secret_basic" => &[],
                    "client_secret_post" => &[("client_id", &id), ("client_secret", &secret)],
                    "none" => &[("client_id", &id)],
                    _ => &jwt,
                };
                let basic = (way == "client_secret_basic").then_some((&*id, &*secret));
                mock.call("/OAuth2/Token/open", basic, &[form, own].concat())
            };
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &*code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            let answer = send(&form, "one");
            assert_eq!(answer.status, 200, "{preset}: {way}: {answer:?}");
            let first = answer.json();
            let claims = mock.verified("open", &text(&first, "id_token")).claims;
            assert_eq!(claims["aud"], id.as_str(), "{preset}: {way}");
            let refresh = text(&first, "refresh_token");
            let answer =
                send(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)], "two");
            assert_eq!(answer.status, 200, "{preset}: {way}: {answer:?}");
            let token = text(&answer.json(), "access_token");
            let info = mock.request("GET", "/OAuth2/UserInfo/open").bearer(&token).send();
            assert_eq!(info.status, 200, "{preset}: {way}: {info:?}");
        }
    }
}

/// The modules `oidcc-redirect-uri-query-OK`, `-query-mismatch` and `-query-added`.
#[test]
fn the_query_of_a_registered_redirect_uri_is_kept_and_compared() {
    let mock = open(Policy::strict());
    let with_query = "https://app.example/cb?dummy1=lorem&dummy2=ipsum";
    let plain = "https://app.example/plain";
    let client = registered(&mock, &json!({ "redirect_uris": [with_query, plain] }));
    let answer = ask(&mock, &client, &[("redirect_uri", with_query)]);
    assert!(answer.location().starts_with(&format!("{with_query}&")), "{answer:?}");
    for wrong in [
        "https://app.example/cb?dummy1=lorem&dummy2=other",
        "https://app.example/cb",
        "https://app.example/plain?dummy=added",
        CALLBACK,
    ] {
        let answer = ask(&mock, &client, &[("redirect_uri", wrong)]);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{wrong}");
    }
}

#[test]
fn registrations_are_a_thousand_at_most_and_the_oldest_goes_first() {
    let mock = open(Policy::strict());
    let first = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let second = registered(&mock, &json!({ "redirect_uris": [CALLBACK] }));
    let metadata = || {
        let text = json!({ "redirect_uris": [CALLBACK], "client_name": "x".repeat(10_000) });
        cyberark_identity_mock::protocol::registration::ClientMetadata::parse(
            text.to_string().as_bytes(),
        )
    };
    let base = mock.url.parse().expect("a base URL");
    for _ in 0..999 {
        mock.tenant.register(&base, "open", metadata()).expect("a registration");
    }
    let location = |client| ask(&mock, client, &[]).header("location").map(str::to_owned);
    assert_eq!(location(&first), None);
    assert!(location(&second).is_some());
}
