//! Clients that sign who they are: `client_secret_jwt` and `private_key_jwt` (OpenID Connect Core
//! §9, RFC 7523 §3), wherever a client authenticates.

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{
    Answer, CLIENT_ALGORITHMS, ClientKeys, Mock, hs256, jwt, signed_under, unsigned,
    with_signing_client,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TOKEN: &str = "/OAuth2/Token/desk";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// Claims of a good assertion; `more` goes before them, and a null leaves a claim out.
fn claims(mock: &Mock, jti: &str, more: &Value) -> Value {
    let mut claims = json!({
        "iss": "desk-client", "sub": "desk-client", "aud": mock.issuer("desk"),
        "exp": mock.clock.now().seconds() + 60, "jti": jti,
    });
    let members = claims.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    members.retain(|_, value| !value.is_null());
    claims
}

fn send(mock: &Mock, path: &str, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let auth = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
    mock.call(path, None, &[more, &auth].concat())
}

fn assert_refused(answer: &Answer, case: &str) {
    let text = "invalid client creds or client not allowed";
    assert_eq!(answer.error(), (401, "invalid_client".into(), text.into()), "{case}");
}

#[test]
fn an_assertion_authenticates_at_every_endpoint() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    for algorithm in ["HS256"].into_iter().chain(CLIENT_ALGORITHMS) {
        let sign = |jti: &str| {
            let claims = claims(&mock, &format!("{algorithm} {jti}"), &json!({}));
            match algorithm {
                "HS256" => hs256(b"desk-secret", &claims),
                _ => keys.signed(algorithm, &claims),
            }
        };
        let tokens = send(&mock, TOKEN, &sign("1"), &[GRANT]);
        assert_eq!(tokens.status, 200, "{algorithm}: {tokens:?}");
        let token = tokens.json()["access_token"].as_str().unwrap().to_owned();
        let about = [("token", token.as_str())];
        let introspect = "/OAuth2/Introspect/desk";
        let known = send(&mock, introspect, &sign("2"), &about);
        assert_eq!((known.status, &known.json()["active"]), (200, &json!(true)), "{algorithm}");
        let revoked = send(&mock, "/OAuth2/Revoke/desk", &sign("3"), &about);
        assert_eq!((revoked.status, revoked.body.as_str()), (200, ""), "{algorithm}");
        let dead = send(&mock, introspect, &sign("4"), &about);
        assert_eq!((dead.status, dead.body.as_str()), (200, r#"{"active":false}"#), "{algorithm}");
    }
}

#[test]
fn the_audience_is_the_issuer_or_the_token_endpoint() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let (issuer, endpoint) = (mock.issuer("desk"), format!("{}{TOKEN}", mock.url));
    for (case, audience) in [
        ("issuer", json!(issuer)),
        ("token endpoint", json!(endpoint)),
        ("a list", json!(["https://other.example", issuer])),
    ] {
        let assertion = hs256(b"desk-secret", &claims(&mock, case, &json!({ "aud": audience })));
        assert_eq!(send(&mock, TOKEN, &assertion, &[GRANT]).status, 200, "{case}");
    }
}

/// Claims that no assertion may have.
fn bad_claims(mock: &Mock) -> Vec<(&'static str, Value)> {
    let now = mock.clock.now().seconds();
    let issuer = mock.issuer("desk");
    vec![
        ("another's aud", json!({ "aud": mock.issuer("bank") })),
        ("the server as aud", json!({ "aud": mock.url })),
        ("aud without its slash", json!({ "aud": issuer.trim_end_matches('/') })),
        ("an empty list as aud", json!({ "aud": [] })),
        ("no aud", json!({ "aud": null })),
        ("an object as aud", json!({ "aud": { "0": issuer } })),
        ("another iss", json!({ "iss": "bank-client" })),
        ("no iss", json!({ "iss": null })),
        ("another sub", json!({ "sub": "bank-client" })),
        ("no sub", json!({ "sub": null })),
        ("another client", json!({ "iss": "bank-client", "sub": "bank-client" })),
        ("expired", json!({ "exp": now - 1 })),
        ("expires now", json!({ "exp": now })),
        ("no exp", json!({ "exp": null })),
        ("exp as text", json!({ "exp": (now + 60).to_string() })),
        ("nbf in the future", json!({ "nbf": now + 30 })),
        ("no jti", json!({ "jti": null })),
        ("jti as a number", json!({ "jti": 1 })),
    ]
}

#[test]
fn an_assertion_with_bad_claims_is_refused_everywhere() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    for (case, more) in bad_claims(&mock) {
        let assertion = keys.signed("ES256", &claims(&mock, case, &more));
        assert_refused(&send(&mock, TOKEN, &assertion, &[GRANT]), case);
        assert_refused(&send(&mock, "/OAuth2/Revoke/desk", &assertion, &[("token", "x")]), case);
        let introspected =
            send(&mock, "/OAuth2/Introspect/desk", &assertion, &[("token", "x")]).error();
        let text = "requesting user not authenticated";
        assert_eq!(introspected, (401, "invalid_client".into(), text.into()), "{case}");
    }
}

#[test]
fn an_assertion_that_the_client_did_not_sign_is_refused() {
    let keys = ClientKeys::generate();
    let foreign = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let claims = claims(&mock, "one", &json!({}));
    let good = keys.signed("RS256", &claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    for (case, assertion) in [
        ("alg none", unsigned(&claims)),
        ("none with a signature", jwt("none", &claims, |_| vec![1])),
        ("HS256 with the public key", hs256(keys.rsa_public(), &claims)),
        ("HS256 with the key set", hs256(keys.jwks().to_string().as_bytes(), &claims)),
        ("HS256 with another secret", hs256(b"bank-secret", &claims)),
        ("HS256 with no secret", hs256(b"", &claims)),
        ("a foreign RSA key", foreign.signed("RS256", &claims)),
        ("a foreign P-256 key", foreign.signed("ES256", &claims)),
        ("a foreign Ed25519 key", foreign.signed("EdDSA", &claims)),
        ("no signature", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("a part too many", format!("{good}.{signature}")),
        ("10,000 characters", "a".repeat(10_000)),
    ] {
        assert_refused(&send(&mock, TOKEN, &assertion, &[GRANT]), case);
    }
    assert_eq!(send(&mock, TOKEN, &good, &[GRANT]).status, 200, "no failure spent the jti");
}

#[test]
fn an_assertion_that_lives_too_long_is_refused() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    for (ahead, is_good) in [(60, true), (3_890, true), (3_910, false), (86_400, false)] {
        let exp = mock.clock.now().seconds() + ahead;
        let claims = claims(&mock, &ahead.to_string(), &json!({ "exp": exp }));
        let answer = send(&mock, TOKEN, &hs256(b"desk-secret", &claims), &[GRANT]);
        if is_good {
            assert_eq!(answer.status, 200, "{ahead}: {answer:?}");
        } else {
            let text = "exp of the assertion is more than 3900 seconds ahead";
            assert_eq!(answer.error(), (401, "invalid_client".into(), text.into()), "{ahead}");
        }
    }
}

#[test]
fn the_algorithm_of_assertions_may_be_a_setting_of_the_application() {
    let keys = ClientKeys::generate();
    let mut setup = with_signing_client(Policy::strict(), &keys);
    let desk = setup.document.apps.iter_mut().find(|app| app.application_id == "desk").unwrap();
    desk.token_endpoint_auth_signing_alg = serde_json::from_value(json!("ES256")).unwrap();
    let mock = setup.start();
    for (algorithm, status) in [("ES256", 200), ("RS256", 401)] {
        let assertion = keys.signed(algorithm, &claims(&mock, algorithm, &json!({})));
        assert_eq!(send(&mock, TOKEN, &assertion, &[GRANT]).status, status, "{algorithm}");
    }
}

#[test]
fn an_assertion_with_an_extension_that_nobody_understands_is_refused() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let header = json!({ "alg": "HS256", "crit": ["x"], "x": 1 });
    let assertion = signed_under(&header, b"desk-secret", &claims(&mock, "one", &json!({})));
    assert_refused(&send(&mock, TOKEN, &assertion, &[GRANT]), "crit");
    let header = json!({ "alg": "HS256", "typ": "JWT", "x": 1 });
    let assertion = signed_under(&header, b"desk-secret", &claims(&mock, "two", &json!({})));
    assert_eq!(send(&mock, TOKEN, &assertion, &[GRANT]).status, 200, "what is not critical");
}

#[test]
fn an_assertion_is_used_once() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let sign = |more: Value| keys.signed("EdDSA", &claims(&mock, "one", &more));
    let first = sign(json!({}));
    assert_eq!(send(&mock, TOKEN, &first, &[GRANT]).status, 200);
    assert_refused(&send(&mock, TOKEN, &first, &[GRANT]), "replayed");
    let revoke = send(&mock, "/OAuth2/Revoke/desk", &first, &[("token", "x")]);
    assert_refused(&revoke, "replayed elsewhere");
    let other = hs256(b"desk-secret", &claims(&mock, "one", &json!({ "iat": 1 })));
    assert_refused(&send(&mock, TOKEN, &other, &[GRANT]), "the jti in another assertion");
    mock.clock.advance(Duration::from_secs(61));
    assert_refused(&send(&mock, TOKEN, &first, &[GRANT]), "replayed after its end");
    assert_eq!(send(&mock, TOKEN, &sign(json!({})), &[GRANT]).status, 200, "the jti is free again");
}

#[test]
fn a_client_id_beside_an_assertion_must_agree() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::strict(), &keys).start();
    let assertion = keys.signed("ES256", &claims(&mock, "one", &json!({})));
    let other = send(&mock, TOKEN, &assertion, &[GRANT, ("client_id", "bank-client")]);
    assert_refused(&other, "another");
    let same = send(&mock, TOKEN, &assertion, &[GRANT, ("client_id", "desk-client")]);
    assert_eq!(same.status, 200, "{same:?}");
}

#[test]
fn an_assertion_of_another_type_is_none() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let assertion = hs256(b"desk-secret", &claims(&mock, "one", &json!({})));
    for kind in
        ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt-bearer", "JWT"]
    {
        let form = [GRANT, ("client_assertion_type", kind), ("client_assertion", &assertion)];
        let (status, error, _) = mock.call(TOKEN, None, &form).error();
        assert_eq!((status, error.as_str()), (401, "invalid_client"), "{kind:?}");
    }
    assert_eq!(send(&mock, TOKEN, &assertion, &[GRANT]).status, 200);
}

#[test]
fn an_assertion_of_one_app_opens_no_other() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    let assertion = hs256(b"desk-secret", &claims(&mock, "one", &json!({})));
    assert_refused(&send(&mock, "/OAuth2/Revoke/bank", &assertion, &[("token", "x")]), "bank");
}

#[test]
fn the_product_ignores_assertions() {
    let keys = ClientKeys::generate();
    let mock = with_signing_client(Policy::cyberark(), &keys).start();
    for (form, error, text) in [
        (&[GRANT][..], "invalid_client", "wrong clientid"),
        (
            &[GRANT, ("client_id", "desk-client")],
            "access_denied",
            "invalid client creds or client not allowed",
        ),
    ] {
        let assertion = keys.signed("RS256", &claims(&mock, "one", &json!({})));
        let answer = send(&mock, TOKEN, &assertion, form);
        assert_eq!(answer.error(), (400, error.into(), text.into()));
    }
    let basic = Some(("desk-client", "desk-secret"));
    let form = [GRANT, ("client_assertion_type", JWT_BEARER), ("client_assertion", "x")];
    assert_eq!(mock.call(TOKEN, basic, &form).status, 200, "beside Basic credentials");
}

#[test]
fn of_eight_uses_at_once_exactly_one_wins() {
    let mut setup = with_signing_client(Policy::strict(), &ClientKeys::generate());
    setup.workers = 4;
    let mock = setup.start();
    for round in 0..4 {
        let assertion =
            hs256(b"desk-secret", &claims(&mock, &format!("round {round}"), &json!({})));
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let use_it = || send(&mock, TOKEN, &assertion, &[GRANT]).status;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(use_it)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    }
}

#[test]
fn the_algorithms_that_work_are_advertised() {
    let mock = with_signing_client(Policy::strict(), &ClientKeys::generate()).start();
    for (app, expected) in [
        ("desk", json!(["HS256", "RS256", "PS256", "ES256", "EdDSA"])),
        ("bank", json!(["HS256"])),
        ("spa", Value::Null),
    ] {
        let document = mock.get(&format!("/{app}/.well-known/openid-configuration")).json();
        for endpoint in ["token", "introspection", "revocation"] {
            let member = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            assert_eq!(document[&member], expected, "{app}: {member}");
        }
    }
}
