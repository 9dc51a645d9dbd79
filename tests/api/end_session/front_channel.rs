//! Notices that the user's browser loads (OpenID Connect Front-Channel Logout 1.0).

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};
use url::Url;

use super::{LISTED, ask, assert_signed_out, id_token_of, notified};
use crate::harness::{Answer, Mock, Setup};
use crate::login::form::attribute;

/// What the application `news` registers.
const OUT: &str = "https://news.example/out?from=mock";

fn load(app: &str, uri: &str) -> Value {
    json!({ "application_id": app, "frontchannel_logout_uri": uri })
}

/// The addresses of the page's frames.
pub(crate) fn frames(page: &Answer) -> Vec<String> {
    let tags = page.body.split("<iframe").skip(1).filter_map(|rest| Some(rest.split_once('>')?.0));
    tags.map(|tag| attribute(tag, "src").unwrap_or_else(|| panic!("{tag}"))).collect()
}

/// Where the page goes on to: by itself and by its link.
pub(crate) fn next(page: &Answer) -> Option<String> {
    let (_, refresh) = page.body.split_once("<meta http-equiv=\"refresh\"")?;
    let content = attribute(refresh, "content").expect("a refresh has content");
    let (_, link) = page.body.split_once("<a id=\"signed-out-continue\"").expect("a link");
    let href = attribute(link, "href").expect("a link leads somewhere");
    assert_eq!(content, format!("0;url={href}"));
    Some(href)
}

/// Signs alice out, who is signed in at these applications, at the last of them.
fn sign_out_of(mock: &Mock, apps: &[&str], parameters: &[(&str, &str)]) -> (Answer, Value) {
    let alice = mock.alice();
    let mut tokens: Vec<String> = apps.iter().map(|app| id_token_of(mock, app, &alice)).collect();
    let (hint, last) = (tokens.pop().expect("an application"), apps[apps.len() - 1]);
    let sid = mock.verified(last, &hint).claims["sid"].clone();
    let path = format!("/OAuth2/EndSessionV2/{last}");
    let sent = [&[("id_token_hint", &*hint)], parameters].concat();
    let answer = ask(mock, "GET", &path, &alice, &sent);
    assert_signed_out(mock, &alice, &answer, "front channel");
    (answer, sid)
}

#[test]
fn the_browser_loads_each_notice_and_goes_on_to_the_application() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let apps = [load("mail", "http://localhost:9/mail/out"), load("news", OUT)];
        let mock = notified(policy, &apps).start();
        let sent = [("post_logout_redirect_uri", LISTED[0]), ("state", "a state")];
        let (page, sid) = sign_out_of(&mock, &["mail", "news"], &sent);
        assert_eq!((page.status, page.header("location")), (200, None), "{page:?}");
        assert_eq!(next(&page), Some(format!("{}?state=a%20state", LISTED[0])));
        let sid = sid.as_str().expect("ID tokens name the session");
        let notice = |uri: &str, app: &str| {
            let mut notice = Url::parse(uri).expect("a URL");
            notice.query_pairs_mut().append_pair("iss", &mock.issuer(app)).append_pair("sid", sid);
            notice.to_string()
        };
        let expected = [notice("http://localhost:9/mail/out", "mail"), notice(OUT, "news")];
        assert_eq!(frames(&page), expected);
    }
}

#[test]
fn without_a_way_back_the_page_stays_or_leads_to_the_portal() {
    for (policy, leads_to) in [(Policy::cyberark(), Some("/".to_owned())), (Policy::strict(), None)]
    {
        let mock = notified(policy, &[load("news", OUT)]).start();
        let (page, _) = sign_out_of(&mock, &["news"], &[]);
        assert_eq!((page.status, frames(&page).len()), (200, 1), "{page:?}");
        assert_eq!(next(&page), leads_to);
        assert!(page.body.contains("<p id=\"signed-out\">You are signed out.</p>"), "{page:?}");
    }
}

#[test]
fn nothing_is_loaded_of_applications_that_the_session_did_not_serve() {
    let apps = [load("mail", "https://mail.example/out"), load("news", OUT)];
    let mock = notified(Policy::strict(), &apps).start();
    let sent = [("post_logout_redirect_uri", LISTED[0])];
    let (page, _) = sign_out_of(&mock, &["news"], &sent);
    assert_eq!(frames(&page).len(), 1, "{page:?}");
    let (redirect, sid) = sign_out_of(&mock, &["bank"], &[]);
    assert_eq!((redirect.body.contains("<iframe"), sid), (false, Value::Null), "{redirect:?}");
}

#[test]
fn the_page_is_plain_and_works_without_javascript() {
    let apps = [load("mail", "https://mail.example/out?a=1&b='2'"), load("news", OUT)];
    let setup = notified(Policy::strict(), &apps);
    let mock = Setup { public_url: Some("https://tenant.example"), ..setup }.start();
    let sent = [("post_logout_redirect_uri", LISTED[1]), ("state", "\"><script>alert(1)</script>")];
    let (page, sid) = sign_out_of(&mock, &["mail", "news"], &sent);
    let (_, head) = page.body.split_once("<link rel=\"icon\"").expect("an icon");
    let (_, head) = head.split_once('\n').expect("more lines");
    let (head, _) = head.split_once("<style>").expect("a style");
    let (_, body) = page.body.split_once("</head>").expect("a head");
    let sid = sid.as_str().expect("ID tokens name the session");
    insta::assert_snapshot!(format!("{head}…\n{body}").replace(sid, "SID"));
}

#[test]
fn hostile_uris_are_no_fixture() {
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://news.example/\"onload=\"alert(1)",
        "https://news.example/<script>",
        "https://news.example/#fragment",
        "/out",
        "",
    ] {
        for member in ["frontchannel_logout_uri", "backchannel_logout_uri"] {
            let app = json!({ "application_id": "news", member: uri });
            let text = json!({ "apps": [app] }).to_string();
            let error = cyberark_identity_mock::fixtures::from_text("test", &text)
                .expect_err(uri)
                .to_string();
            let expected = format!(
                "test: at apps[0].{member}: logout URI {uri:?}: expected an absolute http or https \
                 URI in ASCII, without fragment"
            );
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}

#[test]
fn the_complete_document_advertises_the_notices_and_the_products_does_not() {
    let members = [
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ];
    for (policy, expected) in
        [(Policy::cyberark(), Value::Null), (Policy::strict(), Value::Bool(true))]
    {
        let mock = notified(policy, &[load("news", OUT)]).start();
        for (app, names_session) in [("news", expected == true), ("bank", false)] {
            let document = mock.get(&format!("/{app}/.well-known/openid-configuration")).json();
            for member in members {
                assert_eq!(document[member], expected, "{app}: {member}");
            }
            let claims = document["claims_supported"].as_array().expect("a list");
            assert_eq!(claims.contains(&json!("sid")), names_session, "{app}");
        }
    }
}
