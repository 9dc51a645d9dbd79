//! Who has to sign in, and when: `prompt` and `max_age`.

use std::time::Duration;

use super::browser::Browser;
use super::suite::{ALL, STATE, flows, provider};

#[test]
fn prompt_login() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let first = browser.run(&[]);
        mock.clock.advance(Duration::from_secs(1));
        let second = browser.run(&[("prompt", "login")]);
        assert_eq!(browser.sign_ins, 2, "{flow:?}");
        let times = [first, second].map(|session| session.claim("auth_time").as_i64().unwrap());
        assert!(times[0] < times[1], "{flow:?}: {times:?}");
    }
}

#[test]
fn prompt_none_not_logged_in() {
    let mock = provider();
    for flow in flows(ALL) {
        let state = "s".repeat(128);
        let mut browser = Browser::new(&mock, flow);
        let response = browser.authorize(&[("prompt", "none"), ("state", &state)]);
        response.assert_error(&["login_required"], &state);
        assert_eq!(browser.sign_ins, 0, "{flow:?}");
    }
}

#[test]
fn prompt_none_logged_in() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let first = browser.run(&[]);
        mock.clock.advance(Duration::from_secs(1));
        let second = browser.run(&[("prompt", "none")]);
        assert_eq!(browser.sign_ins, 1, "{flow:?}");
        assert_eq!(first.claim("auth_time"), second.claim("auth_time"), "{flow:?}");
        assert_eq!(first.claim("sub"), second.claim("sub"), "{flow:?}");
    }
}

#[test]
fn max_age_1() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let first = browser.run(&[]);
        mock.clock.advance(Duration::from_secs(2));
        let second = browser.run(&[("max_age", "1")]);
        assert_eq!(browser.sign_ins, 2, "{flow:?}");
        let times = [first, second].map(|session| session.claim("auth_time").as_i64().unwrap());
        assert!(times[0] < times[1], "{flow:?}: {times:?}");
        assert!(mock.clock.now().seconds() - times[1] <= 1, "{flow:?}: {times:?}");
    }
}

#[test]
fn max_age_10000() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let first = browser.run(&[("max_age", "15000")]);
        mock.clock.advance(Duration::from_secs(1));
        let second = browser.run(&[("max_age", "10000")]);
        assert_eq!(browser.sign_ins, 1, "{flow:?}");
        assert!(first.claim("auth_time").is_i64(), "{flow:?}");
        assert_eq!(first.claim("auth_time"), second.claim("auth_time"), "{flow:?}");
        assert_eq!(first.claim("sub"), second.claim("sub"), "{flow:?}");
    }
}

#[test]
fn id_token_hint() {
    let mock = provider();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let first = browser.run(&[]);
        let hint = &first.id_token.as_ref().unwrap().text;
        let second = browser.run(&[("prompt", "none"), ("id_token_hint", hint)]);
        assert_eq!(browser.sign_ins, 1, "{flow:?}");
        assert_eq!(first.claim("sub"), second.claim("sub"), "{flow:?}");
        let nobody =
            Browser::new(&mock, flow).authorize(&[("prompt", "none"), ("id_token_hint", hint)]);
        nobody.assert_error(&["login_required"], STATE);
    }
}
