//! The standard scopes, each with every claim that it asks for.

use super::browser::Browser;
use super::suite::{ALL, flows, provider};

const PROFILE: &[&str] = &[
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];
const EMAIL: &[&str] = &["email", "email_verified"];
const ADDRESS: &[&str] = &["address"];
const PHONE: &[&str] = &["phone_number", "phone_number_verified"];

/// `scope` brings these standard claims and no others.
fn brings(scope: &str, expected: &[&[&str]]) {
    let mock = provider();
    let expected = expected.concat();
    for flow in flows(ALL) {
        let mut browser = Browser::new(&mock, flow);
        let session = browser.run(&[("scope", scope)]);
        let claims = browser.user_claims(session);
        for name in [PROFILE, EMAIL, ADDRESS, PHONE].concat() {
            let is_there = !claims[name].is_null();
            assert_eq!(is_there, expected.contains(&name), "{flow:?}, {name}: {claims}");
        }
    }
}

#[test]
fn scope_profile() {
    brings("openid profile", &[PROFILE]);
}

#[test]
fn scope_email() {
    brings("openid email", &[EMAIL]);
}

#[test]
fn scope_address() {
    brings("openid address", &[ADDRESS]);
}

#[test]
fn scope_phone() {
    brings("openid phone", &[PHONE]);
}

#[test]
fn scope_all() {
    brings("openid profile email address phone", &[PROFILE, EMAIL, ADDRESS, PHONE]);
}
