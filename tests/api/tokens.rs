//! What ID and access tokens say: their claims, in the order of CyberArk's guides.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{CALLBACK, Jwt, Mock, Setup};
use cyberark_identity_mock::tenant::policy::Policy;

/// ID token and access token of alice at `bank`.
fn tokens(mock: &Mock, scope: &str) -> (Jwt, Jwt) {
    let tokens = mock.tokens(&[("scope", scope)]);
    let verified = |name: &str| mock.verified("bank", tokens[name].as_str().expect("a string"));
    (verified("id_token"), verified("access_token"))
}

/// The tenant under a policy, with an application `own` whose claims are `app`, and with dora
/// (`dora-password`), who has also the members of `user`.
fn with_dora(policy: Policy, user: &Value, app: &Value) -> Mock {
    let mut dora = json!({ "name": "dora@example.com", "password": "dora-password" });
    dora.as_object_mut().expect("an object").extend(user.as_object().expect("an object").clone());
    let own = json!({
        "application_id": "own", "client_id": "own-client", "client_secret": "own-secret",
        "redirect_uris": [CALLBACK], "claims": app,
    });
    let setup = Setup { policy, ..Setup::default() };
    setup.with(&json!({ "users": [dora], "apps": [own] })).start()
}

/// The front channel's answer to dora at `own`.
fn dora_gets(mock: &Mock, response_type: &str, scope: &str, token: &str) -> Jwt {
    let session = mock.sign_in("dora@example.com", "dora-password");
    let wanted = [("response_type", response_type), ("scope", scope)];
    let answer = mock.authorize("own", Some(&session), &wanted);
    mock.verified("own", &answer.callback_parameter(token).expect("the callback has it"))
}

#[test]
fn tokens_are_the_products_claim_for_claim() {
    let mock = Setup {
        public_url: Some("https://abc1234.id.cyberark.cloud"),
        seed: Some(7),
        ..Setup::default()
    }
    .start();
    let (mut id_token, mut access_token) = tokens(&mock, "openid profile email phone");
    assert_eq!(id_token.claims["at_hash"].as_str().unwrap().len(), 22);
    id_token.claims["at_hash"] = json!("[hash]");
    for token in [&mut id_token, &mut access_token] {
        let claims = &mut token.claims;
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 18_000);
        for name in ["iat", "exp", "auth_time"] {
            claims[name] = json!("[time]");
        }
    }
    insta::assert_json_snapshot!("id_token", id_token.claims);
    insta::assert_json_snapshot!("access_token", access_token.claims);
}

#[test]
fn times_are_whole_seconds_of_the_tenants_clock() {
    let mock = Mock::start();
    let session = mock.alice();
    let before = mock.clock.now().seconds();
    mock.clock.advance(Duration::from_secs(600));
    let code = mock.authorize("bank", Some(&session), &[]).callback_parameter("code").unwrap();
    mock.clock.advance(Duration::from_secs(60));
    let answer = mock.exchange(&code, &[]).json();
    let after = mock.clock.now().seconds();
    for name in ["id_token", "access_token"] {
        let claims = mock.verified("bank", answer[name].as_str().unwrap()).claims;
        let time = |name: &str| claims[name].as_i64().unwrap();
        assert!((before - 5..=before).contains(&time("auth_time")), "{name}: {claims}");
        assert!((before + 660..=after).contains(&time("iat")), "{name}: {claims}");
        assert_eq!(time("exp"), time("iat") + 18_000, "{name}");
    }
}

#[test]
fn a_nonce_is_copied_as_it_was_sent_and_left_out_when_none_was() {
    let mock = Mock::start();
    let nonce = "a b+c%d\"\u{1f980}";
    for (sent, expected) in [(nonce, Some(&json!(nonce))), ("", None)] {
        let tokens = mock.tokens(&[("nonce", sent)]);
        for name in ["id_token", "access_token"] {
            let token = mock.verified("bank", tokens[name].as_str().unwrap());
            assert_eq!(token.claims.get("nonce"), expected, "{name}");
        }
    }
}

#[test]
fn two_tokens_of_the_same_second_differ() {
    let mock = Mock::start();
    let session = mock.alice();
    let token = || {
        let answer = mock.authorize("bank", Some(&session), &[("response_type", "code token")]);
        answer.callback_parameter("access_token").unwrap()
    };
    assert_ne!(token(), token());
}

#[test]
fn the_products_id_tokens_carry_the_profile_that_the_scope_asks_for() {
    let profile = ["given_name", "name", "family_name", "preferred_username"];
    let email = ["email", "email_verified"];
    let mock = Mock::start();
    for (scope, has_profile, has_email) in [
        ("openid", false, false),
        ("openid profile", true, false),
        ("openid email", false, true),
        ("openid profile email", true, true),
    ] {
        let (id_token, access_token) = tokens(&mock, scope);
        let has = |names: &[&str]| names.iter().all(|name| id_token.names().contains(name));
        let lacks = |names: &[&str]| !names.iter().any(|name| id_token.names().contains(name));
        assert!(if has_profile { has(&profile) } else { lacks(&profile) }, "{scope}");
        assert!(if has_email { has(&email) } else { lacks(&email) }, "{scope}");
        let names = access_token.names();
        assert!(![profile.as_slice(), &email].concat().iter().any(|name| names.contains(name)));
    }
}

#[test]
fn strict_id_tokens_carry_the_profile_without_an_access_token_only() {
    for (response_type, has_profile) in
        [("id_token", true), ("id_token token", false), ("code id_token", false)]
    {
        let mock = with_dora(Policy::strict(), &json!({}), &json!({}));
        let id_token = dora_gets(&mock, response_type, "openid profile", "id_token");
        assert_eq!(id_token.names().contains(&"name"), has_profile, "{response_type}");
    }
    let (id_token, _) = tokens(&Mock::strict(), "openid profile");
    assert!(!id_token.names().contains(&"name"));
}

#[test]
fn claims_of_user_and_application_stand_in_every_token() {
    let user = json!({ "claims": { "groups": ["a"], "both": "user", "nickname": "dodo" } });
    let app = json!({ "both": { "from": "app" }, "project_list": [1, null] });
    for policy in [Policy::cyberark(), Policy::strict()] {
        let mock = with_dora(policy, &user, &app);
        for token in ["id_token", "access_token"] {
            let claims = dora_gets(&mock, "id_token token", "openid", token).claims;
            assert_eq!(claims["groups"], json!(["a"]), "{token}");
            assert_eq!(claims["both"], json!({ "from": "app" }), "{token}");
            assert_eq!(claims["project_list"], json!([1, null]), "{token}");
            assert_eq!(claims.get("nickname"), None, "{token}: a standard claim needs its scope");
        }
        let claims = dora_gets(&mock, "id_token", "openid profile", "id_token").claims;
        assert_eq!(claims["nickname"], "dodo");
    }
}

#[test]
fn given_and_family_name_come_from_the_display_name() {
    for (user, cyberark, strict) in [
        (json!({ "display_name": "Dora Doe" }), ["Dora Doe", "Dora Doe"], ["Dora", "Doe"]),
        (
            json!({ "display_name": "Dora van der Doe" }),
            ["Dora van der Doe", "Dora van der Doe"],
            ["Dora van der", "Doe"],
        ),
        (json!({ "display_name": "Dora  Doe " }), ["Dora  Doe "; 2], ["Dora", "Doe"]),
        (
            json!({ "display_name": "Dora Doe", "given_name": "Dee" }),
            ["Dee", "Dora Doe"],
            ["Dee", "Doe"],
        ),
        (
            json!({ "display_name": "D", "given_name": "Dora", "family_name": "van der Doe" }),
            ["Dora", "van der Doe"],
            ["Dora", "van der Doe"],
        ),
        (
            json!({ "display_name": "Dora Doe", "claims": { "family_name": "of the fixture" } }),
            ["Dora Doe", "of the fixture"],
            ["Dora", "of the fixture"],
        ),
    ] {
        for (policy, expected) in [(Policy::cyberark(), cyberark), (Policy::strict(), strict)] {
            let mock = with_dora(policy, &user, &json!({}));
            let claims = dora_gets(&mock, "id_token", "openid profile", "id_token").claims;
            let names = [&claims["given_name"], &claims["family_name"]];
            assert_eq!(names, expected, "{user}");
        }
    }
}

#[test]
fn a_user_without_a_uuid_has_the_same_subject_in_each_run() {
    let subject = || {
        let mock = with_dora(Policy::cyberark(), &json!({}), &json!({}));
        dora_gets(&mock, "id_token", "openid", "id_token").claims["sub"].clone()
    };
    let first = subject();
    assert_eq!((first.as_str().unwrap().len(), &first), (36, &subject()));
}
