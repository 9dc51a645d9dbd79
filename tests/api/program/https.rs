//! HTTPS as the command line gives it.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair};

use super::{Flags, Variables, folder};
use crate::harness::{Program, Trust, Wire, request_bytes};

/// The https URL that the start message tells, and where it says that the authority is.
fn https(program: &Program) -> (String, Option<String>) {
    let line = program.line().expect("a line for https");
    let pairs = line.strip_prefix("https url=").unwrap_or_else(|| panic!("{line}"));
    match pairs.split_once(" ca=") {
        Some((url, ca)) => (url.to_owned(), Some(ca.to_owned())),
        None => (pairs.to_owned(), None),
    }
}

/// Whether the server at `url` proves to be the one of that name.
fn proves(trust: &Trust, url: &str, name: &str) -> bool {
    let Ok(mut wire) = Wire::open_tls(trust, url, name) else {
        return false;
    };
    wire.send(&request_bytes("GET", "/health", &[], b""));
    assert_eq!(wire.answer().map(|answer| answer.status), Some(200));
    true
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn https_and_its_authority_are_in_the_start_message() {
    let program = Program::start(&["--port", "0", "--tls-port", "0"], &[]);
    let (url, ca) = https(&program);
    assert!(url.strip_prefix("https://127.0.0.1:").unwrap().parse::<u16>().unwrap() > 0, "{url}");
    assert_eq!(ca, Some(format!("{}/_mock/ca.pem", program.url)));
    let pem = super::get(&program, "/_mock/ca.pem").body;
    assert!(proves(&Trust::in_pem(&pem), &url, "localhost"));
    assert!(program.line().unwrap().starts_with("app id="));
    assert_eq!(program.stop("TERM").code, Some(0));
}

#[test]
fn every_flag_of_the_made_authority_has_its_variable() {
    let folder = folder("every_flag_of_the_made_authority");
    let (kept, file) = (folder.join("kept"), folder.join("ca.pem"));
    let settings = [
        ("--tls-port", "CYBERARK_MOCK_TLS_PORT", "0"),
        ("--tls-names", "CYBERARK_MOCK_TLS_NAMES", "cyberark,*.mock.example,192.0.2.7"),
        ("--ca-folder", "CYBERARK_MOCK_CA_FOLDER", kept.to_str().unwrap()),
        ("--ca-file", "CYBERARK_MOCK_CA_FILE", file.to_str().unwrap()),
        ("--public-url", "CYBERARK_MOCK_PUBLIC_URL", "https://idp.example/identity"),
        ("--port", "CYBERARK_MOCK_PORT", "0"),
    ];
    let flags: Vec<&str> = settings.iter().flat_map(|(flag, _, value)| [*flag, *value]).collect();
    let variables = settings.map(|(_, variable, value)| (variable, value));
    let mut authorities = Vec::new();
    for (arguments, variables) in [(&flags[..], &[][..]), (&[], &variables)] {
        let program = Program::start(arguments, variables);
        let (url, _) = https(&program);
        let trust = Trust::in_pem(&read(&file));
        for name in ["localhost", "cyberark", "a.mock.example", "192.0.2.7", "idp.example"] {
            assert!(proves(&trust, &url, name), "{name} {arguments:?}");
        }
        assert!(!proves(&trust, &url, "mock.example"), "{arguments:?}");
        authorities.push(read(&file));
        std::fs::remove_file(&file).unwrap();
    }
    assert_eq!(authorities[0], authorities[1], "the kept authority stays");
    assert_eq!(authorities[0], read(&kept.join("ca.pem")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = kept.join("ca-key.pem").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 2);
}

#[test]
fn programs_that_start_at_once_share_a_kept_authority() {
    let kept = folder("programs_that_start_at_once");
    let arguments = ["--port", "0", "--tls-port", "0", "--ca-folder", kept.to_str().unwrap()];
    let start = || Program::start(&arguments, &[]);
    let programs: Vec<Program> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        starting.into_iter().map(|program| program.join().unwrap()).collect()
    });
    let trust = Trust::in_pem(&read(&kept.join("ca.pem")));
    for program in &programs {
        assert!(proves(&trust, &https(program).0, "localhost"));
    }
}

/// A self-signed certificate for `localhost` and its key, good for the days from `since` to `until`.
fn self_signed(since: i32, until: i32) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(since, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    (params.self_signed(&key).expect("a P-256 key signs").pem(), key.serialize_pem())
}

#[test]
fn a_given_certificate_is_shown_and_has_no_authority() {
    let folder = folder("a_given_certificate");
    let (certificate, key) = (folder.join("tls.pem"), folder.join("tls-key.pem"));
    let (pem, key_pem) = self_signed(2020, 2120);
    std::fs::write(&certificate, &pem).unwrap();
    std::fs::write(&key, key_pem).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let flags = ["--port", "0", "--tls-port", "0", "--tls-certificate", certificate];
    let flags = [&flags[..], &["--tls-key", key]].concat();
    let variables = [
        ("PORT", "0"),
        ("CYBERARK_MOCK_TLS_PORT", "0"),
        ("CYBERARK_MOCK_TLS_CERTIFICATE", certificate),
        ("CYBERARK_MOCK_TLS_KEY", key),
    ];
    for (arguments, variables) in [(&flags[..], &[][..]), (&[], &variables)] {
        let program = Program::start(arguments, variables);
        let (url, ca) = https(&program);
        assert_eq!(ca, None);
        assert_eq!(super::get(&program, "/_mock/ca.pem").status, 404);
        assert!(proves(&Trust::in_pem(&pem), &url, "localhost"), "{arguments:?}");
    }
}

fn check_failure(arguments: &[&str], code: i32, message: &str) {
    let ended = Program::run(&[&["--port", "0", "--tls-port", "0"], arguments].concat(), &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(code), ""), "{arguments:?}: {ended:?}");
    let start = format!("cyberark-identity-mock: {message}");
    assert!(ended.err.starts_with(&start), "{arguments:?}: {}\n{start}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{arguments:?}: {}", ended.err);
}

#[test]
fn an_unusable_certificate_or_key_is_exit_code_4_with_its_file() {
    let folder = folder("an_unusable_certificate");
    let file = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let ((good, good_key), (old, old_key)) = (self_signed(2020, 2120), self_signed(2019, 2020));
    let (early, early_key) = self_signed(2119, 2120);
    let (good, good_key) = (file("good.pem", &good), file("good-key.pem", &good_key));
    let (old, old_key) = (file("old.pem", &old), file("old-key.pem", &old_key));
    let (early, early_key) = (file("early.pem", &early), file("early-key.pem", &early_key));
    let words = file("words.pem", "secret");
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let encrypted = file("encrypted.pem", encrypted);
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let broken = file("broken.pem", broken);
    let missing = folder.join("missing.pem").to_str().unwrap().to_owned();
    let no_certificate = "expected certificates in PEM, \"BEGIN CERTIFICATE\": there is none";
    let no_key =
        "expected an unencrypted private key in PEM (PKCS#8, PKCS#1 or SEC 1): no items found";
    for (certificate, key, wrong, problem) in [
        (&missing, &good_key, &missing, "No such file or directory"),
        (&good, &missing, &missing, "No such file or directory"),
        (&words, &good_key, &words, no_certificate),
        (&good_key, &good_key, &good_key, no_certificate),
        (&broken, &good_key, &broken, "the certificate cannot be read: "),
        (&good, &words, &words, no_key),
        (&good, &good, &good, no_key),
        (&good, &encrypted, &encrypted, no_key),
        (&good, &old_key, &old_key, &format!("the key does not belong to {good}")),
        (&old, &old_key, &old, "the certificate expired at 2020-01-01T00:00:00Z"),
        (&early, &early_key, &early, "the certificate is not valid before 2119-01-01T00:00:00Z"),
    ] {
        let arguments = ["--tls-certificate", certificate, "--tls-key", key];
        check_failure(&arguments, 4, &format!("{wrong}: {problem}"));
    }
}

#[test]
fn an_unusable_place_for_the_authority_is_exit_code_4() {
    let folder = folder("an_unusable_place");
    let kept = |name: &str, certificate: &str, key: &str| {
        let kept = folder.join(name);
        std::fs::create_dir(&kept).unwrap();
        std::fs::write(kept.join("ca.pem"), certificate).unwrap();
        std::fs::write(kept.join("ca-key.pem"), key).unwrap();
        kept.to_str().unwrap().to_owned()
    };
    let ((good, good_key), (old, old_key)) = (self_signed(2020, 2120), self_signed(2019, 2020));
    let (words, other) = (kept("words", &good, "secret"), kept("other", &good, &old_key));
    let (old, foreign) = (kept("old", &old, &old_key), kept("foreign", &good, &good_key));
    let file = folder.join("file");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    for (flag, place, message) in [
        ("--ca-folder", file, format!("{file}: File exists")),
        ("--ca-folder", &words, format!("{words}/ca-key.pem: expected a private key in PEM")),
        (
            "--ca-folder",
            &other,
            format!("{other}/ca-key.pem: the key does not belong to {other}/ca.pem"),
        ),
        ("--ca-folder", &old, format!("{old}/ca.pem: the certificate expired at 2020-01-01")),
        (
            "--ca-folder",
            &foreign,
            format!("{foreign}/ca.pem: expected an authority that this program made"),
        ),
        ("--ca-file", folder.to_str().unwrap(), "cannot write the CA to ".to_owned()),
    ] {
        check_failure(&[flag, place], 4, &message);
    }
}

#[test]
fn a_taken_https_port_is_exit_code_5() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let message =
        format!("cyberark-identity-mock: cannot listen on 127.0.0.1 port {port}: Address");
    let ended = Program::run(&["--port", "0", "--tls-port", &port], &[]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.err.starts_with(&message), "{ended:?}");
}

#[test]
fn wrong_arguments_of_https_are_exit_code_2() {
    let name = "expected a host name like tenant.example or *.example, or an address";
    let both = "the following required arguments were not provided";
    let cases: [(Flags<'_>, Variables<'_>, &str); 9] = [
        (&["--tls-port", "eighty"], &[], "invalid value 'eighty' for '--tls-port <PORT>'"),
        (&["--tls-port", "0", "--tls-names", "a b"], &[], name),
        (&["--tls-port", "0"], &[("CYBERARK_MOCK_TLS_NAMES", "a,,b")], name),
        (&["--tls-port", "0", "--tls-certificate", "a"], &[], both),
        (&["--tls-port", "0", "--tls-key", "a"], &[], both),
        (&["--tls-certificate", "a", "--tls-key", "a"], &[], both),
        (&["--ca-folder", "a"], &[], both),
        (&[], &[("CYBERARK_MOCK_CA_FILE", "a")], both),
        (
            &["--tls-port", "0", "--tls-certificate", "a", "--tls-key", "a", "--ca-file", "a"],
            &[],
            "cannot be used with",
        ),
    ];
    for (arguments, variables, message) in cases {
        let ended = Program::run(arguments, variables);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(message), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn https_goes_where_http_goes() {
    for host in ["localhost", "::1", "0.0.0.0"] {
        let program = Program::start(&["--port", "0", "--tls-port", "0", "--host", host], &[]);
        let (url, _) = https(&program);
        let start = program.url.replace("http://", "https://");
        assert_eq!(url.rsplit_once(':').unwrap().0, start.rsplit_once(':').unwrap().0, "{host}");
        let trust = Trust::in_pem(&super::get(&program, "/_mock/ca.pem").body);
        assert!(proves(&trust, &url, "localhost"), "{host}");
    }
}
