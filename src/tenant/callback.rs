//! Where an authorization response goes.

use super::policy::{ErrorPlacement, ErrorState, IssuerParameter, Policy};
use super::registry::AppAt;
use crate::protocol::authorize::{AuthorizeRequest, ResponseParameters};
use crate::protocol::error::OAuthError;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::{ResponseMode, ResponseType};

/// A redirect URI that the application has registered, with the mode and state of the request.
///
/// It can be made in this module only, from a client and a redirect URI that were checked: to
/// have one proves that redirecting is safe.
#[derive(Debug, Clone)]
pub struct Callback {
    redirect_uri: RedirectUri,
    mode: ResponseMode,
    state: Option<String>,
    iss: Option<String>,
    error_form: ErrorForm,
}

/// Parameters on their way to a redirect URI.
#[derive(Debug, Clone)]
pub struct Redirection {
    /// Where to.
    pub redirect_uri: RedirectUri,
    /// How.
    pub mode: ResponseMode,
    /// What.
    pub parameters: ResponseParameters,
}

/// An error on its way to a redirect URI.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The error.
    pub error: OAuthError,
    /// The same as parameters.
    pub redirection: Redirection,
}

/// How an error is told at a redirect URI.
#[derive(Debug, Clone)]
pub(super) struct ErrorForm {
    mode: ResponseMode,
    state: Option<String>,
    iss: Option<String>,
}

impl ErrorForm {
    /// The form that the policy wants for the request's errors.
    pub(super) fn of(policy: Policy, issuer: &str, request: &AuthorizeRequest) -> Self {
        let response_type = readable_response_type(request);
        let mode_sent = usable_mode(request, response_type).ok().flatten();
        Self {
            mode: mode_sent.unwrap_or_else(|| match policy.error_placement {
                ErrorPlacement::Query => ResponseMode::Query,
                ErrorPlacement::AsResponse => default_mode(response_type),
            }),
            state: match policy.error_state {
                ErrorState::Echoed => request.state.clone(),
                ErrorState::Omitted => None,
            },
            iss: issuer_parameter(policy, issuer),
        }
    }

    /// The error, to this redirect URI.
    pub(super) fn tell(self, redirect_uri: RedirectUri, error: OAuthError) -> Refusal {
        let Self { mode, state, iss } = self;
        let parameters = ResponseParameters::error(&error, state.as_deref(), iss.as_deref());
        Refusal { error, redirection: Redirection { redirect_uri, mode, parameters } }
    }
}

impl Callback {
    /// The callback of a request whose client is the application's, and whose redirect URI is that
    /// client's; `None` when they are not.
    pub(super) fn of(
        at: &AppAt,
        request: &AuthorizeRequest,
        redirect_uri: &RedirectUri,
    ) -> Option<Self> {
        let AppAt { issuer, registered, .. } = at;
        let client = registered.client(request.client_id.as_deref()?)?;
        if !client.allows_redirect(redirect_uri) {
            return None;
        }
        let response_type = readable_response_type(request);
        let mode_sent = usable_mode(request, response_type).ok().flatten();
        Some(Self {
            redirect_uri: redirect_uri.clone(),
            mode: mode_sent.unwrap_or_else(|| default_mode(response_type)),
            state: request.state.clone(),
            iss: issuer_parameter(registered.policy, issuer),
            error_form: ErrorForm::of(registered.policy, issuer, request),
        })
    }

    /// The `state` to return.
    pub(super) fn state(&self) -> Option<String> {
        self.state.clone()
    }

    /// The `iss` to send (RFC 9207).
    pub(super) fn iss(&self) -> Option<String> {
        self.iss.clone()
    }

    /// A successful answer.
    pub(super) fn deliver(self, parameters: ResponseParameters) -> Redirection {
        Redirection { redirect_uri: self.redirect_uri, mode: self.mode, parameters }
    }

    /// An error answer.
    pub(super) fn report(self, error: OAuthError) -> Refusal {
        self.error_form.tell(self.redirect_uri, error)
    }
}

fn issuer_parameter(policy: Policy, issuer: &str) -> Option<String> {
    (policy.issuer_parameter == IssuerParameter::Sent).then(|| issuer.to_owned())
}

/// What the request asks for, if that can be read.
pub(super) fn readable_response_type(request: &AuthorizeRequest) -> Option<ResponseType> {
    request.response_type.as_deref()?.parse().ok()
}

fn default_mode(response_type: Option<ResponseType>) -> ResponseMode {
    response_type.map_or(ResponseMode::Query, ResponseType::default_mode)
}

/// The response mode that the request names: `Err` when it names an unknown one, or the query for
/// a response that carries tokens.
pub(super) fn usable_mode(
    request: &AuthorizeRequest,
    response_type: Option<ResponseType>,
) -> Result<Option<ResponseMode>, OAuthError> {
    let Some(name) = request.response_mode.as_deref() else {
        return Ok(None);
    };
    match ResponseMode::named(name) {
        None => Err(OAuthError::invalid_request("unsupported response_mode")),
        Some(ResponseMode::Query) if response_type.is_some_and(ResponseType::has_token) => {
            Err(OAuthError::invalid_request("response_mode query cannot carry tokens"))
        }
        mode => Ok(mode),
    }
}
