//! HTTP/2: several requests at once on one connection, without a `Host` header.

use std::sync::Arc;

use actix_web::rt::net::TcpStream;
use http::Request;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::https;
use crate::harness::{Answer, CALLBACK, Mock, Trust};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Sends all of them at once on one connection to the server under that authority; each is method,
/// target, headers and body.
fn send(mock: &Mock, authority: &str, requests: &[(&str, &str, Headers<'_>, &str)]) -> Vec<Answer> {
    let exchange = exchange(mock, authority, requests);
    actix_web::rt::System::new().block_on(exchange).expect("the mock speaks HTTP/2")
}

async fn exchange(
    mock: &Mock,
    authority: &str,
    requests: &[(&str, &str, Headers<'_>, &str)],
) -> Result<Vec<Answer>, Box<dyn std::error::Error>> {
    let trust = mock.trust.clone().expect("the mock has https");
    let trust = Trust { protocols: &["h2"], ..trust };
    let tcp = TcpStream::connect(mock.url.trim_start_matches("https://")).await?;
    let connector = TlsConnector::from(Arc::new(trust.config()));
    let tls = connector.connect(ServerName::try_from("localhost")?, tcp).await?;
    let (mut sender, connection) = h2::client::handshake(tls).await?;
    let connection = actix_web::rt::spawn(connection);
    let mut waiting = Vec::new();
    for (method, target, headers, body) in requests {
        let uri = format!("https://{authority}{target}");
        let mut request = Request::builder().method(*method).uri(uri);
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        sender = sender.ready().await?;
        let (answer, mut stream) = sender.send_request(request.body(())?, body.is_empty())?;
        if !body.is_empty() {
            stream.send_data((*body).to_owned().into(), true)?;
        }
        waiting.push(answer);
    }
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(received(answer.await?).await?);
    }
    connection.abort();
    Ok(answers)
}

async fn received(
    response: http::Response<h2::RecvStream>,
) -> Result<Answer, Box<dyn std::error::Error>> {
    let (head, mut stream) = response.into_parts();
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        body.extend_from_slice(&data?);
    }
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
    let body = String::from_utf8(body)?;
    Ok(Answer { status: head.status.as_u16(), headers: headers.collect(), body })
}

#[test]
fn the_issuer_follows_the_authority() {
    let mock = https();
    for (authority, issuer) in [
        ("mock.example", "https://mock.example/bank/"),
        ("mock.example:8443", "https://mock.example:8443/bank/"),
        ("[::1]:8443", "https://[::1]:8443/bank/"),
    ] {
        let target = "/bank/.well-known/openid-configuration";
        let [answer] = &send(&mock, authority, &[("GET", target, &[], "")])[..] else { panic!() };
        assert_eq!(answer.json()["issuer"], issuer, "{answer:?}");
    }
}

#[test]
fn a_code_flow_goes_over_http_2() {
    let mock = https();
    let session = mock.alice();
    // Browsers send each cookie on its own (RFC 9113 §8.2.3).
    let session = format!(".ASPXAUTH={session}");
    let cookies = [("cookie", "other=1"), ("cookie", session.as_str())];
    let authorize = format!(
        "/OAuth2/Authorize/bank?client_id=bank-client&response_type=code&scope=openid&nonce=n\
         &redirect_uri={CALLBACK}"
    );
    let answers = send(&mock, "localhost", &[("GET", &authorize, &cookies, "")]);
    let code = answers[0].callback_parameter("code").unwrap_or_else(|| panic!("{answers:?}"));
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}\
         &client_id=bank-client&client_secret=bank-secret"
    );
    let content_type = [("content-type", "application/x-www-form-urlencoded")];
    let requests: [(&str, &str, Headers<'_>, &str); 3] = [
        ("POST", "/oauth2//TOKEN/bank/", &content_type, &form),
        ("GET", "/OAuth2/Keys/bank", &[], ""),
        ("GET", "/nowhere", &[], ""),
    ];
    let answers = send(&mock, "localhost", &requests);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 404], "{answers:?}");
    assert!(answers[0].json()["id_token"].is_string(), "{answers:?}");
    assert!(answers[1].json()["keys"].is_array(), "{answers:?}");
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let mock = https();
    let long = "a".repeat(65 * 1024 - 1);
    let content_type = [("content-type", "application/x-www-form-urlencoded")];
    let answers = send(&mock, "localhost", &[("POST", "/OAuth2/Token/bank", &content_type, &long)]);
    assert_eq!(answers[0].status, 413, "{answers:?}");
    assert_eq!(mock.get("/health").status, 200);
}
