//! What is advertised beside grants and response types: claims, request objects, algorithms, who may
//! call the endpoints about tokens.

use std::collections::BTreeSet;

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{APPS, PKCE, document, fresh_code, list, redeeming, setup, token};
use crate::harness::{
    Answer, CALLBACK, ClientKeys, Jwt, Mock, Setup, hs256, text, unsigned, with_signing_client,
};

/// The claims of the ID token that a request of the application brings.
fn id_token(mock: &Mock, app: &str, more: &[(&str, &str)]) -> Jwt {
    let answer = token(mock, app, &redeeming(&fresh_code(mock, app, more)));
    Jwt::unverified(&text(&answer.json(), "id_token"))
}

#[test]
fn switches() {
    let mock = setup().start();
    for app in APPS {
        let document = document(&mock, app);
        for (member, expected) in [
            ("claims_parameter_supported", true),
            ("request_parameter_supported", true),
            ("request_uri_parameter_supported", false),
            ("authorization_response_iss_parameter_supported", true),
        ] {
            assert_eq!(document[member], expected, "{app}: {member}");
        }
        let claims = json!({ "id_token": { "email": null } }).to_string();
        let found = id_token(&mock, app, &[("scope", "openid"), ("claims", &claims)]);
        assert_eq!(found.claims["email"], "alice@example.com", "{app}: claims");
        let alice = mock.alice();
        let ask =
            |more: &[(&str, &str)]| mock.authorize(app, Some(&alice), &[&PKCE[..], more].concat());
        let object = unsigned(&json!({ "state": "inside" }));
        let answer = ask(&[("request", &object)]);
        let value = |answer: &Answer, name| answer.callback_parameter(name).unwrap_or_default();
        assert_eq!(value(&answer, "state"), "inside", "{app}: request");
        assert_eq!(value(&answer, "iss"), mock.issuer(app), "{app}: iss");
        let answer = ask(&[("request_uri", "https://app.example/r")]);
        assert_eq!(value(&answer, "error"), "request_uri_not_supported", "{app}");
    }
}

#[test]
fn algorithms_of_request_objects() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let alice = mock.alice();
    let advertised = list(&document(&mock, "desk"), "request_object_signing_alg_values_supported");
    assert_eq!(advertised, ["none", "HS256", "RS256", "PS256", "ES256", "EdDSA"]);
    for algorithm in advertised {
        let claims = json!({ "state": "inside" });
        let object = match algorithm.as_str() {
            "none" => unsigned(&claims),
            "HS256" => hs256(b"desk-secret", &claims),
            _ => keys.signed(&algorithm, &claims),
        };
        let answer = mock.authorize("desk", Some(&alice), &[("request", &object)]);
        let state = answer.callback_parameter("state");
        assert_eq!(state.as_deref(), Some("inside"), "{algorithm}: {answer:?}");
    }
}

#[test]
fn algorithms_of_id_tokens() {
    let mock = setup().start();
    for app in APPS {
        let advertised = list(&document(&mock, app), "id_token_signing_alg_values_supported");
        let used = id_token(&mock, app, &[]).header["alg"].clone();
        assert_eq!(json!(advertised), json!([used]), "{app}");
    }
}

#[test]
fn subjects_are_public_and_claims_normal() {
    let mock = setup().start();
    let subjects = APPS.map(|app| {
        let document = document(&mock, app);
        assert_eq!(document["subject_types_supported"], json!(["public"]), "{app}");
        assert_eq!(document["claim_types_supported"], json!(["normal"]), "{app}");
        let claims = id_token(&mock, app, &[]).claims;
        assert_eq!(claims.get("_claim_names"), None, "{app}");
        text(&claims, "sub")
    });
    assert!(subjects.iter().all(|subject| *subject == subjects[0]), "{subjects:?}");
}

#[test]
fn claims() {
    let fixture = include_str!("../../../../fixtures/certification.json");
    let document = fixtures::from_text("certification.json", fixture).expect("it is well-formed");
    let mock = Setup { document, policy: Policy::strict(), ..Setup::default() }.start();
    let carol = mock.sign_in("carol@example.com", "carol-password");
    let client = "certification-backchannel-client";
    let more = [
        ("client_id", client),
        ("redirect_uri", "https://localhost:8443/test/a/a1/callback"),
        ("response_type", "id_token token"),
        ("scope", "openid profile email address phone"),
        ("acr_values", "urn:a"),
    ];
    let answer = mock.authorize("certification", Some(&carol), &more);
    let value = |name| answer.callback_parameter(name).expect("it comes");
    let userinfo = mock.request("GET", "/OAuth2/UserInfo/certification");
    let mut found = BTreeSet::new();
    for claims in [
        Jwt::unverified(&value("id_token")).claims,
        Jwt::unverified(&value("access_token")).claims,
        userinfo.bearer(&value("access_token")).send().json(),
    ] {
        found.extend(claims.as_object().expect("an object").keys().cloned());
    }
    let advertised = list(&super::document(&mock, "certification"), "claims_supported");
    let missing: Vec<_> = advertised.iter().filter(|name| !found.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?} of {found:?}");
    assert!(advertised.iter().any(|name| name == "sid"), "of clients that are told of the end");
}

/// Whoever may authenticate at the token endpoint may do so at those about tokens; a public client
/// may revoke, and asks about nothing.
#[test]
fn authentication_at_the_endpoints_about_tokens() {
    let mock = setup().start();
    for app in APPS {
        let document = document(&mock, app);
        let methods = |endpoint: &str| {
            list(&document, &format!("{endpoint}_endpoint_auth_methods_supported"))
        };
        let all = methods("token");
        let proving: Vec<_> = all.iter().filter(|method| *method != "none").cloned().collect();
        assert_eq!((methods("revocation"), methods("introspection")), (all.clone(), proving));
        let (id, secret) = (format!("{app}-client"), format!("{app}-secret"));
        for method in &all {
            let own: Vec<(&str, &str)> = match method.as_str() {
                "client_secret_post" => vec![("client_id", &id), ("client_secret", &secret)],
                "none" => vec![("client_id", &id)],
                _ => vec![],
            };
            // Assertions have a test for every endpoint of their own.
            let basic = (method == "client_secret_basic").then_some((&*id, &*secret));
            if method.ends_with("_jwt") {
                continue;
            }
            let form = [&[("token", "x")][..], &own].concat();
            let revoked = mock.call(&format!("/OAuth2/Revoke/{app}"), basic, &form);
            assert_eq!(revoked.status, 200, "{app}: {method}");
            let told = mock.call(&format!("/OAuth2/Introspect/{app}"), basic, &form);
            assert_eq!(told.status == 200, method != "none", "{app}: {method}: {told:?}");
        }
    }
}

#[test]
fn notices_are_advertised_where_they_are_sent() {
    let mock = setup().start();
    for app in APPS {
        let document = document(&mock, app);
        for member in [
            "frontchannel_logout_supported",
            "frontchannel_logout_session_supported",
            "backchannel_logout_supported",
            "backchannel_logout_session_supported",
        ] {
            assert_eq!(document[member], true, "{app}: {member}; see end_session");
        }
        assert_eq!(document.get("registration_endpoint"), None, "{app}: none takes registrations");
    }
}

#[test]
fn every_member_has_a_test() {
    let tested: BTreeSet<&str> = "authorization_endpoint issuer introspection_endpoint \
        userinfo_endpoint code_challenge_methods_supported end_session_endpoint claims_supported \
        id_token_signing_alg_values_supported subject_types_supported scopes_supported \
        token_endpoint jwks_uri response_types_supported revocation_endpoint registration_endpoint \
        response_modes_supported grant_types_supported token_endpoint_auth_methods_supported \
        token_endpoint_auth_signing_alg_values_supported \
        introspection_endpoint_auth_methods_supported \
        introspection_endpoint_auth_signing_alg_values_supported \
        revocation_endpoint_auth_methods_supported \
        revocation_endpoint_auth_signing_alg_values_supported claim_types_supported \
        claims_parameter_supported request_parameter_supported request_uri_parameter_supported \
        require_request_uri_registration request_object_signing_alg_values_supported \
        authorization_response_iss_parameter_supported prompt_values_supported \
        frontchannel_logout_supported frontchannel_logout_session_supported \
        backchannel_logout_supported backchannel_logout_session_supported"
        .split(' ')
        .collect();
    let open = json!({
        "application_id": "open", "client_id": "open-client", "client_secret": "open-secret",
        "redirect_uris": [CALLBACK], "dynamic_registration": true,
    });
    let mock = setup().with(&json!({ "apps": [open] })).start();
    for app in APPS.into_iter().chain(["open"]) {
        let document: Value = document(&mock, app);
        for name in document.as_object().expect("an object").keys() {
            assert!(tested.contains(name.as_str()), "{app}: {name} has no test");
        }
    }
}
