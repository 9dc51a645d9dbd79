//! The authorization endpoint: what the tenant decides about a request.
//!
//! [RFC 6749 §4.1.1, §4.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [OpenID Connect Core §3](https://openid.net/specs/openid-connect-core-1_0.html#Authentication);
//! the waiting request behind `bounce`: identity-developer.cyberark.com/docs/hybrid-flow and
//! CyberArk's OpenAPI description of `/OAuth2/Confirm`.

use std::cmp::Reverse;
use std::sync::Arc;

use super::Tenant;
use super::callback::{Callback, ErrorForm, Refusal};
use super::consent::consent_required;
use super::delivery::Delivery;
use super::notices::Visits;
use super::policy::{AuthorizeErrors, Policy, UnverifiedRedirect};
use super::registry::{AppAt, Registered};
use super::request_check::{Checked, check, local_error, sent_redirect_uri};
use super::request_object::unfold;
use super::session::Session;
use super::user::Member;
use super::wishes::other_user;
use crate::clock::Timestamp;
use crate::protocol::authorize::{AuthorizeCall, AuthorizeRequest};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::error::{ErrorCode, Fault, OAuthError, echo};

/// What the tenant decides about an authorization request.
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
        /// Who is expected, for the field of the user name.
        login_hint: Option<String>,
    },
    /// The user has to consent; the request waits under the key.
    Consent {
        /// The application.
        application_id: String,
        /// The key.
        bounce: String,
    },
    /// Code and tokens, to the client.
    Deliver(Box<Delivery>),
}

/// A request that waits for the user: to sign in, or to consent.
#[derive(Debug)]
pub(super) struct Bounce {
    pub(super) application_id: Arc<str>,
    pub(super) request: AuthorizeRequest,
    /// `prompt=login` wants a sign-in after this.
    pub(super) asked_at: Timestamp,
}

/// A request on its way to an answer.
pub(super) struct Asking {
    pub(super) request: AuthorizeRequest,
    /// When the request first came, if it has waited for the user.
    pub(super) asked_at: Option<Timestamp>,
    /// Whether the user has consented, or need not.
    pub(super) consented: bool,
}

/// A user whose sign-in answers a request.
pub(super) struct SignedIn {
    pub(super) user: Arc<Member>,
    pub(super) since: Timestamp,
    pub(super) visits: Option<Arc<Visits>>,
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
                None => return unknown_bounce(self.policy_for(application_id), &key),
            },
        };
        let Some(registered) = self.0.apps.get(application_id) else {
            return self.unknown_app(base, application_id, &request);
        };
        self.decide(AppAt::new(base, registered), request, asked_at, credentials)
    }

    fn decide(
        &self,
        at: AppAt,
        request: AuthorizeRequest,
        asked_at: Option<Timestamp>,
        credentials: &[String],
    ) -> Decision {
        let request = match unfold(&at, &request, self.0.clock.now()) {
            Ok(unfolded) => unfolded.map_or(request, |unfolded| unfolded.request),
            Err(error) => return refuse_object(&at, &request, error),
        };
        let checked = match check(&at, &request) {
            Ok(checked) => checked,
            Err(decision) => return *decision,
        };
        let consented = !checked.wants_consent(&at);
        self.settle(at, checked, Asking { request, asked_at, consented }, credentials)
    }

    /// Answers a request that was checked, as far as the user has done their part.
    pub(super) fn settle(
        &self,
        at: AppAt,
        checked: Checked,
        asking: Asking,
        credentials: &[String],
    ) -> Decision {
        let Asking { request, asked_at, consented } = asking;
        if let Some(error) = self.steered_refusal() {
            return Decision::Refuse(checked.callback.report(error));
        }
        match self.usable_session(&at, &checked, asked_at, credentials) {
            Ok(Some(signed_in)) if consented => {
                Decision::Deliver(Box::new(self.deliver(at, checked, signed_in)))
            }
            Ok(Some(_)) if checked.prompt.none => {
                Decision::Refuse(checked.callback.report(consent_required()))
            }
            Ok(Some(_)) => {
                let (application_id, bounce) = self.keep_waiting(&at.registered, request, asked_at);
                Decision::Consent { application_id, bounce }
            }
            Ok(None) => {
                let (application_id, bounce) = self.keep_waiting(&at.registered, request, None);
                let login_hint = checked.wishes.login_hint.clone();
                Decision::SignIn { application_id, bounce, login_hint }
            }
            Err(error) => Decision::Refuse(checked.callback.report(error)),
        }
    }

    /// The user who is signed in as the request wants it; `None` when one has to sign in. Of several
    /// the one that the login hint names counts, else the last to sign in. `asked_at` is when the
    /// request first came, if it waited for that.
    fn usable_session(
        &self,
        at: &AppAt,
        checked: &Checked,
        asked_at: Option<Timestamp>,
        credentials: &[String],
    ) -> Result<Option<SignedIn>, OAuthError> {
        let Checked { prompt, wishes, .. } = checked;
        let is_since_asked =
            |session: &Session| asked_at.is_some_and(|asked| session.authenticated_at >= asked);
        let now = self.0.clock.now();
        let is_usable = |session: &Session| {
            let is_fresh = wishes.accept_sign_in(session.authenticated_at, now);
            is_since_asked(session) || (is_fresh && !prompt.login && !prompt.select_account)
        };
        let wished = self.wished_user(at, wishes)?;
        let usable: Vec<Session> = self.sessions(credentials).filter(is_usable).collect();
        let hinted = wishes.login_hint.as_deref().and_then(|name| self.0.users.uuid_of_name(name));
        let is_hinted = |session: &Session| hinted.as_ref() == Some(&session.user);
        let newest = usable
            .iter()
            .filter(|session| wished.may_be(&session.user))
            .min_by_key(|session| Reverse((is_hinted(session), session.authenticated_at)));
        let user = newest.and_then(|session| {
            Some(SignedIn {
                user: self.0.users.by_uuid(&session.user)?,
                since: session.authenticated_at,
                visits: session.visits.clone(),
            })
        });
        let user = user.or_else(|| self.steered_sign_in_as(&usable));
        let others_are_signed_in = newest.is_none() && !usable.is_empty();
        match user {
            Some(signed_in) => Ok(Some(signed_in)),
            None if prompt.none && others_are_signed_in => Err(other_user()),
            None if prompt.none => {
                Err(OAuthError::new(ErrorCode::LoginRequired, "user is not signed in"))
            }
            // Who signed in for this request is not whom the client wants.
            None if others_are_signed_in && asked_at.is_some() => Err(other_user()),
            None => Ok(None),
        }
    }

    /// The user whom a test wants to be signed in where nobody is.
    fn steered_sign_in_as(&self, usable: &[Session]) -> Option<SignedIn> {
        let user = self.steered_user().filter(|_| usable.is_empty())?;
        let session = self.begin_session(&user);
        let now = self.0.clock.now();
        let session = self.0.sessions.read(&session, now, Session::clone)?;
        Some(SignedIn { user, since: session.authenticated_at, visits: session.visits })
    }

    /// Keeps the request under a new key until the user has done their part.
    fn keep_waiting(
        &self,
        registered: &Registered,
        request: AuthorizeRequest,
        asked_at: Option<Timestamp>,
    ) -> (String, String) {
        let now = self.0.clock.now();
        let key = self.0.ids.opaque();
        let application_id = registered.app.application_id.clone();
        let waiting = Bounce {
            application_id: application_id.as_str().into(),
            request,
            asked_at: asked_at.unwrap_or(now),
        };
        let expires = now.plus_seconds(self.0.settings.bounce_lifetime.seconds());
        self.0.bounces.insert(&key, waiting, expires);
        (application_id, key)
    }

    /// The waiting request; the key is used up. A key of another application is left alone.
    pub(super) fn take_bounce(&self, application_id: &str, key: &str) -> Option<Bounce> {
        let now = self.0.clock.now();
        let fits =
            self.0.bounces.read(key, now, |waiting| *waiting.application_id == *application_id);
        if fits? { self.0.bounces.take(key, now) } else { None }
    }

    fn unknown_app(
        &self,
        base: &BaseUrl,
        application_id: &str,
        request: &AuthorizeRequest,
    ) -> Decision {
        let policy = self.0.policy;
        let error = OAuthError::invalid_request(format!("unknown app {}", echo(application_id)));
        match policy.unverified_redirect {
            UnverifiedRedirect::Page => Decision::Page(error),
            UnverifiedRedirect::Follow => match sent_redirect_uri(policy, request) {
                Ok(uri) if uri.is_web() => {
                    let form = ErrorForm::of(policy, &base.issuer(application_id), request);
                    Decision::OpenRedirect(form.tell(uri, error))
                }
                Ok(_) => local_error(policy, error),
                Err(decision) => *decision,
            },
        }
    }
}

/// An error about the request object: to the client, if the parameters beside it prove one.
fn refuse_object(at: &AppAt, request: &AuthorizeRequest, error: OAuthError) -> Decision {
    let redirect_uri = request.redirect_uri.as_deref().and_then(|uri| uri.parse().ok());
    match redirect_uri.and_then(|uri| Callback::of(at, request, &uri)) {
        Some(callback) => Decision::Refuse(callback.report(error)),
        None => Decision::Page(error),
    }
}

/// CyberArk: the code `500`, in a body of that status. A policy that shows pages calls it what it
/// is, a request that cannot be answered.
pub(super) fn unknown_bounce(policy: Policy, key: &str) -> Decision {
    let text = format!("State not found for type OAuthBounce, key {}", echo(key));
    let code = match policy.authorize_errors {
        AuthorizeErrors::Body => ErrorCode::StateNotFound,
        AuthorizeErrors::Callback => ErrorCode::InvalidRequest,
    };
    local_error(policy, OAuthError::new(code, text).blamed_on(Fault::Server))
}

/// Its kind only: codes, tokens and bounce keys are secrets.
impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(error) => f.debug_tuple("Body").field(error).finish(),
            Self::Page(error) => f.debug_tuple("Page").field(error).finish(),
            Self::OpenRedirect(refusal) => f.debug_tuple("OpenRedirect").field(refusal).finish(),
            Self::Refuse(refusal) => f.debug_tuple("Refuse").field(refusal).finish(),
            Self::SignIn { .. } => f.write_str("SignIn"),
            Self::Consent { .. } => f.write_str("Consent"),
            Self::Deliver(delivery) => delivery.fmt(f),
        }
    }
}
