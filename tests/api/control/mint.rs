//! Tokens, codes and sessions without a flow; what is alive, and what a token is worth.

use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::{Value, json};

use crate::harness::{CALLBACK, Mock, Setup};

fn mint(mock: &Mock, what: &str, wanted: &Value) -> Value {
    let answer = mock.request("POST", &format!("/_mock/v1/mint/{what}")).json(wanted).send();
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn verify(mock: &Mock, token: &str) -> Value {
    let body = json!({ "token": token });
    mock.request("POST", "/_mock/v1/tokens/verify").json(&body).send().json()
}

#[test]
fn tokens_are_minted_as_the_tenant_would_issue_them() {
    let mock = Mock::start();
    let wanted = json!({
        "app": "bank", "user": "alice@example.com", "scope": "openid email", "nonce": "n",
        "tokens": { "claims": { "level": 3 }, "lifetime": 60 },
    });
    let id_token = mint(&mock, "id-token", &wanted);
    assert_eq!(id_token["expires_in"], 60);
    let claims = mock.verified("bank", id_token["token"].as_str().unwrap()).claims;
    assert_eq!((&claims["nonce"], &claims["level"]), (&json!("n"), &json!(3)));
    assert_eq!(claims["iss"], mock.issuer("bank"));
    let access_token = mint(&mock, "access-token", &wanted);
    let answer = mock.userinfo(access_token["token"].as_str().unwrap());
    assert_eq!(answer.json()["email"], "alice@example.com");
    let of_client = mint(&mock, "access-token", &json!({ "app": "bank" }));
    let claims = mock.verified("bank", of_client["token"].as_str().unwrap()).claims;
    assert_eq!(claims["sub"], "bank-client");
}

#[test]
fn a_minted_code_is_exchanged() {
    let mock = Mock::start();
    let wanted = json!({ "app": "bank", "user": "bob@example.com", "redirect_uri": CALLBACK });
    let code = mint(&mock, "code", &wanted);
    let answer = mock.exchange(code["code"].as_str().unwrap(), &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn a_minted_session_needs_no_login_page() {
    let mock = Mock::start();
    let minted = mint(&mock, "session", &json!({ "user": "bob@example.com" }));
    let session = minted["session"].as_str().unwrap();
    assert_eq!(minted["cookie"], format!(".ASPXAUTH={session}"));
    assert!(mock.authorize("bank", Some(session), &[]).callback_parameter("code").is_some());
}

#[test]
fn nothing_is_minted_for_nobody() {
    let mock = Mock::start();
    let bob = "bob@example.com";
    for (what, wanted, pointer) in [
        ("id-token", json!({ "app": "nothing", "user": bob }), "/app"),
        ("id-token", json!({ "app": "bank", "user": "nobody" }), "/user"),
        ("id-token", json!({ "app": "bank", "client": "other" }), "/client"),
        ("access-token", json!({ "app": "bank", "scope": "a\"b" }), "/scope"),
        (
            "access-token",
            json!({ "app": "bank", "tokens": { "lifetime": i64::MAX } }),
            "/tokens/lifetime",
        ),
        ("code", json!({ "app": "bank", "redirect_uri": CALLBACK }), "/user"),
        ("code", json!({ "app": "bank", "user": bob, "redirect_uri": "/x" }), "/redirect_uri"),
        (
            "code",
            json!({ "app": "bank", "user": bob, "redirect_uri": CALLBACK, "code_challenge": "x" }),
            "/code_challenge",
        ),
        ("session", json!({ "user": "nobody" }), "/user"),
        ("session", json!({}), ""),
    ] {
        let answer = mock.request("POST", &format!("/_mock/v1/mint/{what}")).json(&wanted).send();
        assert_eq!(
            (answer.status, &answer.json()["pointer"]),
            (400, &json!(pointer)),
            "{wanted}: {answer:?}"
        );
    }
}

#[test]
fn what_is_alive_is_listed_with_its_family() {
    let mock = Mock::start();
    let code = mock.code(&[]);
    mock.exchange(&code, &[]);
    let kinds = |mock: &Mock| {
        let live = mock.get("/_mock/v1/live").json();
        let told = |entry: &Value| format!("{} {}", entry["kind"], entry["state"]).replace('"', "");
        let mut kinds: Vec<String> = live.as_array().unwrap().iter().map(told).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(
        kinds(&mock),
        [
            "access_token live",
            "code redeemed",
            "id_token live",
            "login over",
            "refresh_token live",
            "session live",
            "session_token live",
        ]
    );
    let live = mock.get("/_mock/v1/live").json();
    let families: Vec<&Value> = live
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["family"])
        .filter(|f| !f.is_null())
        .collect();
    assert!(families.len() == 4 && families.iter().all(|family| *family == families[0]), "{live}");
    mock.exchange(&code, &[]);
    assert!(kinds(&mock).contains(&"access_token revoked".to_owned()));
}

#[test]
fn tokens_that_stem_from_nothing_else_are_a_family_each() {
    let mock = Mock::start();
    for nonce in ["1", "2", "3"] {
        let wanted = json!({ "app": "bank", "user": "alice@example.com" });
        mint(&mock, "access-token", &wanted);
        // An ID token has no jti that tells it from the last one.
        mint(&mock, "id-token", &json!({ "app": "bank", "nonce": nonce }));
    }
    let families = || {
        let live = mock.get("/_mock/v1/live").json();
        let families = live.as_array().unwrap().iter().map(|entry| entry["family"].to_string());
        families.collect::<Vec<String>>()
    };
    let first = families();
    let different: std::collections::BTreeSet<&String> = first.iter().collect();
    assert!(different.len() == 6 && !first.contains(&"null".to_owned()), "{first:?}");
    assert_eq!(first, families(), "looking at them changes nothing");
}

#[test]
fn a_token_is_told_what_is_wrong_with_it() {
    let mock = Mock::start();
    let tokens = mock.tokens(&[]);
    let access_token = tokens["access_token"].as_str().unwrap();
    let good = verify(&mock, access_token);
    assert_eq!(
        (&good["valid"], &good["kind"], &good["app"]),
        (&json!(true), &json!("access_token"), &json!("bank")),
        "{good}"
    );
    assert_eq!(good["user"], "alice@example.com");
    assert_eq!(verify(&mock, tokens["refresh_token"].as_str().unwrap())["valid"], true);
    let problems = |token: &str| verify(&mock, token)["problems"].to_string();
    let sign = |more: Value| {
        let mut body = json!({ "claims": { "exp": 1, "iat": 9_999_999_999_i64 } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let signed = mock.request("POST", "/_mock/v1/keys/sign").json(&body).send().json();
        signed["token"].as_str().unwrap().to_owned()
    };
    for (token, problem) in [
        (sign(json!({})), "exp: it expired"),
        (sign(json!({})), "iat: "),
        (sign(json!({ "signature": "foreign" })), "made this signature"),
        (sign(json!({ "signature": "none" })), "alg is none"),
        (sign(json!({ "header": { "kid": "x" } })), "publishes no key"),
        ("a.b.c".to_owned(), "no JWT"),
        ("x".to_owned(), "no opaque token"),
    ] {
        assert!(problems(&token).contains(problem), "{problem}: {}", problems(&token));
    }
    mock.call(
        "/OAuth2/Revoke/bank",
        Some(("bank-client", "bank-secret")),
        &[("token", access_token)],
    );
    assert_ne!(verify(&mock, access_token)["valid"], true);
}

/// Header members that are steered, what the signature is worth, and the problems that are told: `{own}`
/// is the key that signs, `{other}` one that is published beside it.
const STEERED: &[(&str, &str, &[&str])] = &[
    ("{}", "valid", &[]),
    (r#"{"x":"y"}"#, "valid", &[]),
    (r#"{"typ":"jwt"}"#, "valid", &[]),
    (r#"{"jku":"https://elsewhere.example/keys"}"#, "valid", &[]),
    (r#"{"typ":"at+jwt"}"#, "valid", &[r#"typ: "at+jwt", where the tenant writes "JWT""#]),
    (r#"{"typ":7}"#, "valid", &[r#"typ: 7, where the tenant writes "JWT""#]),
    (r#"{"typ":null}"#, "valid", &[r#"typ: none, where the tenant writes "JWT""#]),
    (r#"{"alg":"HS256"}"#, "valid", &[r#"alg: "HS256", but the signature is RS256"#]),
    (r#"{"alg":"PS256"}"#, "valid", &[r#"alg: "PS256", but the signature is RS256"#]),
    (r#"{"alg":"none"}"#, "valid", &[r#"alg: "none", but the signature is RS256"#]),
    (r#"{"alg":["RS256"]}"#, "valid", &[r#"alg: ["RS256"], but the signature is RS256"#]),
    (r#"{"alg":null}"#, "valid", &["alg: none, and the signature is RS256"]),
    (
        r#"{"kid":"x"}"#,
        "valid",
        &[r#"kid: the tenant publishes no key "x", and the signature is of "{own}""#],
    ),
    (r#"{"kid":"{other}"}"#, "valid", &[r#"kid: "{other}", but the signature is of "{own}""#]),
    (
        r#"{"kid":null}"#,
        "valid",
        &[r#"kid: none, so no key is named, and the signature is of "{own}""#],
    ),
    (
        r#"{"kid":1}"#,
        "valid",
        &[r#"kid: 1, and a key is named by a string, and the signature is of "{own}""#],
    ),
    (
        r#"{"crit":["exp"]}"#,
        "valid",
        &[r#"crit: ["exp"], and who does not know all of it has to refuse the token"#],
    ),
    ("{}", "broken", &["no key of the tenant made this signature of this header and these claims"]),
    (
        r#"{"alg":"HS256","kid":"x"}"#,
        "foreign",
        &[
            "no key of the tenant made this signature of this header and these claims",
            r#"alg: "HS256", and the tenant signs with RS256, PS256, ES256, EdDSA"#,
            r#"kid: the tenant publishes no key "x""#,
        ],
    ),
    (
        r#"{"alg":null,"kid":null,"typ":"x"}"#,
        "broken",
        &[
            "no key of the tenant made this signature of this header and these claims",
            "alg: none, and every token has to name one",
            "kid: none, so no key is named",
            r#"typ: "x", where the tenant writes "JWT""#,
        ],
    ),
    ("{}", "none", &["it is not signed: alg is none"]),
    (r#"{"alg":"RS256"}"#, "none", &["it is not signed: there is no signature"]),
    (
        r#"{"alg":"RS256","typ":"at+jwt","kid":"{other}"}"#,
        "valid",
        &[
            r#"kid: "{other}", but the signature is of "{own}""#,
            r#"typ: "at+jwt", where the tenant writes "JWT""#,
        ],
    ),
];

#[test]
fn each_header_member_that_was_steered_is_told_by_its_name() {
    let mock = Mock::start();
    mock.request("POST", "/_mock/v1/keys")
        .json(&json!({ "pem": SigningKey::generate_pem() }))
        .send();
    let keys = mock.get("/_mock/v1/keys").json();
    let kid = |at: usize| keys[at]["jwk"]["kid"].as_str().expect("a key").to_owned();
    let named = |text: &str| text.replace("{own}", &kid(0)).replace("{other}", &kid(1));
    for (header, signature, problems) in STEERED {
        let header: Value = serde_json::from_str(&named(header)).expect("JSON");
        let entry = json!({ "tokens": { "header": header, "signature": signature } });
        mock.put("/_mock/v1/steering/e", &entry);
        let tokens = mock.tokens(&[]);
        let expected: Vec<String> = problems.iter().map(|problem| named(problem)).collect();
        for kind in ["access_token", "id_token"] {
            let verdict = verify(&mock, tokens[kind].as_str().expect("a token"));
            assert_eq!(verdict["problems"], json!(expected), "{header} {signature} {kind}");
            assert_eq!(verdict["valid"], expected.is_empty(), "{header} {signature}");
            assert_eq!(verdict["kind"], kind, "{header} {signature}");
        }
    }
}

#[test]
fn a_signature_is_judged_by_the_keys_of_now() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    let before = mock.get("/_mock/v1/keys").json()[0]["jwk"]["kid"].as_str().unwrap().to_owned();
    mock.request("POST", "/_mock/v1/keys/rotate").json(&json!({})).send();
    assert_eq!(verify(&mock, &token)["problems"], json!([]), "it is published still");
    mock.request("DELETE", &format!("/_mock/v1/keys/{before}")).send();
    let told = [
        "no key of the tenant made this signature of this header and these claims".to_owned(),
        format!("kid: the tenant publishes no key {before:?}"),
    ];
    assert_eq!(verify(&mock, &token)["problems"], json!(told));
    let mock = Setup::default().with(&json!({ "apps": [{
        "application_id": "es", "signing_algorithm": "ES256", "client_id": "es-client",
    }] }));
    let mock = mock.start();
    let wanted = json!({
        "app": "es", "user": "alice@example.com", "tokens": { "header": { "alg": "RS256" } },
    });
    let token = mint(&mock, "id-token", &wanted)["token"].as_str().unwrap().to_owned();
    let told = [r#"alg: "RS256", but the signature is ES256"#];
    assert_eq!(verify(&mock, &token)["problems"], json!(told));
}
