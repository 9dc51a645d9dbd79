//! The program: the binary that users start.

mod advice;
mod examples;
mod failures;
mod faults;
mod health_check;
mod https;
mod keys;
mod logs;
mod settings;
mod signals;
mod start_message;

use std::path::PathBuf;

use crate::harness::{Answer, Program, Wire};

type Flags<'a> = &'a [&'a str];
type Variables<'a> = &'a [(&'a str, &'a str)];

/// A new empty folder for the files of one test.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the build folder is writable");
    folder
}

fn get(program: &Program, path: &str) -> Answer {
    let mut wire = Wire::open(&program.url);
    wire.send(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
    wire.answer().expect("the program answers")
}

fn kid(program: &Program, app: &str) -> String {
    let keys = get(program, &format!("/OAuth2/Keys/{app}")).json();
    keys["keys"][0]["kid"].as_str().expect("a key has a kid").to_owned()
}

/// The kid of the built-in key.
const DEVELOPMENT_KID: &str = "64DA1F826A10AF53CB829D9437FF4A17614B18FD";

#[test]
fn the_committed_schema_is_printed() {
    let ended = Program::run(&["schema"], &[]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out == include_str!("../../fixtures/fixture.schema.json"));
}

#[test]
fn the_version_is_the_packages() {
    for flag in ["--version", "-V"] {
        let ended = Program::run(&[flag], &[]);
        let version = format!("cyberark-identity-mock {}\n", env!("CARGO_PKG_VERSION"));
        assert_eq!((ended.code, ended.out), (Some(0), version));
    }
}

#[test]
fn help_names_every_variable() {
    let help = Program::run(&["--help"], &[]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    for name in [
        "HOST",
        "PORT",
        "FIXTURES",
        "FIXTURES_INLINE",
        "POLICY",
        "PUBLIC_URL",
        "KEY",
        "LOG_FORMAT",
        "LOG_LEVEL",
        "TLS_PORT",
        "TLS_CERTIFICATE",
        "TLS_KEY",
        "TLS_NAMES",
        "CA_FOLDER",
        "CA_FILE",
        "HEADER_TIMEOUT",
        "BODY_TIMEOUT",
        "KEEP_ALIVE",
    ] {
        assert!(help.out.contains(&format!("[env: CYBERARK_MOCK_{name}")), "{name}\n{}", help.out);
    }
}
