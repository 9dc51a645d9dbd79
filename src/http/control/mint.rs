//! Tokens, codes and sessions without a flow.

use actix_web::web;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::extract::SESSION_COOKIE;
use super::call::{Call, put};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::tenant::mint::{Minting, Wanted};
use crate::tenant::user::LOGIN_NAME;

pub(super) const OPERATIONS: [Operation; 4] = [
    Operation::new("POST", "/mint/id-token", "An ID token", Run::Later(|c| Box::pin(id_token(c))))
        .takes::<Wanted>()
        .gives::<Minted>()
        .with(&[201]),
    Operation::new(
        "POST",
        "/mint/access-token",
        "An access token",
        Run::Later(|c| Box::pin(access_token(c))),
    )
    .takes::<Wanted>()
    .gives::<Minted>()
    .with(&[201]),
    Operation::new("POST", "/mint/code", "An authorization code", Run::Now(code))
        .takes::<Wanted>()
        .gives::<Code>()
        .with(&[201]),
    Operation::new("POST", "/mint/session", "A user who is signed in", Run::Now(session))
        .takes::<SignedIn>()
        .gives::<Session>()
        .with(&[201]),
];

/// A token.
#[derive(Debug, Serialize, JsonSchema)]
struct Minted {
    /// The token.
    token: String,
    /// Seconds that it lives.
    expires_in: i64,
}

/// A code.
#[derive(Debug, Serialize, JsonSchema)]
struct Code {
    /// The code.
    code: String,
}

/// Who is to be signed in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignedIn {
    /// Login name.
    #[schemars(regex(pattern = LOGIN_NAME))]
    user: String,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
struct Session {
    /// The session id, which is a bearer token too.
    session: String,
    /// The cookie that proves it, as a `Cookie` field has it.
    cookie: String,
}

async fn signed(minting: Minting) -> Outcome {
    let signed = web::block(|| minting.sign()).await;
    let (token, expires_in) = signed.map_err(|_| Problem::unavailable("the server is stopping"))?;
    Ok(put(true, &Minted { token, expires_in }))
}

async fn id_token(call: Call) -> Outcome {
    signed(call.tenant.mint_id_token(&call.base, call.body()?)?).await
}

async fn access_token(call: Call) -> Outcome {
    signed(call.tenant.mint_access_token(&call.base, call.body()?)?).await
}

fn code(call: &Call) -> Outcome {
    Ok(put(true, &Code { code: call.tenant.mint_code(&call.base, &call.body()?)? }))
}

fn session(call: &Call) -> Outcome {
    let SignedIn { user } = call.body()?;
    let session = call.tenant.mint_session(&user)?;
    let cookie = format!("{SESSION_COOKIE}={session}");
    Ok(put(true, &Session { session, cookie }))
}
