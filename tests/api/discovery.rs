//! `GET /{app}/.well-known/openid-configuration` and `POST /OAuth2/GetMeta`.

mod complete;

use serde_json::json;

use crate::harness::{Mock, Setup};

const WELL_KNOWN: &str = "/bank/.well-known/openid-configuration";

#[test]
fn the_document_is_the_products_byte_for_byte() {
    let mock =
        Setup { public_url: Some("https://abc1234.id.cyberark.cloud"), ..Setup::default() }.start();
    let answer = mock.get(WELL_KNOWN);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    // The line ends are written out, because a snapshot keeps none of its own.
    insta::assert_snapshot!(answer.body.replace('\r', "<CR>").replace('\n', "<LF>\n"));
}

#[test]
fn the_document_follows_the_host_and_both_presets_agree() {
    for mock in [Mock::start(), Mock::strict()] {
        let document = mock.get(WELL_KNOWN).json();
        assert_eq!(document["issuer"], mock.issuer("bank"));
        for (member, path) in [
            ("authorization_endpoint", "/OAuth2/Authorize/bank"),
            ("token_endpoint", "/OAuth2/Token/bank"),
            ("userinfo_endpoint", "/OAuth2/UserInfo/bank"),
            ("jwks_uri", "/OAuth2/Keys/bank"),
        ] {
            assert_eq!(document[member], format!("{}{path}", mock.url), "{member}");
        }
    }
}

#[test]
fn get_meta_answers_the_same_document() {
    let mock = Mock::start();
    let document = mock.get(WELL_KNOWN).body;
    let path = "/OAuth2/GetMeta";
    for (case, request) in [
        ("query", mock.request("POST", path).query(&[("serviceName", "bank")])),
        ("form", mock.request("POST", path).form(&[("serviceName", "bank")])),
        (
            "query, empty JSON body",
            mock.request("POST", path)
                .query(&[("serviceName", "bank")])
                .body("application/json", ""),
        ),
        (
            "query, JSON body",
            mock.request("POST", path).query(&[("serviceName", "bank")]).json(&json!({})),
        ),
        (
            "another spelling",
            mock.request("POST", "/oauth2/getmeta/").query(&[("serviceName", "bank")]),
        ),
    ] {
        let answer = request.send();
        assert_eq!((answer.status, &answer.body), (200, &document), "{case}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8"),
            "{case}"
        );
    }
    assert_eq!(mock.get("/OAuth2/GetMeta?serviceName=bank").status, 405);
}

#[test]
fn an_unknown_application_has_no_document() {
    let mock = Mock::start();
    for (case, answer) in [
        ("GetMeta", mock.post("/OAuth2/GetMeta?serviceName=123", &[])),
        ("GetMeta without a name", mock.post("/OAuth2/GetMeta", &[])),
        ("well-known", mock.get("/123/.well-known/openid-configuration")),
        ("well-known in another letter case", mock.get("/Bank/.well-known/openid-configuration")),
    ] {
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (400, r#"{"error":"invalid_request","error_description":"unknown app"}"#),
            "{case}"
        );
    }
}

#[test]
fn the_well_known_path_is_found_in_every_spelling() {
    let mock = Mock::start();
    let document = mock.get(WELL_KNOWN).body;
    for path in
        ["/bank/.well-known/openid-configuration/", "//bank//.Well-Known/OpenID-Configuration"]
    {
        let answer = mock.get(path);
        assert_eq!((answer.status, &answer.body), (200, &document), "{path}");
    }
}

#[test]
fn endpoints_without_an_application_say_so() {
    let mock = Mock::start();
    for (path, description) in [
        ("/OAuth2/UserInfo", "invalid app configuration"),
        ("/OAuth2/UserInfo/", "invalid app configuration"),
        ("/OAuth2/Keys", "bad URL"),
        ("/OAuth2/Token", "bad url"),
        ("/OAuth2/Authorize/", "bad url"),
    ] {
        for method in ["GET", "POST"] {
            let answer = mock.request(method, path).send();
            let expected = (400, "invalid_request".to_owned(), description.to_owned());
            assert_eq!(answer.error(), expected, "{method} {path}");
        }
    }
}

#[test]
fn the_authorization_servers_metadata_is_the_same_document() {
    for mock in [Mock::start(), Mock::strict()] {
        let document = mock.get(WELL_KNOWN);
        for path in [
            "/.well-known/oauth-authorization-server/bank",
            "/.well-known/oauth-authorization-server/bank/",
            "/.Well-Known//OAuth-Authorization-Server/bank",
            "/bank/.well-known/oauth-authorization-server",
        ] {
            let answer = mock.get(path);
            assert_eq!((answer.status, &answer.body), (200, &document.body), "{path}");
            assert_eq!(answer.header("content-type"), document.header("content-type"), "{path}");
        }
        let unknown = mock.get("/.well-known/oauth-authorization-server/Bank");
        let expected = (400, "invalid_request".to_owned(), "unknown app".to_owned());
        assert_eq!(unknown.error(), expected, "the application keeps its letter case");
        assert_eq!(mock.get("/.well-known/oauth-authorization-server").status, 404);
    }
}

#[test]
fn the_metadata_of_an_issuer_below_a_prefix_is_found_behind_the_fixed_segments() {
    let public_url = Some("https://proxy.example/identity");
    let mock = Setup { public_url, ..Setup::default() }.start();
    let document = mock.get(&format!("/identity{WELL_KNOWN}"));
    assert_eq!(document.json()["issuer"], "https://proxy.example/identity/bank/");
    for path in [
        "/.well-known/oauth-authorization-server/identity/bank/",
        "/.well-known/oauth-authorization-server/bank",
        "/identity/.well-known/oauth-authorization-server/bank",
        "/identity/bank/.well-known/oauth-authorization-server",
    ] {
        let answer = mock.get(path);
        assert_eq!((answer.status, &answer.body), (200, &document.body), "{path}");
    }
}
