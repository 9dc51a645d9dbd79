//! More ways to move packages: step-up of a session, codes and scans that a device sends.
//!
//! Source: CyberArk's OpenAPI description.

use std::sync::Arc;

use super::package::Package;
use super::{Start, Tenant};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::secret::Secret;
use crate::protocol::security::mechanism::MechanismKind;
use crate::protocol::security::step_up::{StartChallengeRequest, SubmitOathRequest};
use crate::tenant::keys::step_of_code;
use crate::tenant::user::Member;

/// What meeting all challenges of a package is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tenant) enum Purpose {
    /// A session.
    SignIn {
        /// Whether platform tokens come with it.
        platform: bool,
    },
    /// More trust in this session.
    StepUp {
        /// The session id.
        session: String,
    },
    /// The user names that belong to a mail address.
    ForgotUsername,
}

/// A step-up that was asked for and not started.
#[derive(Debug, Clone)]
pub(in crate::tenant) struct StepUp {
    session: String,
    user: Arc<str>,
    profile: Option<String>,
}

/// A challenge that waits for a code of the user's authenticator.
#[derive(Debug, Clone)]
pub(in crate::tenant) struct OathWait {
    pub(super) session_id: String,
    pub(super) mechanism_id: String,
}

/// Whether the version is one that there is. CyberArk: another gets the generic failure (OpenAPI,
/// `StartForgotUsername`).
pub(super) fn is_known_version(version: Option<&str>) -> bool {
    version.is_none_or(|version| version == "1.0")
}

/// How long a code that was used is remembered, in seconds: as long as it could be used again.
const CODE_REMEMBERED: i64 = 120;

impl Tenant {
    /// Asks whoever is signed in for more (`/Security/ChallengeUser`): the id to start the challenge
    /// with. `None` when nobody is signed in, or the profile does not exist. Without a profile it is
    /// the user's own.
    pub fn challenge_user(&self, profile: Option<&str>, credentials: &[String]) -> Option<String> {
        if profile.is_some_and(|name| self.0.settings.authentication.profile(name).is_none()) {
            return None;
        }
        let (session, user) = self.live_session(credentials)?;
        let id = self.0.ids.opaque();
        let step_up = StepUp { session, user, profile: profile.map(str::to_owned) };
        self.0.sign_ins.step_ups.insert(&id, step_up, self.login_expiry());
        Some(id)
    }

    /// Starts a step-up (`/Security/StartChallenge`), once.
    pub fn start_challenge(&self, base: &BaseUrl, request: &StartChallengeRequest) -> Start {
        let id = request.challenge_state_id.as_deref().unwrap_or_default();
        if !is_known_version(request.version.as_deref()) {
            return Start::Failure;
        }
        let step_up = self.0.sign_ins.step_ups.take(id, self.0.clock.now());
        let user = step_up.as_ref().and_then(|step_up| self.0.users.by_uuid(&step_up.user));
        let (Some(step_up), Some(user)) = (step_up, user) else {
            return Start::Failure;
        };
        let challenges = self.offers(&user, step_up.profile.as_deref());
        if challenges.iter().any(Vec::is_empty) {
            return Start::Failure;
        }
        let purpose = Purpose::StepUp { session: step_up.session };
        let package = Package::new(Some(step_up.user), challenges, purpose);
        Start::NewPackage(Box::new(self.keep_package(base, package, Some(&user))))
    }

    /// A code that the user's device sends (`/Security/SubmitOathOtpCode`): whether it was right. A
    /// challenge that waits for it is met.
    pub fn submit_oath_code(&self, request: &SubmitOathRequest) -> bool {
        let now = self.0.clock.now();
        let uuid = request.user_uuid.as_deref().unwrap_or_default();
        let Some(user) = self.0.users.by_uuid(uuid) else {
            return false;
        };
        if self.0.sign_ins.lockouts.is_locked(uuid, now) {
            return false;
        }
        let wait = self.0.sign_ins.oath_waits.read(uuid, now, OathWait::clone);
        let purpose = wait.as_ref().map(|wait| wait.mechanism_id.clone());
        let purpose = purpose.unwrap_or_else(|| self.0.ids.opaque());
        if !self.is_fresh_code(&user, &purpose, request.otp_code.as_ref()) {
            self.count_failure(&user);
            return false;
        }
        if let Some(wait) = wait {
            self.settle_challenge(&wait.session_id, &wait.mechanism_id, true);
        }
        true
    }

    /// A scan of the QR code of a package by a device on which its user is signed in
    /// (`/Security/SubmitQRCode`); whether the package waited for it.
    pub fn submit_qr_code(&self, session_id: &str, credentials: &[String]) -> bool {
        let now = self.0.clock.now();
        let Some(scanner) = self.session(credentials) else {
            return false;
        };
        let mechanism = self.0.logins.read(session_id, now, |login| {
            let package = login.open()?;
            let offer = package.left().first()?.iter().find(|one| one.kind == MechanismKind::Qr)?;
            (package.user.as_deref() == Some(&*scanner.user)).then(|| offer.id.clone())
        });
        mechanism.flatten().is_some_and(|id| self.settle_challenge(session_id, &id, true))
    }

    /// Whether this is a code of the user's authenticator that was not used before (RFC 6238 §5.2);
    /// `purpose` is what it is used for. Of two callers with one purpose both are told yes: they
    /// race for the same step of the same package, which only one of them can take.
    pub(super) fn is_fresh_code(
        &self,
        user: &Member,
        purpose: &str,
        code: Option<&Secret>,
    ) -> bool {
        let now = self.0.clock.now();
        let (Some(key), Some(code)) = (user.oath_key(), code) else {
            return false;
        };
        step_of_code(&key, code.expose().trim(), now.seconds()).is_some_and(|step| {
            let spent = format!("{} {step}", user.uuid());
            let until = now.plus_seconds(CODE_REMEMBERED);
            self.0.sign_ins.spent_codes.insert_once(&spent, purpose.into(), now, until)
                || self.0.sign_ins.spent_codes.read(&spent, now, |by| **by == *purpose)
                    == Some(true)
        })
    }

    /// Remembers which challenge waits for a code of the user's authenticator: the last that was
    /// started.
    pub(super) fn expect_code(&self, user: &Member, session_id: &str, mechanism_id: &str) {
        let wait =
            OathWait { session_id: session_id.to_owned(), mechanism_id: mechanism_id.to_owned() };
        self.0.sign_ins.oath_waits.insert(user.uuid(), wait, self.login_expiry());
    }
}
