//! `POST /OAuth2/Token/{app}`.

use crate::harness::{Mock, half_hash};

#[test]
fn a_code_brings_verified_tokens() {
    let mock = Mock::start();
    let answer = mock.exchange(&mock.code(&[]), &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    let names: Vec<&String> = tokens.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["id_token", "refresh_token", "access_token", "token_type", "expires_in", "scope"]
    );
    let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token.claims["iss"], mock.issuer("bank"));
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(id_token.claims["at_hash"], half_hash(access_token));
    assert!(!mock.verified("bank", access_token).names().contains(&"at_hash"));
}
