//! Each operation through the library, without a request of HTTP but those that the operation is
//! about.

use std::time::Duration;

use cyberark_identity_mock::clock::Timestamp;
use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::mock::{Expectation, MockTenant};
use cyberark_identity_mock::protocol::jwk::SigningAlgorithm;
use cyberark_identity_mock::tenant::app::App;
use cyberark_identity_mock::tenant::journal::{Filter, har};
use cyberark_identity_mock::tenant::keys::{KeyState, Signature, SigningKey};
use cyberark_identity_mock::tenant::mint::Wanted;
use cyberark_identity_mock::tenant::role::Role;
use cyberark_identity_mock::tenant::steer::{Canned, Steer};
use cyberark_identity_mock::tenant::user::User;
use serde_json::{Map, json};

use super::ALICE;
use crate::harness::{Answer, CALLBACK, Request};

type Test = fn(&MockTenant);

pub(super) const TABLE: &[(&str, Test)] = &[
    ("DELETE ", resets),
    ("POST /reset", resets),
    ("GET /snapshot", |mock| {
        let settings = mock.tenant().snapshot().tenant.expect("the settings");
        assert_eq!(settings.id, "ABC1234");
    }),
    ("PUT /snapshot", |mock| {
        let mut document = fixtures::built_in();
        document.users.truncate(1);
        mock.restore(document).expect("a fixture");
        assert_eq!(mock.tenant().users().len(), 1);
    }),
    ("GET /tenants", |mock| assert_eq!(mock.tenants().list()[0].0, "default")),
    ("GET /tenants/{tenant}", |mock| assert!(mock.tenants().get("default").is_some())),
    ("PUT /tenants/{tenant}", |mock| {
        let place = mock.add_tenant("t1", None).expect("a new tenant");
        assert_eq!(get(&place.discovery_url("bank")).json()["issuer"], place.issuer("bank"));
    }),
    ("DELETE /tenants/{tenant}", |mock| {
        drop(mock.add_tenant("t1", None).expect("a new tenant"));
        assert!(mock.tenants().get("t1").is_none());
    }),
    ("GET /users", |mock| assert_eq!(mock.tenant().users()[0].name, ALICE)),
    ("GET /users/{user}", |mock| assert!(mock.tenant().user(ALICE).is_some())),
    ("PUT /users/{user}", |mock| {
        let dora: User = serde_json::from_value(json!({ "name": "dora" })).expect("a user");
        assert_eq!(mock.tenant().put_user(dora.clone()), Ok(true));
        assert_eq!(mock.tenant().put_user(dora), Ok(false));
        assert!(mock.session("dora").is_ok());
    }),
    ("DELETE /users/{user}", |mock| {
        assert!(mock.tenant().remove_user(ALICE) && !mock.tenant().remove_user(ALICE));
    }),
    ("GET /apps", |mock| assert!(mock.tenant().apps().len() > 1)),
    ("GET /apps/{app}", |mock| {
        let bank = mock.tenant().application("bank").expect("it is there");
        assert_eq!(bank.client_id(), "bank-client");
    }),
    ("PUT /apps/{app}", |mock| {
        let shop = json!({ "application_id": "shop" });
        let shop: App = serde_json::from_value(shop).expect("an application");
        assert_eq!(mock.tenant().put_app(shop), Ok(true));
        assert_eq!(get(&mock.discovery_url("shop")).status, 200);
    }),
    ("DELETE /apps/{app}", |mock| {
        assert!(mock.tenant().remove_app("bank") && !mock.tenant().remove_app("bank"));
    }),
    ("GET /roles", |mock| assert_eq!(mock.tenant().roles()[0].name, "Everybody")),
    ("GET /roles/{role}", |mock| {
        let role = mock.tenant().role("System Administrator").expect("it is there");
        assert_eq!(role.members, [ALICE]);
    }),
    ("PUT /roles/{role}", |mock| {
        let members = vec![ALICE.to_owned()];
        let role = Role { name: "r".to_owned(), members, ..Role::default() };
        assert_eq!(mock.tenant().put_role(role), Ok(true));
        let alice = mock.tenant().user(ALICE).expect("alice is there");
        assert!(alice.roles.contains(&"r".to_owned()));
    }),
    ("DELETE /roles/{role}", |mock| {
        let tenant = mock.tenant();
        assert!(tenant.remove_role("Everybody") && !tenant.remove_role("Everybody"));
    }),
    ("GET /steering", |mock| assert_eq!(mock.tenant().steering().list(), [])),
    ("POST /steering", |mock| {
        let id = mock.tenant().steer(down()).expect("a good entry");
        assert_eq!(get(&mock.discovery_url("bank")).status, 503);
        assert_eq!(mock.tenant().steering().list(), [(id, down())]);
    }),
    ("DELETE /steering", |mock| {
        mock.tenant().steer(down()).expect("a good entry");
        mock.tenant().steering().clear();
        assert_eq!(get(&mock.discovery_url("bank")).status, 200);
    }),
    ("GET /steering/{id}", |mock| {
        let id = mock.tenant().steer(down()).expect("a good entry");
        assert_eq!(mock.tenant().steering().get(&id), Some(down()));
    }),
    ("PUT /steering/{id}", |mock| {
        assert_eq!(mock.tenant().steering().put("e", down()), Ok(true));
        assert_eq!(mock.tenant().steering().put("e", down()), Ok(false));
        assert_eq!(get(&mock.discovery_url("bank")).status, 503);
    }),
    ("DELETE /steering/{id}", |mock| {
        let id = mock.tenant().steer(down()).expect("a good entry");
        assert!(mock.tenant().steering().remove(&id) && !mock.tenant().steering().remove(&id));
    }),
    ("GET /clock", |mock| {
        let clock = mock.tenant().clock().clone();
        assert!(clock.now() > Timestamp::from_seconds(1_700_000_000) && !clock.is_frozen());
    }),
    ("PUT /clock", |mock| {
        stopped_at(mock, 1000);
        assert_eq!(mock.tenant().clock().now(), Timestamp::from_seconds(1000));
        mock.tenant().clock().unfreeze();
    }),
    ("POST /clock/advance", |mock| {
        stopped_at(mock, 1000);
        mock.tenant().clock().advance(Duration::from_secs(5));
        assert_eq!(mock.tenant().clock().now(), Timestamp::from_seconds(1005));
    }),
    ("DELETE /clock", |mock| {
        stopped_at(mock, 1000);
        mock.tenant().reset_clock();
        assert!(mock.tenant().clock().now() > Timestamp::from_seconds(1_700_000_000));
    }),
    ("GET /keys", |mock| assert_eq!(mock.tenant().all_keys()[0].1, KeyState::Signing)),
    ("POST /keys/rotate", |mock| {
        let new = SigningKey::from_pem(&SigningKey::generate_pem()).expect("a key");
        mock.tenant().rotate_key(new.clone());
        assert_eq!(mock.tenant().signing_key(SigningAlgorithm::RS256).jwk(), new.jwk());
    }),
    ("POST /keys", |mock| {
        let new = SigningKey::from_pem(&SigningKey::generate_pem()).expect("a key");
        mock.tenant().publish_key(new.clone());
        assert_eq!(mock.tenant().all_keys()[1].0, *new.jwk());
    }),
    ("DELETE /keys/{kid}", |mock| {
        let new = SigningKey::from_pem(&SigningKey::generate_pem()).expect("a key");
        mock.tenant().publish_key(new.clone());
        assert_eq!(mock.tenant().remove_key(&new.jwk().kid), Ok(()));
        assert_eq!(mock.tenant().all_keys().len(), 1);
    }),
    ("POST /keys/sign", |mock| {
        let key = mock.tenant().signing_key(SigningAlgorithm::RS256);
        assert!(key.verify(&key.sign(&json!({ "a": 1 }))).is_some());
        let broken = key.forge(&Map::new(), Signature::Broken, &json!({ "a": 1 }));
        assert!(key.verify(&broken).is_none());
    }),
    ("POST /mint/id-token", |mock| {
        let token = mock.id_token(of_alice()).expect("a token");
        let verdict = mock.tenant().verdict(mock.base(), &token);
        assert_eq!((verdict.valid, verdict.kind), (true, Some("id_token")));
    }),
    ("POST /mint/access-token", |mock| {
        let token = mock.access_token(of_alice()).expect("a token");
        let userinfo = format!("{}/OAuth2/UserInfo/bank", mock.url());
        assert_eq!(Request::new("GET", userinfo).bearer(&token).send().status, 200);
    }),
    ("POST /mint/code", |mock| {
        let code = mock.code(ALICE, "bank", CALLBACK).expect("a code");
        let form =
            [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        let asked = Request::new("POST", mock.token_url("bank"));
        assert_eq!(asked.basic("bank-client", "bank-secret").form(&form).send().status, 200);
    }),
    ("POST /mint/session", |mock| {
        let cookie = mock.session(ALICE).expect("alice is there");
        let url = mock.authorization_url("bank", CALLBACK).to_string();
        let answer = Request::new("GET", url).header("cookie", &cookie).send();
        assert!(answer.callback_parameter("code").is_some(), "{answer:?}");
    }),
    ("GET /journal", |mock| {
        get(&mock.discovery_url("bank"));
        let found = mock.tenant().journal().find(&Filter::default());
        assert_eq!(found[0].endpoint, "discovery");
    }),
    ("DELETE /journal", |mock| {
        get(&mock.discovery_url("bank"));
        mock.tenant().journal().clear();
        assert!(mock.tenant().journal().find(&Filter::default()).is_empty());
    }),
    ("GET /journal/wait", |mock| {
        get(&mock.discovery_url("bank"));
        let wanted = Expectation::any().endpoint("discovery");
        assert_eq!(mock.wait_for(&wanted, Duration::from_millis(1)).len(), 1);
        let found = mock.tenant().journal().wait(&Filter::default(), Duration::from_millis(1));
        assert_eq!(found.len(), 1);
    }),
    ("GET /journal/har", |mock| {
        get(&mock.discovery_url("bank"));
        let har = har(&mock.tenant().journal().find(&Filter::default()));
        assert_eq!(har["log"]["entries"][0]["request"]["method"], "GET");
    }),
    ("GET /live", |mock| {
        mock.session(ALICE).expect("alice is there");
        assert_eq!(mock.tenant().alive()[0].kind, "session");
    }),
    ("POST /tokens/verify", |mock| {
        assert!(!mock.tenant().verdict(mock.base(), "x").valid);
    }),
];

fn get(url: &str) -> Answer {
    Request::new("GET", url.to_owned()).send()
}

fn down() -> Steer {
    let answer = Canned { status: Some(503), ..Canned::default() };
    Steer { answer: Some(answer), ..Steer::default() }
}

fn of_alice() -> Wanted {
    Wanted { app: "bank".to_owned(), user: Some(ALICE.to_owned()), ..Wanted::default() }
}

fn stopped_at(mock: &MockTenant, seconds: i64) {
    mock.tenant().clock().freeze();
    mock.tenant().clock().set(Timestamp::from_seconds(seconds));
}

fn resets(mock: &MockTenant) {
    mock.tenant().remove_user(ALICE);
    mock.reset();
    assert!(mock.tenant().user(ALICE).is_some());
}
