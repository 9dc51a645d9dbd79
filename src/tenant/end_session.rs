//! Signing out at the wish of a client.
//!
//! [OpenID Connect RP-Initiated Logout §2, §3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout);
//! CyberArk: identity-developer.cyberark.com/docs/end-openid-connect-session-on-cyberark-identity.

use std::sync::Arc;

use serde_json::Value;

use super::Tenant;
use super::notices::Notices;
use super::places::{refuse_duplicates, refuse_misplaced};
use super::policy::EndSession;
use super::registry::{AppAt, Registered, RegisteredClient};
use super::session::Session;
use crate::protocol::authorize::ResponseParameters;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::claims::Claims;
use crate::protocol::end_session::EndSessionRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::redirect_uri::RedirectUri;

/// What the tenant decides about a wish to sign out.
#[derive(Debug)]
pub enum SignOut {
    /// Signed out; back to the client.
    Redirect {
        /// One of the application's post-logout URIs.
        to: RedirectUri,
        /// The `state` to return.
        parameters: ResponseParameters,
    },
    /// CyberArk: signed out; to the user portal.
    Portal,
    /// Signed out, and told so on a page.
    SignedOut,
    /// The user is asked first.
    Confirm,
    /// The request is wrong: told on a page, and nobody is signed out.
    Refused(OAuthError),
}

/// A wish to sign out, decided, and whom to tell that sessions are over.
#[derive(Debug)]
pub struct EndedSession {
    /// What the user gets to see.
    pub decision: SignOut,
    /// None when nobody was signed out.
    pub notices: Notices,
}

impl Tenant {
    /// Decides about a wish to sign out. `credentials` name the session.
    ///
    /// # Errors
    ///
    /// An unknown application.
    pub fn end_session(
        &self,
        base: &BaseUrl,
        application_id: Option<&str>,
        request: &EndSessionRequest,
        credentials: &[String],
    ) -> Result<EndedSession, OAuthError> {
        let registered = application_id.map(|id| self.app(id)).transpose()?;
        let policy = registered.as_ref().map_or(self.0.policy, |registered| registered.policy);
        let refusal = refuse_duplicates(policy, request.duplicated.as_deref())
            .and_then(|()| refuse_misplaced(policy, &request.places));
        let decision = match (refusal, policy.end_session) {
            (Err(error), _) => SignOut::Refused(error),
            (Ok(()), EndSession::AtOnce) => self.end_at_once(registered.as_deref(), request),
            (Ok(()), EndSession::HintOrConfirmation) => {
                self.end_with_proof(base, registered, request, credentials)
            }
        };
        let notices = match decision {
            SignOut::Confirm | SignOut::Refused(_) => Notices::default(),
            _ => self.sign_out(credentials),
        };
        Ok(EndedSession { decision, notices })
    }

    /// CyberArk: whoever asks is signed out; an unlisted URI leads to the portal (inferred).
    fn end_at_once(&self, registered: Option<&Registered>, request: &EndSessionRequest) -> SignOut {
        let sent = request.post_logout_redirect_uri.as_deref().and_then(|uri| uri.parse().ok());
        // The legacy path names no application: any that lists the URI will do.
        let is_listed = |uri: &RedirectUri| {
            let lists = |candidate: &Registered| candidate.knows_post_logout_redirect(uri);
            registered.map_or_else(|| self.0.apps.list().iter().any(|app| lists(app)), lists)
        };
        match sent.filter(is_listed) {
            Some(to) => redirect(to, request),
            None => SignOut::Portal,
        }
    }

    /// RP-Initiated Logout §2: the hint is proof that the client means this session; without one,
    /// or with one of another user, the user is asked. §3: only a listed URI is redirected to.
    fn end_with_proof(
        &self,
        base: &BaseUrl,
        registered: Option<Arc<Registered>>,
        request: &EndSessionRequest,
        credentials: &[String],
    ) -> SignOut {
        let Some(hint) = request.id_token_hint.as_deref() else {
            return self.end_without_hint(registered, request);
        };
        let client_id = request.client_id.as_deref();
        let Some((client, user)) = self.issued_to(base, registered, hint, client_id) else {
            return refused("id_token_hint is not an ID token of this application");
        };
        let is_anothers = |session: Session| Some(&*session.user) != user.as_deref();
        if self.session(credentials).is_some_and(is_anothers) && !request.confirmed {
            return SignOut::Confirm;
        }
        let Some(sent) = request.post_logout_redirect_uri.as_deref() else {
            return SignOut::SignedOut;
        };
        match sent.parse::<RedirectUri>() {
            Ok(to) if client.allows_post_logout_redirect(&to) => redirect(to, request),
            _ => refused(UNLISTED),
        }
    }

    /// §2, §3: nobody is signed out or sent on but by the button. A `client_id` says whose URIs count;
    /// without one none does.
    fn end_without_hint(
        &self,
        registered: Option<Arc<Registered>>,
        request: &EndSessionRequest,
    ) -> SignOut {
        let mut to = None;
        if let Some(client_id) = request.client_id.as_deref() {
            let candidates = registered.map_or_else(|| self.0.apps.list(), |app| vec![app]);
            let clients: Vec<_> =
                candidates.iter().filter_map(|app| app.client(client_id)).collect();
            if clients.is_empty() {
                return refused("client_id is not that of a client");
            }
            let sent = request.post_logout_redirect_uri.as_deref();
            let is_listed = |to: &RedirectUri| {
                clients.iter().any(|client| client.allows_post_logout_redirect(to))
            };
            to = sent.and_then(|sent| sent.parse().ok()).filter(is_listed);
            if sent.is_some() && to.is_none() {
                return refused(UNLISTED);
            }
        }
        match to {
            _ if !request.confirmed => SignOut::Confirm,
            Some(to) => redirect(to, request),
            None => SignOut::SignedOut,
        }
    }

    /// The client that the hint was issued to, of `registered` or any application, and the user whom
    /// it names. A `client_id` beside the hint must be the one that it was issued to (§2).
    fn issued_to(
        &self,
        base: &BaseUrl,
        registered: Option<Arc<Registered>>,
        hint: &str,
        client_id: Option<&str>,
    ) -> Option<(Arc<RegisteredClient>, Option<String>)> {
        let candidates =
            registered.map_or_else(|| self.0.apps.list(), |registered| vec![registered]);
        candidates.into_iter().find_map(|candidate| {
            let claims = self.hint_of(&AppAt::new(base, candidate.clone()), hint)?;
            let text = |name: &str| claims.get(name).and_then(Value::as_str);
            let audience = text("aud").filter(|aud| client_id.is_none_or(|id| id == *aud))?;
            Some((candidate.client(audience)?, text("sub").map(str::to_owned)))
        })
    }

    /// The claims of an ID token that was issued to a client of this application, dead or alive.
    pub(super) fn hint_of(&self, at: &AppAt, hint: &str) -> Option<Claims> {
        let claims = self.0.keys.verify(hint, self.0.clock.now())?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let is_its = text("iss") == Some(&at.issuer)
            && text("aud").is_some_and(|aud| at.registered.client(aud).is_some())
            // An access token has a scope, an ID token has none.
            && !claims.contains_key("scope");
        is_its.then_some(claims)
    }
}

const UNLISTED: &str = "post_logout_redirect_uri is not registered for this client";

fn redirect(to: RedirectUri, request: &EndSessionRequest) -> SignOut {
    SignOut::Redirect { to, parameters: ResponseParameters::state(request.state.clone()) }
}

fn refused(description: &'static str) -> SignOut {
    SignOut::Refused(OAuthError::invalid_request(description))
}
