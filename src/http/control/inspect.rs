//! What is alive, and what a token is worth.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;

use super::call::{Call, shown};
use super::operation::{Operation, Outcome, Run};
use crate::tenant::inspect::{Alive, Verdict};

pub(super) const OPERATIONS: [Operation; 2] = [
    Operation::new(
        "GET",
        "/live",
        "Logins on their way, sessions, codes and tokens with their families",
        Run::Show(live),
    )
    .gives::<Vec<Alive>>(),
    Operation::new("POST", "/tokens/verify", "What is wrong with a token", Run::Now(verify))
        .takes::<Token>()
        .gives::<Verdict>(),
];

/// A token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Token {
    /// The token, of any kind.
    token: String,
}

fn live(call: &Call) -> HttpResponse {
    shown(&call.tenant.alive())
}

fn verify(call: &Call) -> Outcome {
    let Token { token } = call.body()?;
    Ok(shown(&call.tenant.verdict(&call.base, &token)))
}
