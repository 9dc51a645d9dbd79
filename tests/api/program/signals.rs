//! How the program ends. The bounds are generous: what is tested is that it ends by itself.

use crate::harness::{Program, Wire};

#[test]
fn a_signal_ends_the_program_with_code_0() {
    for signal in ["TERM", "INT"] {
        let ended = Program::start(&["--port", "0"], &[]).stop(signal);
        assert_eq!(ended.code, Some(0), "{signal}: {ended:?}");
        assert!(ended.err.ends_with("INFO cyberark_identity_mock: stopping\n"), "{ended:?}");
    }
}

#[test]
fn open_connections_do_not_keep_the_program_alive() {
    for signal in ["TERM", "INT"] {
        let program = Program::start(&["--port", "0"], &[]);
        let mut kept_alive = Wire::open(&program.url);
        kept_alive.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(kept_alive.answer().map(|answer| answer.status), Some(200));
        let _silent = Wire::open(&program.url);
        let mut half_sent = Wire::open(&program.url);
        half_sent
            .send(b"POST /OAuth2/Token/bank HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na");
        let ended = program.stop(signal);
        assert_eq!(ended.code, Some(0), "{signal}: {ended:?}");
        assert_eq!(kept_alive.answer().map(|answer| answer.status), None, "{signal}");
    }
}

#[test]
fn a_stopped_program_leaves_its_port() {
    let program = Program::start(&["--port", "0"], &[]);
    let port = program.url.rsplit(':').next().unwrap().to_owned();
    let mut wire = Wire::open(&program.url);
    wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(wire.answer().map(|answer| answer.status), Some(200));
    program.stop("TERM");
    let again = Program::start(&["--port", &port], &[]);
    assert_eq!(again.url, format!("http://127.0.0.1:{port}"));
}
