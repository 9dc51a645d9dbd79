//! The authentication package: a user on the way to being signed in.
//!
//! The JSON endpoints and the login page are two skins on it. A wrong answer is an outcome, not an
//! error. Source for the rules: docs.cyberark.com (adaptive-mfa-overview) and CyberArk's OpenAPI
//! description; any failure ends the package, unless the tenant continues failed sessions.

mod advance;
mod federation;
mod forgot;
mod idp;
mod lockout;
mod message;
mod offer;
mod package;
mod qr_login;
mod race;
pub mod settings;
mod sign_ins;
mod step_up;

use std::sync::Arc;

pub use self::advance::Advance;
pub use self::federation::Resumed;
pub use self::idp::{IdpAnswer, IdpQuestion};
pub(super) use self::package::Login;
use self::package::Package;
pub use self::qr_login::QrStatus;
pub(super) use self::sign_ins::SignIns;
use self::step_up::{Purpose, is_known_version};
use super::Tenant;
use super::document::UnknownUser;
use super::pending_login::PendingLogin;
use super::user::Member;
use crate::clock::Timestamp;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::authentication::{NewPackage, StartAuthenticationRequest};
use crate::protocol::security::federation::FederatedStart;
use crate::protocol::security::mechanism::MechanismKind;

impl Login {
    /// State and user, for who inspects the tenant.
    pub(super) fn told(&self) -> (&'static str, Option<&Arc<str>>) {
        match self {
            Self::Open(package) => ("waiting", package.user.as_ref()),
            Self::Raced(raced) => ("over", Some(&raced.user)),
            Self::Over => ("over", None),
        }
    }
}

/// What came of starting to sign in.
#[derive(Debug)]
pub enum Start {
    /// Challenges to answer.
    NewPackage(Box<NewPackage>),
    /// Signed in already.
    SignedIn(Box<PendingLogin>),
    /// The user is elsewhere: host (and port), without a scheme.
    WrongPod(String),
    /// An identity provider is to be asked.
    Federated(Box<FederatedStart>),
    /// No package: the call was malformed, or the tenant tells that it does not know the user.
    Failure,
}

impl Tenant {
    /// Starts to sign a user in. `credentials` may prove that they are signed in already.
    pub fn start_authentication(
        &self,
        base: &BaseUrl,
        request: &StartAuthenticationRequest,
        credentials: &[String],
    ) -> Start {
        let name = request.user.as_deref().unwrap_or_default().trim();
        if !is_known_version(request.version.as_deref()) || name.is_empty() {
            return Start::Failure;
        }
        if name.starts_with('@') {
            return self.pod_of_suffix(base, name);
        }
        let user = self.0.users.uuid_of_name(name).and_then(|uuid| self.0.users.by_uuid(&uuid));
        match user {
            Some(user) => self.start_for(base, user, request, credentials),
            None if self.0.settings.unknown_user == UnknownUser::Failure => Start::Failure,
            None => {
                let challenges = vec![vec![self.offer(MechanismKind::Up)]];
                let decoy = Package::new(None, challenges, Purpose::SignIn { platform: false });
                Start::NewPackage(Box::new(self.keep_package(base, decoy, None)))
            }
        }
    }

    /// CyberArk: SDKs look for their tenant by the suffix of its login names
    /// (cyberark/ark-sdk-python, cyberark/idsec-sdk-golang).
    fn pod_of_suffix(&self, base: &BaseUrl, suffix: &str) -> Start {
        let suffix = suffix.to_lowercase();
        let is_ours = |user: &Arc<Member>| user.name.to_lowercase().ends_with(&suffix);
        match self.0.users.list().iter().find(|user| is_ours(user)) {
            Some(user) => {
                let here = || base.authority().to_owned();
                Start::WrongPod(user.pod.clone().unwrap_or_else(here))
            }
            None => Start::Failure,
        }
    }

    fn start_for(
        &self,
        base: &BaseUrl,
        user: Arc<Member>,
        request: &StartAuthenticationRequest,
        credentials: &[String],
    ) -> Start {
        if let Some(pod) = user.pod.as_ref().filter(|pod| *pod != base.authority()) {
            return Start::WrongPod(pod.clone());
        }
        // Somebody else's session is no reason not to ask this user.
        if let Some(session) = self.session_id_of(&user, credentials) {
            let login = PendingLogin::new(self, base, user, session);
            return Start::SignedIn(Box::new(match request.platform_token_response {
                Some(true) => login.with_platform_tokens(),
                _ => login,
            }));
        }
        if user.is_federated() {
            return Start::Federated(Box::new(self.start_federated(base, &user, request)));
        }
        let challenges = self.offers(&user, None);
        if challenges.iter().any(Vec::is_empty) {
            // A profile that changed under the user leaves nothing to answer.
            return Start::Failure;
        }
        let purpose = Purpose::SignIn { platform: request.platform_token_response == Some(true) };
        let mut package = Package::new(Some(user.shared_uuid()), challenges, purpose);
        if user.must_change_password {
            package = package.with_reset(self.offer(MechanismKind::Reset));
        }
        Start::NewPackage(Box::new(self.keep_package(base, package, Some(&user))))
    }

    /// Keeps a package under a new id, and tells it.
    fn keep_package(
        &self,
        base: &BaseUrl,
        mut package: Package,
        user: Option<&Member>,
    ) -> NewPackage {
        let session_id = self.0.ids.opaque();
        if let Some(user) = user {
            self.show_pictures(base, &session_id, &mut package, user);
        }
        let described = self.describe(base, &session_id, &package, user);
        self.0.logins.insert(&session_id, Login::Open(package), self.login_expiry());
        described
    }

    /// When a sign-in that begins now can be answered no more.
    fn login_expiry(&self) -> Timestamp {
        self.0.clock.now().plus_seconds(self.0.settings.login_lifetime.seconds())
    }

    /// A QR code is part of the package: what it says is in the outbox from the start.
    fn show_pictures(
        &self,
        base: &BaseUrl,
        session_id: &str,
        package: &mut Package,
        user: &Member,
    ) {
        for offer in package.challenges.iter_mut().flatten() {
            if offer.kind == MechanismKind::Qr {
                let sending = self.sending(offer.kind);
                offer.message.clone_from(&sending.message);
                self.send(base, user, (session_id, offer), &sending);
            }
        }
    }

    /// The challenges of a package that are left, for a page that shows them.
    pub fn package(&self, base: &BaseUrl, session_id: &str) -> Option<NewPackage> {
        let now = self.0.clock.now();
        let package = self.0.logins.read(session_id, now, |login| login.open().cloned())??;
        let user = package.user.as_ref().and_then(|uuid| self.0.users.by_uuid(uuid));
        Some(self.describe(base, session_id, &package, user.as_deref()))
    }

    /// Drops a package (`/Security/CleanupAuthentication`); whether there was one.
    pub fn drop_package(&self, session_id: &str) -> bool {
        self.0.logins.take(session_id, self.0.clock.now()).is_some()
    }
}
