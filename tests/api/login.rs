//! `/login`, `/my` and `/` as a browser without JavaScript uses them.

pub(crate) mod form;
mod mechanisms;
mod outbox_page;
mod redirects;

use serde_json::json;

use self::form::Form;
use crate::harness::{Answer, Mock, Setup};

/// Text of a failed sign-in on the page.
const FAILURE: &str = "Authentication (login or challenge) has failed. \
                       Please try again or contact your system administrator.";

/// The session that a sign-in put into its cookie.
fn session_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {answer:?}"));
    let (pair, _) = cookie.split_once(';').expect("it has two parts");
    pair.strip_prefix(".ASPXAUTH=").expect("the cookie is the session").to_owned()
}

/// Submits user name, then password, from the page at `path`.
fn sign_in_from(mock: &Mock, path: &str, user: &str, password: &str) -> Answer {
    let page = mock.get(path);
    let challenge = Form::on(&page, "username-form").submit(mock, &[("username", user)]);
    Form::on(&challenge, "challenge-form").submit(mock, &[("answer", password)])
}

#[test]
fn a_user_signs_in_by_the_forms_from_authorize_to_callback() {
    for mock in [Mock::start(), Mock::strict()] {
        let asked = mock.authorize("bank", None, &[]);
        let login = asked.location().to_owned();
        assert!(login.starts_with("/login?cloudRedirect=Oauth2%2FAuthorize%2Fbank%3Fbounce%3D"));
        let signed_in = sign_in_from(&mock, &login, "alice@example.com", "alice-password");
        let way_back = signed_in.location().to_owned();
        assert_eq!(way_back, format!("/Oauth2/Authorize/bank?bounce={}", asked.bounce()));
        let session = session_of(&signed_in);
        let answered = mock.request("GET", &way_back).cookie(&session).send();
        assert_eq!(answered.callback_parameter("state").as_deref(), Some("xyz"));
        let tokens = mock.exchange(&answered.callback_parameter("code").unwrap(), &[]).json();
        let id_token = mock.verified("bank", tokens["id_token"].as_str().unwrap());
        assert_eq!(id_token.claims["sub"], "a11ce000-0000-4000-8000-000000000001");
    }
}

#[test]
fn an_account_of_the_list_leads_to_the_same_challenge_and_service_users_are_not_listed() {
    let mock = Mock::start();
    let page = mock.get("/login?cloudRedirect=my");
    let accounts = Form::on(&page, "accounts-form");
    assert_eq!(
        accounts.buttons("username"),
        ["alice@example.com", "bob@example.com", "dana@example.com", "erin@federated.example",]
    );
    let challenge = accounts.submit(&mock, &[("username", "bob@example.com")]);
    let signed_in =
        Form::on(&challenge, "challenge-form").submit(&mock, &[("answer", "bob-password")]);
    assert_eq!(signed_in.location(), "/my");
    let portal = mock.request("GET", "/my").cookie(&session_of(&signed_in)).send();
    assert!(portal.body.contains("<strong id=\"signed-in-user\">bob@example.com</strong>"));
}

#[test]
fn a_tenant_may_keep_its_accounts_to_itself() {
    let tenant = json!({ "tenant": { "list_accounts": false } });
    let mock = Setup::default().with(&tenant).start();
    let page = mock.get("/login");
    assert!(!page.body.contains("id=\"accounts-form\""));
    assert!(!page.body.contains("bob@example.com"));
    let signed_in = sign_in_from(&mock, "/login", "bob@example.com", "bob-password");
    assert_eq!(signed_in.location(), "/my");
}

#[test]
fn a_failed_sign_in_says_so_and_keeps_name_and_destination() {
    let mock = Mock::start();
    for (user, password) in [
        ("alice@example.com", "wrong"),
        ("nobody@example.com", "alice-password"),
        ("Alice@Example.com", ""),
    ] {
        let page = sign_in_from(&mock, "/login?cloudRedirect=my%3Fa%3Db%26c", user, password);
        assert_eq!((page.status, page.header("set-cookie")), (200, None), "{user}");
        assert!(page.body.contains(&format!("role=\"alert\">{FAILURE}</p>")), "{user}");
        let form = Form::on(&page, "username-form");
        assert_eq!(form.value("username"), user);
        assert_eq!(form.value("cloudRedirect"), "my?a=b&c", "{user}");
        let again = form.submit(&mock, &[("username", "alice@example.com")]);
        let again =
            Form::on(&again, "challenge-form").submit(&mock, &[("answer", "alice-password")]);
        assert_eq!(again.location(), "/my?a=b&c", "{user}");
    }
}

#[test]
fn a_spent_challenge_fails_on_the_page_too() {
    let mock = Mock::start();
    let page = mock.get("/login");
    let challenge =
        Form::on(&page, "username-form").submit(&mock, &[("username", "alice@example.com")]);
    let form = Form::on(&challenge, "challenge-form");
    assert_eq!(form.submit(&mock, &[("answer", "wrong")]).status, 200);
    let again = form.submit(&mock, &[("answer", "alice-password")]);
    assert_eq!((again.status, again.header("set-cookie")), (200, None));
    assert!(again.body.contains(FAILURE));
}

#[test]
fn a_missing_name_or_a_refused_user_fails_on_the_page() {
    let tenant = json!({ "tenant": { "unknown_user": "failure" } });
    let mock = Setup::default().with(&tenant).start();
    for user in ["", " ", "nobody@example.com"] {
        let page = mock.post("/login", &[("username", user)]);
        assert_eq!(page.status, 200, "{user:?}");
        assert!(page.body.contains(FAILURE), "{user:?}");
        assert!(page.body.contains("<div id=\"challenge-stage\" hidden>"), "{user:?}");
    }
    assert!(mock.post("/login", &[]).body.contains(FAILURE));
}

#[test]
fn the_challenge_asks_as_the_vendor_does() {
    let mock = Mock::start();
    let page = mock.post("/login", &[("username", "alice@example.com")]);
    assert!(page.body.contains("<label id=\"answer-label\" for=\"answer\">Enter Password</label>"));
    assert!(page.body.contains("<input id=\"answer\" name=\"answer\" type=\"password\""));
    assert!(page.body.contains("<strong id=\"challenge-user\">alice@example.com</strong>"));
    assert!(page.body.contains("<div id=\"username-stage\" hidden>"));
    assert!(!page.body.contains(FAILURE));
}

#[test]
fn html_in_a_user_name_is_escaped() {
    let mock = Mock::start();
    let hostile = "\"><script>alert('x')</script>&amp;";
    for page in
        [mock.post("/login", &[("username", hostile)]), sign_in_from(&mock, "/login", hostile, "x")]
    {
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("<script>alert"), "{page:?}");
        assert_eq!(Form::on(&page, "username-form").value("username"), hostile);
    }
}

#[test]
fn html_in_names_of_the_fixture_is_escaped() {
    let users =
        json!({ "users": [{ "name": "<b>x</b>@example.com", "display_name": "<i>y</i>" }] });
    let page = Setup::default().with(&users).start().get("/login");
    assert!(!page.body.contains("<b>x") && !page.body.contains("<i>y"), "{page:?}");
    let buttons = Form::on(&page, "accounts-form").buttons("username");
    assert!(buttons.contains(&"<b>x</b>@example.com".to_owned()), "{buttons:?}");
}

#[test]
fn the_portal_shows_who_is_signed_in() {
    let mock = Mock::start();
    assert_eq!(mock.get("/").location(), "/my");
    assert_eq!(mock.get("/my").location(), "/login");
    let session = mock.alice();
    let page = mock.request("GET", "/my").cookie(&session).send();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<strong id=\"signed-in-user\">alice@example.com</strong>"));
    let customer = mock.request("GET", "/My/?customerId=ABC1234").cookie(&session).send();
    assert_eq!(customer.body, page.body);
    mock.request("POST", "/Security/logout").cookie(&session).send();
    assert_eq!(mock.request("GET", "/my").cookie(&session).send().location(), "/login");
}

#[test]
fn pages_are_not_kept_and_load_nothing_from_elsewhere() {
    let mock = Mock::start();
    let page = mock.get("/login");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    for asset in ["src=", "href=\"http", "@import", "url("] {
        assert!(!page.body.contains(asset), "{asset}");
    }
}
