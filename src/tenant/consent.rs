//! The user's word on an authorization request.
//!
//! CyberArk: identity-developer.cyberark.com/docs/oidc-consent and the OpenAPI description of
//! `/OAuth2/Confirm`; [OpenID Connect Core §3.1.2.4](https://openid.net/specs/openid-connect-core-1_0.html#Consent).
//! The user is asked each time: no source says that the product remembers (inferred).

use super::Tenant;
use super::authorize::{Asking, Bounce, Decision, unknown_bounce};
use super::policy::PromptValues;
use super::registry::{AppAt, Registered};
use super::request_check::{Checked, check};
use crate::protocol::authorize::AuthorizeRequest;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::confirm::{ConfirmRequest, Word};
use crate::protocol::error::{ErrorCode, Fault, OAuthError};
use crate::protocol::scope::Scope;

/// What the user is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who asks: the name of the client if it has one of its own, else the application's.
    pub application: String,
    /// Who is asked: the login name.
    pub user: String,
    /// Each scope with what it is for.
    pub scopes: Vec<(String, String)>,
}

impl Checked {
    /// Whether the user has to be asked: by the application's setting, or the request's.
    pub(super) fn wants_consent(&self, at: &AppAt) -> bool {
        let Registered { app, policy, .. } = &*at.registered;
        app.requires_consent || (self.prompt.consent && policy.prompt_values == PromptValues::All)
    }
}

impl Tenant {
    /// What the user of `credentials` is asked about the request that waits under `bounce`.
    pub fn question(
        &self,
        application_id: &str,
        bounce: &str,
        credentials: &[String],
    ) -> Option<Question> {
        let registered = self.0.apps.get(application_id)?;
        let who = self.who_am_i(credentials)?;
        let now = self.0.clock.now();
        let waiting = self.0.bounces.read(bounce, now, |waiting| {
            let AuthorizeRequest { scope, client_id, .. } = &waiting.request;
            let is_here = *waiting.application_id == *application_id;
            is_here.then(|| (scope.clone(), client_id.clone()))
        });
        let (scope, client_id) = waiting.flatten()?;
        let scope: Scope = scope?.parse().ok()?;
        let app = &registered.app;
        // The application's own client is called as the application is.
        let client = client_id.and_then(|id| registered.client(&id));
        let name = client.and_then(|client| client.settings.name.clone());
        let described = |name: &str| {
            let own = app.scopes.iter().find(|own| own.name == name);
            (name.to_owned(), own.and_then(|own| own.description.clone()).unwrap_or_default())
        };
        Some(Question {
            application: name
                .or_else(|| app.name.clone())
                .unwrap_or_else(|| app.application_id.clone()),
            user: who.user,
            scopes: scope.tokens().map(described).collect(),
        })
    }

    /// Decides about a request that waited for the user's word.
    ///
    /// # Errors
    ///
    /// Nobody is signed in, or the call names no request.
    pub fn confirm(
        &self,
        base: &BaseUrl,
        application_id: &str,
        call: &ConfirmRequest,
        credentials: &[String],
    ) -> Result<Decision, OAuthError> {
        let registered = self.app(application_id)?;
        if self.who_am_i(credentials).is_none() {
            return Err(not_signed_in());
        }
        let Some(key) = call.bounce.as_deref() else {
            return Err(missing_bounce());
        };
        let Some(bounce) = self.take_bounce(application_id, key) else {
            return Ok(unknown_bounce(registered.policy, key));
        };
        Ok(self.word(AppAt::new(base, registered), bounce, call, credentials))
    }

    fn word(
        &self,
        at: AppAt,
        bounce: Bounce,
        call: &ConfirmRequest,
        credentials: &[String],
    ) -> Decision {
        let Bounce { request, asked_at, .. } = bounce;
        let mut checked = match check(&at, &request) {
            Ok(checked) => checked,
            Err(decision) => return *decision,
        };
        if call.word == Word::Deny {
            let error = OAuthError::new(ErrorCode::AccessDenied, "User denied confirmation");
            return Decision::Refuse(checked.callback.report(error));
        }
        checked.scope = checked.scope.without(&call.denied_scopes);
        let asking = Asking { request, asked_at: Some(asked_at), consented: true };
        self.settle(at, checked, asking, credentials)
    }
}

/// `prompt=none` although the user has to be asked (OpenID Connect Core §3.1.2.6).
pub(super) fn consent_required() -> OAuthError {
    OAuthError::new(ErrorCode::ConsentRequired, "the user has to consent")
}

fn not_signed_in() -> OAuthError {
    OAuthError::new(ErrorCode::AccessDenied, "nobody is signed in").blamed_on(Fault::NoAccess)
}

/// CyberArk: the words of the .NET runtime.
fn missing_bounce() -> OAuthError {
    let text = "String reference not set to an instance of a String.\r\nParameter name: s";
    OAuthError::verbatim(ErrorCode::StateNotFound, text).blamed_on(Fault::Server)
}
