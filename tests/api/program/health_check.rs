//! The `healthcheck` subcommand.

use super::{Flags, Variables};
use crate::harness::Program;

#[test]
fn a_health_check_tells_a_healthy_server_from_others() {
    let program = Program::start(&["--port", "0"], &[]);
    let port = program.url.rsplit(':').next().unwrap().to_owned();
    let cases: [(Flags<'_>, Variables<'_>); 4] = [
        (&["healthcheck", "--port", &port], &[]),
        (&["--port", &port, "healthcheck"], &[]),
        (&["healthcheck"], &[("PORT", &port)]),
        (&["healthcheck", "--host", "0.0.0.0"], &[("CYBERARK_MOCK_PORT", &port)]),
    ];
    for (arguments, variables) in cases {
        let ended = Program::run(arguments, variables);
        assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
    }
    drop(program);
    let ended = Program::run(&["healthcheck", "--port", &port], &[]);
    let told = format!("cyberark-identity-mock: 127.0.0.1 port {port} does not answer: ");
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with(&told), "{ended:?}");
}

#[test]
fn a_health_check_does_not_take_another_server_for_the_mock() {
    use std::io::{Read, Write};
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        let _ = stream.read(&mut [0; 500]).unwrap();
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap();
    });
    let ended = Program::run(&["healthcheck", "--port", &port], &[]);
    server.join().unwrap();
    let told = format!(
        "cyberark-identity-mock: 127.0.0.1 port {port} is not healthy: HTTP/1.1 503 Service Unavailable\n"
    );
    assert_eq!((ended.code, ended.err), (Some(1), told));
}
