//! Texts that are no `id_token_hint` of `bank`, however close they come.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::{Value, json};

use super::{CALLBACK, Mock};

/// Each with what is wrong about it.
pub(crate) fn forged_hints(mock: &Mock) -> Vec<(&'static str, String)> {
    let tokens = mock.tokens(&[]);
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let (good, access_token) = (text(&tokens["id_token"]), text(&tokens["access_token"]));
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts: {good}")
    };
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let none = encode(json!({ "alg": "none" }));
    let hmac = encode(json!({ "alg": "HS256", "kid": mock.verified("bank", &good).header["kid"] }));
    let mut other = mock.verified("bank", &good).claims;
    let foreign = SigningKey::from_pem(&SigningKey::generate_pem()).expect("a fresh key");
    let foreign_signed = foreign.sign(&other);
    other["sub"] = json!("b0b00000-0000-4000-8000-000000000002");
    let modified = encode(other);
    let login = mock.sign_in_answer("alice@example.com", "alice-password");
    vec![
        ("foreign-signed", foreign_signed),
        ("alg none", format!("{none}.{claims}.")),
        ("alg none, with the signature", format!("{none}.{claims}.{signature}")),
        ("HMAC", format!("{hmac}.{claims}.{signature}")),
        ("other claims", format!("{header}.{modified}.{signature}")),
        ("no signature", format!("{header}.{claims}.")),
        ("two parts", format!("{header}.{claims}")),
        ("a part too many", format!("{good}.{signature}")),
        ("an access token", access_token),
        ("a refresh token", text(&tokens["refresh_token"])),
        ("the Token of a sign-in", text(&login["Result"]["Token"])),
        ("an ID token of another application", id_token_of_spa(mock)),
        ("a word", "x".to_owned()),
        ("10,000 characters", "a".repeat(10_000)),
    ]
}

fn id_token_of_spa(mock: &Mock) -> String {
    let more = [("response_type", "id_token"), ("redirect_uri", CALLBACK)];
    let answer = mock.authorize("spa", Some(&mock.alice()), &more);
    answer.callback_parameter("id_token").expect("spa may have ID tokens")
}
