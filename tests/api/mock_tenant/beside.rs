//! Tenants beside the default one.

use cyberark_identity_mock::fixtures;
use cyberark_identity_mock::mock::{AddTenantError, Expectation, MockTenant};
use cyberark_identity_mock::tenant::document::{TenantDocument, TenantSettings};

use super::{ALICE, complaint, get};

#[test]
fn a_tenant_beside_is_a_copy_or_a_documents_making() {
    let mock = MockTenant::start();
    mock.tenant().remove_user(ALICE);
    let copy = mock.add_tenant("copy", None).expect("a new tenant");
    let own = mock.add_tenant("own", Some(fixtures::built_in())).expect("a new tenant");
    assert!(copy.tenant().user(ALICE).is_none() && own.tenant().user(ALICE).is_some());
    assert!(copy.session(ALICE).is_err() && own.session(ALICE).is_ok());
    own.tenant().remove_user(ALICE);
    own.reset();
    assert!(own.tenant().user(ALICE).is_some(), "it begins with its own document");
    for (name, place) in [("copy", &copy), ("own", &own)] {
        assert_eq!(place.base().to_string(), format!("{}/_tenant/{name}", mock.url()));
        let document = get(place.discovery_url("bank")).json();
        assert_eq!(document["issuer"], place.issuer("bank"));
    }
}

#[test]
fn what_is_expected_of_it_is_checked_when_it_is_dropped() {
    let mock = MockTenant::start();
    let place = mock.add_tenant("t1", None).expect("a new tenant");
    place.expect(Expectation::any().endpoint("discovery").times(1));
    get(mock.discovery_url("bank"));
    assert!(complaint(&place).contains("received 0"));
    get(place.discovery_url("bank"));
    drop(place);
    let place = mock.add_tenant("t1", None).expect("the name is free again");
    place.expect(Expectation::any());
    let dropped = std::panic::AssertUnwindSafe(|| drop(place));
    std::panic::catch_unwind(dropped).expect_err("it complains");
    assert!(mock.tenants().get("t1").is_none(), "and is deleted all the same");
}

#[test]
fn a_tenant_that_was_deleted_over_http_is_still_told_about() {
    let mock = MockTenant::start();
    let place = mock.add_tenant("t1", None).expect("a new tenant");
    place.expect(Expectation::any().endpoint("discovery").times(1));
    get(place.discovery_url("bank"));
    mock.tenants().remove(&"t1".parse().expect("a name"));
    place.verify();
    assert_eq!(place.tenant().journal().last(), 1);
}

#[test]
fn a_bad_name_or_document_is_refused() {
    let mock = MockTenant::start();
    let _taken = mock.add_tenant("t1", None).expect("a new tenant");
    for name in ["", "T1", "a/b", "a.b"] {
        let error = mock.add_tenant(name, None).expect_err("refused");
        assert!(matches!(error, AddTenantError::Name(_)), "{name}: {error}");
    }
    for name in ["t1", "default"] {
        let error = mock.add_tenant(name, None).expect_err("refused");
        assert_eq!(error, AddTenantError::Taken(name.to_owned()));
    }
    let settings = TenantSettings { live_limit: 0, ..TenantSettings::default() };
    let wrong = TenantDocument { tenant: Some(settings), ..TenantDocument::default() };
    let error = mock.add_tenant("t2", Some(wrong)).expect_err("refused");
    assert_eq!(error.to_string(), "tenant.live_limit: 0: expected at least 1");
    assert_eq!(mock.tenants().list().len(), 2);
}
