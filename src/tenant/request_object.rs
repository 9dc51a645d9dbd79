//! Request objects: an authorization request inside a JWT.
//!
//! [OpenID Connect Core §6](https://openid.net/specs/openid-connect-core-1_0.html#JWTRequests)

use serde_json::Value;

use super::keys::ClientSigner;
use super::policy::RequestObjects;
use super::registry::AppAt;
use crate::clock::Timestamp;
use crate::protocol::authorize::AuthorizeRequest;
use crate::protocol::claims::Claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::parameters::Parameters;

/// The request that the client means, if it brings a request object: what that says goes before what
/// stands beside it.
///
/// # Errors
///
/// A request object by reference, one that is malformed or signed by somebody else, or one that
/// contradicts the parameters that must stand on both sides (§6.1).
pub(super) fn unfold(
    at: &AppAt,
    request: &AuthorizeRequest,
    now: Timestamp,
) -> Result<Option<AuthorizeRequest>, OAuthError> {
    let registered = &*at.registered;
    if registered.policy.request_objects == RequestObjects::Ignored {
        return Ok(None);
    }
    if request.request_uri.is_some() {
        let text = "request objects are read by value only";
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, text));
    }
    let Some(object) = request.request.as_deref() else {
        return Ok(None);
    };
    let client_id =
        request.client_id.as_deref().ok_or("client_id must stand beside the request object");
    client_id
        .and_then(|client_id| inside(at, client_id, object, now))
        .and_then(|inside| {
            stands_beside(&inside, request)?;
            merged(&inside, request)
        })
        .map(Some)
        .map_err(|text| OAuthError::new(ErrorCode::InvalidRequestObject, text))
}

/// What the request object says. It has to be that client's.
fn inside(
    at: &AppAt,
    client_id: &str,
    object: &str,
    now: Timestamp,
) -> Result<AuthorizeRequest, &'static str> {
    let client = at.registered.client(client_id);
    let signer = client.as_ref().map_or_else(ClientSigner::nobody, |client| client.signer());
    let Some((claims, _)) = signer.read(object) else {
        return Err("the request object is malformed, or not signed by the client");
    };
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err("a request object holds no other request object");
    }
    check_claims(at, client_id, &claims, now)?;
    Ok(AuthorizeRequest::from(&parameters(claims)))
}

/// Who made the object, for whom, and for how long, as far as it says so (§6.1, RFC 7519 §4.1). One
/// whose subject is the client could be taken for a client assertion
/// ([RFC 9101 §10.8](https://www.rfc-editor.org/rfc/rfc9101#section-10.8)).
fn check_claims(
    at: &AppAt,
    client_id: &str,
    claims: &Claims,
    now: Timestamp,
) -> Result<(), &'static str> {
    let is_us = |aud: &Value| aud == &at.issuer;
    let is_for_us = claims.get("aud").is_none_or(|aud| match aud {
        Value::Array(audiences) => audiences.iter().any(is_us),
        audience => is_us(audience),
    });
    let seconds = |name: &str| claims.get(name).map(Value::as_i64);
    let now = Some(now.seconds());
    if claims.get("iss").is_some_and(|iss| iss != client_id) {
        Err("iss of the request object is not its client")
    } else if !is_for_us {
        Err("aud of the request object is not this issuer")
    } else if seconds("exp").is_some_and(|exp| exp <= now) {
        Err("the request object has expired")
    } else if seconds("nbf").is_some_and(|nbf| nbf.is_none() || nbf > now) {
        Err("the request object is not valid yet")
    } else if claims.get("sub").is_some_and(|sub| sub == client_id) {
        Err("sub of a request object is not its client")
    } else {
        Ok(())
    }
}

/// What must stand beside the object too, so that the request is a valid one without it (§6.1).
fn stands_beside(inside: &AuthorizeRequest, beside: &AuthorizeRequest) -> Result<(), &'static str> {
    let has_openid = |request: &AuthorizeRequest| {
        request.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|one| one == "openid"))
    };
    if beside.response_type.is_none() {
        Err("response_type must stand beside the request object")
    } else if has_openid(inside) && !has_openid(beside) {
        Err("scope openid must stand beside the request object")
    } else {
        Ok(())
    }
}

/// Members as parameters: a number in decimal digits, an object (`claims`) as its JSON text.
fn parameters(claims: Claims) -> Parameters {
    claims
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        })
        .collect()
}

fn merged(
    inside: &AuthorizeRequest,
    beside: &AuthorizeRequest,
) -> Result<AuthorizeRequest, &'static str> {
    let contradicts = |inside: &Option<String>, beside: &Option<String>| {
        inside.is_some() && beside.is_some() && inside != beside
    };
    if contradicts(&inside.client_id, &beside.client_id) {
        return Err("client_id differs inside and beside the request object");
    }
    if contradicts(&inside.response_type, &beside.response_type) {
        return Err("response_type differs inside and beside the request object");
    }
    let either =
        |inside: &Option<String>, beside: &Option<String>| inside.clone().or(beside.clone());
    Ok(AuthorizeRequest {
        client_id: either(&inside.client_id, &beside.client_id),
        redirect_uri: either(&inside.redirect_uri, &beside.redirect_uri),
        response_type: either(&inside.response_type, &beside.response_type),
        response_mode: either(&inside.response_mode, &beside.response_mode),
        scope: either(&inside.scope, &beside.scope),
        state: either(&inside.state, &beside.state),
        nonce: either(&inside.nonce, &beside.nonce),
        prompt: either(&inside.prompt, &beside.prompt),
        code_challenge: either(&inside.code_challenge, &beside.code_challenge),
        code_challenge_method: either(&inside.code_challenge_method, &beside.code_challenge_method),
        max_age: either(&inside.max_age, &beside.max_age),
        login_hint: either(&inside.login_hint, &beside.login_hint),
        id_token_hint: either(&inside.id_token_hint, &beside.id_token_hint),
        acr_values: either(&inside.acr_values, &beside.acr_values),
        claims: either(&inside.claims, &beside.claims),
        request: None,
        request_uri: None,
        duplicated: beside.duplicated.clone(),
        places: beside.places.clone(),
    })
}
