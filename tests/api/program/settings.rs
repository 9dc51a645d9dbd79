//! Flags, their variables, and what they set.

use super::{DEVELOPMENT_KID, Flags, Variables, folder, get, kid};
use crate::harness::Program;

const ONE_USER: &str = r#"{"users":[{"name":"carol@example.com"}]}"#;

/// A port that nobody listened on a moment ago.
fn free_port() -> String {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    socket.local_addr().expect("the socket is bound").port().to_string()
}

#[test]
fn a_flag_goes_before_its_variable_and_that_before_port() {
    let (flag, own, platform) = (free_port(), free_port(), free_port());
    let own_variable = ("CYBERARK_MOCK_PORT", own.as_str());
    let platform_variable = ("PORT", platform.as_str());
    let cases: [(Flags<'_>, Variables<'_>, &str); 4] = [
        (&["--port", &flag], &[own_variable, platform_variable], &flag),
        (&[], &[own_variable, platform_variable], &own),
        (&[], &[platform_variable], &platform),
        (&[], &[("CYBERARK_MOCK_PORT", ""), platform_variable], &platform),
    ];
    for (arguments, variables, port) in cases {
        let program = Program::start(arguments, variables);
        assert_eq!(program.url, format!("http://127.0.0.1:{port}"), "{arguments:?} {variables:?}");
    }
}

#[test]
fn every_flag_has_its_variable() {
    let folder = folder("every_flag_has_its_variable");
    let fixture = folder.join("carol.json");
    std::fs::write(&fixture, ONE_USER).unwrap();
    let key = folder.join("key.pem");
    std::fs::write(&key, include_str!("../../../keys/development-rsa.pem")).unwrap();
    let settings = [
        ("--host", "CYBERARK_MOCK_HOST", "localhost"),
        ("--fixtures", "CYBERARK_MOCK_FIXTURES", fixture.to_str().unwrap()),
        ("--public-url", "CYBERARK_MOCK_PUBLIC_URL", "https://idp.example/identity"),
        ("--key", "CYBERARK_MOCK_KEY", key.to_str().unwrap()),
        ("--policy", "CYBERARK_MOCK_POLICY", "strict"),
        ("--log-format", "CYBERARK_MOCK_LOG_FORMAT", "json"),
        ("--log-level", "CYBERARK_MOCK_LOG_LEVEL", "debug"),
        ("--port", "CYBERARK_MOCK_PORT", "0"),
    ];
    let flags: Vec<&str> = settings.iter().flat_map(|(flag, _, value)| [*flag, *value]).collect();
    let variables = settings.map(|(_, variable, value)| (variable, value));
    for (arguments, variables) in [(&flags[..], &[][..]), (&[], &variables)] {
        let program = Program::start(arguments, variables);
        assert_eq!(program.url, "https://idp.example/identity", "{arguments:?}");
        assert_eq!(program.line().as_deref(), Some("user name=carol@example.com"));
        let ended = program.stop("TERM");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let first: serde_json::Value =
            serde_json::from_str(ended.err.lines().next().unwrap()).unwrap();
        assert_eq!(first["level"], "INFO", "{ended:?}");
    }
    let wrong = settings.iter().filter(|(flag, _, _)| {
        ["--public-url", "--policy", "--log-format", "--log-level", "--port"].contains(flag)
    });
    for (flag, variable, _) in wrong {
        assert_eq!(Program::run(&[flag, "\u{1}"], &[]).code, Some(2), "{flag}");
        assert_eq!(Program::run(&[], &[(variable, "\u{1}")]).code, Some(2), "{variable}");
    }
}

#[test]
fn an_empty_variable_counts_as_none() {
    let names = [
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
    ];
    let names = names.map(|name| format!("CYBERARK_MOCK_{name}"));
    let mut variables: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    variables.push(("PORT", "0"));
    let program = Program::start(&[], &variables);
    assert_eq!(kid(&program, "bank"), DEVELOPMENT_KID);
    assert_eq!(Program::start(&["--port", "0"], &[("PORT", "")]).line().unwrap()[..7], *"app id=");
}

#[test]
fn fixtures_come_from_a_file_a_folder_or_a_variable() {
    let folder = folder("fixtures_come_from");
    let file = folder.join("b.json");
    std::fs::write(&file, ONE_USER).unwrap();
    std::fs::write(
        folder.join("a.json"),
        r#"{"tenant":{"id":"XYZ9876"},"users":[{"name":"dave"}]}"#,
    )
    .unwrap();
    std::fs::write(folder.join("a.schema.json"), "no fixture").unwrap();
    std::fs::write(folder.join("notes.txt"), "no fixture").unwrap();
    let (file, folder) = (file.to_str().unwrap(), folder.to_str().unwrap());
    let inline = [("CYBERARK_MOCK_FIXTURES_INLINE", r#"{"users":[{"name":"erin"}]}"#)];
    let cases: [(Flags<'_>, Variables<'_>, &[&str]); 4] = [
        (&["--fixtures", file], &[], &["user name=carol@example.com"]),
        (&["--fixtures", folder], &[], &["user name=carol@example.com", "user name=dave"]),
        (&[], &inline, &["user name=erin"]),
        (&["--fixtures", file], &inline, &["user name=carol@example.com"]),
    ];
    for (arguments, variables, users) in cases {
        let arguments = [arguments, &["--port", "0"]].concat();
        let ended = {
            let program = Program::start(&arguments, variables);
            for user in users {
                assert_eq!(program.line().as_deref(), Some(*user), "{arguments:?}");
            }
            program.stop("TERM")
        };
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_policy_is_chosen() {
    let authorize = "/OAuth2/Authorize/nobody?redirect_uri=http://localhost/cb&response_type=code";
    for (policy, status) in [("cyberark", 302), ("strict", 400)] {
        let program = Program::start(&["--port", "0", "--policy", policy], &[]);
        assert_eq!(get(&program, authorize).status, status, "{policy}");
    }
}

#[test]
fn the_program_listens_where_it_is_told() {
    for (host, start) in [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
        ("[::1]", "http://[::1]:"),
        ("0.0.0.0", "http://localhost:"),
    ] {
        let program = Program::start(&["--port", "0", "--host", host], &[]);
        assert!(program.url.starts_with(start), "{host}: {}", program.url);
        assert_eq!(get(&program, "/health").status, 200, "{host}");
    }
}
