//! Answers the requests of a flow, and those for one token, with constants, and tokens that are signatures and
//! filling: what HTTP by actix-web and RS256 cost, and nothing else. It keeps nothing, checks nothing, and signs
//! where it answers, so that whoever comes meanwhile waits.
//!
//! `flow-limit --port PORT`; other arguments are passed by.

use std::env::args;
use std::io;
use std::sync::Arc;

use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, get, post};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

type Key = Data<RsaKeyPair>;

fn main() -> io::Result<()> {
    let words: Vec<String> = args().collect();
    let port = words
        .windows(2)
        .find(|pair| pair[0] == "--port")
        .and_then(|pair| pair[1].parse::<u16>().ok());
    let Some(port) = port else {
        eprintln!("usage: flow-limit --port PORT");
        std::process::exit(2);
    };
    let key = Key::from(Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key is made")));
    let application = move || {
        App::new()
            .app_data(key.clone())
            .route("/health", get().to(HttpResponse::Ok))
            .route("/Security/StartAuthentication", post().to(start))
            .route("/Security/AdvanceAuthentication", post().to(advance))
            .route("/OAuth2/Authorize/bank", get().to(authorize))
            .route("/OAuth2/Token/bank", post().to(exchange))
            .route("/OAuth2/Token/machine", post().to(own_token))
    };
    rt::System::new().block_on(HttpServer::new(application).bind(("127.0.0.1", port))?.run())
}

/// As long as an access token of the mock, signed.
fn token(key: &RsaKeyPair) -> String {
    let mut signature = vec![0; key.public_modulus_len()];
    let filling = "a".repeat(512);
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), filling.as_bytes(), &mut signature)
        .expect("the key signs");
    format!("{filling}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn json(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text)
}

// The body is read by each that gets one: else the connection would be closed.
async fn start(_: Bytes) -> HttpResponse {
    json(
        r#"{"Result":{"SessionId":"s","Challenges":[{"Mechanisms":[{"MechanismId":"m"}]}]}}"#
            .to_owned(),
    )
}

async fn advance(key: Key, _: Bytes) -> HttpResponse {
    json(format!(
        r#"{{"Result":{{"Summary":"LoginSuccess","Auth":"a","Token":"{}"}}}}"#,
        token(&key)
    ))
}

async fn authorize(key: Key, request: HttpRequest) -> HttpResponse {
    let asked =
        |name: &str| request.query_string().split('&').find_map(|pair| pair.strip_prefix(name));
    let mut to = format!(
        "http://localhost:3000/callback?code=c&state={}",
        asked("state=").unwrap_or_default()
    );
    if asked("response_type=").is_some_and(|types| types.contains("token")) {
        to += &format!("&id_token={}&access_token={}", token(&key), token(&key));
    }
    HttpResponse::Found().insert_header((LOCATION, to)).finish()
}

async fn exchange(key: Key, _: Bytes) -> HttpResponse {
    json(format!(r#"{{"access_token":"{}","id_token":"{}"}}"#, token(&key), token(&key)))
}

async fn own_token(key: Key, _: Bytes) -> HttpResponse {
    json(format!(r#"{{"access_token":"{}"}}"#, token(&key)))
}
