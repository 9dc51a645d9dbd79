//! The checks of an authorization request, in the order in which they are made: redirect URI, client,
//! then what the client may be told at its redirect URI.
//!
//! [RFC 6749 §4.1.1, §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1),
//! [OpenID Connect Core §3.1.2.2, §3.2.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequestValidation);
//! texts and statuses of the product: CyberArk's OpenAPI description of `/OAuth2/Authorize`.

use std::sync::Arc;

use super::app::AppType;
use super::authorize::Decision;
use super::callback::{Callback, ErrorForm, readable_response_type, usable_mode};
use super::demands::{demand_openid, demand_pkce, is_too_insecure};
use super::places::{refuse_duplicates, refuse_misplaced};
use super::policy::{
    AuthorizeErrors, FrontChannelNonce, HybridTokens, Policy, PromptValues, UnusableResponseMode,
    UnverifiedRedirect,
};
use super::registry::{AppAt, Registered, RegisteredClient};
use super::wishes::Wishes;
use crate::protocol::authorize::{AuthorizeRequest, Prompt};
use crate::protocol::error::{ErrorCode, Fault, OAuthError, echo};
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;

/// A request whose every parameter was checked.
pub(super) struct Checked {
    pub(super) callback: Callback,
    pub(super) client: Arc<RegisteredClient>,
    /// As requested: the application's own client may answer to several ids.
    pub(super) client_id: String,
    pub(super) redirect_uri: RedirectUri,
    /// As requested.
    pub(super) response_type: ResponseType,
    /// What the front channel brings: `response_type` but for [`Policy::hybrid_tokens`].
    pub(super) front_channel: ResponseType,
    pub(super) scope: Scope,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) prompt: Prompt,
    pub(super) wishes: Wishes,
}

/// A check's outcome: `Err` ends the request with this decision.
type Check<T> = Result<T, Box<Decision>>;

/// The checks, in order: redirect URI, client, then what the client may be told at its redirect URI.
pub(super) fn check(at: &AppAt, request: &AuthorizeRequest) -> Check<Checked> {
    let registered = &at.registered;
    let policy = registered.policy;
    let redirect_uri = sent_redirect_uri(policy, request)?;
    let client = request.client_id.as_deref().and_then(|id| registered.client(id));
    let is_registered = match &client {
        Some(client) => client.allows_redirect(&redirect_uri),
        None => registered.knows_redirect(&redirect_uri),
    };
    if !is_registered {
        return Err(local_error(policy, OAuthError::invalid_request("invalid redirect")).into());
    }
    if is_too_insecure(policy, &redirect_uri) {
        let text = "redirect_uri: expected https, or http on the loopback interface";
        return Err(local_error(policy, OAuthError::invalid_request(text)).into());
    }
    let Some((client, callback)) = client.zip(Callback::of(at, request, &redirect_uri)) else {
        return Err(unknown_client(at, redirect_uri, request).into());
    };
    let response_type = response_type(registered, request, &callback)?;
    let prompt = prompt(policy, request, &callback)?;
    let refuse = |error: OAuthError| Box::new(Decision::Refuse(callback.clone().report(error)));
    refuse_duplicates(policy, request.duplicated.as_deref()).map_err(&refuse)?;
    refuse_misplaced(policy, &request.places).map_err(&refuse)?;
    if policy.unusable_response_mode == UnusableResponseMode::Refuse {
        usable_mode(request, Some(response_type)).map_err(&refuse)?;
    }
    check_methods(registered, &client, response_type).map_err(&refuse)?;
    let scope = scope(registered, &client, request).map_err(&refuse)?;
    let front_channel = front_channel(policy, response_type);
    check_id_token(policy, request, front_channel, &scope).map_err(&refuse)?;
    demand_openid(registered, &scope).map_err(&refuse)?;
    let code_challenge = code_challenge(request).map_err(&refuse)?;
    demand_pkce(policy, client.is_public, response_type, request).map_err(&refuse)?;
    let wishes = Wishes::of(policy, &client.settings, request).map_err(&refuse)?;
    Ok(Checked {
        callback,
        client,
        client_id: request.client_id.clone().unwrap_or_default(),
        redirect_uri,
        response_type,
        front_channel,
        scope,
        nonce: request.nonce.clone(),
        code_challenge,
        prompt,
        wishes,
    })
}

pub(super) fn sent_redirect_uri(policy: Policy, request: &AuthorizeRequest) -> Check<RedirectUri> {
    let Some(sent) = request.redirect_uri.as_deref() else {
        return Err(local_error(policy, OAuthError::invalid_request("invalid redirect")).into());
    };
    sent.parse().map_err(|_| {
        let text = "Invalid URI: The format of the URI could not be determined.";
        local_error(policy, OAuthError::invalid_request(text).blamed_on(Fault::Server)).into()
    })
}

fn unknown_client(at: &AppAt, uri: RedirectUri, request: &AuthorizeRequest) -> Decision {
    let policy = at.registered.policy;
    let error = OAuthError::new(ErrorCode::InvalidClient, "invalid client creds");
    match policy.unverified_redirect {
        UnverifiedRedirect::Follow => {
            let form = ErrorForm::of(policy, &at.issuer, request);
            Decision::Refuse(form.tell(uri, error))
        }
        UnverifiedRedirect::Page => Decision::Page(error),
    }
}

fn response_type(
    registered: &Registered,
    request: &AuthorizeRequest,
    callback: &Callback,
) -> Check<ResponseType> {
    let policy = registered.policy;
    let Some(sent) = request.response_type.as_deref() else {
        let error = OAuthError::invalid_request("missing response_type").blamed_on(Fault::Server);
        return Err(client_error(policy, callback, error).into());
    };
    // CyberArk: bare `token` is not in the metadata, but OAuth2 apps have an "Implicit" method.
    let is_bare_token = |wanted: &ResponseType| wanted.token && !wanted.code && !wanted.id_token;
    let allows_bare_token = registered.app.app_type != AppType::OpenidConnect;
    readable_response_type(request)
        .filter(|wanted| allows_bare_token || !is_bare_token(wanted))
        .ok_or_else(|| {
            let text = format!("invalid response_type: {}", echo(sent));
            let error = OAuthError::new(ErrorCode::UnsupportedResponseType, text);
            client_error(policy, callback, error).into()
        })
}

/// The application's "Auth methods" (error inferred), and what the client is registered for.
fn check_methods(
    registered: &Registered,
    client: &RegisteredClient,
    wanted: ResponseType,
) -> Result<(), OAuthError> {
    let text = if !registered.app.allows_response(wanted) {
        "the application does not allow this response_type"
    } else if !client.asks_for(wanted) {
        "the client is not registered for this response_type"
    } else {
        return Ok(());
    };
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, text))
}

fn prompt(policy: Policy, request: &AuthorizeRequest, callback: &Callback) -> Check<Prompt> {
    let Some(sent) = request.prompt.as_deref() else {
        return Ok(Prompt::default());
    };
    let parsed = Prompt::parse(sent);
    if policy.prompt_values == PromptValues::NoneAndLogin {
        return parsed.ok().filter(|prompt| !prompt.consent && !prompt.select_account).ok_or_else(
            || {
                let text = format!(
                    "Unsupported prompt value: '{}'.  Supported prompt values: 'none' and 'login'.",
                    echo(sent)
                );
                let error = OAuthError::new(ErrorCode::UnsupportedPrompt, text);
                client_error(policy, callback, error).into()
            },
        );
    }
    let refuse =
        |text: String| Box::new(client_error(policy, callback, OAuthError::invalid_request(text)));
    let prompt =
        parsed.map_err(|value| refuse(format!("unknown prompt value: {}", echo(value))))?;
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
        return Err(refuse("prompt none goes with no other value".to_owned()));
    }
    Ok(prompt)
}

fn scope(
    registered: &Registered,
    client: &RegisteredClient,
    request: &AuthorizeRequest,
) -> Result<Scope, OAuthError> {
    let Some(sent) = request.scope.as_deref() else {
        // Inferred: CyberArk's API description makes the parameter required and names no error.
        return Err(OAuthError::invalid_scope("missing scope"));
    };
    let scope: Scope = sent.parse()?;
    if scope.is_empty() {
        return Err(OAuthError::invalid_scope("missing scope"));
    }
    if !registered.knows_scope(&scope) {
        return Err(OAuthError::invalid_scope("unknown scope requested"));
    }
    if !client.may_ask_for(&scope) {
        return Err(OAuthError::invalid_scope("the client is not registered for this scope"));
    }
    Ok(scope)
}

fn front_channel(policy: Policy, response_type: ResponseType) -> ResponseType {
    let ResponseType { code, id_token, token } = response_type;
    match policy.hybrid_tokens {
        HybridTokens::AsPrinted if code && id_token != token => {
            ResponseType { code, id_token: token, token: id_token }
        }
        HybridTokens::AsPrinted | HybridTokens::Core => response_type,
    }
}

fn check_id_token(
    policy: Policy,
    request: &AuthorizeRequest,
    front_channel: ResponseType,
    scope: &Scope,
) -> Result<(), OAuthError> {
    if !front_channel.id_token {
        return Ok(());
    }
    if !scope.has_openid() {
        return Err(OAuthError::invalid_request("an ID token needs the scope openid"));
    }
    if request.nonce.is_none() && policy.front_channel_nonce == FrontChannelNonce::Required {
        return Err(OAuthError::invalid_request("missing nonce"));
    }
    Ok(())
}

fn code_challenge(request: &AuthorizeRequest) -> Result<Option<CodeChallenge>, OAuthError> {
    let method = request.code_challenge_method.as_deref();
    match request.code_challenge.as_deref() {
        Some(challenge) => CodeChallenge::parse(challenge, method).map(Some),
        None if method.is_some() => Err(OAuthError::invalid_request("missing code_challenge")),
        None => Ok(None),
    }
}

/// An error before the redirect URI is known to be the client's.
pub(super) fn local_error(policy: Policy, error: OAuthError) -> Decision {
    match policy.authorize_errors {
        AuthorizeErrors::Body => Decision::Body(error),
        AuthorizeErrors::Callback => Decision::Page(error.blamed_on(Fault::Request)),
    }
}

/// An error that the specifications send to the client, and the product to the browser.
fn client_error(policy: Policy, callback: &Callback, error: OAuthError) -> Decision {
    match policy.authorize_errors {
        AuthorizeErrors::Body => Decision::Body(error),
        AuthorizeErrors::Callback => Decision::Refuse(callback.clone().report(error)),
    }
}
