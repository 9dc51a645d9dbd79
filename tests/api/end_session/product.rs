//! Signing out as the product does it: whoever asks is signed out, and sent to a listed URI or to the
//! portal.

use cyberark_identity_mock::tenant::policy::Policy;

use super::{LISTED, PATHS, UNLISTED, ask, assert_signed_out, is_signed_in, shop};
use crate::harness::{Mock, forged_hints};

/// The body of a redirect.
fn object_moved(location: &str) -> String {
    let link = location.replace('&', "&amp;");
    format!(
        "<html><head><title>Object moved</title></head><body>\r\n\
         <h2>Object moved to <a href=\"{link}\">here</a>.</h2>\r\n</body></html>\r\n"
    )
}

#[test]
fn whoever_asks_is_signed_out_and_sent_to_a_listed_uri_with_state() {
    let mock = shop(Policy::cyberark());
    let hostile = "a b&\"><script>";
    let encoded = "state=a%20b%26%22%3E%3Cscript%3E";
    for path in PATHS {
        for method in ["GET", "POST"] {
            for (uri, state, location) in [
                (LISTED[0], "", LISTED[0].to_owned()),
                (LISTED[0], hostile, format!("{}?{encoded}", LISTED[0])),
                (LISTED[1], "", LISTED[1].to_owned()),
                (LISTED[1], hostile, format!("{}&{encoded}", LISTED[1])),
            ] {
                let case = format!("{method} {path}, {uri}, {state:?}");
                let alice = mock.alice();
                let sent = [("post_logout_redirect_uri", uri), ("state", state)];
                let answer = ask(&mock, method, path, &alice, &sent);
                assert_eq!(answer.location(), location, "{case}");
                assert_eq!(answer.body, object_moved(&location), "{case}");
                assert_signed_out(&mock, &alice, &answer, &case);
            }
        }
    }
}

#[test]
fn without_a_listed_uri_the_way_leads_to_the_portal() {
    let mock = shop(Policy::cyberark());
    for path in PATHS {
        for method in ["GET", "POST"] {
            for uri in UNLISTED.into_iter().chain([""]) {
                let case = format!("{method} {path}, {uri}");
                let alice = mock.alice();
                let sent = [("post_logout_redirect_uri", uri), ("state", "xyz")];
                let answer = ask(&mock, method, path, &alice, &sent);
                assert_eq!(answer.location(), "/", "{case}");
                assert_signed_out(&mock, &alice, &answer, &case);
            }
        }
    }
}

#[test]
fn a_uri_of_another_app_is_listed_at_the_legacy_path_only() {
    let mock = shop(Policy::cyberark());
    let uri = "http://localhost:3000/signed-out";
    for (path, location) in PATHS.into_iter().zip(["/", "/", uri]) {
        let alice = mock.alice();
        let answer = ask(&mock, "GET", path, &alice, &[("post_logout_redirect_uri", uri)]);
        assert_eq!(answer.location(), location, "{path}");
        assert_signed_out(&mock, &alice, &answer, path);
    }
    let answer = mock.request("GET", "/OAuth2/EndSession/bank");
    let answer = answer.query(&[("post_logout_redirect_uri", uri)]).send();
    assert_eq!(answer.location(), uri, "bank takes any port and path of this machine");
}

#[test]
fn the_hint_has_no_meaning() {
    let mock = shop(Policy::cyberark());
    for (case, hint) in forged_hints(&mock) {
        let alice = mock.alice();
        let sent = [("id_token_hint", &*hint), ("post_logout_redirect_uri", LISTED[0])];
        let answer = ask(&mock, "POST", PATHS[0], &alice, &sent);
        assert_eq!(answer.location(), LISTED[0], "{case}");
        assert_signed_out(&mock, &alice, &answer, case);
    }
}

#[test]
fn only_the_session_of_the_browser_ends() {
    let mock = Mock::start();
    let (here, there) = (mock.alice(), mock.alice());
    let login = mock.sign_in_answer("bob@example.com", "bob-password");
    let text = |name: &str| login["Result"][name].as_str().unwrap().to_owned();
    let path = "/OAuth2/EndSession/bank";
    mock.request("GET", path).cookie(&here).send();
    let signed_in = |session: &str| {
        let answer = mock.authorize("bank", Some(session), &[("prompt", "none")]);
        answer.callback_parameter("code").is_some()
    };
    assert_eq!((signed_in(&here), signed_in(&there)), (false, true));
    mock.request("GET", path).bearer(&text("Token")).send();
    assert_eq!((signed_in(&text("Auth")), signed_in(&there)), (false, true));
    let answer = mock.get(path);
    assert_eq!(answer.location(), "/", "nobody was signed in");
    assert!(signed_in(&there));
}

#[test]
fn the_portal_carries_the_prefix_of_the_public_url() {
    let setup = crate::harness::Setup {
        public_url: Some("https://tenant.example/identity"),
        ..Default::default()
    };
    let answer = setup.start().get("/OAuth2/EndSession/bank");
    assert_eq!(answer.location(), "/identity/");
}

#[test]
fn a_code_that_was_issued_before_still_brings_tokens() {
    let mock = shop(Policy::cyberark());
    let alice = mock.alice();
    let code = mock.authorize("bank", Some(&alice), &[]).callback_parameter("code").unwrap();
    ask(&mock, "GET", PATHS[0], &alice, &[]);
    assert!(!is_signed_in(&mock, &alice));
    assert_eq!(mock.exchange(&code, &[]).status, 200);
}
