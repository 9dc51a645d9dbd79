//! Methods, bodies, and parameters without meaning.

use super::ask::{both_policies, parameters};
use super::landing::outcome;
use crate::harness::Mock;

const PATH: &str = "/OAuth2/Authorize/bank";
const SIGNED_IN: &str = "?responseType=code&code=*";

#[test]
fn a_request_may_be_posted_as_form_as_query_or_as_both() {
    let mock = Mock::start();
    let alice = mock.alice();
    let all = parameters(&[]);
    let post = |query: &[_], form: &[_]| {
        let mut request = mock.request("POST", PATH).query(query).cookie(&alice);
        if !form.is_empty() {
            request = request.form(form);
        }
        outcome(&request.send())
    };
    assert_eq!(post(&[], &all), SIGNED_IN, "form");
    assert_eq!(post(&all, &[]), SIGNED_IN, "query");
    assert_eq!(post(&all[..2], &all[2..]), SIGNED_IN, "both");
}

#[test]
fn a_posted_request_of_nobody_leads_to_the_login_page() {
    for (policy, mock) in both_policies() {
        let asked = mock.post(PATH, &parameters(&[("state", Some("posted"))]));
        assert_eq!(outcome(&asked), "login", "{policy}");
        let path = format!("{PATH}?bounce={}", asked.bounce());
        let answer = mock.request("GET", &path).cookie(&mock.alice()).send();
        assert_eq!(answer.callback_parameter("state").as_deref(), Some("posted"), "{policy}");
    }
}

#[test]
fn the_query_counts_before_the_form_and_strict_refuses_both() {
    let said_twice = "?error=invalid_request&error_description=parameter state is sent more than \
                      once&state=of the query&iss=/bank/";
    for (policy, mock) in both_policies() {
        let answer = mock
            .request("POST", PATH)
            .query(&[("state", "of the query")])
            .form(&parameters(&[("state", Some("of the form"))]))
            .cookie(&mock.alice())
            .send();
        let expected = match policy {
            "cyberark" => "?state=of the query&responseType=code&code=*",
            _ => said_twice,
        };
        assert_eq!(outcome(&answer), expected, "{policy}");
    }
}

#[test]
fn a_body_of_another_type_has_no_meaning() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (content_type, body) in [
        ("application/json", r#"{"client_id":"nobody","state":"x"}"#),
        ("text/plain", "client_id=nobody&state=x"),
        ("multipart/form-data; boundary=x", "--x--"),
    ] {
        let answer = mock
            .request("POST", PATH)
            .query(&parameters(&[]))
            .body(content_type, body)
            .cookie(&alice)
            .send();
        assert_eq!(outcome(&answer), SIGNED_IN, "{content_type}");
    }
}

#[test]
fn other_methods_are_not_allowed() {
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for method in ["PUT", "DELETE", "PATCH"] {
            let answer = mock.request(method, PATH).query(&parameters(&[])).cookie(&alice).send();
            assert_eq!(answer.status, 405, "{policy}: {method}");
            assert_eq!(answer.header("allow"), Some("GET, POST"), "{policy}: {method}");
            assert_eq!(answer.header("location"), None, "{policy}: {method}");
        }
    }
}

#[test]
fn parameters_without_meaning_are_ignored() {
    let mock = Mock::start();
    let alice = mock.alice();
    for (name, value) in [
        ("client_secret", "bank-secret"),
        ("client_secret", "wrong"),
        ("debug", "true"),
        ("login_hint", "bob@example.com"),
        ("ui_locales", "de-CH fr"),
        ("acr_values", "urn:x"),
        ("anything", "else"),
        ("Response_Type", "id"),
    ] {
        let answer = mock
            .request("GET", PATH)
            .query(&parameters(&[(name, Some(value))]))
            .cookie(&alice)
            .send();
        assert_eq!(outcome(&answer), SIGNED_IN, "{name}={value}");
    }
}
