//! What a request says comes back whole, and never as markup.

use cyberark_identity_mock::tenant::policy::Policy;

use super::ask::{Change, ask, ask_at, both_policies};
use super::landing::{Landing, object_moved, outcome};
use crate::harness::{CALLBACK, Mock, Setup};

const MARKUP: &str = "\"'><script>alert(1)</script><!--&amp;";

#[test]
fn a_state_comes_back_as_it_was_sent_in_every_mode() {
    let printable: String = (' '..='~').collect();
    let states = [
        printable.repeat(11)[..1000].to_owned(),
        "\u{e9}\u{4e16}\u{1f600}".repeat(334),
        "+%20&=#?/\\\t".to_owned(),
        "&#38;amp;&lt;&quot;".to_owned(),
        MARKUP.to_owned(),
    ];
    for (policy, mock) in both_policies() {
        let alice = mock.alice();
        for state in &states {
            for mode in ["query", "fragment", "form_post"] {
                let changes = [("state", Some(state.as_str())), ("response_mode", Some(mode))];
                let landing = Landing::of(&ask(&mock, Some(&alice), &changes));
                assert_eq!(landing.get("state"), Some(state.as_str()), "{policy}: {mode}");
                let refused = [&changes[..], &[("scope", Some("nothing"))]].concat();
                let landing = Landing::of(&ask(&mock, Some(&alice), &refused));
                assert_eq!(landing.get("state"), Some(state.as_str()), "{policy}: {mode}, error");
            }
            let key = mock.authorize("bank", None, &[("state", state)]).bounce();
            let path = format!("/OAuth2/Authorize/bank?bounce={key}");
            let answer = mock.request("GET", &path).cookie(&alice).send();
            assert_eq!(answer.callback_parameter("state").as_ref(), Some(state), "{policy}");
        }
    }
}

#[test]
fn a_line_break_in_a_state_adds_no_header() {
    for (policy, mock) in both_policies() {
        let state = "x\r\nSet-Cookie: a=b";
        let answer = ask(&mock, Some(&mock.alice()), &[("state", Some(state))]);
        let start = format!("{CALLBACK}?state=x%0D%0ASet-Cookie%3A%20a%3Db&");
        assert!(answer.location().starts_with(&start), "{policy}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), None, "{policy}");
    }
}

#[test]
fn a_nonce_comes_back_as_it_was_sent() {
    let mock = Mock::start();
    let nonce = format!("{MARKUP}\u{e9}\\\r\n");
    let more = [("nonce", nonce.as_str()), ("response_type", "id_token")];
    let landing = Landing::of(&mock.authorize("bank", Some(&mock.alice()), &more));
    let id_token = mock.verified("bank", landing.value("id_token"));
    assert_eq!(id_token.claims["nonce"], nonce);
}

/// Requests whose answers echo markup.
const ECHOING: [(&str, &[Change]); 5] = [
    ("response_type", &[("response_type", Some(MARKUP))]),
    ("prompt", &[("prompt", Some(MARKUP))]),
    (
        "code_challenge_method",
        &[("code_challenge", Some("a")), ("code_challenge_method", Some(MARKUP))],
    ),
    ("state of an error", &[("state", Some(MARKUP)), ("scope", Some("nothing"))]),
    ("bounce", &[("bounce", Some(MARKUP))]),
];

#[test]
fn no_answer_holds_what_was_sent_as_markup() {
    for (policy, mock) in both_policies() {
        for (case, changes) in ECHOING {
            for mode in [None, Some("form_post")] {
                let answer = ask(&mock, None, &[changes, &[("response_mode", mode)]].concat());
                assert!(!answer.body.contains("<script>alert"), "{policy}: {case} {answer:?}");
                assert!(!answer.body.contains("<!--"), "{policy}: {case} {answer:?}");
            }
        }
        let path = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        let answer = ask_at(&mock, path, None, &[]);
        assert!(!answer.body.contains("<script>alert"), "{policy}: {answer:?}");
    }
}

#[test]
fn an_echo_keeps_to_the_characters_of_the_rfc() {
    let mock = Mock::start();
    let answer = ask(&mock, None, &[("response_type", Some("<b>\"\\\u{e9}\r\n"))]);
    let body = "{\"error\":\"unsupported_response_type\",\
                \"error_description\":\"invalid response_type: \\u003cb>?????\"}";
    assert_eq!((answer.status, answer.body.as_str()), (400, body));

    let answer = ask_at(&mock, "%3Cb%3E", None, &[]);
    let error = "error=invalid_request&error_description=unknown%20app%20%3Cb%3E";
    let location = format!("{CALLBACK}?{error}");
    assert_eq!(answer.location(), location);
    assert_eq!(answer.body, object_moved(&location));

    let strict = Mock::strict();
    let answer = ask_at(&strict, "%3Cb%3E", None, &[]);
    assert_eq!(outcome(&answer), "page 400 invalid_request");
    let escaped = "<p id=\"error-description\">unknown app &#60;b&#62;</p>";
    assert!(answer.body.contains(escaped), "{answer:?}");
}

#[test]
fn a_form_post_page_is_escaped_and_submits_itself() {
    let setup = Setup { seed: Some(7), policy: Policy::cyberark(), ..Setup::default() };
    let mock = setup.start();
    let changes = [
        ("redirect_uri", Some("http://localhost:3000/callback?a='b'&c=d")),
        ("response_mode", Some("form_post")),
        ("state", Some(MARKUP)),
    ];
    let answer = ask(&mock, Some(&mock.alice()), &changes);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("location"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    insta::assert_snapshot!(answer.body);
}
