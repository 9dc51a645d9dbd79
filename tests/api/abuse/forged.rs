//! Tokens that somebody else made: unsigned, signed with the public key as if it were a secret
//! (algorithm confusion), signed with a key of one's own, or changed after signing.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::{Value, json};

use super::presets;
use crate::harness::{CALLBACK, Mock, Setup, text};

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// A token whose signature is the HMAC of header and claims.
fn hmac_token(header: &Value, claims: &Value, key: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// Forgeries of a token of `bank`, each with what it is.
fn forgeries(mock: &Mock, token: &str, foreign: &SigningKey) -> Vec<(&'static str, String)> {
    let jwt = mock.verified("bank", token);
    let claims = &jwt.claims;
    let (kid, set) = (&jwt.header["kid"], mock.get("/OAuth2/Keys/bank"));
    let modulus =
        URL_SAFE_NO_PAD.decode(text(&set.json()["keys"][0], "n")).expect("n is base64url");
    let (signed, signature) = token.rsplit_once('.').expect("a JWT");
    let (header, _) = signed.split_once('.').expect("a JWT");
    let unsigned = |alg: &str, signature: &str| {
        let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
        format!("{}.{}.{signature}", encode(&header), encode(claims))
    };
    let symmetric = json!({ "alg": "HS256", "typ": "JWT", "kid": kid });
    let mut bobs = claims.clone();
    bobs["sub"] = json!("b0b00000-0000-4000-8000-000000000002");
    vec![
        ("alg none", unsigned("none", "")),
        ("alg None", unsigned("None", "")),
        ("alg none with the old signature", unsigned("none", signature)),
        ("no signature", format!("{signed}.")),
        ("two parts", signed.to_owned()),
        ("HS256 with the modulus", hmac_token(&symmetric, claims, &modulus)),
        ("HS256 with the key set", hmac_token(&symmetric, claims, set.body.as_bytes())),
        ("HS256 with nothing", hmac_token(&symmetric, claims, b"")),
        ("a key of one's own", foreign.sign(claims)),
        ("another user's claims", format!("{header}.{}.{signature}", encode(&bobs))),
        (
            "no algorithm",
            format!("{}.{}.{signature}", encode(&json!({ "kid": kid })), encode(claims)),
        ),
    ]
}

#[test]
fn a_forged_token_opens_nothing() {
    let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
    for (preset, policy) in presets() {
        let mock = Setup { policy, ..Setup::default() }.start();
        let token = mock.access_token(&[]);
        for (case, forged) in forgeries(&mock, &token, &foreign) {
            assert_eq!(mock.userinfo(&forged).status, 401, "{preset}, {case}");
            assert_eq!(mock.introspected(&forged), json!({ "active": false }), "{preset}, {case}");
            let who = mock.request("GET", "/Security/whoami").bearer(&forged).send().json();
            assert_eq!(who["success"], json!(false), "{preset}, {case}");
        }
        assert_eq!(mock.userinfo(&token).status, 200, "{preset}");
    }
}

#[test]
fn a_forged_id_token_is_no_hint() {
    let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).unwrap();
    let mock = Mock::strict();
    let (id_token, session) = (text(&mock.tokens(&[]), "id_token"), mock.alice());
    let sign_out = |hint: &str| {
        let wish = [("id_token_hint", hint), ("post_logout_redirect_uri", CALLBACK)];
        mock.request("GET", "/OAuth2/EndSession/bank").query(&wish).cookie(&session).send()
    };
    for (case, forged) in forgeries(&mock, &id_token, &foreign) {
        let answer = sign_out(&forged);
        assert_eq!((answer.status, answer.header("location")), (400, None), "{case}");
        let answer = mock.authorize("bank", Some(&session), &[("id_token_hint", &forged)]);
        let told = answer.callback_parameter("error");
        assert_eq!(told.as_deref(), Some("invalid_request"), "{case}: {answer:?}");
    }
    let right = mock.authorize("bank", Some(&session), &[("id_token_hint", &id_token)]);
    assert!(right.callback_parameter("code").is_some(), "still signed in: {right:?}");
    assert_eq!(sign_out(&id_token).location(), CALLBACK);
}
