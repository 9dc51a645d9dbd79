//! The two doors: each operation of the control API through HTTP, and the same through the library.

mod http;
mod library;

use std::collections::BTreeSet;

use cyberark_identity_mock::mock::MockTenant;

use crate::harness::Mock;

const ALICE: &str = "alice@example.com";

/// Method and path of every operation that the `OpenAPI` document describes, without the second time
/// for a tenant in the path.
fn described() -> BTreeSet<String> {
    const BELOW_TENANT: &str = "/tenants/{tenant}/";
    let document = Mock::start().get("/_mock/openapi.json").json();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("an object") {
        let path = path.strip_prefix("/_mock/v1").expect("the paths are below it");
        let methods = item.as_object().expect("an object").keys();
        if !path.starts_with(BELOW_TENANT) {
            operations.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    operations
}

#[test]
fn each_operation_has_a_test_at_both_doors() {
    let described = described();
    let at_http: Vec<&str> = http::TABLE.iter().map(|(operation, _)| *operation).collect();
    let in_library: Vec<&str> = library::TABLE.iter().map(|(operation, _)| *operation).collect();
    for (door, tested) in [("HTTP", at_http), ("the library", in_library)] {
        let once: BTreeSet<String> = tested.iter().map(|&operation| operation.to_owned()).collect();
        assert_eq!(once.len(), tested.len(), "{door}: an operation is tested twice");
        assert_eq!(once, described, "{door}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "a failure tells which operation it was")]
fn each_operation_does_through_http_what_it_says() {
    for (operation, test) in http::TABLE {
        println!("{operation}");
        test(&Mock::start());
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "a failure tells which operation it was")]
fn each_operation_does_through_the_library_what_it_says() {
    for (operation, test) in library::TABLE {
        println!("{operation}");
        test(&MockTenant::start());
    }
}
