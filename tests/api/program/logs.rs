//! What the program writes to standard error.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::get;
use crate::harness::{Answer, CALLBACK, Program, Receiver, Reply, Request};

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
        let told = lines.iter().find(|line| line["fields"]["app"] == app);
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

#[test]
fn logs_can_be_json_lines() {
    let arguments = ["--port", "0", "--log-format", "json", "--log-level", "debug"];
    let program = Program::start(&arguments, &[]);
    get(&program, "/OAuth2/Keys/bank?state=x");
    let ended = program.stop("TERM");
    let lines: Vec<Value> = ended
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let request = lines.iter().find(|line| line["fields"]["message"] == "answered").unwrap();
    assert_eq!(request["level"], "DEBUG");
    assert_eq!(
        request["fields"],
        serde_json::json!({ "message": "answered", "method": "GET", "path": "/oauth2/keys/bank", "status": 200 })
    );
    assert!(lines.iter().any(|line| line["fields"]["message"] == "stopping"), "{}", ended.err);
}

#[test]
fn a_quiet_server_logs_only_that_it_stops() {
    let program = Program::start(&["--port", "0"], &[]);
    get(&program, "/health");
    let ended = program.stop("TERM");
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    let program = Program::start(&["--port", "0", "--log-level", "error"], &[]);
    assert_eq!(program.stop("TERM").err, "");
}
