//! Signing out as OpenID Connect RP-Initiated Logout wants it: by a hint that verifies, or after the
//! user was asked; never on to a URI that is not listed.

use std::time::Duration;

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::{
    LEGACY, LISTED, PATHS, UNLISTED, ask, assert_signed_out, assert_still_signed_in, id_token, shop,
};
use crate::harness::{Answer, Mock, Setup, forged_hints};
use crate::login::form::Form;

const BAD_HINT: &str = "id_token_hint is not an ID token of this application";
const BAD_URI: &str = "post_logout_redirect_uri is not registered for this client";

fn assert_refused(answer: &Answer, description: &str, case: &str) {
    assert_eq!(answer.status, 400, "{case}: {answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{case}");
    for part in [
        "<h1 id=\"error-heading\">The sign-out request cannot be answered</h1>",
        "<code id=\"error-code\">invalid_request</code>",
        &format!("<p id=\"error-description\">{description}</p>"),
        "You are still signed in",
    ] {
        assert!(answer.body.contains(part), "{case}: {part}: {answer:?}");
    }
}

fn assert_signed_out_page(answer: &Answer, case: &str) {
    assert_eq!((answer.status, answer.header("location")), (200, None), "{case}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{case}");
    let text = "<p id=\"signed-out\">You are signed out.</p>";
    assert!(answer.body.contains(text), "{case}: {answer:?}");
}

fn assert_confirmation(answer: &Answer, path: &str, case: &str) {
    assert_eq!((answer.status, answer.header("location")), (200, None), "{case}");
    for part in [
        "<p id=\"confirm-sign-out\">",
        &format!("<form id=\"sign-out-form\" method=\"post\" action=\"{path}\">"),
        "<input type=\"hidden\" name=\"confirmed\" value=\"yes\">",
        "<button id=\"sign-out-submit\" class=\"main-button\" type=\"submit\">Sign out</button>",
    ] {
        assert!(answer.body.contains(part), "{case}: {part}: {answer:?}");
    }
}

#[test]
fn a_hint_signs_out_and_leads_to_a_listed_uri_with_state() {
    let mock = shop(Policy::strict());
    let state = "s".repeat(128);
    let hint = id_token(&mock, "shop");
    for path in PATHS {
        for method in ["GET", "POST"] {
            for (uri, state, location) in [
                (LISTED[0], "", LISTED[0].to_owned()),
                (LISTED[0], &*state, format!("{}?state={state}", LISTED[0])),
                (LISTED[1], "a b", format!("{}&state=a%20b", LISTED[1])),
            ] {
                let case = format!("{method} {path}, {uri}, {state:?}");
                let alice = mock.alice();
                let sent = [
                    ("id_token_hint", &*hint),
                    ("post_logout_redirect_uri", uri),
                    ("state", state),
                ];
                let answer = ask(&mock, method, path, &alice, &sent);
                assert_eq!(answer.location(), location, "{case}");
                assert_signed_out(&mock, &alice, &answer, &case);
            }
        }
    }
}

#[test]
fn a_hint_without_a_uri_signs_out_and_says_so() {
    let mock = shop(Policy::strict());
    let hint = id_token(&mock, "shop");
    for path in PATHS {
        for more in [&[][..], &[("state", "xyz")], &[("client_id", "shop-client")]] {
            let case = format!("{path}, {more:?}");
            let alice = mock.alice();
            let sent = [&[("id_token_hint", &*hint)], more].concat();
            let answer = ask(&mock, "GET", path, &alice, &sent);
            assert_signed_out_page(&answer, &case);
            assert_signed_out(&mock, &alice, &answer, &case);
        }
    }
}

#[test]
fn a_dead_hint_is_good_enough() {
    let mock = shop(Policy::strict());
    let hint = id_token(&mock, "shop");
    mock.clock.advance(Duration::from_secs(6 * 60 * 60));
    let alice = mock.alice();
    let sent = [("id_token_hint", &*hint), ("post_logout_redirect_uri", LISTED[0])];
    let answer = ask(&mock, "GET", PATHS[0], &alice, &sent);
    assert_eq!(answer.location(), LISTED[0]);
    assert_signed_out(&mock, &alice, &answer, "dead");
}

#[test]
fn an_unlisted_uri_is_refused() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    let hint = id_token(&mock, "shop");
    for path in PATHS {
        for method in ["GET", "POST"] {
            for uri in UNLISTED.into_iter().chain(["http://localhost:3000/bank"]) {
                let case = format!("{method} {path}, {uri}");
                let sent = [
                    ("id_token_hint", &*hint),
                    ("post_logout_redirect_uri", uri),
                    ("state", "\"><script>"),
                ];
                let answer = ask(&mock, method, path, &alice, &sent);
                assert_refused(&answer, BAD_URI, &case);
                assert_still_signed_in(&mock, &alice, &answer, &case);
            }
        }
    }
}

#[test]
fn what_is_no_id_token_of_the_application_is_refused() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    let of_bank = ("an ID token of another application", id_token(&mock, "bank"));
    let hints = forged_hints(&mock);
    for path in [PATHS[0], PATHS[1], "/OAuth2/EndSession/bank"] {
        let other = [of_bank.clone()];
        let foreign = if path.ends_with("bank") { &[][..] } else { &other };
        for (case, hint) in hints.iter().chain(foreign) {
            let sent = [("id_token_hint", &**hint), ("post_logout_redirect_uri", LISTED[0])];
            for method in ["GET", "POST"] {
                let answer = ask(&mock, method, path, &alice, &sent);
                assert_refused(&answer, BAD_HINT, case);
                assert_still_signed_in(&mock, &alice, &answer, case);
            }
        }
    }
}

#[test]
fn the_legacy_path_finds_the_application_by_the_hint() {
    let mock = shop(Policy::strict());
    let (of_shop, of_bank) = (id_token(&mock, "shop"), id_token(&mock, "bank"));
    let at_bank = "http://localhost:3000/bank";
    for (hint, uri, is_listed) in [
        (&of_shop, LISTED[0], true),
        (&of_bank, at_bank, true),
        (&of_shop, at_bank, false),
        (&of_bank, LISTED[0], false),
    ] {
        let alice = mock.alice();
        let sent = [("id_token_hint", &**hint), ("post_logout_redirect_uri", uri)];
        let answer = ask(&mock, "GET", LEGACY, &alice, &sent);
        if is_listed {
            assert_eq!(answer.location(), uri);
            assert_signed_out(&mock, &alice, &answer, uri);
        } else {
            assert_refused(&answer, BAD_URI, uri);
            assert_still_signed_in(&mock, &alice, &answer, uri);
        }
    }
}

#[test]
fn a_client_id_beside_the_hint_must_be_its_own() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    let hint = id_token(&mock, "shop");
    for path in PATHS {
        for client_id in ["bank-client", "nobody", "Shop-client"] {
            let sent = [("id_token_hint", &*hint), ("client_id", client_id)];
            let answer = ask(&mock, "GET", path, &alice, &sent);
            assert_refused(&answer, BAD_HINT, client_id);
            assert_still_signed_in(&mock, &alice, &answer, client_id);
        }
    }
}

#[test]
fn without_a_hint_the_user_is_asked_and_what_was_asked_before_does_not_stay() {
    let mock = shop(Policy::strict());
    let routed = ["/oauth2/endsession/shop", "/oauth2/endsessionv2/shop", LEGACY];
    for (path, action) in PATHS.into_iter().zip(routed) {
        for method in ["GET", "POST"] {
            for more in [
                &[][..],
                &[("state", "\"><script>")],
                &[("post_logout_redirect_uri", LISTED[0])],
                &[("post_logout_redirect_uri", UNLISTED[9]), ("state", "xyz")],
                &[("client_id", "shop-client"), ("post_logout_redirect_uri", LISTED[0])],
                &[("id_token_hint", "")],
            ] {
                let case = format!("{method} {path}, {more:?}");
                let alice = mock.alice();
                let page = ask(&mock, method, path, &alice, more);
                assert_confirmation(&page, action, &case);
                assert_still_signed_in(&mock, &alice, &page, &case);
                let pressed = ask(&mock, "POST", action, &alice, &[("confirmed", "yes")]);
                assert_signed_out_page(&pressed, &case);
                assert_signed_out(&mock, &alice, &pressed, &case);
            }
        }
    }
}

#[test]
fn a_client_id_leads_to_a_listed_uri_once_the_user_has_confirmed() {
    let mock = shop(Policy::strict());
    for (path, method) in PATHS.into_iter().flat_map(|path| [(path, "GET"), (path, "POST")]) {
        for (uri, state, location) in [
            (LISTED[0], "", LISTED[0].to_owned()),
            (LISTED[1], "a \"b", format!("{}&state=a%20%22b", LISTED[1])),
        ] {
            let case = format!("{method} {path}, {uri}");
            let alice = mock.alice();
            let sent =
                [("client_id", "shop-client"), ("post_logout_redirect_uri", uri), ("state", state)];
            let page = ask(&mock, method, path, &alice, &sent);
            assert_confirmation(&page, &path.to_lowercase(), &case);
            assert_still_signed_in(&mock, &alice, &page, &case);
            let form = Form::on(&page, "sign-out-form");
            let names = ["confirmed", "client_id", "post_logout_redirect_uri"];
            let mut fields: Vec<_> = names.iter().map(|name| (*name, form.value(name))).collect();
            fields.extend((!state.is_empty()).then_some(("state", state)));
            let pressed = ask(&mock, "POST", path, &alice, &fields);
            assert_eq!(pressed.location(), location, "{case}");
            assert_signed_out(&mock, &alice, &pressed, &case);
        }
    }
}

#[test]
fn a_client_id_that_nobody_has_is_refused() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    let text = "client_id is not that of a client";
    for path in PATHS {
        for client_id in ["nobody", "Shop-client", "shop-client "] {
            for confirmed in ["", "yes"] {
                let sent = [
                    ("client_id", client_id),
                    ("post_logout_redirect_uri", LISTED[0]),
                    ("confirmed", confirmed),
                ];
                let answer = ask(&mock, "POST", path, &alice, &sent);
                assert_refused(&answer, text, client_id);
                assert_still_signed_in(&mock, &alice, &answer, client_id);
            }
        }
    }
    let other = [("client_id", "bank-client")];
    assert_refused(&ask(&mock, "GET", PATHS[0], &alice, &other), text, "of another application");
}

#[test]
fn a_uri_that_the_named_client_does_not_list_is_refused() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    for path in PATHS {
        for uri in UNLISTED.into_iter().chain(["http://localhost:3000/bank"]) {
            for confirmed in ["", "yes"] {
                let sent = [
                    ("client_id", "shop-client"),
                    ("post_logout_redirect_uri", uri),
                    ("confirmed", confirmed),
                ];
                let answer = ask(&mock, "POST", path, &alice, &sent);
                assert_refused(&answer, BAD_URI, uri);
                assert_still_signed_in(&mock, &alice, &answer, uri);
            }
        }
    }
}

#[test]
fn only_the_button_confirms() {
    let mock = shop(Policy::strict());
    let alice = mock.alice();
    for confirmed in ["", "no", "true", "YES"] {
        let answer = ask(&mock, "POST", LEGACY, &alice, &[("confirmed", confirmed)]);
        assert_confirmation(&answer, LEGACY, confirmed);
        assert_still_signed_in(&mock, &alice, &answer, confirmed);
    }
    let sent = [("confirmed", "yes"), ("id_token_hint", "x")];
    let answer = ask(&mock, "POST", PATHS[0], &alice, &sent);
    assert_refused(&answer, BAD_HINT, "a bad hint is not made good by the button");
    assert_still_signed_in(&mock, &alice, &answer, "a bad hint");
}

#[test]
fn the_form_leads_behind_the_prefix_of_the_public_url() {
    let setup = Setup {
        policy: Policy::strict(),
        public_url: Some("https://tenant.example/identity"),
        ..Setup::default()
    };
    let answer = setup.start().get("/OAuth2/EndSession/bank");
    assert_confirmation(&answer, "/identity/oauth2/endsession/bank", "prefix");
}

#[test]
fn the_proof_is_a_field_of_the_policy() {
    let app = json!({ "apps": [{
        "application_id": "desk",
        "redirect_uris": ["https://desk.example/cb"],
        "policy": { "end_session": "hint_or_confirmation" },
    }] });
    let mock = Setup::default().with(&app).start();
    let answer = mock.get("/OAuth2/EndSession/desk");
    assert_confirmation(&answer, "/oauth2/endsession/desk", "desk");
    assert_eq!(mock.get("/OAuth2/EndSession/bank").location(), "/");
    assert_eq!(mock.get(LEGACY).location(), "/", "the tenant's policy");
}

#[test]
fn a_link_cannot_confirm() {
    let mock = Mock::strict();
    let alice = mock.alice();
    let path = "/OAuth2/EndSession/bank?confirmed=yes";
    let linked = mock.request("GET", path).cookie(&alice).send();
    assert!(linked.body.contains("id=\"confirm-sign-out\""), "{linked:?}");
    let posted = mock.request("POST", path).cookie(&alice).send();
    assert!(posted.body.contains("id=\"confirm-sign-out\""), "{posted:?}");
    let who = mock.request("GET", "/Security/whoami").cookie(&alice).send().json();
    assert_eq!(who["Result"]["User"], "alice@example.com");
}

#[test]
fn a_hint_of_another_user_asks_first() {
    let mock = Mock::strict();
    let hint = mock.exchange(&mock.code(&[]), &[]).json()["id_token"].clone();
    let bob = mock.sign_in("bob@example.com", "bob-password");
    let asked = mock
        .request("GET", "/OAuth2/EndSession/bank")
        .query(&[("id_token_hint", hint.as_str().unwrap())])
        .cookie(&bob)
        .send();
    assert!(asked.body.contains("id=\"confirm-sign-out\""), "{asked:?}");
    let who = mock.request("GET", "/Security/whoami").cookie(&bob).send().json();
    assert_eq!(who["Result"]["User"], "bob@example.com");
}
