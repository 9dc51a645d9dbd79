//! Discovery, keys, and how ID tokens are signed.

use std::collections::BTreeSet;

use cyberark_identity_mock::tenant::keys::SigningKey;
use serde_json::Value;

use super::browser::Browser;
use super::suite::{ALL, BASE, flows, provider};
use crate::harness::Mock;

pub(super) fn discovery(mock: &Mock) -> Value {
    let answer = mock.get("/certification/.well-known/openid-configuration");
    assert_eq!(answer.status, 200, "{answer:?}");
    let kind = answer.header("content-type").expect("a content type");
    assert!(kind.starts_with("application/json"), "{kind}");
    answer.json()
}

fn contains(list: &Value, wanted: &str) -> bool {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().any(|own| own == wanted)
}

#[test]
fn discovery_endpoint_verification() {
    let mock = provider();
    let document = discovery(&mock);
    assert_eq!(document["issuer"], format!("{BASE}/certification/"));
    for (name, value) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            assert!(value.as_str().unwrap().starts_with("https://"), "{name}: {value}");
        }
    }
    for (name, wanted) in [
        ("response_types_supported", "code"),
        ("response_types_supported", "id_token token"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("grant_types_supported", "authorization_code"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("code_challenge_methods_supported", "S256"),
    ] {
        assert!(contains(&document[name], wanted), "{name}: {wanted}: {}", document[name]);
    }
    assert_eq!(document["userinfo_endpoint"], format!("{BASE}/OAuth2/UserInfo/certification"));
    assert_eq!(document["jwks_uri"], format!("{BASE}/OAuth2/Keys/certification"));
    assert!(!keys(&mock).is_empty());
}

#[test]
fn rp_initiated_logout_discovery_endpoint_verification() {
    let document = discovery(&provider());
    assert_eq!(
        document["end_session_endpoint"],
        format!("{BASE}/OAuth2/EndSessionV2/certification")
    );
}

/// The keys of `certification`: each named, no name twice, none private.
fn keys(mock: &Mock) -> Vec<Value> {
    let jwks = mock.get("/OAuth2/Keys/certification").json();
    let keys = jwks["keys"].as_array().expect("a list");
    let id = |key: &Value| key["kid"].as_str().expect("a string").to_owned();
    let ids: BTreeSet<String> = keys.iter().map(id).collect();
    assert_eq!(ids.len(), keys.len());
    for key in keys {
        assert_ne!(key["kty"], "oct");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert_eq!(key.get(private), None, "{private}");
        }
    }
    keys.clone()
}

#[test]
fn server_rotate_keys() {
    let mock = provider();
    let before = keys(&mock);
    mock.tenant.rotate_key(SigningKey::from_pem(&SigningKey::generate_pem()).unwrap());
    let after = keys(&mock);
    assert!(after.iter().any(|key| !before.contains(key)), "{after:?}");
    assert!(before.iter().all(|key| after.contains(key)), "{after:?}");
}

/// Every ID token of the rehearsal goes through the check; this names it.
#[test]
fn idtoken_signature() {
    let mock = provider();
    for flow in flows(ALL) {
        let session = Browser::new(&mock, flow).run(&[]);
        let token = session.id_token.unwrap().text;
        let header = mock.verified("certification", &token).header;
        assert_eq!(header["alg"], "RS256", "{flow:?}");
        assert!(header["kid"].is_string(), "{flow:?}");
    }
}

/// The suite skips it where the metadata do not name `none`.
#[test]
fn idtoken_unsigned() {
    let document = discovery(&provider());
    assert!(!contains(&document["id_token_signing_alg_values_supported"], "none"));
}
