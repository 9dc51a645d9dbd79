//! Where an authorization response goes.

use super::policy::{ErrorPlacement, ErrorState};
use super::registry::Registered;
use crate::protocol::authorize::{AuthorizeRequest, ResponseParameters};
use crate::protocol::error::OAuthError;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::response_type::{ResponseMode, ResponseType};

/// A redirect URI that the application has registered, with the mode and state of the request.
///
/// It can be made by [`Callback::of`] only, from a client and a redirect URI that were checked: to
/// have one proves that redirecting is safe.
#[derive(Debug, Clone)]
pub struct Callback {
    redirect_uri: RedirectUri,
    mode: ResponseMode,
    error_mode: ResponseMode,
    state: Option<String>,
    error_state: Option<String>,
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

impl Refusal {
    pub(super) fn new(
        redirect_uri: RedirectUri,
        mode: ResponseMode,
        error: OAuthError,
        state: Option<&str>,
    ) -> Self {
        let parameters = ResponseParameters::error(&error, state);
        Self { error, redirection: Redirection { redirect_uri, mode, parameters } }
    }
}

impl Callback {
    /// The callback of a request whose client and redirect URI are the application's; `None` when
    /// they are not. `response_type` is what the request asks for, if that could be read.
    pub(super) fn of(
        registered: &Registered,
        request: &AuthorizeRequest,
        redirect_uri: &RedirectUri,
        response_type: Option<ResponseType>,
    ) -> Option<Self> {
        let client_id = request.client_id.as_deref()?;
        if !registered.app.allows_redirect(redirect_uri)
            || !registered.app.accepts_client(client_id)
        {
            return None;
        }
        let default_mode = response_type.map_or(ResponseMode::Query, ResponseType::default_mode);
        let mode_sent = usable_mode(request, response_type).ok().flatten();
        let error_mode = mode_sent.unwrap_or(match registered.policy.error_placement {
            ErrorPlacement::Query => ResponseMode::Query,
            ErrorPlacement::AsResponse => default_mode,
        });
        Some(Self {
            redirect_uri: redirect_uri.clone(),
            mode: mode_sent.unwrap_or(default_mode),
            error_mode,
            state: request.state.clone(),
            error_state: match registered.policy.error_state {
                ErrorState::Echoed => request.state.clone(),
                ErrorState::Omitted => None,
            },
        })
    }

    /// The `state` to return.
    pub(super) fn state(&self) -> Option<String> {
        self.state.clone()
    }

    /// A successful answer.
    pub(super) fn deliver(self, parameters: ResponseParameters) -> Redirection {
        Redirection { redirect_uri: self.redirect_uri, mode: self.mode, parameters }
    }

    /// An error answer.
    pub(super) fn report(self, error: OAuthError) -> Refusal {
        Refusal::new(self.redirect_uri, self.error_mode, error, self.error_state.as_deref())
    }
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
