//! Request objects: an authorization request inside a JWT.
//!
//! [OpenID Connect Core §6](https://openid.net/specs/openid-connect-core-1_0.html#JWTRequests)

use serde_json::Value;

use super::keys::{ClientSigner, unverified_text};
use super::policy::RequestObjects;
use super::registry::Registered;
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
    registered: &Registered,
    request: &AuthorizeRequest,
) -> Result<Option<AuthorizeRequest>, OAuthError> {
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
    inside(registered, request.client_id.as_deref(), object)
        .and_then(|inside| merged(&inside, request))
        .map(Some)
        .map_err(|text| OAuthError::new(ErrorCode::InvalidRequestObject, text))
}

/// What the request object says. Whose keys verify it is told by the `client_id` beside it, or else
/// by the one inside.
fn inside(
    registered: &Registered,
    client_id: Option<&str>,
    object: &str,
) -> Result<AuthorizeRequest, &'static str> {
    let inside = || unverified_text(object, "client_id");
    let client_id = client_id.map(str::to_owned).or_else(inside);
    let client = client_id.and_then(|id| registered.client(&id));
    let signer = client.as_ref().map_or_else(ClientSigner::nobody, |client| client.signer());
    let Some((claims, _)) = signer.read(object) else {
        return Err("the request object is malformed, or not signed by the client");
    };
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err("a request object holds no other request object");
    }
    Ok(AuthorizeRequest::from(&parameters(claims)))
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
