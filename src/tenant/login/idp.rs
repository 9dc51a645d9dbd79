//! The stand-in for an identity provider: what its page asks, and what comes of the answer; social
//! sign-in, which knows the user only then.

use std::sync::Arc;

use super::Tenant;
use super::federation::{IdpLogin, IdpVisit, Proof, Resumed};
use super::lockout::Bar;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::security::federation::{
    REDIRECT_NOT_TRUSTED, ResumeRequest, SOCIAL_FAILED, SOCIAL_IDPS, StartSocialRequest,
    social_callback,
};
use crate::tenant::pending_login::PendingLogin;

/// What the page of the IdP asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpQuestion {
    /// Name of the IdP.
    pub idp: &'static str,
    /// The user, when it is known who signs in.
    pub user: Option<String>,
}

/// What came of the answer.
#[derive(Debug)]
pub enum IdpAnswer {
    /// The browser is signed in.
    SignedIn(Box<PendingLogin>),
    /// The client that waits is told; the PIN to be entered there, if it wants one.
    Told(Option<String>),
    /// On to this URL.
    GoTo(String),
    /// There is no such user; the question stands.
    UnknownUser(IdpQuestion),
    /// A test lets the user's word wait; the question stands.
    Waits(IdpQuestion),
    /// The user said no, or is kept from signing in.
    Denied,
    /// Answered before, or expired.
    Gone,
}

impl Tenant {
    /// The question of a visit; `None` when it was answered or has expired.
    pub fn idp_question(&self, visit_id: &str) -> Option<IdpQuestion> {
        let visit =
            self.0.sign_ins.idp_visits.read(visit_id, self.0.clock.now(), IdpVisit::clone)?;
        self.question_of(&visit)
    }

    fn question_of(&self, visit: &IdpVisit) -> Option<IdpQuestion> {
        match visit {
            IdpVisit::Browser(user) | IdpVisit::OutOfBand(user, _) => Some(IdpQuestion {
                idp: "Federated identity provider",
                user: Some(self.0.users.by_uuid(user)?.name.clone()),
            }),
            IdpVisit::Social { idp, .. } => Some(IdpQuestion { idp, user: None }),
        }
    }

    /// Answers the question of a visit, once: the user is who they say, or says no.
    pub fn answer_idp(
        &self,
        base: &BaseUrl,
        visit_id: &str,
        approve: bool,
        name: Option<&str>,
    ) -> IdpAnswer {
        let now = self.0.clock.now();
        let social_user = name.and_then(|name| self.0.users.uuid_of_name(name));
        if let (true, None, Some(question)) = (approve, &social_user, self.idp_question(visit_id))
            && question.user.is_none()
        {
            return IdpAnswer::UnknownUser(question);
        }
        if approve && let Some(barred) = self.bar_browser(visit_id) {
            return barred;
        }
        let Some(visit) = self.0.sign_ins.idp_visits.take(visit_id, now) else {
            return IdpAnswer::Gone;
        };
        if !approve {
            if let IdpVisit::OutOfBand(_, login) = visit {
                self.end_idp_login(&login);
            }
            return IdpAnswer::Denied;
        }
        match visit {
            IdpVisit::Browser(uuid) => match self.0.users.by_uuid(&uuid) {
                Some(user) => {
                    let session = self.begin_session(&user);
                    IdpAnswer::SignedIn(Box::new(PendingLogin::new(self, base, user, session)))
                }
                None => IdpAnswer::Gone,
            },
            IdpVisit::OutOfBand(user, login) => self.vouch(&login, &user),
            IdpVisit::Social { callback, .. } => self.to_callback(&callback, social_user),
        }
    }

    /// The answer to a user whose browser would be signed in, if something keeps them from that. Who
    /// signs in elsewhere is kept from it there.
    fn bar_browser(&self, visit_id: &str) -> Option<IdpAnswer> {
        let (visits, now) = (&self.0.sign_ins.idp_visits, self.0.clock.now());
        let visit = visits.read(visit_id, now, IdpVisit::clone)?;
        let IdpVisit::Browser(uuid) = &visit else {
            return None;
        };
        match self.bar(&*self.0.users.by_uuid(uuid)?)? {
            Bar::Refused => visits.take(visit_id, now).map(|_| IdpAnswer::Denied),
            Bar::Waits => self.question_of(&visit).map(IdpAnswer::Waits),
        }
    }

    /// Where the browser of a social sign-in goes, with what signs the user in.
    fn to_callback(&self, callback: &RedirectUri, user: Option<Arc<str>>) -> IdpAnswer {
        let Some(user) = user.and_then(|uuid| self.0.users.by_uuid(&uuid)) else {
            return IdpAnswer::Gone;
        };
        let state = self.0.ids.opaque();
        let vouched = IdpLogin::Vouched {
            user: user.shared_uuid(),
            proof: Proof::Name(user.name.to_lowercase()),
            platform: false,
        };
        self.0.sign_ins.idp_logins.insert(&state, vouched, self.login_expiry());
        IdpAnswer::GoTo(social_callback(callback, &state, &user.name, &self.0.settings.id))
    }

    /// Sends somebody to a social IdP: the URL of its page.
    ///
    /// # Errors
    ///
    /// The vendor's text: an IdP that there is not, or a callback that is no http URL. Every other
    /// callback is trusted.
    pub fn start_social(
        &self,
        base: &BaseUrl,
        request: &StartSocialRequest,
    ) -> Result<String, &'static str> {
        let name = request.idp_name.as_deref().unwrap_or_default();
        let idp = SOCIAL_IDPS.into_iter().find(|idp| idp.eq_ignore_ascii_case(name));
        let idp = idp.ok_or(SOCIAL_FAILED)?;
        let callback = request.post_ext_idp_auth_callback_url.as_deref().unwrap_or_default();
        let callback: Option<RedirectUri> = callback.parse().ok();
        let callback = callback.filter(RedirectUri::is_web).ok_or(REDIRECT_NOT_TRUSTED)?;
        let visit = self.visit_idp(IdpVisit::Social { idp, callback });
        Ok(format!("{base}/_mock/idp?visit={visit}"))
    }

    /// Signs in whom a social IdP vouches for, once (`/Security/ResumeFromExtIdpAuth`).
    pub fn resume_social(&self, base: &BaseUrl, request: &ResumeRequest) -> Resumed {
        let state = request.challenge_state.as_deref().unwrap_or_default();
        let name = request.username.as_deref().unwrap_or_default();
        self.resume(base, state, &Proof::Name(name.trim().to_lowercase()))
    }
}
