//! What the program prints once it listens.

use super::get;
use crate::harness::{Program, clean_command};

#[test]
fn the_start_message_can_be_parsed() {
    let program = Program::start(&["--port", "0"], &[]);
    let url = program.url.clone();
    assert!(url.strip_prefix("http://127.0.0.1:").unwrap().parse::<u16>().unwrap() > 0, "{url}");
    let lines: Vec<String> = (0..8).map_while(|_| program.line()).collect();
    assert_eq!(
        lines,
        [
            format!(
                "app id=__idaptive_cybr_user_oidc client_id=__idaptive_cybr_user_oidc issuer={url}/__idaptive_cybr_user_oidc/ discovery={url}/__idaptive_cybr_user_oidc/.well-known/openid-configuration"
            ),
            format!(
                "app id=bank client_id=bank-client issuer={url}/bank/ discovery={url}/bank/.well-known/openid-configuration"
            ),
            format!(
                "app id=spa client_id=spa-client issuer={url}/spa/ discovery={url}/spa/.well-known/openid-configuration"
            ),
            "user name=alice@example.com".to_owned(),
            "user name=bob@example.com".to_owned(),
            "user name=dana@example.com".to_owned(),
            "user name=erin@federated.example".to_owned(),
            "user name=svc@example.com".to_owned(),
        ]
    );
    let discovery = get(&program, "/bank/.well-known/openid-configuration").json();
    assert_eq!(discovery["issuer"], format!("{url}/bank/"));
}

#[test]
fn the_first_line_says_what_is_listening() {
    let mut child = clean_command(&["--port", "0"], &[]).spawn().unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, rest) = line.split_once(' ').unwrap();
    let (_, rest) = rest.split_once(' ').unwrap();
    assert_eq!(rest, "tenant=ABC1234 note=\"mock of CyberArk Identity, for tests only\"\n");
}

#[test]
fn names_that_would_break_a_line_are_quoted() {
    let fixture = serde_json::json!({
        "users": [{ "name": "Eve \"E\" Ex" }],
        "apps": [{ "application_id": "a", "client_id": "my client\nuser name=x" }],
    });
    let inline = [("CYBERARK_MOCK_FIXTURES_INLINE", fixture.to_string())];
    let inline = inline.each_ref().map(|(name, value)| (*name, value.as_str()));
    let program = Program::start(&["--port", "0"], &inline);
    let app = program.line().unwrap();
    assert!(app.starts_with(r#"app id=a client_id="my client\nuser name=x" issuer="#), "{app}");
    assert_eq!(program.line().unwrap(), r#"user name="Eve \"E\" Ex""#);
}

#[test]
fn a_long_list_is_cut_short_and_counted() {
    let users: Vec<_> =
        (10..35).map(|n| serde_json::json!({ "name": format!("u{n}@x") })).collect();
    let fixture = serde_json::json!({ "users": users }).to_string();
    let program = Program::start(&["--port", "0", "--fixtures-inline", &fixture], &[]);
    let lines: Vec<String> = (0..21).map_while(|_| program.line()).collect();
    assert_eq!((lines[0].as_str(), lines[19].as_str()), ("user name=u10@x", "user name=u29@x"));
    assert_eq!(lines[20], "more count=5");
}
