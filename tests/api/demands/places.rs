//! Where parameters may stand, and how credentials and hints are written.

use super::Four;
use crate::harness::{Answer, BANK, CALLBACK, Mock, Request, text};

/// Query, content type and body of a request.
type Sent<'a> = (&'a str, Option<&'a str>, &'a str);

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn send(request: Request, (_, content_type, body): Sent) -> Answer {
    match content_type {
        Some(content_type) => request.body(content_type, body).send(),
        None => request.untyped_body(body).send(),
    }
}

fn refused(answer: &Answer) -> bool {
    answer.status == 400 && answer.body.contains("invalid_request")
}

#[test]
fn the_direct_endpoints_take_a_form_and_nothing_in_the_query() {
    let four = Four::start("misplaced_parameters", "ignored", "refused");
    for (refuses, mock) in four.sides() {
        let tokens = mock.tokens(&[]);
        let token = format!("token={}", text(&tokens, "access_token"));
        let refresh =
            format!("grant_type=refresh_token&refresh_token={}", text(&tokens, "refresh_token"));
        for (endpoint, body) in [("Token", &refresh), ("Introspect", &token), ("Revoke", &token)] {
            let path = format!("/OAuth2/{endpoint}/bank");
            for (case, sent, always) in [
                (
                    "a secret in the query",
                    ("?client_secret=bank-secret", FORM, body.as_str()),
                    true,
                ),
                ("anything in the query", ("?x=1", FORM, body), true),
                ("a form of no type", ("", None, body), true),
                ("an empty parameter in the query", ("?x=", FORM, body), false),
                ("a form", ("", FORM, body), false),
            ] {
                // Where nothing is refused, the first request spends what it brings.
                if !refuses && endpoint != "Introspect" {
                    continue;
                }
                let request = mock.request("POST", &format!("{path}{}", sent.0));
                let answer = send(request.basic(BANK.0, BANK.1), sent);
                assert_eq!(refused(&answer), refuses && always, "{endpoint}, {case}: {answer:?}");
            }
            for other in [Some("application/json"), Some("text/plain")] {
                let answer =
                    send(mock.request("POST", &path).basic(BANK.0, BANK.1), ("", other, body));
                assert!(refused(&answer), "{endpoint}, {other:?}: {answer:?}");
            }
        }
    }
}

#[test]
fn no_secret_stands_in_the_url_of_an_authorization_request() {
    let four = Four::start("misplaced_parameters", "ignored", "refused");
    for (refuses, mock) in four.sides() {
        let alice = mock.alice();
        for name in ["client_secret", "access_token", "refresh_token", "code", "password"] {
            let answer = mock.authorize("bank", Some(&alice), &[(name, "x")]);
            let error = answer.callback_parameter("error_description");
            let text = format!("parameter {name} does not belong in the query");
            assert_eq!(error, refuses.then_some(text), "{name}");
            let empty = mock.authorize("bank", Some(&alice), &[(name, "")]);
            assert!(empty.callback_parameter("code").is_some(), "{name}: an empty one is none");
        }
    }
}

#[test]
fn an_authorization_request_is_posted_as_a_form() {
    let query = "client_id=bank-client&response_type=code&scope=openid&nonce=n";
    let uri = "redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback";
    let four = Four::start("misplaced_parameters", "ignored", "refused");
    for (refuses, mock) in four.sides() {
        let alice = mock.alice();
        for (case, method, sent, always) in [
            ("JSON", "POST", Some("application/json"), true),
            ("a form of no type", "POST", None, true),
            ("a form in a GET", "GET", FORM, true),
            ("a form", "POST", FORM, false),
        ] {
            let path = format!("/OAuth2/Authorize/bank?{query}&{uri}");
            let request = mock.request(method, &path).cookie(&alice);
            let answer = send(request, ("", sent, "state=x"));
            let error = answer.callback_parameter("error").is_some();
            assert_eq!(error, refuses && always, "{case}: {answer:?}");
        }
    }
}

#[test]
fn a_bearer_token_stands_in_the_header_or_in_a_posted_form() {
    let four = Four::start("misplaced_parameters", "ignored", "refused");
    for (refuses, mock) in four.sides() {
        let token = mock.access_token(&[]);
        let form = format!("access_token={token}");
        let (path, with_query) = ("/OAuth2/UserInfo/bank", format!("/OAuth2/UserInfo/bank?{form}"));
        for (case, request, status) in [
            ("query", mock.request("GET", &with_query), 401),
            ("query beside the header", mock.request("GET", &with_query).bearer(&token), 200),
            ("a form in a GET", mock.request("GET", path).body(FORM.unwrap(), form.as_str()), 200),
            ("a form of no type", mock.request("POST", path).untyped_body(form.as_str()), 200),
        ] {
            let answer = request.send();
            let expected = if refuses { 400 } else { status };
            assert_eq!(answer.status, expected, "{case}: {answer:?}");
        }
        let json = serde_json::json!({ "Scopes": ["userInfo"] });
        for request in [
            mock.request("GET", &format!("{path}?schema=openid")).bearer(&token),
            mock.request("POST", path).form(&[("access_token", &token)]),
            mock.request("POST", path).bearer(&token).json(&json),
        ] {
            assert_eq!(request.send().status, 200);
        }
    }
}

#[test]
fn a_refresh_request_brings_nothing_of_a_code() {
    let four = Four::start("misplaced_parameters", "ignored", "refused");
    for (refuses, mock) in four.sides() {
        for more in [("code", "x"), ("redirect_uri", CALLBACK)] {
            let refresh = text(&mock.tokens(&[]), "refresh_token");
            let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
            let answer =
                mock.call("/OAuth2/Token/bank", Some(BANK), &[&form[..], &[more]].concat());
            assert_eq!(refused(&answer), refuses, "{more:?}: {answer:?}");
            if refuses {
                let again = mock.call("/OAuth2/Token/bank", Some(BANK), &form);
                assert_eq!(again.status, 200, "{more:?}: nothing was spent");
            }
        }
    }
}

#[test]
fn a_parameter_without_a_value_is_none() {
    for mock in [Mock::start(), Mock::strict()] {
        let alice = mock.alice();
        for name in [
            "prompt",
            "max_age",
            "claims",
            "request",
            "request_uri",
            "response_mode",
            "code_challenge",
        ] {
            let answer = mock.authorize("bank", Some(&alice), &[(name, ""), (name, "")]);
            assert!(answer.callback_parameter("code").is_some(), "{name}: {answer:?}");
        }
        for name in ["client_id", "redirect_uri", "response_type", "scope"] {
            let answer = mock.authorize("bank", Some(&alice), &[(name, "")]);
            assert!(
                answer.status != 302 || answer.callback_parameter("code").is_none(),
                "{name}: {answer:?}"
            );
        }
    }
}

#[test]
fn basic_credentials_are_form_urlencoded() {
    let four = Four::start("basic_credentials", "either_reading", "urlencoded");
    for (demands, mock) in four.sides() {
        let (id, secret) = ("desk+client", "s%2B c:");
        for (case, id, secret, status) in [
            ("raw", id, secret, if demands { 401 } else { 200 }),
            ("form-urlencoded", "desk%2Bclient", "s%252B+c%3A", 200),
            ("with %20", "desk%2bclient", "s%252B%20c%3A", 200),
        ] {
            let form = [("token", "x")];
            let answer = mock.call("/OAuth2/Introspect/desk", Some((id, secret)), &form);
            let is_client = answer.status == 200;
            assert_eq!(is_client, status == 200, "{case}: {answer:?}");
        }
    }
}

#[test]
fn a_type_hint_names_a_kind_of_token() {
    let four = Four::start("token_type_hint", "ignored", "checked");
    for (checks, mock) in four.sides() {
        let token = mock.access_token(&[]);
        for endpoint in ["Introspect", "Revoke"] {
            for (hint, is_known) in [
                ("access_token", true),
                ("refresh_token", true),
                ("id_token", true),
                ("", true),
                ("saml", false),
                ("ACCESS_TOKEN", false),
            ] {
                let form = [("token", token.as_str()), ("token_type_hint", hint)];
                let answer = mock.call(&format!("/OAuth2/{endpoint}/bank"), Some(BANK), &form);
                assert_eq!(refused(&answer), checks && !is_known, "{endpoint} {hint}");
            }
        }
    }
}

#[test]
fn a_sign_out_request_says_each_thing_once_and_no_secret() {
    let strict = Mock::strict();
    for query in ["state=a&state=b", "client_secret=x"] {
        let alice = strict.alice();
        let path = format!("/OAuth2/EndSession/bank?{query}");
        let answer = strict.request("GET", &path).cookie(&alice).send();
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.body.contains("The sign-out request cannot be answered"), "{answer:?}");
        let still = strict.authorize("bank", Some(&alice), &[("prompt", "none")]);
        assert!(still.callback_parameter("code").is_some(), "{query}: alice is still signed in");
        let product = Mock::start().get(&path);
        assert_eq!(product.status, 302, "{query}");
    }
}
