//! Many tests at once, each with a tenant of its own: none sees another.

use std::sync::Barrier;
use std::thread;

use cyberark_identity_mock::clock::Timestamp;
use cyberark_identity_mock::mock::{Expectation, MockTenant, Place};
use cyberark_identity_mock::tenant::journal::Filter;
use cyberark_identity_mock::tenant::keys::SigningKey;
use cyberark_identity_mock::tenant::steer::{Steer, TokenChange, TokenKind};
use cyberark_identity_mock::tenant::user::User;
use serde_json::{Map, json};

use crate::harness::{Answer, CALLBACK, Jwt, Request};

const TESTS: i64 = 200;

/// Waits for all the others, so that no test is over before another has begun.
struct Together<'a>(&'a Barrier);

impl Together<'_> {
    fn wait(&self) {
        self.0.wait();
    }
}

fn time_of(number: i64) -> Timestamp {
    Timestamp::from_seconds(1_900_000_000 + number * 86_400)
}

/// What the test of this number makes of its tenant: a user, a time, a claim; every other one a key.
fn set_up(place: &Place, number: i64, key: &SigningKey) {
    let tenant = place.tenant();
    let user = json!({ "name": format!("user{number}"), "roles": [format!("role{number}")] });
    let user: User = serde_json::from_value(user).expect("a user");
    assert_eq!(tenant.put_user(user), Ok(true));
    tenant.clock().set(time_of(number));
    tenant.clock().freeze();
    if number % 2 == 0 {
        tenant.rotate_key(key.clone());
    }
    let claims = Map::from_iter([("test".to_owned(), json!(number))]);
    let tokens =
        TokenChange { claims, kinds: Some(vec![TokenKind::IdToken]), ..Default::default() };
    let entry = Steer { tokens: Some(tokens), times: Some(2), ..Steer::default() };
    tenant.steer(entry).expect("a good entry");
    place.expect(Expectation::any().endpoint("token").times(1));
}

/// What its client then gets, with everybody else's at the same time.
fn run(place: &Place, number: i64, key: &SigningKey) {
    let cookie = place.session(&format!("user{number}")).expect("the user is there");
    let other = format!("user{}", (number + 1) % TESTS);
    assert!(place.session(&other).is_err(), "{other} is another test's");
    let url = place.authorization_url("bank", CALLBACK).to_string();
    let asked = Request::new("GET", url).header("cookie", &cookie).send();
    let code = asked.callback_parameter("code").unwrap_or_else(|| panic!("{asked:?}"));
    let claims = claims_of(&exchange(place, &code), number, key);
    assert_eq!(claims["test"], number);
    assert_eq!(claims["unique_name"], format!("user{number}"));
    assert_eq!(claims["iss"], place.issuer("bank"));
    assert_eq!(claims["iat"], time_of(number).seconds());
}

fn exchange(place: &Place, code: &str) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    let request = Request::new("POST", place.token_url("bank"));
    request.basic("bank-client", "bank-secret").form(&form).send()
}

/// The claims of the ID token, which the key signed that this tenant should sign with.
fn claims_of(answer: &Answer, number: i64, key: &SigningKey) -> serde_json::Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json()["id_token"].as_str().expect("a token").to_owned();
    let (development, expected) = (SigningKey::development(), number % 2 == 0);
    assert_eq!(
        (key.verify(&token).is_some(), development.verify(&token).is_none()),
        (expected, expected)
    );
    Jwt::unverified(&token).claims
}

/// What stands in the tenant afterwards: its own, and nothing else.
fn look_back(place: &Place, number: i64) {
    let tenant = place.tenant();
    let mine = |name: &str| name == format!("user{number}") || name.contains('@');
    assert!(tenant.users().iter().all(|user| mine(&user.name)));
    let roles: Vec<String> = tenant.roles().into_iter().map(|role| role.name).collect();
    assert!(roles.contains(&format!("role{number}")) && roles.len() == 3, "{roles:?}");
    let left: Vec<Option<u32>> =
        tenant.steering().list().into_iter().map(|(_, entry)| entry.times).collect();
    assert_eq!(left, [Some(1)]);
    let journal = tenant.journal().find(&Filter::default());
    let told: Vec<_> = journal.iter().map(|e| (e.endpoint.as_str(), e.user.as_deref())).collect();
    let user = format!("user{number}");
    assert_eq!(told, [("authorize", Some(&*user)), ("token", Some(&*user))]);
    assert_eq!(tenant.all_keys().len(), if number % 2 == 0 { 2 } else { 1 });
    place.verify();
}

fn test(place: &Place, number: i64, key: &SigningKey, together: &Together<'_>) {
    set_up(place, number, key);
    together.wait();
    run(place, number, key);
    together.wait();
    look_back(place, number);
}

fn all_at_once(test: impl Fn(i64, &SigningKey, &Together<'_>) + Sync) {
    let key = SigningKey::from_pem(&SigningKey::generate_pem()).expect("a key");
    let barrier = Barrier::new(usize::try_from(TESTS).expect("a number"));
    thread::scope(|scope| {
        for number in 0..TESTS {
            let (test, key, together) = (&test, &key, Together(&barrier));
            scope.spawn(move || test(number, key, &together));
        }
    });
}

#[test]
fn two_hundred_mocks_at_once_do_not_see_each_other() {
    all_at_once(|number, key, together| test(&MockTenant::start(), number, key, together));
}

#[test]
fn two_hundred_tenants_of_one_mock_at_once_do_not_see_each_other() {
    let mock = MockTenant::start();
    all_at_once(|number, key, together| {
        let place = mock.add_tenant(&format!("test{number}"), None).expect("a new tenant");
        test(&place, number, key, together);
    });
    assert_eq!(mock.tenants().list().len(), 1, "they are deleted when their tests end");
    assert_eq!(mock.tenant().journal().last(), 0);
}
