//! Credentials sent in two ways at once: a client's (RFC 6749 §2.3), a bearer's (RFC 6750 §2).

use serde_json::{Value, json};

use crate::harness::{Answer, CALLBACK, Mock, Setup};

const BOTH_SECRETS: &str = r#"{"error":"invalid_request","error_description":"client_secret beside Basic credentials: only one of the two may be sent"}"#;
const BOTH_TOKENS: &str = r#"{"error":"invalid_request","error_description":"access_token beside a token in the header: only one of the two may be sent"}"#;
const USERINFO: &str = "/OAuth2/UserInfo/bank";

/// The built-in tenant with these settings of the policy.
fn with_policy(policy: &Value) -> Mock {
    Setup::default().with(&json!({ "tenant": { "policy": policy } })).start()
}

/// Posts to an endpoint of `bank` with Basic credentials and this secret in the form.
fn post(mock: &Mock, endpoint: &str, form: &[(&str, &str)], secret: Option<&str>) -> Answer {
    let more = secret.map(|secret| ("client_secret", secret));
    let form: Vec<_> = form.iter().copied().chain(more).collect();
    let request = mock.request("POST", &format!("/OAuth2/{endpoint}/bank"));
    request.basic("bank-client", "bank-secret").form(&form).send()
}

#[test]
fn strict_refuses_a_secret_in_the_body_beside_basic() {
    let mock = Mock::strict();
    let tokens = mock.tokens(&[]);
    let token = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let code = mock.code(&[]);
    let requests: [(&str, &[(&str, &str)]); 4] = [
        (
            "Token",
            &[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)],
        ),
        ("Token", &[("grant_type", "refresh_token"), ("refresh_token", refresh)]),
        ("Introspect", &[("token", token)]),
        ("Revoke", &[("token", token)]),
    ];
    for (endpoint, form) in requests {
        for secret in ["bank-secret", "wrong"] {
            let answer = post(&mock, endpoint, form, Some(secret));
            assert_eq!((answer.status, answer.body.as_str()), (400, BOTH_SECRETS), "{endpoint}");
        }
    }
    assert_eq!(mock.userinfo(token).status, 200, "nothing was revoked");
    for (endpoint, form) in requests {
        let answer = post(&mock, endpoint, form, None);
        assert_eq!(answer.status, 200, "{endpoint}: nothing was spent: {answer:?}");
    }
}

#[test]
fn strict_takes_each_way_alone_and_the_client_id_beside_basic() {
    let mock = Mock::strict();
    let form = |code: &str| {
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    for (case, has_basic, more) in [
        ("Basic", true, &[][..]),
        ("Basic and client_id", true, &[("client_id", "bank-client")]),
        ("Basic and an empty secret", true, &[("client_secret", "")]),
        ("body", false, &[("client_id", "bank-client"), ("client_secret", "bank-secret")]),
    ] {
        let code = mock.code(&[]);
        let form = form(&code);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(more.iter().copied())
            .collect();
        let mut request = mock.request("POST", "/OAuth2/Token/bank").form(&form);
        if has_basic {
            request = request.basic("bank-client", "bank-secret");
        }
        assert_eq!(request.send().status, 200, "{case}");
    }
}

#[test]
fn the_product_looks_at_basic_alone() {
    let refusing = with_policy(&json!({ "second_client_secret": "refused" }));
    let code = refusing.code(&[]);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    assert_eq!(post(&refusing, "Token", &form, Some("bank-secret")).body, BOTH_SECRETS);
    let mock = Mock::start();
    let code = mock.code(&[]);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    assert_eq!(post(&mock, "Token", &form, Some("wrong")).status, 200);
}

#[test]
fn strict_refuses_a_bearer_token_in_header_and_form() {
    let strict = Mock::strict();
    let refusing = with_policy(&json!({ "second_bearer_token": "refused" }));
    for mock in [strict, refusing] {
        let token = mock.access_token(&[]);
        for (header, form) in [(token.as_str(), token.as_str()), (&token, "x"), ("x", &token)] {
            let request = mock.request("POST", USERINFO).bearer(header);
            let answer = request.form(&[("access_token", form)]).send();
            assert_eq!((answer.status, answer.body.as_str()), (400, BOTH_TOKENS));
            assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        }
        let alone = mock.request("POST", USERINFO).form(&[("access_token", &token)]).send();
        assert_eq!((alone.status, mock.userinfo(&token).status), (200, 200));
    }
}

#[test]
fn the_product_looks_at_the_bearer_token_of_the_header() {
    let mock = Mock::start();
    let token = mock.access_token(&[]);
    for (header, form, status) in [(token.as_str(), "x", 200), ("x", token.as_str(), 401)] {
        let request = mock.request("POST", USERINFO).bearer(header);
        assert_eq!(request.form(&[("access_token", form)]).send().status, status);
    }
}

#[test]
fn strict_names_no_error_where_no_token_was_sent() {
    let mock = Mock::strict();
    for (case, request) in [
        ("GET", mock.request("GET", USERINFO)),
        ("POST", mock.request("POST", USERINFO)),
        ("an empty token", mock.request("POST", USERINFO).form(&[("access_token", "")])),
        ("Basic", mock.request("GET", USERINFO).basic("bank-client", "bank-secret")),
    ] {
        let answer = request.send();
        assert_eq!((answer.status, answer.body.as_str()), (401, ""), "{case}");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some("Bearer realm=\"userinfo\""), "{case}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
    }
}
