//! The authorization endpoint: what the tenant decides about a request.
//!
//! [RFC 6749 §4.1.1, §4.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [OpenID Connect Core §3](https://openid.net/specs/openid-connect-core-1_0.html#Authentication);
//! the waiting request behind `bounce`: identity-developer.cyberark.com/docs/hybrid-flow and
//! CyberArk's OpenAPI description of `/OAuth2/Confirm`.

use std::sync::Arc;

use super::Tenant;
use super::callback::Refusal;
use super::delivery::Delivery;
use super::policy::UnverifiedRedirect;
use super::registry::{AppAt, Registered};
use super::request_check::{check, local_error, open_redirect, sent_redirect_uri};
use super::session::Session;
use crate::clock::Timestamp;
use crate::protocol::authorize::{AuthorizeCall, AuthorizeRequest};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::{ErrorCode, Fault, OAuthError, echo};

/// What the tenant decides about an authorization request.
#[derive(Debug)]
pub enum Decision {
    /// CyberArk: the error as JSON, to the browser itself.
    Body(OAuthError),
    /// The error as a page; nothing is redirected.
    Page(OAuthError),
    /// CyberArk: the error, to a redirect URI that nobody verified.
    OpenRedirect(Refusal),
    /// The error, to the client.
    Refuse(Refusal),
    /// The user has to sign in; the request waits under the key.
    SignIn {
        /// The application.
        application_id: String,
        /// The key.
        bounce: String,
    },
    /// Code and tokens, to the client.
    Deliver(Box<Delivery>),
}

/// A request that waits for the user to sign in.
#[derive(Debug)]
pub(super) struct Bounce {
    application_id: Arc<str>,
    request: AuthorizeRequest,
    /// `prompt=login` wants a sign-in after this.
    asked_at: Timestamp,
}

impl Tenant {
    /// Decides about an authorization request. `credentials` are session ids and bearer tokens that
    /// may prove who is signed in.
    pub fn authorize(
        &self,
        base: &BaseUrl,
        application_id: &str,
        call: AuthorizeCall,
        credentials: &[String],
    ) -> Decision {
        let (request, asked_at) = match call {
            AuthorizeCall::Request(request) => (*request, None),
            AuthorizeCall::Bounced(key) => match self.take_bounce(application_id, &key) {
                Some(bounce) => (bounce.request, Some(bounce.asked_at)),
                None => return local_error(self.policy_for(application_id), unknown_bounce(&key)),
            },
        };
        let Some(registered) = self.0.apps.get(application_id) else {
            return self.unknown_app(application_id, &request);
        };
        let checked = match check(&registered, &request) {
            Ok(checked) => checked,
            Err(decision) => return *decision,
        };
        let session = self.session(credentials).filter(|session| {
            !checked.prompt.login || asked_at.is_some_and(|asked| session.authenticated_at >= asked)
        });
        match session.and_then(|session| Some((self.0.users.by_uuid(&session.user)?, session))) {
            Some((user, Session { authenticated_at, .. })) => Decision::Deliver(Box::new(
                self.deliver(AppAt::new(base, registered), checked, user, authenticated_at),
            )),
            None if checked.prompt.none => Decision::Refuse(
                checked
                    .callback
                    .report(OAuthError::new(ErrorCode::LoginRequired, "user is not signed in")),
            ),
            None => self.bounce(&registered, request),
        }
    }

    fn bounce(&self, registered: &Registered, request: AuthorizeRequest) -> Decision {
        let now = self.0.clock.now();
        let key = self.0.ids.opaque();
        let application_id = registered.app.application_id.clone();
        let waiting =
            Bounce { application_id: application_id.as_str().into(), request, asked_at: now };
        let expires = now.plus_seconds(self.0.settings.bounce_lifetime.seconds());
        self.0.bounces.insert(&key, waiting, expires);
        Decision::SignIn { application_id, bounce: key }
    }

    /// The waiting request; the key is used up. A key of another application is left alone.
    fn take_bounce(&self, application_id: &str, key: &str) -> Option<Bounce> {
        let now = self.0.clock.now();
        let fits =
            self.0.bounces.read(key, now, |waiting| *waiting.application_id == *application_id);
        if fits? { self.0.bounces.take(key, now) } else { None }
    }

    fn unknown_app(&self, application_id: &str, request: &AuthorizeRequest) -> Decision {
        let error = OAuthError::invalid_request(format!("unknown app {}", echo(application_id)));
        match self.0.policy.unverified_redirect {
            UnverifiedRedirect::Page => Decision::Page(error),
            UnverifiedRedirect::Follow => match sent_redirect_uri(self.0.policy, request) {
                Ok(uri) if uri.is_web() => open_redirect(uri, error, request.state.as_deref()),
                Ok(_) => local_error(self.0.policy, error),
                Err(decision) => *decision,
            },
        }
    }
}

fn unknown_bounce(key: &str) -> OAuthError {
    let text = format!("State not found for type OAuthBounce, key {}", echo(key));
    OAuthError::new(ErrorCode::StateNotFound, text).blamed_on(Fault::Server)
}
