//! The scanner finds what is planted, and nothing else.

use std::collections::BTreeSet;

use crate::{LONGEST_FILE, dependencies, violations};

fn crates() -> BTreeSet<String> {
    dependencies(include_str!("../../Cargo.toml"))
}

#[test]
fn the_dependencies_are_read_from_the_manifest() {
    let crates = crates();
    for name in ["actix_web", "jsonwebtoken", "percent_encoding", "rand", "rsa", "url"] {
        assert!(crates.contains(name), "{name}");
    }
    assert!(!crates.contains("criterion"));
}

/// Each row: a file, what is planted in it, and the report without the file's name.
fn assert_found(rows: &[(&str, &str, &str)]) {
    for (path, source, expected) in rows {
        let found = violations(path, source, &crates());
        assert!(found.contains(&format!("{path}:{expected}")), "{source:?}: {found:?}");
    }
}

#[test]
fn an_import_from_above_is_found() {
    assert_found(&[
        ("src/protocol/a.rs", "use crate::tenant::T;", "1: protocol may not import tenant"),
        ("src/protocol/a.rs", "\nuse super::super::clock;", "2: protocol may not import clock"),
        ("src/protocol.rs", "fn f() { super::http::f() }", "1: protocol may not import http"),
        ("src/clock.rs", "use crate::ids::Ids;", "1: clock may not import ids"),
        ("src/ids.rs", "use crate::{protocol::X};", "1: ids may not import protocol"),
        ("src/tenant/a.rs", "use crate::{ids, http::{X, Y}};", "1: tenant may not import http"),
        ("src/tenant/a.rs", "use crate::All;", "1: `All` at the crate's root is no layer"),
        ("src/http/a.rs", "use crate::fixtures::F;", "1: http may not import fixtures"),
        ("src/fixtures.rs", "use crate::http::X;", "1: fixtures may not import http"),
        ("src/server.rs", "use crate::mock::M;", "1: server may not import mock"),
        ("src/main.rs", "use cyberark_identity_mock::http;", "1: program may not import http"),
    ]);
}

#[test]
fn a_crate_in_the_wrong_layer_is_found() {
    assert_found(&[
        ("src/protocol/a.rs", "use rand::rng;", "1: protocol may not use the crate rand"),
        ("src/protocol/a.rs", "use ::rand::rng;", "1: protocol may not use the crate rand"),
        ("src/protocol/a.rs", "{\n ::tracing::f() }", "2: protocol may not use the crate tracing"),
        ("src/clock.rs", "use rand;", "1: clock may not use the crate rand"),
        ("src/tenant/a.rs", "use actix_web as web;", "1: tenant may not use the crate actix_web"),
        ("src/tenant/a.rs", "type K = rsa::Key;", "1: tenant may not use the crate rsa"),
        (
            "src/tenant/a.rs",
            "use jsonwebtoken as j;",
            "1: tenant may not use the crate jsonwebtoken",
        ),
        ("src/tenant/keys/ring.rs", "use rsa::K;", "1: tenant may not use the crate rsa"),
        ("src/http/a.rs", "fn f(_: aws_lc_rs::K) {}", "1: http may not use the crate aws_lc_rs"),
        ("src/fixtures.rs", "use actix_web::App;", "1: fixtures may not use the crate actix_web"),
        ("src/main.rs", "extern crate rand;", "1: program may not use the crate rand"),
    ]);
}

#[test]
fn a_word_in_the_wrong_layer_is_found() {
    assert_found(&[
        ("src/protocol/a.rs", "async fn f() {}", "1: protocol must not contain async"),
        ("src/tenant/a.rs", "fn set_cookie() {}", "1: tenant must not contain cookie"),
        ("src/tenant/a.rs", "struct HeaderName;", "1: tenant must not contain header"),
        ("src/tenant/a.rs", "fn f() -> StatusCode {}", "1: tenant must not contain StatusCode"),
        ("src/tenant/a.rs", "const FOUND: u16 = 302;", "1: tenant must not contain 302"),
        ("src/tenant/a.rs", "f(\n&mut OsRng)", "2: tenant must not contain OsRng"),
        ("src/tenant/a.rs", "use a::{\nSystemTime};", "2: tenant must not contain SystemTime"),
        ("src/http/a.rs", "static M: Mutex<()>;", "1: http must not contain Mutex"),
        ("src/http/a.rs", "type M = DashMap<A, B>;", "1: http must not contain DashMap"),
        ("src/server.rs", "let t = Instant::now();", "1: server must not contain Instant"),
    ]);
}

#[test]
fn a_badly_named_or_homeless_file_is_found() {
    assert_found(&[
        ("src/tenant/utils.rs", "", "1: no file is named utils.rs"),
        ("src/http/mod.rs", "", "1: no file is named mod.rs"),
        (
            "src/elsewhere.rs",
            "",
            "1: belongs to no layer: tests/architecture/layers.rs has to name it",
        ),
    ]);
}

#[test]
fn what_the_library_shows_without_an_example_is_found() {
    assert_found(&[
        ("src/mock.rs", "/// A mock.\npub struct Mock;", "2: struct Mock has no example"),
        ("src/mock/a.rs", "pub enum Error {\n    A,\n}", "1: enum Error has no example"),
        (
            "src/mock/a/b.rs",
            "impl A {\n    /// Text.\n    #[must_use]\n    pub fn b<T>(self) -> T {",
            "4: fn b has no example",
        ),
        (
            "src/mock/a.rs",
            "/// ```\n/// f();\n/// ```\nfn f() {}\npub fn g() {}",
            "5: fn g has no example",
        ),
        ("src/mock/a.rs", "/// ```text\n/// f\n/// ```\npub fn f() {}", "4: fn f has no example"),
        (
            "src/mock/a.rs",
            "/// ```no_run\n/// f\n/// ```\npub async fn f() {}",
            "4: fn f has no example",
        ),
        ("src/mock/a.rs", "pub const A: u8 = 1;", "1: const A has no example"),
    ]);
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (path, source) in [
        ("src/tenant/a.rs", "const LIMIT: u32 = 500_000; type A = super::super::clock::Clock;"),
        (
            "src/protocol/a.rs",
            "//! async http\n/// `rand::rng`\n/* cookie /* Mutex */ async */ use std::fmt;",
        ),
        ("src/protocol/a.rs", "use super::scope::Scope;\nuse crate::protocol::error::E;"),
        ("src/protocol/a.rs", "#[derive(serde::Serialize)] struct A<'a>(&'a str);"),
        (
            "src/tenant/a.rs",
            "const A: &str = \"a \\\" cookie\"; const B: char = '\"'; const C: &str = r#\"a \" header\"#;",
        ),
        ("src/tenant/a.rs", "use super::super::protocol::X;\nuse super::keys::rsa::Key;"),
        (
            "src/tenant/a.rs",
            "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::http::X;\n    async fn f() {}\n}\n",
        ),
        (
            "src/tenant/keys.rs",
            "use jsonwebtoken::Header;\nuse aws_lc_rs::rand::SystemRandom;\nfn f(encoded_header: rsa::Key) {}",
        ),
        ("src/tenant/keys/pair.rs", "use rsa::RsaPrivateKey;\nuse aws_lc_rs::rand::SystemRandom;"),
        ("src/tenant/keys/ring.rs", "use std::sync::RwLock;"),
        ("src/clock.rs", "use std::time::{SystemTime, UNIX_EPOCH};"),
        (
            "src/mock/a.rs",
            "/// One.\n///\n/// ```\n/// f();\n/// ```\n#[expect(\n    a,\n    reason = \"r\"\n)]\npub fn f() {}\n\npub use self::b::B;\n\
             pub(super) fn g() {}\n/// ```should_panic\n/// A;\n/// ```\npub struct A {\n    pub b: B,\n}",
        ),
        ("src/tenant/a.rs", "pub fn f() {}"),
        ("src/ids.rs", "use rand::rngs::StdRng;\nuse std::sync::Mutex;"),
        (
            "src/http/a.rs",
            "use actix_web::HttpResponse;\nuse crate::tenant::{Tenant, login::Start};\nasync fn f() {}",
        ),
    ] {
        let found = violations(path, source, &crates());
        assert!(found.is_empty(), "{source:?}: {found:?}");
    }
}

#[test]
fn only_lines_before_the_tests_make_a_file_long() {
    let line = "// a line\n";
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(500));
    let fits = format!("{}{tests}", line.repeat(LONGEST_FILE));
    assert_eq!(violations("src/http/a.rs", &fits, &crates()), [""; 0]);
    let long = format!("{}{tests}", line.repeat(LONGEST_FILE + 1));
    assert_eq!(
        violations("src/http/a.rs", &long, &crates()),
        ["src/http/a.rs:301: longer than 300 lines"]
    );
    let in_the_middle = format!("#[cfg(test)]\nuse a::B;\n{}", line.repeat(LONGEST_FILE));
    assert_eq!(violations("src/http/a.rs", &in_the_middle, &crates()).len(), 1);
}
