//! What the program says and answers when it cannot start.

use super::{Flags, Variables, folder};
use crate::harness::Program;

/// Runs, and asserts exit code, silence on standard output, and how the message goes on after the
/// program's name.
fn check_failure(arguments: &[&str], code: i32, message: &str) {
    let ended = Program::run(arguments, &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(code), ""), "{arguments:?}: {ended:?}");
    let start = format!("cyberark-identity-mock: {message}");
    assert!(ended.err.starts_with(&start), "{arguments:?}: {}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{arguments:?}: {}", ended.err);
}

#[test]
fn an_unusable_fixture_is_exit_code_3_with_file_and_path() {
    let folder = folder("an_unusable_fixture");
    for (name, text, message) in [
        ("syntax.json", "{\"users\": [}", "at users[0]: expected value at line 1 column 12"),
        ("empty.json", "", "at the top level: EOF while parsing a value at line 1 column 0"),
        (
            "list.json",
            "[]",
            "at the top level: invalid type: list, expected an object with tenant, users and apps",
        ),
        (
            "member.json",
            r#"{"users":[{"name":"a","pass":"b"}]}"#,
            "at users[0].pass: unknown field `pass`, expected one of `name`, `uuid`, ",
        ),
        (
            "value.json",
            r#"{"apps":[{"application_id":"a","type":"saml"}]}"#,
            "at apps[0].type: unknown variant `saml`, expected one of `openid_connect`, `oauth2_client`, `oauth2_server`",
        ),
        (
            "rule.json",
            r#"{"users":[{"name":"a"},{"name":"A"}]}"#,
            "users[1].name: \"A\": another user has it (letter case does not matter)",
        ),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        check_failure(&["--port", "0", "--fixtures", file], 3, &format!("{file}: {message}"));
    }
}

#[test]
fn a_fixture_that_cannot_be_read_is_exit_code_3() {
    let folder = folder("a_fixture_that_cannot_be_read");
    let missing = folder.join("missing.json");
    let missing = missing.to_str().unwrap();
    check_failure(&["--fixtures", missing], 3, &format!("cannot read {missing}: No such file"));
    let folder = folder.to_str().unwrap();
    check_failure(&["--fixtures", folder], 3, &format!("{folder}: the folder has no .json file"));
}

#[test]
fn a_file_of_a_folder_is_named() {
    let folder = folder("a_file_of_a_folder");
    std::fs::write(folder.join("a.json"), r#"{"tenant":{}}"#).unwrap();
    let second = folder.join("b.json");
    let (path, file) = (folder.to_str().unwrap(), second.to_str().unwrap());
    for (text, message) in [
        (r#"{"tenant":{}}"#, "at tenant: another file of the folder sets the tenant's settings"),
        (r#"{"users":7}"#, "at users: invalid type: integer `7`, expected a sequence"),
    ] {
        std::fs::write(&second, text).unwrap();
        check_failure(&["--fixtures", path], 3, &format!("{file}: {message}"));
    }
}

#[test]
fn an_inline_fixture_is_named_by_its_variable() {
    let ended = Program::run(&[], &[("CYBERARK_MOCK_FIXTURES_INLINE", r#"{"users":7}"#)]);
    assert_eq!(ended.code, Some(3));
    let message = "cyberark-identity-mock: CYBERARK_MOCK_FIXTURES_INLINE: at users: invalid type";
    assert!(ended.err.starts_with(message), "{ended:?}");
}

#[test]
fn an_unusable_key_is_exit_code_4() {
    let folder = folder("an_unusable_key");
    let expected = "expected an unencrypted RSA private key in PEM, \"BEGIN PRIVATE KEY\" (PKCS#8) or \"BEGIN RSA PRIVATE KEY\" (PKCS#1): ";
    let small = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let small = rsa::pkcs8::EncodePrivateKey::to_pkcs8_pem(&small, rsa::pkcs8::LineEnding::LF);
    let pem = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    for (name, text, message) in [
        ("empty", "", format!("{expected}the text has no line that begins with \"-----BEGIN \"")),
        ("words", "secret", format!("{expected}the text has no line")),
        ("broken", &pem("PRIVATE KEY"), expected.to_owned()),
        ("pkcs1", &pem("RSA PRIVATE KEY"), expected.to_owned()),
        ("certificate", &pem("CERTIFICATE"), expected.to_owned()),
        ("encrypted", &pem("ENCRYPTED PRIVATE KEY"), expected.to_owned()),
        ("small", &small.unwrap(), "expected an RSA key of 2048 to 8192 bits: ".to_owned()),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        check_failure(&["--port", "0", "--key", file], 4, &format!("key {file}: {message}"));
    }
}

#[test]
fn a_certificate_that_does_not_fit_the_key_is_exit_code_4() {
    let folder = folder("a_certificate_that_does_not_fit");
    let key = include_str!("../../../keys/development-rsa.pem");
    let own = include_str!("../../certificates/development-rsa.crt");
    let others = include_str!("../../certificates/authority.crt");
    let block =
        |text: &str| format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    let another =
        "the first certificate belongs to another key: expected that of the key beside it";
    let broken = "expected certificates in PEM beside the key, \"BEGIN CERTIFICATE\" (X.509): ";
    for (name, text, message) in [
        ("anothers", [key, others].concat(), another),
        ("order", [key, others, own].concat(), another),
        ("words", [key, &block("words")].concat(), broken),
        ("zero", [key, &block("AAAA")].concat(), broken),
        ("sequence", [key, &block("MAA=")].concat(), broken),
        ("chain", [key, own, &block("words")].concat(), broken),
        ("two-keys", [key, own, key].concat(), "expected an unencrypted RSA private key in PEM"),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        check_failure(&["--port", "0", "--key", file], 4, &format!("key {file}: {message}"));
    }
}

#[test]
fn a_key_that_cannot_be_read_is_exit_code_4() {
    let folder = folder("a_key_that_cannot_be_read");
    let binary = folder.join("key.der");
    std::fs::write(&binary, b"\x30\x82\xff\xfe").unwrap();
    for file in [folder.join("missing.pem"), binary, folder] {
        let file = file.to_str().unwrap();
        check_failure(&["--key", file], 4, &format!("cannot read the key {file}: "));
    }
}

#[test]
fn a_taken_port_is_exit_code_5() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let message = format!("cannot listen on 127.0.0.1 port {port}: Address already in use");
    check_failure(&["--port", &port], 5, &message);
}

#[test]
fn an_address_of_another_machine_is_exit_code_5() {
    let message = "cannot listen on 192.0.2.1 port 0: Cannot assign requested address";
    check_failure(&["--port", "0", "--host", "192.0.2.1"], 5, message);
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    let port = "expected a number from 0 to 65535 in --port, CYBERARK_MOCK_PORT and PORT";
    let cases: [(Flags<'_>, Variables<'_>, &str); 11] = [
        (&["--bogus"], &[], "unexpected argument '--bogus'"),
        (&["serve"], &[], "unrecognized subcommand 'serve'"),
        (&["--port"], &[], "a value is required for '--port <PORT>'"),
        (&["--port", "eighty"], &[], port),
        (&["--port", "65536"], &[], port),
        (&[], &[("CYBERARK_MOCK_PORT", "eighty")], port),
        (&[], &[("PORT", "tcp://192.0.2.1:80")], port),
        (&["--policy", "lax"], &[], "[possible values: cyberark, strict]"),
        (&["--log-format", "xml"], &[], "[possible values: text, json]"),
        (
            &["--log-level", "loud"],
            &[],
            "expected one of \"error\", \"warn\", \"info\", \"debug\", \"trace\"",
        ),
        (&["--public-url", "idp.example"], &[], "expected http://HOST[:PORT][/PREFIX] or https://"),
    ];
    for (arguments, variables, message) in cases {
        let ended = Program::run(arguments, variables);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(message), "{arguments:?}: {}", ended.err);
    }
}
