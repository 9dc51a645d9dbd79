//! The authentication package: a user on the way to being signed in.
//!
//! The JSON endpoints and the login form are two skins on it. A wrong password is an outcome, not an
//! error. Source for the rules: docs.cyberark.com (adaptive-mfa-overview) and CyberArk's OpenAPI
//! description; any failure ends the package.

use std::sync::Arc;

use super::Tenant;
use super::document::UnknownUser;
use super::pending_login::PendingLogin;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::{
    AdvanceAuthenticationRequest, Challenge, ClientHints, Mechanism, NewPackage,
    StartAuthenticationRequest,
};

/// The state of a package.
#[derive(Debug)]
pub(super) enum Login {
    /// Waiting for the answer to a challenge.
    Challenged {
        /// UUID of the user; `None` for a decoy, which no answer meets.
        user: Option<Arc<str>>,
        /// The mechanism to be answered.
        mechanism_id: String,
    },
    /// Succeeded or failed: no answer changes it any more.
    Over,
}

/// What came of starting to sign in.
#[derive(Debug)]
pub enum Start {
    /// Challenges to answer.
    NewPackage(NewPackage),
    /// No package: the call was malformed, or the tenant tells that it does not know the user.
    Failure,
}

/// What came of answering.
#[derive(Debug)]
pub enum Advance {
    /// Signed in.
    Success(Box<PendingLogin>),
    /// The package is over.
    Failure,
}

impl Tenant {
    /// Starts to sign a user in.
    pub fn start_authentication(&self, request: &StartAuthenticationRequest) -> Start {
        // CyberArk: an unknown version gets the generic failure (OpenAPI, StartForgotUsername).
        let version_known = request.version.as_deref().is_none_or(|version| version == "1.0");
        let name = request.user.as_deref().unwrap_or_default().trim();
        if !version_known || name.is_empty() {
            return Start::Failure;
        }
        let user = self.0.users.uuid_of_name(name);
        if user.is_none() && self.0.settings.unknown_user == UnknownUser::Failure {
            return Start::Failure;
        }
        Start::NewPackage(self.new_package(user))
    }

    fn new_package(&self, user: Option<Arc<str>>) -> NewPackage {
        let session_id = self.0.ids.opaque();
        let mechanism_id = self.0.ids.opaque();
        let expires = self.0.clock.now().plus_seconds(self.0.settings.login_lifetime.seconds());
        let login = Login::Challenged { user, mechanism_id: mechanism_id.clone() };
        self.0.logins.insert(&session_id, login, expires);
        NewPackage {
            client_hints: ClientHints::default(),
            version: "1.0",
            session_id,
            event_description: None,
            retry_waiting_time: 0,
            security_image_name: None,
            allow_login_mfa_cache: false,
            challenges: vec![Challenge { mechanisms: vec![Mechanism::password(mechanism_id)] }],
            summary: "NewPackage",
            tenant_id: self.0.settings.id.clone(),
        }
    }

    /// Answers the challenge of a package.
    pub fn advance_authentication(
        &self,
        base: &BaseUrl,
        request: &AdvanceAuthenticationRequest,
    ) -> Advance {
        let session_id = request.session_id.as_deref().unwrap_or_default();
        // The package is over whatever the answer was; of two answers at once, one finds it so.
        let before = self
            .0
            .logins
            .change(session_id, self.0.clock.now(), |login| std::mem::replace(login, Login::Over));
        let Some(Login::Challenged { user, mechanism_id }) = before else {
            return Advance::Failure;
        };
        let is_answer = request.action.as_deref() == Some("Answer");
        let is_mechanism = request.mechanism_id.as_deref() == Some(&mechanism_id);
        let user = user.and_then(|uuid| self.0.users.by_uuid(&uuid));
        match user
            .filter(|user| is_answer && is_mechanism && user.has_password(request.answer.as_ref()))
        {
            Some(user) => {
                let session = self.begin_session(&user);
                Advance::Success(Box::new(PendingLogin::new(self, base, user, session)))
            }
            None => Advance::Failure,
        }
    }
}
