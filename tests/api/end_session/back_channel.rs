//! Notices that the server posts (OpenID Connect Back-Channel Logout 1.0).

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::{id_token_of, notified};
use crate::harness::{Mock, Receiver, Reply, Setup, decoded};

fn post(app: &str, at: &Receiver) -> Value {
    json!({ "application_id": app, "backchannel_logout_uri": at.url("/out?from=mock") })
}

/// The ways to sign out, each with what it needs beside the session.
fn sign_out(mock: &Mock, session: &str, way: &str, hint: &str) {
    let parameters: &[(&str, &str)] = match way {
        "/Security/logout" => &[],
        _ => &[("id_token_hint", hint)],
    };
    let answer = mock.request("POST", way).cookie(session).form(parameters).send();
    assert!([200, 302].contains(&answer.status), "{way}: {answer:?}");
}

#[test]
fn every_way_to_sign_out_posts_a_logout_token() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let receiver = Receiver::start(Reply::Status(200));
        let mock = notified(policy, &[post("news", &receiver)]).start();
        for way in [
            "/OAuth2/EndSession/news",
            "/OAuth2/EndSessionV2/news",
            "/oauth2/endsession",
            "/OAuth2/EndSessionV2/bank",
            "/Security/logout",
        ] {
            let alice = mock.alice();
            let app = if way.ends_with("bank") { "bank" } else { "news" };
            let token = id_token_of(&mock, "news", &alice);
            let hint =
                if app == "bank" { id_token_of(&mock, "bank", &alice) } else { token.clone() };
            sign_out(&mock, &alice, way, &hint);
            let notice = receiver.next();
            assert_eq!(notice.line, "POST /out?from=mock HTTP/1.1", "{way}");
            let kind = notice.header("content-type");
            assert_eq!(kind, Some("application/x-www-form-urlencoded"), "{way}");
            let sid = mock.verified("news", &token).claims["sid"].clone();
            let claims = mock.verified("news", &notice.logout_token()).claims;
            assert_eq!(claims["sid"], sid, "{way}");
        }
        receiver.assert_nothing();
    }
}

#[test]
fn a_logout_token_is_what_the_specification_wants() {
    let receiver = Receiver::start(Reply::Status(204));
    let mock = notified(Policy::cyberark(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    let id_token = mock.verified("news", &id_token_of(&mock, "news", &alice));
    sign_out(&mock, &alice, "/Security/logout", "");
    let token = receiver.next().logout_token();
    let jwt = mock.verified("news", &token);
    let kid = &id_token.header["kid"];
    assert_eq!(jwt.header, json!({ "typ": "logout+jwt", "alg": "RS256", "kid": kid }));
    let names = ["iss", "sub", "aud", "iat", "exp", "jti", "sid", "events"];
    assert_eq!(jwt.names(), names);
    for name in ["iss", "sub", "aud", "sid"] {
        assert_eq!(jwt.claims[name], id_token.claims[name], "{name}");
    }
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(jwt.claims["events"], json!({ event: {} }));
    let (now, seconds) = (mock.clock.now().seconds(), |name: &str| jwt.claims[name].as_i64());
    assert!(seconds("iat").is_some_and(|iat| (now - 5..=now).contains(&iat)), "{jwt:?}");
    assert_eq!(seconds("exp"), seconds("iat").map(|iat| iat + 120));
    assert!(jwt.claims["jti"].as_str().is_some_and(|jti| jti.len() == 44), "{jwt:?}");
}

#[test]
fn a_logout_token_is_no_id_token_hint() {
    let receiver = Receiver::start(Reply::Status(200));
    let mock = notified(Policy::strict(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    id_token_of(&mock, "news", &alice);
    sign_out(&mock, &alice, "/Security/logout", "");
    let hint = receiver.next().logout_token();
    let path = "/OAuth2/EndSessionV2/news";
    let answer = mock.request("GET", path).query(&[("id_token_hint", &hint)]).send();
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[test]
fn a_notice_is_signed_as_the_applications_tokens_are() {
    let receiver = Receiver::start(Reply::Status(200));
    let mut app = post("news", &receiver);
    app["signing_algorithm"] = json!("ES256");
    let mock = notified(Policy::cyberark(), &[app]).start();
    let alice = mock.alice();
    mock.authorize("news", Some(&alice), &[]);
    sign_out(&mock, &alice, "/Security/logout", "");
    let token = receiver.next().logout_token();
    let (header, _) = token.split_once('.').expect("a JWT");
    let ours = decoded(header);
    let key = mock.get("/OAuth2/Keys/news").json()["keys"][0].clone();
    assert_eq!((&ours["alg"], &ours["kid"]), (&json!("ES256"), &key["kid"]));
}

#[test]
fn each_client_of_the_session_is_told_once_and_no_other() {
    let [news, mail, idle] = [(); 3].map(|()| Receiver::start(Reply::Status(200)));
    let apps = [post("news", &news), post("mail", &mail), post("idle", &idle)];
    let mock = notified(Policy::cyberark(), &apps).start();
    let alice = mock.alice();
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let other = mock.alice();
    let sids: Vec<Value> = [("news", &alice), ("mail", &alice), ("news", &bob), ("news", &other)]
        .map(|(app, session)| {
            mock.authorize(app, Some(session), &[]);
            mock.verified(app, &id_token_of(&mock, app, session)).claims["sid"].clone()
        })
        .to_vec();
    assert_eq!(sids[0], sids[1], "one session has one name");
    assert!(sids[2] != sids[0] && sids[3] != sids[0], "{sids:?}");
    sign_out(&mock, &alice, "/Security/logout", "");
    for (app, receiver) in [("news", &news), ("mail", &mail)] {
        let claims = mock.verified(app, &receiver.next().logout_token()).claims;
        assert_eq!((&claims["sid"], &claims["aud"]), (&sids[0], &json!(format!("{app}-client"))));
        receiver.assert_nothing();
    }
    idle.assert_nothing();
    for session in [&bob, &other] {
        let who = mock.request("POST", "/Security/whoami").cookie(session).send().json();
        assert_eq!(who["success"], true, "{who}");
    }
    sign_out(&mock, &bob, "/Security/logout", "");
    assert_eq!(mock.verified("news", &news.next().logout_token()).claims["sid"], sids[2]);
}

#[test]
fn nobody_is_told_when_nobody_is_signed_out() {
    let receiver = Receiver::start(Reply::Status(200));
    let mock = notified(Policy::strict(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    let hint = id_token_of(&mock, "news", &alice);
    let path = "/OAuth2/EndSessionV2/news";
    let bad = [("id_token_hint", &*hint), ("post_logout_redirect_uri", "https://evil.example/")];
    for parameters in [&[][..], &bad, &[("id_token_hint", "x")]] {
        mock.request("GET", path).cookie(&alice).query(parameters).send();
    }
    mock.request("POST", "/Security/logout").send();
    receiver.assert_nothing();
    sign_out(&mock, &alice, path, &hint);
    receiver.next();
    sign_out(&mock, &alice, path, &hint);
    receiver.assert_nothing();
}

#[test]
fn an_application_that_fails_harms_neither_the_user_nor_the_others() {
    let (well, refusing, silent) = (
        Receiver::start(Reply::Status(200)),
        Receiver::start(Reply::Status(400)),
        Receiver::start(Reply::Nothing),
    );
    let dead = Receiver::start(Reply::Status(200)).url("/out");
    let apps = [
        json!({ "application_id": "dead", "backchannel_logout_uri": dead }),
        json!({ "application_id": "nowhere", "backchannel_logout_uri": "https://no.invalid/" }),
        post("refusing", &refusing),
        post("silent", &silent),
        post("well", &well),
    ];
    let mock = notified(Policy::cyberark(), &apps).start();
    let alice = mock.alice();
    for app in ["dead", "nowhere", "refusing", "silent", "well"] {
        mock.authorize(app, Some(&alice), &[]);
    }
    // The application that never answers is given up after five seconds.
    let (send, signed_out) = channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            sign_out(&mock, &alice, "/OAuth2/EndSessionV2/well", "");
            send.send(()).expect("the test waits");
        });
        signed_out.recv_timeout(Duration::from_secs(3)).expect("the user does not wait");
    });
    for receiver in [&silent, &refusing, &well] {
        receiver.next();
    }
    for receiver in [&well, &refusing] {
        // Nothing is sent twice.
        receiver.assert_nothing();
    }
    mock.tokens(&[]);
}

#[test]
fn what_an_access_token_continues_is_the_same_session() {
    let receiver = Receiver::start(Reply::Status(200));
    let mock = notified(Policy::cyberark(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    let code = mock.authorize("bank", Some(&alice), &[]).callback_parameter("code").expect("one");
    let tokens = mock.exchange(&code, &[]).json();
    let token = tokens["access_token"].as_str().expect("a string");
    let query = [
        ("client_id", "news-client"),
        ("redirect_uri", crate::harness::CALLBACK),
        ("response_type", "id_token"),
        ("scope", "openid"),
    ];
    let answer = mock.request("GET", "/OAuth2/Authorize/news").query(&query).bearer(token).send();
    let id_token = answer.callback_parameter("id_token").expect("an ID token");
    sign_out(&mock, &alice, "/Security/logout", "");
    let claims = mock.verified("news", &receiver.next().logout_token()).claims;
    assert_eq!(claims["sid"], mock.verified("news", &id_token).claims["sid"]);
}

#[test]
fn a_session_remembers_the_last_64_clients() {
    let receiver = Receiver::start(Reply::Status(200));
    let ids: Vec<String> = (0..70).map(|number| format!("app{number}")).collect();
    let apps: Vec<Value> = ids.iter().map(|id| post(id, &receiver)).collect();
    let mock = notified(Policy::cyberark(), &apps).start();
    let alice = mock.alice();
    for id in &ids {
        mock.authorize(id, Some(&alice), &[]);
    }
    sign_out(&mock, &alice, "/Security/logout", "");
    let told: BTreeSet<String> = (0..64)
        .map(|_| {
            let token = receiver.next().logout_token();
            let claims = token.split('.').nth(1).map(decoded).expect("a JWT");
            claims["aud"].as_str().expect("a string").to_owned()
        })
        .collect();
    receiver.assert_nothing();
    assert_eq!(told, ids[6..].iter().map(|id| format!("{id}-client")).collect());
}

#[test]
fn a_notice_goes_over_https_to_any_certificate() {
    let receiver = Receiver::start_tls(Reply::Status(200));
    let mock = notified(Policy::cyberark(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    mock.authorize("news", Some(&alice), &[]);
    sign_out(&mock, &alice, "/Security/logout", "");
    mock.verified("news", &receiver.next().logout_token());
}

#[test]
fn a_redirect_is_not_followed() {
    let receiver = Receiver::start(Reply::Status(307));
    let mock = notified(Policy::cyberark(), &[post("news", &receiver)]).start();
    let alice = mock.alice();
    mock.authorize("news", Some(&alice), &[]);
    sign_out(&mock, &alice, "/Security/logout", "");
    receiver.next();
    receiver.assert_nothing();
}

#[test]
fn the_public_url_is_the_issuer_of_notices_too() {
    let receiver = Receiver::start(Reply::Status(200));
    let setup = notified(Policy::cyberark(), &[post("news", &receiver)]);
    let mock = Setup { public_url: Some("https://tenant.example"), ..setup }.start();
    let alice = mock.alice();
    mock.authorize("news", Some(&alice), &[]);
    sign_out(&mock, &alice, "/Security/logout", "");
    let claims = mock.verified("news", &receiver.next().logout_token()).claims;
    assert_eq!(claims["iss"], "https://tenant.example/news/");
}
