//! What the program writes to standard error.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::get;
use crate::harness::{Answer, CALLBACK, Program, Receiver, Reply, Request, Wire};

fn request(program: &Program, method: &str, path: &str) -> Request {
    Request::new(method, format!("{}{path}", program.url))
}

/// A member that is a string.
fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_else(|| panic!("no {name}: {object}"))
}

/// Everything that a whole sign-in has to hide, by name.
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, name: &'static str, value: &str) -> String {
        assert!(value.len() > 8, "{name} is no secret: {value}");
        self.0.push((name, value.to_owned()));
        value.to_owned()
    }

    fn keep_of(&mut self, answer: &Answer, name: &'static str) -> String {
        let value = answer.callback_parameter(name).unwrap_or_else(|| panic!("{answer:?}"));
        self.keep(name, &value)
    }
}

/// Signs in by the API, returns the session.
fn sign_in(program: &Program, secrets: &mut Secrets) -> String {
    let start = serde_json::json!({ "User": "alice@example.com", "Version": "1.0" });
    let started = request(program, "POST", "/Security/StartAuthentication").json(&start).send();
    let package = started.json()["Result"].clone();
    let advance = |answer: &str| {
        serde_json::json!({
            "SessionId": package["SessionId"],
            "MechanismId": package["Challenges"][0]["Mechanisms"][0]["MechanismId"],
            "Action": "Answer",
            "Answer": answer,
        })
    };
    let password = secrets.keep("password", "alice-password");
    let answer = request(program, "POST", "/Security/AdvanceAuthentication")
        .json(&advance(&password))
        .send();
    let result = answer.json()["Result"].clone();
    secrets.keep("login session", text(&package, "SessionId"));
    secrets.keep("Token", text(&result, "Token"));
    secrets.keep("Auth and cookie", text(&result, "Auth"))
}

/// Code, hybrid, a failed and a good exchange, refresh, userinfo, sign-out.
fn walk(program: &Program, secrets: &mut Secrets) {
    let session = sign_in(program, secrets);
    let secret = secrets.keep("client secret", "bank-secret");
    let authorize = |state: &str, auth: Option<&str>| {
        let mut query = vec![
            ("client_id", "bank-client"),
            ("client_secret", secret.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code id_token token"),
            ("scope", "openid"),
            ("nonce", "a-nonce-of-a-client"),
            ("state", state),
        ];
        query.extend(auth.map(|auth| ("Auth", auth)));
        request(program, "GET", "/OAuth2/Authorize/bank").query(&query)
    };
    let state = secrets.keep("state", "a-state-of-a-client");
    let to_login = authorize(&state, None).send();
    secrets.keep("bounce", &to_login.bounce());
    authorize(&state, Some(&session)).send();
    let hybrid = authorize(&state, None).cookie(&session).send();
    secrets.keep_of(&hybrid, "id_token");
    secrets.keep_of(&hybrid, "access_token");
    let code = secrets.keep_of(&hybrid, "code");
    let exchange = |secret: &str| {
        request(program, "POST", "/OAuth2/Token/bank").basic("bank-client", secret).form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ])
    };
    let wrong = secrets.keep("wrong secret", "not-the-secret");
    assert_eq!(exchange(&wrong).send().status, 400);
    let basic = STANDARD.encode(format!("bank-client:{secret}"));
    secrets.keep("Basic credentials", &basic);
    let tokens: Value = exchange(&secret).send().json();
    for name in ["id_token", "access_token", "refresh_token"] {
        secrets.keep(name, text(&tokens, name));
    }
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")),
        ("client_id", "bank-client"),
        ("client_secret", &secret),
    ];
    let refreshed = request(program, "POST", "/OAuth2/Token/bank").form(&form).send().json();
    secrets.keep("refreshed", text(&refreshed, "access_token"));
    let token = text(&tokens, "access_token");
    assert_eq!(request(program, "GET", "/OAuth2/UserInfo/bank").bearer(token).send().status, 200);
    let broken = request(program, "POST", "/Security/StartAuthentication");
    broken.body("application/json", "{\"User\":\"an-unfinished-secret").send();
    secrets.keep("broken JSON", "an-unfinished-secret");
    request(program, "POST", "/Security/logout").cookie(&session).send();
}

#[test]
fn nothing_secret_is_logged_at_the_finest_level() {
    for format in ["text", "json"] {
        let arguments = ["--port", "0", "--log-level", "trace", "--log-format", format];
        let program = Program::start(&arguments, &[]);
        let mut secrets = Secrets(Vec::new());
        walk(&program, &mut secrets);
        let ended = program.stop("TERM");
        assert!(ended.err.contains("/oauth2/token/bank"), "the log is on: {}", ended.err);
        assert_eq!(secrets.0.len(), 17);
        for (name, value) in secrets.0 {
            assert!(!ended.err.contains(&value), "{name} {value} is in the log");
            assert!(!ended.out.contains(&value), "{name} {value} is printed");
        }
    }
}

#[test]
fn the_outcome_of_each_logout_notice_is_logged_without_its_token() {
    let (well, refusing) =
        (Receiver::start(Reply::Status(200)), Receiver::start(Reply::Status(400)));
    let gone = Receiver::start(Reply::Status(200)).url("/out");
    let targets = [("well", well.url("/out")), ("refusing", refusing.url("/out")), ("gone", gone)];
    let app = |(id, uri): &(&str, String)| {
        serde_json::json!({
            "application_id": id,
            "client_id": format!("{id}-client"),
            "redirect_uris": [CALLBACK],
            "backchannel_logout_uri": uri,
        })
    };
    let fixture = serde_json::json!({
        "users": [{ "name": "alice@example.com", "password": "alice-password" }],
        "apps": targets.iter().map(app).collect::<Vec<_>>(),
    });
    let variables = [("CYBERARK_MOCK_FIXTURES_INLINE", &*fixture.to_string())];
    let arguments = ["--port", "0", "--log-level", "trace", "--log-format", "json"];
    let program = Program::start(&arguments, &variables);
    let session = sign_in(&program, &mut Secrets(Vec::new()));
    for (id, _) in &targets {
        let query = [
            ("client_id", format!("{id}-client")),
            ("redirect_uri", CALLBACK.to_owned()),
            ("response_type", "code".to_owned()),
            ("scope", "openid".to_owned()),
        ];
        let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
        let path = format!("/OAuth2/Authorize/{id}");
        let answer = request(&program, "GET", &path).query(&query).cookie(&session).send();
        assert!(answer.callback_parameter("code").is_some(), "{answer:?}");
    }
    request(&program, "POST", "/Security/logout").cookie(&session).send();
    let tokens = [well.next().logout_token(), refusing.next().logout_token()];
    // The answers have been sent; the server still has to read and log them.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let log = program.stop("TERM").err;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (app, level, message, detail) in [
        ("well", "INFO", "logout notice delivered", "200"),
        ("refusing", "WARN", "logout notice not delivered", "the application answered 400"),
        ("gone", "WARN", "logout notice not delivered", "Connection refused"),
    ] {
        let is_notice = |line: &&Value| line["fields"]["message"] == message;
        let told = lines.iter().filter(is_notice).find(|line| line["fields"]["app"] == app);
        let told = told.unwrap_or_else(|| panic!("{app}: {log}"));
        let fields = &told["fields"];
        assert_eq!((&told["level"], &fields["message"]), (&level.into(), &message.into()), "{app}");
        assert_eq!(fields["client_id"], format!("{app}-client"));
        assert!(fields["uri"].as_str().is_some_and(|uri| uri.ends_with("/out")), "{told}");
        let outcome = [fields["status"].to_string(), fields["reason"].to_string()].concat();
        assert!(outcome.contains(detail), "{told}");
    }
    assert!(tokens.iter().all(|token| !log.contains(token)), "{log}");
}

/// The lines of a log in JSON.
pub(super) fn json_lines(log: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    log.lines().map(line).collect()
}

#[test]
fn each_request_is_one_json_line() {
    let program = Program::start(&["--port", "0", "--log-format", "json"], &[]);
    request(&program, "GET", "/OAuth2/Keys/bank?state=x").header("X-Request-Id", "a-1:b").send();
    request(&program, "POST", "/OAuth2//Token/bank/").form(&[("grant_type", "none")]).send();
    get(&program, "/nothing");
    get(&program, "/_tenant/nobody/login");
    let ended = program.stop("TERM");
    let lines = json_lines(&ended.err);
    let told = ["level", "message", "endpoint", "app", "outcome", "status", "method", "path"];
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let values = told.map(|name| line.get(name).unwrap_or(&line["fields"][name]));
            values.map(ToString::to_string).join(" ").replace('"', "")
        })
        .collect();
    assert_eq!(
        told,
        [
            "INFO answered keys bank ok 200 GET /oauth2/keys/bank",
            "WARN refused token bank invalid_grant 400 POST /oauth2/token/bank",
            "INFO answered other  client_error 404 GET /nothing",
            "INFO answered other  client_error 404 GET /_tenant/nobody/login",
            "INFO stopping null null null null null null",
        ],
        "{}",
        ended.err
    );
    assert_eq!(lines[0]["fields"]["request_id"], "a-1:b");
    for line in &lines[..4] {
        let milliseconds = line["fields"]["duration_ms"].as_f64();
        assert!(milliseconds.is_some_and(|it| it > 0.0 && it < 20_000.0), "{line}");
    }
    let made: Vec<&str> =
        lines[1..4].iter().map(|line| text(&line["fields"], "request_id")).collect();
    assert!(made.iter().all(|id| id.len() == 32) && made[0] != made[1], "{made:?}");
}

#[test]
fn each_request_is_one_line_of_text() {
    let program = Program::start(&["--port", "0"], &[]);
    request(&program, "GET", "/OAuth2/Keys/bank").header("X-Request-Id", "a-1:b").send();
    let err = program.stop("TERM").err;
    assert_eq!(err.lines().count(), 2, "{err}");
    for part in ["INFO", "answered", "a-1:b", "keys", "bank", "ok", "duration_ms="] {
        assert!(err.lines().next().is_some_and(|line| line.contains(part)), "{part}: {err}");
    }
}

#[test]
fn a_name_that_spoils_the_log_is_replaced() {
    let program = Program::start(&["--port", "0", "--log-format", "json"], &[]);
    let long = "x".repeat(129);
    let names = ["", "a b", "a\"b", "a\tb", "\u{1b}[31m", "\u{e4}", &long];
    for name in names {
        let head = format!(
            "GET /my HTTP/1.1\r\nHost: x\r\nX-Request-Id: {name}\r\nConnection: close\r\n\r\n"
        );
        let mut wire = Wire::open(&program.url);
        wire.send(head.as_bytes());
        wire.everything();
    }
    let err = program.stop("TERM").err;
    let lines = json_lines(&err);
    let answered = lines.iter().filter(|line| line["fields"]["endpoint"] == "my");
    let ids: Vec<&str> = answered.map(|line| text(&line["fields"], "request_id")).collect();
    assert!(ids.len() + 1 >= names.len(), "a control character may be refused: {err}");
    assert!(ids.iter().all(|id| id.len() == 32 && !id.contains('x')), "{ids:?}");
}

#[test]
fn ids_in_paths_are_no_part_of_the_line() {
    let program = Program::start(&["--port", "0", "--log-level", "trace"], &[]);
    for path in ["/_mock/idp/a-visit-of-erin", "/_mock/outbox/a-message-of-dana/approve"] {
        get(&program, path);
    }
    let err = program.stop("TERM").err;
    assert!(err.contains("/_mock/idp") && err.contains("/_mock/outbox"), "{err}");
    assert!(!err.contains("a-visit-of-erin") && !err.contains("a-message-of-dana"), "{err}");
}

#[test]
fn a_quiet_server_logs_only_that_it_stops() {
    let program = Program::start(&["--port", "0"], &[]);
    get(&program, "/health");
    get(&program, "/metrics");
    let ended = program.stop("TERM");
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    let program = Program::start(&["--port", "0", "--log-level", "error"], &[]);
    assert_eq!(program.stop("TERM").err, "");
}
