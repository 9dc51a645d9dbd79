//! Request objects: an authorization request inside a JWT.
//!
//! [OpenID Connect Core §6](https://openid.net/specs/openid-connect-core-1_0.html#JWTRequests)

use serde_json::Value;

use super::Tenant;
use super::keys::ClientSigner;
use super::policy::RequestObjects;
use super::registry::{AppAt, Registered};
use crate::clock::Timestamp;
use crate::protocol::authorize::{AuthorizeCall, AuthorizeRequest};
use crate::protocol::claims::Claims;
use crate::protocol::client_metadata::ClientAlgorithm;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::parameters::Parameters;
use crate::protocol::request_uri::may_hold;

/// A request that came in a request object.
pub(super) struct Unfolded {
    pub(super) request: AuthorizeRequest,
    /// The object is signed, and does not say by whom or for whom.
    pub(super) is_unaddressed: bool,
}

/// The request that the client means, if it brings a request object: what that says goes before what
/// stands beside it.
///
/// # Errors
///
/// A request object that is not there, is malformed or signed by somebody else, or one that
/// contradicts the parameters that must stand on both sides (§6.1).
pub(super) fn unfold(
    at: &AppAt,
    request: &AuthorizeRequest,
    now: Timestamp,
) -> Result<Option<Unfolded>, OAuthError> {
    if at.registered.policy.request_objects == RequestObjects::Ignored {
        return Ok(None);
    }
    let object = match reference(&at.registered, request)? {
        Some(uri) => Some(brought(uri, request)?),
        None => request.request.as_deref(),
    };
    let Some(object) = object else {
        return Ok(None);
    };
    let client_id = request.client_id.as_deref().ok_or(NO_CLIENT_ID);
    client_id
        .and_then(|client_id| inside(at, client_id, object, now))
        .and_then(|Unfolded { request: inside, is_unaddressed }| {
            stands_beside(&inside, request)?;
            Ok(Unfolded { request: merged(&inside, request)?, is_unaddressed })
        })
        .map(Some)
        .map_err(|text| OAuthError::new(ErrorCode::InvalidRequestObject, text))
}

const NO_CLIENT_ID: &str = "client_id must stand beside the request object";

/// The URI that has to be looked at for the request, if there is one.
///
/// # Errors
///
/// A URI that is none of the client's, or where there may be none.
fn reference<'r>(
    registered: &Registered,
    request: &'r AuthorizeRequest,
) -> Result<Option<&'r str>, OAuthError> {
    if registered.policy.request_objects == RequestObjects::Ignored {
        return Ok(None);
    }
    let Some(uri) = request.request_uri.as_deref() else {
        return Ok(None);
    };
    if request.request.is_some() {
        let text = "request and request_uri may not be sent together";
        return Err(OAuthError::invalid_request(text));
    }
    if !registered.takes_references() {
        let text = "request objects are read by value only: no client has request_uris";
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, text));
    }
    let Some(client_id) = request.client_id.as_deref() else {
        return Err(OAuthError::invalid_request(NO_CLIENT_ID));
    };
    if registered.client(client_id).is_some_and(|client| client.keeps_object_at(uri)) {
        return Ok(Some(uri));
    }
    let text = "request_uri is not registered for this client";
    Err(OAuthError::new(ErrorCode::InvalidRequestUri, text))
}

/// What was found at the URI.
fn brought<'r>(uri: &str, request: &'r AuthorizeRequest) -> Result<&'r str, OAuthError> {
    let refused = |text| OAuthError::new(ErrorCode::InvalidRequestUri, text);
    match &request.fetched {
        Some(Ok(object)) if may_hold(uri, object) => Ok(object),
        Some(Ok(_)) => Err(refused("what stands at request_uri has not the hash in its fragment")),
        Some(Err(error)) => Err(error.clone()),
        None => Err(refused("nobody looked at request_uri")),
    }
}

impl Tenant {
    /// The URI under which somebody has to look for the request object of a call, before it is
    /// decided on: one that its client has registered.
    pub fn object_to_fetch(&self, application_id: &str, call: &AuthorizeCall) -> Option<String> {
        let AuthorizeCall::Request(request) = call else { return None };
        let registered = self.0.apps.get(application_id)?;
        reference(&registered, request).ok().flatten().map(str::to_owned)
    }
}

/// What the request object says. It has to be that client's.
fn inside(
    at: &AppAt,
    client_id: &str,
    object: &str,
    now: Timestamp,
) -> Result<Unfolded, &'static str> {
    let client = at.registered.client(client_id);
    let signer = client.as_ref().map_or_else(ClientSigner::nobody, |client| client.signer());
    let Some((claims, algorithm)) = signer.read(object) else {
        return Err("the request object is malformed, or not signed by the client");
    };
    let registered = client.and_then(|client| client.settings.request_object_signing_alg);
    if registered.is_some_and(|registered| registered != algorithm) {
        return Err("the client is registered for another algorithm of request objects");
    }
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err("a request object holds no other request object");
    }
    check_claims(at, client_id, &claims, now)?;
    let says = |name: &str| claims.contains_key(name);
    let is_unaddressed = algorithm != ClientAlgorithm::None && !(says("iss") && says("aud"));
    Ok(Unfolded { request: AuthorizeRequest::from(&parameters(claims)), is_unaddressed })
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
        display: either(&inside.display, &beside.display),
        ui_locales: either(&inside.ui_locales, &beside.ui_locales),
        claims_locales: either(&inside.claims_locales, &beside.claims_locales),
        fetched: None,
        duplicated: beside.duplicated.clone(),
        places: beside.places.clone(),
    })
}
