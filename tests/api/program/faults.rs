//! Connections that go wrong: each ends in its time, with one line of the log that says what it was,
//! and the server goes on.

use std::time::Duration;

use serde_json::{Value, json};

use super::logs::json_lines;
use crate::harness::{Program, Request, Wire};

/// Short times, and logs to read.
const QUICK: [&str; 12] = [
    "--port",
    "0",
    "--log-format",
    "json",
    "--header-timeout",
    "0.4",
    "--body-timeout",
    "0.4",
    "--answer-timeout",
    "0.4",
    "--keep-alive",
    "0.4",
];

const HALF_BODY: &[u8] = b"POST /OAuth2/Token/bank HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\
    Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=a-secret";

/// A request with the beginning of a body without a declared length.
fn half_a_chunk(request: &str) -> Vec<u8> {
    let head = "HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    format!("{request} {head}").into_bytes()
}

/// The warnings and errors of the log, as `message: error`; the server must still be healthy, and no
/// line holds what the client sent.
fn faults(program: Program) -> Vec<String> {
    // What became of a connection may be told a moment after the client saw it.
    std::thread::sleep(Duration::from_millis(300));
    let healthy = Request::new("GET", format!("{}/health", program.url)).send();
    assert_eq!(healthy.status, 200);
    let log = program.stop("TERM").err;
    assert!(!log.contains("a-secret"), "{log}");
    let told = |line: &Value| {
        let fields = &line["fields"];
        let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
        (line["level"] != "INFO").then(|| format!("{}: {}", text("message"), text("error")))
    };
    json_lines(&log).iter().filter_map(told).collect()
}

fn status(wire: &mut Wire) -> Option<u16> {
    wire.answer().map(|answer| answer.status)
}

#[test]
fn half_a_header_is_given_up_and_told() {
    let program = Program::start(&QUICK, &[]);
    let mut first = Wire::open(&program.url);
    first.send(b"GET /health HTTP/1.1\r\nX-A: a-secret");
    let mut second = Wire::open(&program.url);
    second.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(status(&mut second), Some(200));
    second.send(b"G");
    for wire in [&mut first, &mut second] {
        assert_eq!((status(wire), status(wire)), (Some(408), None));
    }
    let told = "half a header: the rest did not come in time: ";
    assert_eq!(faults(program), [told, told]);
}

#[test]
fn a_client_that_does_not_take_its_answer_is_cut() {
    let program = Program::start(&QUICK, &[]);
    let answer =
        json!({ "when": { "endpoint": "keys" }, "answer": { "body": "x".repeat(4_000_000) } });
    let url = format!("{}/_mock/v1/steering/large", program.url);
    assert_eq!(Request::new("PUT", url).json(&answer).send().status, 201);
    let mut idler = Wire::open(&program.url);
    // More than the buffers of both sides hold.
    idler.send(&b"GET /OAuth2/Keys/bank HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(faults(program), ["the client does not take its answer: "]);
    assert!(idler.everything().len() < 20 * 4_000_000, "the rest never came");
}

#[test]
fn half_a_body_is_given_up_and_told() {
    let program = Program::start(&QUICK, &[]);
    let mut wire = Wire::open(&program.url);
    wire.send(HALF_BODY);
    let answer = wire.answer().unwrap();
    assert_eq!((answer.status, answer.json()["error"].as_str()), (408, Some("invalid_request")));
    assert!(wire.answer().is_none(), "the rest is not waited for");
    for path in ["/Security/StartAuthentication", "/_mock/v1/clock"] {
        let mut wire = Wire::open(&program.url);
        let head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{");
        wire.send(head.replace("PUT /Sec", "POST /Sec").as_bytes());
        assert_eq!((status(&mut wire), status(&mut wire)), (Some(408), None), "{path}");
    }
    let mut chunked = Wire::open(&program.url);
    chunked.send(&half_a_chunk("POST /OAuth2/Token/bank"));
    let answer = chunked.answer().unwrap();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    assert!(chunked.answer().is_none(), "the rest of the chunk is not waited for");
    let told = faults(program);
    let late =
        told.iter().filter(|it| it.starts_with("half a body: the rest did not come in time"));
    assert_eq!(late.count(), 4, "{told:?}");
}

#[test]
fn an_answer_before_the_body_is_the_last() {
    let program = Program::start(&["--port", "0", "--log-format", "json"], &[]);
    for (request, expected) in [("POST /nothing", 404), ("POST /health", 405), ("GET /health", 200)]
    {
        let mut wire = Wire::open(&program.url);
        wire.send(&half_a_chunk(request));
        let answer = wire.answer().unwrap();
        assert_eq!((answer.status, answer.header("connection")), (expected, Some("close")));
        wire.send(b"cde\r\n5\r\n");
        assert!(wire.answer().is_none(), "{request}: the rest of the body is no request");
    }
    let mut endless = Wire::open(&program.url);
    let chunk = [b"400\r\n", &[b'a'; 0x400][..], b"\r\n"].concat();
    let begun = [half_a_chunk("POST /OAuth2/Token/bank"), b"cde\r\n".to_vec()].concat();
    endless.send(&[begun, chunk.repeat(100)].concat());
    assert_eq!((status(&mut endless), status(&mut endless)), (Some(413), None));
    assert_eq!(faults(program), ["refused: "], "the 413");
}

#[test]
fn a_body_that_nobody_reads_costs_nothing_if_it_is_there() {
    let program = Program::start(&["--port", "0"], &[]);
    let mut wire = Wire::open(&program.url);
    for body in
        ["Content-Length: 5\r\n\r\nabcde", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"]
    {
        for (path, expected) in [("/nothing", 404), ("/health", 405)] {
            wire.send(format!("POST {path} HTTP/1.1\r\nHost: x\r\n{body}").as_bytes());
            let answer = wire.answer().unwrap();
            assert_eq!((answer.status, answer.header("connection")), (expected, None), "{body}");
        }
    }
}

#[test]
fn requests_that_come_during_an_answer_are_answered() {
    // No time that ends would wake the connection.
    let times = ["--header-timeout", "600", "--keep-alive", "600"];
    let program = Program::start(&[&["--port", "0"], &times[..]].concat(), &[]);
    let mut wire = Wire::open(&program.url);
    let health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    let keys = json!({ "endpoint": "keys" });
    let text = json!({ "body": "twenty bytes of text" });
    for late in [
        json!({ "when": keys, "delay": 1000 }),
        json!({ "when": keys, "answer": text, "fault": { "slow": 40 } }),
        json!({ "when": keys, "answer": text, "delay": 400, "fault": { "slow": 20 } }),
        // More than the buffers of both sides hold, as nobody takes it for a while.
        json!({ "when": keys, "answer": { "body": "x".repeat(9_000_000) } }),
    ] {
        let url = format!("{}/_mock/v1/steering/late", program.url);
        assert!(Request::new("PUT", url).json(&late).send().status < 300);
        wire.send(b"GET /OAuth2/Keys/bank HTTP/1.1\r\nHost: x\r\n\r\n");
        wire.send(health.repeat(40).as_bytes());
        std::thread::sleep(Duration::from_millis(100));
        wire.send(health.repeat(40).as_bytes());
        std::thread::sleep(Duration::from_millis(100));
        for number in 0..81 {
            let answer = wire.answer().unwrap();
            assert_eq!((answer.status, answer.header("connection")), (200, None), "{number}");
        }
    }
}

#[test]
fn a_body_that_comes_in_pieces_is_in_time_as_a_whole() {
    let program = Program::start(&["--port", "0", "--body-timeout", "5"], &[]);
    let mut wire = Wire::open(&program.url);
    wire.send(b"POST /OAuth2/Token/bank HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n");
    for byte in b"grant_type=none" {
        wire.send(&[*byte]);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(status(&mut wire), Some(400));
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let program = Program::start(&QUICK, &[]);
    let mut used = Wire::open(&program.url);
    used.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!((status(&mut used), status(&mut used)), (Some(200), None));
    let mut unused = Wire::open(&program.url);
    assert_eq!(unused.everything(), "");
    assert_eq!(faults(program), [""; 0]);
}

#[test]
fn a_connection_is_kept_unless_that_takes_no_time() {
    let program = Program::start(&["--port", "0", "--keep-alive", "0"], &[]);
    let mut wire = Wire::open(&program.url);
    wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    let answer = wire.answer().unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(wire.answer().is_none());
}

#[test]
fn clients_that_leave_in_the_middle_are_told() {
    let program = Program::start(&["--port", "0", "--log-format", "json"], &[]);
    for bytes in [b"GET /health HTTP/1.1\r\nX-A: a-secret", HALF_BODY] {
        Wire::open(&program.url).send(bytes);
        std::thread::sleep(Duration::from_millis(200));
    }
    let whole = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    Wire::open(&program.url).send(whole);
    let mut halved = Wire::open(&program.url);
    halved.send(whole);
    halved.finish();
    assert_eq!(status(&mut halved), Some(200), "who only has nothing more to say is answered");
    let told = faults(program);
    assert_eq!(told[0], "half a header: the client left: ");
    assert!(told[1].starts_with("half a body: the client left, or sent no HTTP: "), "{told:?}");
    assert!(told[2].starts_with("refused: "), "the request itself: {told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn what_is_no_http_is_told() {
    let program = Program::start(&["--port", "0", "--log-format", "json"], &[]);
    for bytes in
        ["GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\r\n\r\n", "GET / HTTP/1.1\r\nA b: c\r\n\r\n"]
    {
        let mut wire = Wire::open(&program.url);
        wire.send(bytes.as_bytes());
        assert_eq!((status(&mut wire), status(&mut wire)), (Some(400), None), "{bytes}");
    }
    let told = faults(program);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|fault| fault.starts_with("malformed HTTP: ")), "{told:?}");
}

#[test]
fn a_handshake_that_fails_is_told() {
    let arguments = [&QUICK[..], &["--tls-port", "0"]].concat();
    let program = Program::start(&arguments, &[]);
    let line = program.line().unwrap();
    let url = line.strip_prefix("https url=https").and_then(|rest| rest.split(' ').next());
    let url = format!("http{}", url.unwrap_or_else(|| panic!("no https: {line}")));
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"", b"\x16\x03\x01\x02"] {
        let mut wire = Wire::open(&url);
        wire.send(bytes);
        wire.everything();
    }
    let told = faults(program);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|fault| fault.starts_with("the TLS handshake failed: ")), "{told:?}");
    assert!(told[1].contains("nothing more came in 0.4 s"), "{told:?}");
}

#[test]
fn a_full_table_of_descriptors_is_told_and_passes() {
    let arguments = ["--port", "0", "--log-format", "json", "--log-level", "warn"];
    let program = Program::start_with_descriptors(40, &arguments);
    let mut first = Wire::open(&program.url);
    let health = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    first.send(health);
    assert_eq!(status(&mut first), Some(200));
    let crowd: Vec<Wire> = (0..60).map(|_| Wire::open(&program.url)).collect();
    std::thread::sleep(Duration::from_millis(1200));
    first.send(health);
    assert_eq!(status(&mut first), Some(200), "who is there already is served");
    drop(crowd);
    let told = faults(program);
    assert!((1..8).contains(&told.len()), "neither silence nor a flood: {told:?}");
    for fault in told {
        assert!(fault.contains("Error accepting connection: Too many open files"), "{fault}");
    }
}

#[test]
fn times_that_are_none_are_refused() {
    for (flag, value) in [
        ("--header-timeout", "0"),
        ("--body-timeout", "1m"),
        ("--answer-timeout", "0"),
        ("--keep-alive", "soon"),
        ("--keep-alive", "NaN"),
        ("--keep-alive", "1e9"),
    ] {
        let ended = Program::run(&[flag, value], &[]);
        assert_eq!(ended.code, Some(2), "{flag} {value}");
        assert!(ended.err.contains(flag) && ended.err.contains("like 0.5"), "{}", ended.err);
    }
    let variables = [
        ("CYBERARK_MOCK_HEADER_TIMEOUT", "0.4"),
        ("CYBERARK_MOCK_BODY_TIMEOUT", "0.4"),
        ("CYBERARK_MOCK_KEEP_ALIVE", "0.4"),
    ];
    let program = Program::start(&["--port", "0"], &variables);
    let mut wire = Wire::open(&program.url);
    wire.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!((status(&mut wire), status(&mut wire)), (Some(200), None));
}
