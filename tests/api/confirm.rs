//! Consent: the page, its buttons, and `/OAuth2/Confirm/{app}`.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use crate::harness::{Answer, CALLBACK, Mock, Setup};

fn asking(policy: Policy) -> Mock {
    Setup { policy, ..Setup::default() }
        .with(&json!({ "apps": [{
            "application_id": "ask",
            "name": "Ask <b>first</b>",
            "client_id": "ask-client",
            "client_secret": "ask-secret",
            "requires_consent": true,
            "redirect_uris": [CALLBACK],
            "scopes": [{ "name": "orders", "description": "Read <orders>" }],
            "clients": [
                { "client_id": "named", "name": "The <till>", "redirect_uris": [CALLBACK] },
                { "client_id": "nameless", "redirect_uris": [CALLBACK] },
            ],
        }] }))
        .start()
}

/// Asks for `openid profile orders`; the key of the waiting request.
fn key(mock: &Mock, session: &str) -> String {
    let answer = mock.authorize("ask", Some(session), &[("scope", "openid profile orders")]);
    let (path, key) = answer.location().split_once("&bounce=").expect("a key");
    assert_eq!(path, "/consent?app=ask");
    key.to_owned()
}

fn page(mock: &Mock, session: &str, key: &str) -> Answer {
    let path = format!("/consent?app=ask&bounce={key}");
    mock.request("GET", &path).cookie(session).send()
}

fn press(mock: &Mock, session: &str, key: &str, decision: &str, ticked: &[&str]) -> Answer {
    let mut form = vec![("app", "ask"), ("bounce", key), ("decision", decision)];
    form.extend(["openid", "profile", "orders"].map(|asked| ("asked", asked)));
    form.extend(ticked.iter().map(|scope| ("scope", *scope)));
    mock.request("POST", "/consent").cookie(session).form(&form).send()
}

fn scope_of(mock: &Mock, answer: &Answer) -> String {
    let code = answer.callback_parameter("code").expect("a code");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK)];
    let request = mock.request("POST", "/OAuth2/Token/ask").basic("ask-client", "ask-secret");
    request.form(&form).send().json()["scope"].as_str().expect("a scope").to_owned()
}

#[test]
fn the_page_asks_for_each_scope_in_escaped_words() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    let page = page(&mock, &alice, &key(&mock, &alice));
    assert_eq!(page.status, 200);
    for part in [
        "id=\"consent-form\"",
        "id=\"consent-approve\"",
        "id=\"consent-deny\"",
        "alice@example.com",
        "Ask &#60;b&#62;first",
        "Read &#60;orders&#62;",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(page.body.matches("name=\"scope\"").count(), 3);
}

#[test]
fn the_page_names_the_client_that_has_a_name_of_its_own() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    for (client, name) in [
        ("named", "The &#60;till&#62;"),
        ("nameless", "Ask &#60;b&#62;first"),
        ("ask-client", "Ask &#60;b&#62;first"),
    ] {
        let asked = mock.authorize("ask", Some(&alice), &[("client_id", client)]);
        let page = mock.request("GET", asked.location()).cookie(&alice).send();
        let shown = format!("<strong id=\"consent-application\">{name}");
        assert!(page.body.contains(&shown), "{client}: {}", page.body);
    }
}

#[test]
fn approving_delivers_the_code_with_state_first() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = asking(policy);
        let alice = mock.alice();
        let answer = press(&mock, &alice, &key(&mock, &alice), "approve", &["profile", "orders"]);
        assert!(answer.location().starts_with(&format!("{CALLBACK}?state=xyz&")), "{answer:?}");
        assert_eq!(scope_of(&mock, &answer), "openid profile orders");
    }
}

#[test]
fn a_scope_that_is_not_ticked_is_not_granted() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    let answer = press(&mock, &alice, &key(&mock, &alice), "approve", &["orders"]);
    assert_eq!(scope_of(&mock, &answer), "openid orders");
}

#[test]
fn denying_is_told_to_the_client_in_the_products_words() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    let denied = press(&mock, &alice, &key(&mock, &alice), "deny", &["profile"]);
    assert_eq!(
        denied.location(),
        format!(
            "{CALLBACK}?error=access_denied&error_description=User%20denied%20confirmation&state=xyz"
        )
    );
}

#[test]
fn the_products_own_call_takes_result_and_denied_scopes() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    let confirm = |query: &[(&str, &str)]| {
        mock.request("GET", "/OAuth2/Confirm/ask").query(query).cookie(&alice).send()
    };
    let waiting = key(&mock, &alice);
    let approved = confirm(&[
        ("bounce", &waiting),
        ("result", "1"),
        ("scopes", "openid,profile"),
        ("deniedScopes", "orders"),
    ]);
    assert_eq!(scope_of(&mock, &approved), "openid profile");
    let denied = confirm(&[("bounce", &key(&mock, &alice)), ("scopes", ""), ("deniedScopes", "")]);
    assert_eq!(denied.callback_parameter("error").as_deref(), Some("access_denied"));
    let used = confirm(&[("bounce", &waiting), ("result", "1")]);
    let text = format!("State not found for type OAuthBounce, key {waiting}");
    assert_eq!(used.error(), (500, "500".to_owned(), text));
    let none = confirm(&[("result", "1")]);
    assert_eq!(
        (none.status, none.body.as_str()),
        (
            500,
            r#"{"error":"500","error_description":"String reference not set to an instance of a String.\r\nParameter name: s"}"#
        )
    );
}

#[test]
fn nobody_confirms_for_somebody_else() {
    let mock = asking(Policy::cyberark());
    let alice = mock.alice();
    let waiting = key(&mock, &alice);
    let query = [("bounce", waiting.as_str()), ("result", "1")];
    let nobody = mock.request("GET", "/OAuth2/Confirm/ask").query(&query).send();
    assert_eq!(nobody.status, 401);
    assert_eq!(
        nobody.json()["error_message"],
        "You do not have access to this content. Please contact your system administrator for \
         assistance."
    );
    assert_eq!(page(&mock, "", &waiting).status, 400);
    let elsewhere = mock.request("GET", "/OAuth2/Confirm/bank").query(&query).cookie(&alice);
    assert_eq!(elsewhere.send().status, 500);
    assert_eq!(press(&mock, &alice, &waiting, "approve", &[]).status, 302);
}

#[test]
fn consent_waits_for_the_sign_in_and_prompt_none_cannot_wait() {
    let mock = asking(Policy::cyberark());
    let bounce = mock.authorize("ask", None, &[("scope", "openid")]).bounce();
    let alice = mock.alice();
    let path = format!("/OAuth2/Authorize/ask?bounce={bounce}");
    let asked = mock.request("GET", &path).cookie(&alice).send();
    assert!(asked.location().starts_with("/consent?app=ask&bounce="), "{asked:?}");
    let silent = mock.authorize("ask", Some(&alice), &[("scope", "openid"), ("prompt", "none")]);
    assert_eq!(silent.callback_parameter("error").as_deref(), Some("consent_required"));
}

#[test]
fn strict_asks_whoever_sends_prompt_consent() {
    let mock = Mock::strict();
    let answer = mock.authorize("bank", Some(&mock.alice()), &[("prompt", "consent")]);
    assert!(answer.location().starts_with("/consent?app=bank&bounce="), "{answer:?}");
}
