//! Keys: listed, rotated, added, removed; and any claims signed.

use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::call::{Call, done, shown};
use super::operation::{Operation, Outcome, Run};
use super::problem::Problem;
use crate::protocol::jwk::{Jwk, SigningAlgorithm};
use crate::tenant::keys::{KeyState, RemoveKeyError, Signature, SigningKey};

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::new("GET", "/keys", "The keys with their public parts", Run::Show(list))
        .gives::<Vec<KeyView>>(),
    Operation::new(
        "POST",
        "/keys/rotate",
        "Sign with a new key",
        Run::Later(|c| Box::pin(rotate(c))),
    )
    .takes_if_any::<NewKey>()
    .gives::<Vec<KeyView>>(),
    Operation::new(
        "POST",
        "/keys",
        "Publish a key beside those that sign",
        Run::Later(|c| Box::pin(add(c))),
    )
    .takes_if_any::<NewKey>()
    .gives::<Vec<KeyView>>(),
    Operation::new("DELETE", "/keys/{kid}", "Publish a key no more", Run::Now(remove)),
    Operation::new("POST", "/keys/sign", "Sign any claims", Run::Later(|c| Box::pin(sign(c))))
        .takes::<ToSign>()
        .gives::<Signed>(),
];

/// A key of the tenant.
#[derive(Debug, Serialize, JsonSchema)]
struct KeyView {
    /// `signing`, or `published`: it verifies only.
    state: &'static str,
    /// When it is forgotten, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    /// The public key.
    #[schemars(with = "Map<String, Value>")]
    jwk: Jwk,
}

/// A key to be.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct NewKey {
    /// An RSA private key, PKCS#8 or PKCS#1; a new one is made when absent.
    #[schemars(regex(pattern = "-----BEGIN "))]
    pem: Option<String>,
}

/// Claims to be signed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToSign {
    /// The claims, any of them.
    claims: Map<String, Value>,
    /// Header members beside or instead of the usual ones; null takes one out.
    #[serde(default)]
    header: Map<String, Value>,
    /// How to sign.
    #[serde(default)]
    algorithm: SigningAlgorithm,
    /// What the signature is worth.
    #[serde(default)]
    signature: Signature,
    /// A key that is not the tenant's: RSA, PKCS#8 or PKCS#1.
    #[serde(default)]
    #[schemars(regex(pattern = "-----BEGIN "))]
    pem: Option<String>,
}

/// A token.
#[derive(Debug, Serialize, JsonSchema)]
struct Signed {
    /// The compact serialization.
    token: String,
}

fn views(call: &Call) -> Vec<KeyView> {
    let view = |(jwk, state)| match state {
        KeyState::Signing => KeyView { state: "signing", until: None, jwk },
        KeyState::Published { until } => {
            KeyView { state: "published", until: Some(until.seconds()), jwk }
        }
    };
    call.tenant.all_keys().into_iter().map(view).collect()
}

fn list(call: &Call) -> HttpResponse {
    shown(&views(call))
}

/// Makes or reads a key, where it disturbs nobody.
async fn key(pem: Option<String>) -> Result<SigningKey, Problem> {
    let made = web::block(|| SigningKey::from_pem(&pem.unwrap_or_else(SigningKey::generate_pem)));
    let made = made.await.map_err(|_| Problem::unavailable("the server is stopping"))?;
    made.map_err(|error| Problem::bad_request(error.to_string()).at("/pem"))
}

async fn rotate(call: Call) -> Outcome {
    let NewKey { pem } = call.body_if_any()?;
    call.tenant.rotate_key(key(pem).await?);
    Ok(shown(&views(&call)))
}

async fn add(call: Call) -> Outcome {
    let NewKey { pem } = call.body_if_any()?;
    call.tenant.publish_key(key(pem).await?);
    Ok(shown(&views(&call)))
}

fn remove(call: &Call) -> Outcome {
    let kid = call.segment("kid");
    call.tenant.remove_key(kid).map(|()| done()).map_err(|error| match error {
        RemoveKeyError::Absent => Problem::not_found(format!("there is no key {kid:?}")),
        RemoveKeyError::Signing => Problem::conflict("the key signs: rotate first"),
    })
}

async fn sign(call: Call) -> Outcome {
    let ToSign { claims, header, algorithm, signature, pem } = call.body()?;
    let foreign = match pem {
        Some(pem) => Some(key(Some(pem)).await?),
        None => None,
    };
    let tenant = call.tenant.clone();
    let work = move || match foreign {
        Some(key) => key.forge(&header, signature, &claims),
        None => tenant.signing_key(algorithm).forge(&header, signature, &claims),
    };
    let token = web::block(work).await;
    let token = token.map_err(|_| Problem::unavailable("the server is stopping"))?;
    Ok(shown(&Signed { token }))
}
