//! Redirect URIs: which are allowed, and how parameters join them (RFC 6749 §3.1.2, RFC 9700 §4.1).

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::ask::{Change, ask_at, parameters};
use super::landing::{Landing, Place, outcome};
use crate::harness::{Answer, Mock, Setup};

const REGISTERED: [&str; 5] = [
    "https://shop.example/cb",
    "https://shop.example/tenant?id=1&x=a%20b",
    "com.example.shop:/signed-in",
    "http://127.0.0.1:*/cb",
    "https://dev.shop.example/*",
];

/// The built-in tenant with an application `shop` that registers [`REGISTERED`].
fn shop(policy: Policy) -> Mock {
    let apps = json!({ "apps": [{
        "application_id": "shop",
        "client_id": "shop-client",
        "client_secret": "shop-secret",
        "redirect_uris": REGISTERED,
    }] });
    Setup { policy, ..Setup::default() }.with(&apps).start()
}

fn ask(mock: &Mock, session: &str, redirect_uri: &str, more: &[Change]) -> Answer {
    let shop = [("client_id", Some("shop-client")), ("redirect_uri", Some(redirect_uri))];
    ask_at(mock, "shop", Some(session), &[&shop, more].concat())
}

#[test]
fn parameters_join_the_uri_as_it_was_sent() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = shop(policy);
        let alice = mock.alice();
        for (redirect_uri, query) in [
            ("https://shop.example/cb", "https://shop.example/cb?"),
            (
                "https://shop.example/tenant?id=1&x=a%20b",
                "https://shop.example/tenant?id=1&x=a%20b&",
            ),
            ("com.example.shop:/signed-in", "com.example.shop:/signed-in?"),
            ("http://127.0.0.1/cb", "http://127.0.0.1/cb?"),
            ("http://127.0.0.1:49152/cb", "http://127.0.0.1:49152/cb?"),
            ("https://dev.shop.example/a/B/?c=d&", "https://dev.shop.example/a/B/?c=d&"),
            ("https://dev.shop.example/?", "https://dev.shop.example/?"),
            ("https://dev.shop.example", "https://dev.shop.example?"),
        ] {
            let state = ("state", Some("s"));
            let location = ask(&mock, &alice, redirect_uri, &[state]).location().to_owned();
            assert!(location.starts_with(&format!("{query}state=s&")), "{location}");

            let hybrid = ("response_type", Some("code token"));
            let location = ask(&mock, &alice, redirect_uri, &[state, hybrid]).location().to_owned();
            assert!(location.starts_with(&format!("{redirect_uri}#state=s&")), "{location}");

            let form = ("response_mode", Some("form_post"));
            let landing = Landing::of(&ask(&mock, &alice, redirect_uri, &[state, form]));
            assert_eq!((landing.place, landing.target.as_str()), (Place::Form, redirect_uri));

            let error = [state, ("scope", Some("nothing"))];
            let location = ask(&mock, &alice, redirect_uri, &error).location().to_owned();
            let error = "error=invalid_scope&error_description=unknown%20scope%20requested&state=s";
            let iss = mock.issuer("shop").replace(':', "%3A").replace('/', "%2F");
            let iss =
                if policy == Policy::strict() { format!("&iss={iss}") } else { String::new() };
            assert_eq!(location, format!("{query}{error}{iss}"));
        }
    }
}

#[test]
fn the_code_redeems_for_the_uri_as_it_was_sent() {
    let mock = shop(Policy::cyberark());
    let alice = mock.alice();
    let sent = "https://shop.example/tenant?id=1&x=a%20b";
    let answer = ask(&mock, &alice, sent, &[]);
    let code = answer.callback_parameter("code").unwrap();
    let exchange = |redirect_uri: &str| {
        let form =
            [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", redirect_uri)];
        let request = mock.request("POST", "/OAuth2/Token/shop").form(&form);
        request.basic("shop-client", "shop-secret").send().status
    };
    assert_eq!(exchange("https://shop.example/tenant?id=1&x=a b"), 400);
    assert_eq!(exchange(sent), 200);
}

/// URIs, but none that `shop` or `bank` register.
const FOREIGN: [&str; 30] = [
    // Close to an exact registration.
    "https://shop.example/cb/",
    "https://shop.example/cb?a=b",
    "https://shop.example/cb%3Fa",
    "https://shop.example/CB",
    "https://shop.example/%63b",
    "https://shop.example//cb",
    "https://shop.example/cb/../admin",
    "https://shop.example:443/cb",
    "https://shop.example./cb",
    "https://SHOP.example/cb",
    "HTTPS://shop.example/cb",
    "https://user@shop.example/cb",
    "https://shop.example@evil.example/cb",
    "http://shop.example/cb",
    "https://shop.example/tenant",
    "https://shop.example/tenant?id=1",
    "https://shop.example/tenant?x=a%20b&id=1",
    "com.example.shop:/signed-in/more",
    // Close to a wildcard.
    "http://127.0.0.1:49152/cb2",
    "http://127.0.0.1:/cb",
    "http://127.0.0.1:1@evil.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://0x7f.0.0.1/cb",
    "http://dev.shop.example/",
    "https://dev.shop.example:8443/",
    "https://dev.shop.example@evil.example/",
    "https://dev.shop.example.evil.example/",
    "https://sub.dev.shop.example/",
    "https:dev.shop.example/",
    "https:/dev.shop.example/",
];

/// Texts that are no URI that could stand in a `Location`.
const UNFIT: [&str; 18] = [
    "cb",
    "/cb",
    "//shop.example/cb",
    "https://",
    "https://shop.example/cb#",
    "https://shop.example/cb#f",
    "https://dev.shop.example#@evil.example/",
    "https://dev.shop.example\\@evil.example/",
    "https://dev.shop.example/\\evil.example",
    "https://dev.shop.example/a b",
    " https://shop.example/cb",
    "https://shop.example/cb\n",
    "https://dev.shop.example/\r\nSet-Cookie: a=b",
    "https://dev.shop.example/<script>",
    "https://dev.shop.example/\u{e9}",
    "http://127.0.0.1:65536/cb",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
];

#[test]
fn a_foreign_uri_is_never_redirected_to() {
    let (mock, strict) = (shop(Policy::cyberark()), shop(Policy::strict()));
    let (alice, strict_alice) = (mock.alice(), strict.alice());
    let foreign = "400 {\"error\":\"invalid_request\",\"error_description\":\"invalid redirect\"}";
    let unfit = "500 {\"error\":\"invalid_request\",\"error_description\":\"Invalid URI: \
                 The format of the URI could not be determined.\"}";
    let rows = FOREIGN.map(|uri| (uri, foreign)).into_iter().chain(UNFIT.map(|uri| (uri, unfit)));
    let more: [&[Change]; 3] =
        [&[], &[("response_type", Some("code token"))], &[("response_mode", Some("form_post"))]];
    for (redirect_uri, expected) in rows {
        for more in more {
            let answer = ask(&mock, &alice, redirect_uri, more);
            assert_eq!(outcome(&answer), expected, "{redirect_uri:?}");
            assert_eq!(answer.header("location"), None, "{redirect_uri:?}");
            let answer = ask(&strict, &strict_alice, redirect_uri, more);
            assert_eq!(outcome(&answer), "page 400 invalid_request", "{redirect_uri:?}");
        }
    }
}

#[test]
fn the_built_in_apps_take_any_port_and_path_of_this_machine() {
    let mock = Mock::start();
    let alice = mock.alice();
    for redirect_uri in [
        "http://localhost/",
        "http://localhost",
        "http://localhost:1/a/b?c=d",
        "https://localhost:8443/cb",
        "http://127.0.0.1:65535/",
        "https://127.0.0.1/cb",
    ] {
        let changes = [("redirect_uri", Some(redirect_uri))];
        let query = parameters(&changes);
        let path = "/OAuth2/Authorize/bank";
        let answer = mock.request("GET", path).query(&query).cookie(&alice).send();
        assert!(answer.location().starts_with(redirect_uri), "{redirect_uri}: {answer:?}");
        assert!(answer.callback_parameter("code").is_some(), "{redirect_uri}");
    }
}
