//! What cannot be registered.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{open, register};
use crate::harness::{CALLBACK, ClientKeys};

/// Members beside a redirect URI, the error code when it is not `invalid_client_metadata`, and how its
/// description starts.
type Case<'a> = (Value, &'static str, &'a str);

fn assert_refused(cases: &[Case<'_>]) {
    let mock = open(Policy::strict());
    for (members, code, start) in cases {
        let mut metadata = json!({ "redirect_uris": [CALLBACK] });
        let more = members.as_object().expect("an object").clone();
        metadata.as_object_mut().expect("an object").extend(more);
        let answer = register(&mock, &metadata);
        let expected = if code.is_empty() { "invalid_client_metadata" } else { code };
        let (status, error, description) = answer.error();
        assert_eq!((status, &*error), (400, expected), "{members}: {description}");
        assert!(description.starts_with(start), "{members}: {description}");
        assert!(description.len() < 400, "{description}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn a_member_of_a_wrong_type_or_value_is_named() {
    let long = "x".repeat(10_000);
    assert_refused(&[
        (json!({ "redirect_uris": null }), "invalid_redirect_uri", "redirect_uris: "),
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri", "redirect_uris: "),
        (json!({ "redirect_uris": "https://a" }), "invalid_redirect_uri", "redirect_uris: "),
        (json!({ "redirect_uris": [1] }), "invalid_redirect_uri", "redirect_uris[0]: "),
        (json!({ "client_name": 1 }), "", "client_name: "),
        (json!({ "client_name": ["a"] }), "", "client_name: "),
        (json!({ "contacts": "a" }), "", "contacts: "),
        (json!({ "jwks": [] }), "", "jwks: "),
        (json!({ "jwks": { "keys": [{ "kty": "oct" }] } }), "", "jwks.keys[0]"),
        (
            json!({ "token_endpoint_auth_method": "tls_client_auth" }),
            "",
            "token_endpoint_auth_method",
        ),
        (json!({ "token_endpoint_auth_method": long }), "", "token_endpoint_auth_method"),
    ]);
}

/// Among them the modules `oidcc-registration-jwks-uri`, `oidcc-registration-sector-bad` and
/// `oidcc-3rd_party-init-login-nohttps`.
#[test]
fn metadata_that_breaks_a_rule_is_named() {
    let keys = ClientKeys::generate().jwks();
    assert_refused(&[
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "", "jwks: private_key_jwt"),
        (json!({ "grant_types": ["urn:x"] }), "", "grant_types[0]: "),
        (json!({ "grant_types": ["authorization_code", "password"] }), "", "grant_types: the appl"),
        (
            json!({ "grant_types": ["implicit"] , "response_types": ["code"] }),
            "",
            "response_types: code",
        ),
        (json!({ "response_types": ["id_token"] }), "", "response_types: id_token needs"),
        (json!({ "response_types": ["none"] }), "", "response_types[0]: "),
        (json!({ "application_type": "desktop" }), "", "application_type: "),
        (json!({ "subject_type": "pairwise" }), "", "subject_type: "),
        (json!({ "id_token_signed_response_alg": "HS256" }), "", "id_token_signed_response_alg: "),
        (json!({ "id_token_signed_response_alg": "none" }), "", "id_token_signed_response_alg: "),
        (json!({ "userinfo_signed_response_alg": "RS256" }), "", "userinfo_signed_response_alg: "),
        (json!({ "jwks_uri": "https://a/jwks" }), "", "jwks_uri: this mock fetches no keys"),
        (json!({ "jwks_uri": "https://a/jwks", "jwks": keys }), "", "jwks_uri: not beside jwks"),
        (json!({ "sector_identifier_uri": "https://a/s" }), "", "sector_identifier_uri: this mock"),
        (json!({ "initiate_login_uri": "http://a/login" }), "", "initiate_login_uri: "),
        (json!({ "logo_uri": "javascript:alert(1)" }), "", "logo_uri: "),
        (
            json!({ "post_logout_redirect_uris": ["https://a/#f"] }),
            "",
            "post_logout_redirect_uris[0]: ",
        ),
        (json!({ "frontchannel_logout_uri": "app:/x" }), "", "frontchannel_logout_uri: "),
        (
            json!({ "software_statement": "x" }),
            "unapproved_software_statement",
            "software_statement: ",
        ),
    ]);
}

#[test]
fn what_this_server_does_not_do_is_not_left_out_in_silence() {
    for name in [
        "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc",
        "id_token_encrypted_response_alg",
        "id_token_encrypted_response_enc",
        "request_object_encryption_alg",
        "request_object_encryption_enc",
        "introspection_signed_response_alg",
        "authorization_signed_response_alg",
        "require_signed_request_object",
        "require_pushed_authorization_requests",
        "tls_client_certificate_bound_access_tokens",
        "dpop_bound_access_tokens",
    ] {
        assert_refused(&[(json!({ name: true }), "", &format!("{name}: not imitated"))]);
    }
    let mock = open(Policy::strict());
    let no = json!({ "redirect_uris": [CALLBACK], "dpop_bound_access_tokens": false });
    assert_eq!(register(&mock, &no).status, 201, "it need not be");
}

#[test]
fn members_of_how_a_client_signs_and_asks_have_their_rules() {
    assert_refused(&[
        (json!({ "request_object_signing_alg": "RS512" }), "", "request_object_signing_alg: "),
        (json!({ "request_object_signing_alg": 1 }), "", "request_object_signing_alg: "),
        (
            json!({ "token_endpoint_auth_signing_alg": "none" }),
            "",
            "token_endpoint_auth_signing_alg: none: an assertion has to be signed",
        ),
        (
            json!({
                "token_endpoint_auth_method": "client_secret_jwt",
                "token_endpoint_auth_signing_alg": "RS256",
            }),
            "",
            "token_endpoint_auth_signing_alg: RS256: it is of private_key_jwt",
        ),
        (json!({ "request_uris": ["http://app.example/r"] }), "", "request_uris[0]: request URI"),
        (json!({ "request_uris": "https://app.example/r" }), "", "request_uris: "),
        (json!({ "default_max_age": -1 }), "", "default_max_age: "),
        (json!({ "default_max_age": "1" }), "", "default_max_age: "),
        (json!({ "require_auth_time": "yes" }), "", "require_auth_time: "),
        (json!({ "default_acr_values": "urn:a" }), "", "default_acr_values: "),
        (json!({ "scope": ["openid"] }), "", "scope: "),
        (json!({ "scope": "openid unknown" }), "", "scope: the application does not know unknown"),
        (json!({ "scope": "a\"b" }), "", "scope: expected scope tokens"),
        (json!({ "client_name#de": 1 }), "", "client_name#de: expected a string"),
        (json!({ "logo_uri#de": "javascript:x" }), "", "logo_uri#de: expected an https or http"),
    ]);
}

/// Among them the module `oidcc-redirect-uri-regfrag`.
#[test]
fn a_redirect_uri_that_reads_in_two_ways_is_not_registered() {
    let mock = open(Policy::strict());
    for uri in [
        "https://app.example/cb#fragment",
        "https://app.example/cb#",
        "https://user@app.example/cb",
        "https://user:pass@app.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example\\cb",
        "https://app.example/*",
        "https://*.example/cb",
        "http://localhost:*/*",
        "https://@app.example/cb",
        "https:/app.example/cb",
        "https:app.example/cb",
        "https:///app.example/cb",
        "https://?app.example",
        "//app.example/cb",
        "/cb",
        "",
        " https://app.example/cb",
        "https://app.example/cb\r\nx: y",
        "https://app.example/caf\u{e9}",
        "https://app.example/\"><script>",
        "javascript:alert(1)",
        "data:text/html,x",
        "JaVaScRiPt:alert(1)",
        "app.example:/cb",
    ] {
        let answer = register(&mock, &json!({ "redirect_uris": [CALLBACK, uri] }));
        let (status, error, description) = answer.error();
        assert_eq!((status, &*error), (400, "invalid_redirect_uri"), "{uri}: {answer:?}");
        assert!(description.starts_with("redirect_uris[1]: "), "{uri}: {description}");
    }
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let mock = open(Policy::strict());
    let send = |body: &str| {
        let request = mock.request("POST", "/OAuth2/Register/open");
        request.body("application/json", body).send().error()
    };
    let twice = r#"{"redirect_uris":["https://a/"],"redirect_uris":["https://b/"]}"#;
    let jwks_twice = r#"{"redirect_uris":["https://a/"],"jwks_uri":"x","jwks_uri":"y"}"#;
    for body in ["", "[]", "null", "{", "{}{}", "\"x\"", "redirect_uris=x", twice, jwks_twice] {
        let (status, error, description) = send(body);
        assert_eq!((status, &*error), (400, "invalid_client_metadata"), "{body}: {description}");
    }
    assert!(send(twice).2.contains("duplicate field `redirect_uris`"), "{:?}", send(twice));
    let deep = format!("{}{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    assert_eq!(send(&deep).0, 400);
    let request = mock.request("POST", "/OAuth2/Register/open");
    let huge = json!({ "client_name": "x".repeat(70_000) });
    assert_eq!(request.json(&huge).send().status, 413);
}

#[test]
fn an_unknown_application_is_named() {
    let mock = open(Policy::strict());
    let metadata: Value = json!({ "redirect_uris": [CALLBACK] });
    let error = mock.request("POST", "/OAuth2/Register/none").json(&metadata).send().error();
    assert_eq!(error, (400, "invalid_request".into(), "unknown app none".into()));
}
