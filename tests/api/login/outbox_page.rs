//! The outbox as people see it.

use super::form::{Form, attribute};
use crate::harness::{Answer, Mock};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn shown(mock: &Mock, method: &str, path: &str) -> Answer {
    mock.request(method, path).header("accept", BROWSER).send()
}

/// Starts a mechanism of dana's by the forms.
fn start(mock: &Mock, mechanism: &str) {
    let name = Form::on(&mock.get("/login"), "username-form");
    let password = name.submit(mock, &[("username", "dana@example.com")]);
    let choice = Form::on(&password, "challenge-form").submit(mock, &[("answer", "dana-password")]);
    let (before, _) = choice
        .body
        .split_once(&format!("\" data-mechanism=\"{mechanism}\""))
        .expect("it is offered");
    let (_, id) = before.rsplit_once("value=\"").expect("it has a value");
    Form::on(&choice, "challenge-form").submit(mock, &[("choice", id)]);
}

fn action(page: &Answer, class: &str) -> Option<String> {
    let (_, rest) = page.body.split_once(&format!("<form class=\"{class}\""))?;
    attribute(rest.split_once('>')?.0, "action")
}

#[test]
fn a_browser_gets_a_page_and_a_program_json() {
    let mock = Mock::start();
    assert!(shown(&mock, "GET", "/_mock/outbox").body.contains("id=\"no-messages\""));
    start(&mock, "SMS");
    start(&mock, "EMAIL");
    let page = shown(&mock, "GET", "/_mock/outbox");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let told = mock.get("/_mock/outbox").json();
    let code = told[0]["code"].as_str().unwrap();
    assert!(page.body.contains(&format!("<code class=\"message-code\">{code}</code>")), "{page:?}");
    let newest = page.body.find("data-mechanism=\"EMAIL\"").unwrap();
    assert!(newest < page.body.find("data-mechanism=\"SMS\"").unwrap());
    for accept in ["*/*", "application/json"] {
        let answer = mock.request("GET", "/_mock/outbox").header("accept", accept).send();
        assert_eq!(answer.json(), told, "{accept}");
    }
    let none = shown(&mock, "GET", "/_mock/outbox?user=alice@example.com");
    assert!(none.body.contains("id=\"no-messages\""));
}

#[test]
fn its_buttons_answer_once_and_lead_back() {
    for (class, state) in [("approve-form", "approved"), ("deny-form", "denied")] {
        let mock = Mock::start();
        start(&mock, "PF");
        let page = shown(&mock, "GET", "/_mock/outbox");
        let (_, call) = page.body.split_once("data-mechanism=\"PF\"").unwrap();
        assert!(call.contains("data-state=\"waiting\""), "{page:?}");
        let action = action(&page, class).expect("the form is there");
        assert_eq!(shown(&mock, "POST", &action).location(), "/_mock/outbox");
        let page = shown(&mock, "GET", "/_mock/outbox");
        assert!(page.body.contains(&format!("data-state=\"{state}\"")), "{page:?}");
        let again = shown(&mock, "POST", &action);
        assert!(again.status == 409 && again.body.contains("id=\"outbox-error\""), "{again:?}");
        assert_eq!(mock.request("POST", &action).send().status, 409);
    }
}
