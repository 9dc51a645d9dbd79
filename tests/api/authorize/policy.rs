//! Each field of the policy set on its own, for the tenant and for one application.

use cyberark_identity_mock::tenant::policy::Policy;
use serde_json::{Value, json};

use super::ask::{Change, ask_at, desk};
use super::landing::{Landing, outcome, with_issuer};
use super::policy_fields::{Field, every_field};
use crate::harness::{Mock, Setup};

/// A mock of the field's preset with these policies for the tenant and for `desk`.
fn mock(preset: fn() -> Policy, tenant: &Value, of_desk: &Value) -> Mock {
    Setup { policy: preset(), ..desk(tenant, of_desk) }.start()
}

/// What the field's probe expects at the application.
fn expected(preset: fn() -> Policy, app: &str, outcome: &str) -> String {
    let strict = preset() == Policy::strict();
    if strict { with_issuer(app, outcome) } else { outcome.to_owned() }
}

/// What comes of a request with `state=xyz` at the application.
fn come_of(mock: &Mock, app: &str, session: &str, changes: &[Change]) -> String {
    let client = format!("{app}-client");
    let fixed = [("client_id", Some(client.as_str())), ("state", Some("xyz"))];
    let sets = |name| changes.iter().any(|(set, _)| *set == name);
    let kept = fixed.into_iter().filter(|(name, _)| !sets(*name));
    outcome(&ask_at(mock, app, Some(session), &kept.chain(changes.to_vec()).collect::<Vec<_>>()))
}

#[test]
fn a_field_that_the_tenant_sets_holds_for_every_app() {
    for Field { preset, name, value, probes } in every_field() {
        let plain = mock(preset, &json!({}), &json!({}));
        let set = mock(preset, &json!({ name: value }), &json!({}));
        let (alice, alice_at_set) = (plain.alice(), set.alice());
        for probe in probes {
            for app in ["bank", "desk"] {
                let case = format!("{name}={value} at {app}, {:?}", probe.changes);
                let before = expected(preset, app, probe.before);
                assert_eq!(come_of(&plain, app, &alice, probe.changes), before, "{case}");
                let after = expected(preset, app, probe.after);
                assert_eq!(come_of(&set, app, &alice_at_set, probe.changes), after, "{case}");
            }
        }
    }
}

#[test]
fn a_field_that_an_app_sets_holds_for_it_alone() {
    for Field { preset, name, value, probes } in every_field() {
        let mock = mock(preset, &json!({}), &json!({ name: value }));
        let alice = mock.alice();
        for probe in probes {
            let case = format!("{name}={value}, {:?}", probe.changes);
            let before = expected(preset, "bank", probe.before);
            assert_eq!(come_of(&mock, "bank", &alice, probe.changes), before, "{case}");
            let after = expected(preset, "desk", probe.after);
            assert_eq!(come_of(&mock, "desk", &alice, probe.changes), after, "{case}");
        }
    }
}

#[test]
fn an_unknown_app_is_answered_by_the_tenants_policy() {
    let product = "?error=invalid_request&error_description=unknown app 123&state=xyz";
    let page = "page 400 invalid_request";
    let hybrid = [("response_type", Some("code token"))];
    let (none, cyberark) = (json!({}), Policy::cyberark as fn() -> Policy);
    for (tenant, of_desk, changes, expected) in [
        (none.clone(), none.clone(), &[][..], product),
        (none.clone(), none.clone(), &hybrid, product),
        (none.clone(), json!({ "unverified_redirect": "page" }), &[], product),
        (json!({ "unverified_redirect": "page" }), none.clone(), &[], page),
        (json!({ "error_placement": "as_response" }), none.clone(), &[], product),
        (
            json!({ "error_placement": "as_response" }),
            none.clone(),
            &hybrid,
            "#error=invalid_request&error_description=unknown app 123&state=xyz",
        ),
        (
            json!({ "error_state": "omitted" }),
            none.clone(),
            &[],
            "?error=invalid_request&error_description=unknown app 123",
        ),
    ] {
        let mock = mock(cyberark, &tenant, &of_desk);
        let all = [&[("state", Some("xyz"))], changes].concat();
        assert_eq!(outcome(&ask_at(&mock, "123", None, &all)), expected, "{tenant}, {changes:?}");
    }
}

/// Names of an ID token's claims after `nonce`, without hashes.
fn profile_claims(mock: &Mock, app: &str, session: &str, response_type: &str) -> Value {
    let more = [("response_type", response_type)];
    let landing = Landing::of(&mock.authorize(app, Some(session), &more));
    let claims = mock.verified(app, landing.value("id_token")).claims;
    let kept = ["given_name", "name", "family_name", "preferred_username"];
    let of_user = claims
        .as_object()
        .expect("claims are an object")
        .iter()
        .filter(|(name, _)| kept.contains(&&***name));
    of_user.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[test]
fn profile_claims_in_an_id_token_may_depend_on_an_access_token() {
    let only_alone = json!({ "id_token_profile_claims": "without_access_token" });
    let tenant = mock(Policy::cyberark, &only_alone, &json!({}));
    let app = mock(Policy::cyberark, &json!({}), &only_alone);
    let always = json!({ "id_token_profile_claims": "always" });
    let back = mock(Policy::strict, &always, &json!({}));
    for (case, mock, name, left_out) in [
        ("set for the tenant", &tenant, "bank", true),
        ("set for the app", &app, "desk", true),
        ("set for another app", &app, "bank", false),
        ("set back beside strict", &back, "bank", false),
    ] {
        let alice = mock.alice();
        let alone = profile_claims(mock, name, &alice, "id_token");
        assert_eq!(alone["preferred_username"], "alice@example.com", "{case}");
        for response_type in ["id_token token", "code id_token", "code id_token token"] {
            let claims = profile_claims(mock, name, &alice, response_type);
            let expected = if left_out { json!({}) } else { alone.clone() };
            assert_eq!(claims, expected, "{case}: {response_type}");
        }
    }
}

#[test]
fn names_may_be_split_from_the_display_name() {
    let split = json!({ "derived_names": "split" });
    let tenant = mock(Policy::cyberark, &split, &json!({}));
    let app = mock(Policy::cyberark, &json!({}), &split);
    let back = mock(Policy::strict, &json!({ "derived_names": "display_name" }), &json!({}));
    for (case, mock, name, names) in [
        ("set for the tenant", &tenant, "bank", ["Alice", "Adams"]),
        ("set for the app", &app, "desk", ["Alice", "Adams"]),
        ("set for another app", &app, "bank", ["Alice Adams", "Alice Adams"]),
        ("set back beside strict", &back, "bank", ["Alice Adams", "Alice Adams"]),
    ] {
        let claims = profile_claims(mock, name, &mock.alice(), "id_token");
        assert_eq!([&claims["given_name"], &claims["family_name"]], names, "{case}");
        assert_eq!(claims["name"], "Alice Adams", "{case}");
    }
}
