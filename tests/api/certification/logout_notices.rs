//! Front-channel and back-channel logout.

use super::browser::Browser;
use super::checks::IdToken;
use super::metadata::discovery;
use super::suite::{
    ALL, BACK_CHANNEL, BASE, Client, FRONT_CHANNEL, Flow, fixture, flows, provider, provider_of,
};
use crate::end_session::front_channel::{frames, next};
use crate::harness::{Answer, Mock, Receiver, Reply};

const BACK: &str = "https://localhost:8443/test/a/a1/post_logout_redirect";

/// Signs in and out again with a state of 128 characters; what the end-session endpoint answers.
fn logged_out(mock: &Mock, flow: Flow, client: Client) -> (Answer, IdToken) {
    let mut browser = Browser::at(mock, flow, client);
    let id_token = browser.run(&[]).id_token.expect("every flow has one");
    let state = "s".repeat(128);
    let sent =
        [("id_token_hint", &*id_token.text), ("post_logout_redirect_uri", BACK), ("state", &state)];
    let path = format!("/OAuth2/EndSessionV2/{}", client.app);
    let answer = mock.request("GET", &path).cookie(&browser.session).query(&sent).send();
    browser.authorize(&[("prompt", "none")]).assert_error(&["login_required"], super::suite::STATE);
    (answer, id_token)
}

fn way_back() -> String {
    format!("{BACK}?state={}", "s".repeat(128))
}

fn advertises(channel: &str) {
    let document = discovery(&provider());
    for member in ["supported", "session_supported"] {
        let name = format!("{channel}_logout_{member}");
        assert_eq!(document[&name], true, "{name}");
    }
    let end_session = document["end_session_endpoint"].as_str().expect("a URL");
    assert!(end_session.starts_with("https://"), "{end_session}");
}

#[test]
fn frontchannel_logout_discovery_endpoint_verification() {
    advertises("frontchannel");
}

#[test]
fn backchannel_logout_discovery_endpoint_verification() {
    advertises("backchannel");
}

#[test]
fn frontchannel_rp_initiated_logout() {
    let mock = provider();
    for flow in flows(ALL) {
        let (page, id_token) = logged_out(&mock, flow, FRONT_CHANNEL);
        let [frame] = &frames(&page)[..] else { panic!("one frame: {page:?}") };
        let frame = url::Url::parse(frame).expect("a URL");
        let place = frame[..url::Position::AfterPath].to_owned();
        assert_eq!(place, "https://localhost:8443/test/a/a1/frontchannel_logout");
        let sent: Vec<(String, String)> = frame.query_pairs().into_owned().collect();
        let sid = id_token.claims["sid"].as_str().expect("the session is named").to_owned();
        let issuer = format!("{BASE}/certification/");
        assert_eq!(sent, [("iss".to_owned(), issuer), ("sid".to_owned(), sid)]);
        assert_eq!(next(&page), Some(way_back()));
    }
}

#[test]
fn backchannel_rp_initiated_logout() {
    let suite = Receiver::start_tls(Reply::Status(200));
    let mut document = fixture();
    let mut clients = document.apps.iter_mut().flat_map(|app| &mut app.clients);
    let client = clients.find(|client| client.client_id == BACK_CHANNEL.id);
    let uri = suite.url("/test/a/a1/backchannel_logout").parse().expect("a logout URI");
    client.expect("the fixture has it").backchannel_logout_uri = Some(uri);
    let mock = provider_of(document);
    for flow in flows(ALL) {
        let (answer, id_token) = logged_out(&mock, flow, BACK_CHANNEL);
        assert_eq!(answer.location(), way_back());
        let notice = suite.next();
        assert_eq!(notice.line, "POST /test/a/a1/backchannel_logout HTTP/1.1");
        let jwt = mock.verified(BACK_CHANNEL.app, &notice.logout_token());
        assert_eq!(
            (&jwt.header["typ"], &jwt.header["alg"]),
            (&"logout+jwt".into(), &"RS256".into())
        );
        for name in ["iss", "aud", "sub", "sid"] {
            assert_eq!(jwt.claims[name], id_token.claims[name], "{name}");
        }
        let now = mock.clock.now().seconds();
        let seconds = |name: &str| jwt.claims[name].as_i64().expect("a number");
        assert!(seconds("iat") <= now && seconds("exp") > now, "{jwt:?}");
        assert!(jwt.claims["jti"].is_string(), "{jwt:?}");
        let events = &jwt.claims["events"];
        let event = &events["http://schemas.openid.net/event/backchannel-logout"];
        assert_eq!(*event, serde_json::json!({}), "{jwt:?}");
        assert_eq!(jwt.claims.get("nonce"), None, "{jwt:?}");
    }
}
