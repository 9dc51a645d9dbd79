//! Signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1), the keys that verify them, and rotation while
//! the server runs.

mod rotation;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use crate::harness::{CALLBACK, Mock, Setup};

/// Each algorithm has an application of its name, in lower case.
const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

fn setup(policy: Policy) -> Setup {
    let apps = ALGORITHMS.map(|algorithm| {
        let id = algorithm.to_lowercase();
        json!({
            "application_id": id,
            "client_id": format!("{id}-client"),
            "client_secret": format!("{id}-secret"),
            "redirect_uris": [CALLBACK],
            "signing_algorithm": algorithm,
            "token_lifetime": 20_000,
        })
    });
    let tenant = json!({ "session_lifetime": 600 });
    Setup { policy, ..Setup::default() }.with(&json!({ "tenant": tenant, "apps": apps }))
}

/// What the front channel of `code id_token token` brings: code, access token, ID token.
fn tokens(mock: &Mock, app: &str) -> [String; 3] {
    let more = [("response_type", "code id_token token")];
    let answer = mock.authorize(app, Some(&mock.alice()), &more);
    ["code", "access_token", "id_token"]
        .map(|name| answer.callback_parameter(name).unwrap_or_else(|| panic!("{answer:?}")))
}

fn keys(mock: &Mock, app: &str) -> Vec<Value> {
    let answer = mock.get(&format!("/OAuth2/Keys/{app}")).json();
    answer["keys"].as_array().expect("a list").clone()
}

fn kids(mock: &Mock, app: &str) -> Vec<String> {
    keys(mock, app).iter().map(|key| text(&key["kid"])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).expect("base64url without padding")
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a JWT has three parts");
    serde_json::from_slice(&decode(part)).expect("header and claims are JSON")
}

/// Whether the key verifies the token's signature with the algorithm that the key is for.
fn verifies(key: &Value, token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').expect("a JWT has three parts");
    let number = |name: &str| decode(key[name].as_str().expect("numbers are strings"));
    let (message, signature) = (message.as_bytes(), decode(signature));
    let rsa = |padding| {
        let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
        public.verify(padding, message, &signature).is_ok()
    };
    let plain = |algorithm: &'static dyn VerificationAlgorithm, public: Vec<u8>| {
        UnparsedPublicKey::new(algorithm, public).verify(message, &signature).is_ok()
    };
    match (text(&key["kty"]).as_str(), text(&key["alg"]).as_str()) {
        ("RSA", "RS256") => rsa(&RSA_PKCS1_2048_8192_SHA256),
        ("RSA", "PS256") => rsa(&RSA_PSS_2048_8192_SHA256),
        ("EC", "ES256") => {
            let point = [vec![4], number("x"), number("y")].concat();
            plain(&ECDSA_P256_SHA256_FIXED, point)
        }
        ("OKP", "EdDSA") => plain(&ED25519, number("x")),
        other => panic!("{other:?}"),
    }
}

/// Asserts that the key of the set that the header names verifies the token; returns its `kid`.
pub(crate) fn assert_verified(mock: &Mock, app: &str, token: &str) -> String {
    let kid = text(&part(token, 0)["kid"]);
    let keys = keys(mock, app);
    let named: Vec<&Value> = keys.iter().filter(|key| key["kid"] == kid.as_str()).collect();
    let [key] = named[..] else { panic!("{app}: not one key is {kid}: {keys:?}") };
    assert!(verifies(key, token), "{app}: {kid}");
    kid
}

/// `at_hash` and `c_hash` as OpenID Connect Core §3.3.2.11 has them; for Ed25519 the hash is SHA-512
/// (RFC 8032 §5.1).
fn half_hash(algorithm: &str, value: &str) -> String {
    let hash = if algorithm == "EdDSA" { &SHA512 } else { &SHA256 };
    let whole = digest(hash, value.as_bytes());
    let whole = whole.as_ref();
    URL_SAFE_NO_PAD.encode(&whole[..whole.len() / 2])
}

#[test]
fn each_app_signs_with_its_algorithm() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = setup(policy).start();
        for algorithm in ALGORITHMS {
            let app = algorithm.to_lowercase();
            let [code, access_token, id_token] = tokens(&mock, &app);
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &*code),
                ("redirect_uri", CALLBACK),
            ];
            let request = mock.request("POST", &format!("/OAuth2/Token/{app}")).form(&form);
            let request = request.basic(&format!("{app}-client"), &format!("{app}-secret"));
            let back = request.send().json();
            let back = ["access_token", "id_token"].map(|name| text(&back[name]));
            for token in [&access_token, &id_token, &back[0], &back[1]] {
                let kid = assert_verified(&mock, &app, token);
                let header = json!({ "typ": "JWT", "alg": algorithm, "kid": kid });
                assert_eq!(part(token, 0), header, "{app}");
            }
            let front = part(&id_token, 1);
            assert_eq!(front["at_hash"], half_hash(algorithm, &access_token), "{app}");
            assert_eq!(front["c_hash"], half_hash(algorithm, &code), "{app}");
            assert_eq!(part(&back[1], 1)["at_hash"], half_hash(algorithm, &back[0]), "{app}");
        }
    }
}

#[test]
fn each_app_publishes_the_keys_of_its_algorithm_without_private_members() {
    let mock = setup(Policy::strict()).start();
    let mut all = Vec::new();
    for (algorithm, kty, numbers) in [
        ("RS256", "RSA", &["n", "e"][..]),
        ("PS256", "RSA", &["n", "e"]),
        ("ES256", "EC", &["crv", "x", "y"]),
        ("EdDSA", "OKP", &["crv", "x"]),
    ] {
        let keys = keys(&mock, &algorithm.to_lowercase());
        let [key] = &keys[..] else { panic!("one key: {keys:?}") };
        let names: Vec<&str> =
            key.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, [&["kty", "alg", "use", "kid"], numbers].concat(), "{algorithm}");
        assert_eq!(
            (&key["kty"], &key["alg"], &key["use"]),
            (&json!(kty), &json!(algorithm), &json!("sig"))
        );
        for coordinate in ["x", "y"] {
            let length = key[coordinate].as_str().map(|number| decode(number).len());
            assert!(matches!(length, None | Some(32)), "{algorithm}: {length:?}");
        }
        let crv = if algorithm == "ES256" { json!("P-256") } else { json!("Ed25519") };
        assert!(key.get("crv").is_none_or(|named| *named == crv), "{algorithm}: {key}");
        let kid = text(&key["kid"]);
        assert_eq!(kid.len(), 40, "{algorithm}");
        all.push(kid);
    }
    assert_eq!(
        kids(&mock, "bank"),
        [all[0].clone()],
        "RS256 is the default, and its key is shared"
    );
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4, "one RSA key with two algorithms has two names");
}

#[test]
fn a_token_of_one_algorithm_opens_no_door_of_another_app() {
    let mock = setup(Policy::strict()).start();
    for algorithm in ALGORITHMS {
        let [_, access_token, id_token] = tokens(&mock, &algorithm.to_lowercase());
        for other in ALGORITHMS {
            let app = other.to_lowercase();
            let ask = |token: &str| {
                let path = format!("/OAuth2/UserInfo/{app}");
                mock.request("GET", &path).bearer(token).send().status
            };
            let status = if other == algorithm { 200 } else { 401 };
            assert_eq!(ask(&access_token), status, "{algorithm} at {app}");
            assert_eq!(ask(&id_token), 401, "{algorithm} at {app}");
            let more = [("id_token_hint", &*id_token), ("prompt", "none")];
            let answer = mock.authorize(&app, Some(&mock.alice()), &more);
            let is_its = answer.callback_parameter("code").is_some();
            assert_eq!(is_its, other == algorithm, "{algorithm} as a hint at {app}");
        }
    }
}

#[test]
fn the_token_of_a_sign_in_is_signed_as_the_product_does() {
    let mock = setup(Policy::strict()).start();
    let login = mock.sign_in_answer("alice@example.com", "alice-password");
    let token = text(&login["Result"]["Token"]);
    assert_eq!(part(&token, 0)["alg"], "RS256");
    assert_verified(&mock, "bank", &token);
}

#[test]
fn an_algorithm_that_is_none_is_no_fixture() {
    use cyberark_identity_mock::fixtures::from_text;
    for algorithm in ["none", "HS256", "rs256", "ES384", ""] {
        let app = json!({ "application_id": "x", "signing_algorithm": algorithm });
        let fixture = json!({ "apps": [app] }).to_string();
        assert!(from_text("test", &fixture).is_err(), "{algorithm:?}");
    }
}
