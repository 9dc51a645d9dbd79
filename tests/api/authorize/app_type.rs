//! What the type of an application and the form of its access tokens mean at the authorization
//! endpoint.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::json;

use super::landing::{Landing, is_opaque_id, outcome, with_issuer};
use crate::harness::{CALLBACK, Mock, Setup, half_hash};

fn app(id: &str, app_type: &str, token_type: &str) -> serde_json::Value {
    json!({
        "application_id": id,
        "type": app_type,
        "client_id": format!("{id}-client"),
        "client_secret": format!("{id}-secret"),
        "redirect_uris": [CALLBACK],
        "token_type": token_type,
        "issue_refresh_tokens": true,
    })
}

fn mock(policy: Policy) -> Mock {
    let apps = json!({ "apps": [
        app("server", "oauth2_server", "JwtRS256"),
        app("client", "oauth2_client", "JwtRS256"),
        app("desk", "openid_connect", "JwtRS256"),
        app("opaque", "openid_connect", "opaque"),
    ] });
    Setup { policy, ..Setup::default() }.with(&apps).start()
}

#[test]
fn bare_token_is_for_oauth2_apps() {
    let shown = "400 {\"error\":\"unsupported_response_type\",\
                 \"error_description\":\"invalid response_type: token\"}";
    let told = "#error=unsupported_response_type\
                &error_description=invalid response_type: token&state=xyz";
    let token = "access_token=*&token_type=Bearer&expires_in=18000&scope=openid profile";
    let as_is = |_: &str, outcome: &str| outcome.to_owned();
    let cyberark = (Policy::cyberark(), as_is as fn(&str, &str) -> String);
    for ((policy, completed), refused, allowed) in [
        (cyberark, shown, format!("#state=xyz&responseType=token&{token}")),
        ((Policy::strict(), with_issuer as _), told, format!("#state=xyz&{token}")),
    ] {
        let mock = mock(policy);
        let alice = mock.alice();
        for (app, expected) in [
            ("server", allowed.as_str()),
            ("client", allowed.as_str()),
            ("desk", refused),
            ("bank", refused),
        ] {
            let answer = mock.authorize(app, Some(&alice), &[("response_type", "token")]);
            assert_eq!(outcome(&answer), completed(app, expected), "{app}");
        }
    }
}

#[test]
fn bare_token_brings_a_verified_access_token_and_no_refresh_token() {
    let mock = mock(Policy::cyberark());
    let more = [("response_type", "token"), ("scope", "profile")];
    let landing = Landing::of(&mock.authorize("server", Some(&mock.alice()), &more));
    assert_eq!(landing.get("refresh_token"), None);
    let access_token = mock.verified("server", landing.value("access_token"));
    assert_eq!(access_token.claims["iss"], mock.issuer("server"));
    assert_eq!(access_token.claims["aud"], "server-client");
    assert_eq!(access_token.claims["scope"], "profile");
    assert_eq!(access_token.claims["app_id"], "server");
}

#[test]
fn every_type_of_app_answers_the_other_response_types() {
    let mock = mock(Policy::cyberark());
    let alice = mock.alice();
    for app in ["server", "client", "desk"] {
        for (response_type, names) in [
            ("code", &["state", "responseType", "code"][..]),
            ("id_token", &["state", "responseType", "id_token", "scope"]),
            ("code id_token", &["state", "responseType", "code", "id_token", "scope"]),
        ] {
            let more = [("response_type", response_type)];
            let landing = Landing::of(&mock.authorize(app, Some(&alice), &more));
            assert_eq!(landing.names(), names, "{app}: {response_type}");
        }
    }
}

#[test]
fn an_opaque_access_token_is_hashed_like_any_other() {
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = mock(policy);
        let alice = mock.alice();
        for response_type in ["id_token token", "code id_token token", "code token"] {
            let more = [("response_type", response_type)];
            let landing = Landing::of(&mock.authorize("opaque", Some(&alice), &more));
            let access_token = landing.value("access_token");
            assert!(is_opaque_id(access_token), "{response_type}: {access_token}");
            assert_eq!(landing.get("token_type"), Some("Bearer"), "{response_type}");
            assert_eq!(landing.get("expires_in"), Some("18000"), "{response_type}");
            if let Some(id_token) = landing.get("id_token") {
                let claims = mock.verified("opaque", id_token).claims;
                assert_eq!(claims["at_hash"], half_hash(access_token), "{response_type}");
            }
            let userinfo = mock.request("GET", "/OAuth2/UserInfo/opaque").bearer(access_token);
            assert_eq!(userinfo.send().json()["unique_name"], "alice@example.com");
        }
    }
}
