//! Users whom another identity provider (IdP) vouches for. Its page is a stand-in of the mock's own,
//! `/_mock/idp`, which believes whoever presses its button.
//!
//! Sources: cyberark/conjur-cli-go and cyberark/idsec-sdk-golang for federated users, CyberArk's
//! OpenAPI description for social sign-in.

use std::sync::Arc;

use super::lockout::Bar;
use super::{Advance, IdpAnswer, Tenant};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{Operation, StartAuthenticationRequest};
use crate::protocol::security::federation::FederatedStart;
use crate::tenant::login::package::text_of;
use crate::tenant::pending_login::PendingLogin;
use crate::tenant::user::{Member, User};

/// Digits of the PIN that the IdP's page shows.
const PIN_DIGITS: usize = 6;

/// Somebody sent to the IdP's page.
#[derive(Debug, Clone)]
pub(in crate::tenant) enum IdpVisit {
    /// A user whose browser comes back signed in.
    Browser(Arc<str>),
    /// A user, and the sign-in that waits elsewhere for them.
    OutOfBand(Arc<str>, String),
    /// Whoever they say they are, sent on to a callback.
    Social { idp: &'static str, callback: RedirectUri },
}

/// A sign-in that waits for the IdP.
#[derive(Debug)]
pub(in crate::tenant) enum IdpLogin {
    /// The user has not answered. Whether platform tokens are asked for.
    Waiting { user: Arc<str>, platform: bool },
    /// The IdP vouches for the user; this is left to show.
    Vouched { user: Arc<str>, proof: Proof, platform: bool },
    /// Signed in, or failed.
    Over,
}

/// What a client has to bring that takes up a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tenant) enum Proof {
    /// Nothing but the id.
    Nothing,
    /// What the IdP's page has shown.
    Pin(Secret),
    /// The user's login name, in lower case.
    Name(String),
}

/// What came of taking up a sign-in that waits for the IdP.
#[derive(Debug)]
pub enum Resumed {
    /// The user has not answered.
    Pending,
    /// Signed in.
    Success(Box<PendingLogin>),
    /// Denied, over, or never there.
    Failure,
}

/// What came of taking a sign-in up, before there is a session.
enum Taken {
    Wait,
    /// The user, and whether platform tokens are asked for.
    User(Arc<str>, bool),
    Failed,
}

impl IdpLogin {
    /// Who signs in, until that is over.
    fn user(&self) -> Option<&Arc<str>> {
        match self {
            Self::Waiting { user, .. } | Self::Vouched { user, .. } => Some(user),
            Self::Over => None,
        }
    }

    /// Takes the sign-in up; what is offered must be what it asks for.
    fn take(&mut self, offered: &Proof) -> Taken {
        match (&*self, offered) {
            // Whoever only asks waits for the user, and for the PIN.
            (Self::Waiting { .. } | Self::Vouched { proof: Proof::Pin(_), .. }, Proof::Nothing) => {
                Taken::Wait
            }
            (Self::Vouched { user, proof, platform }, _) if proof == offered => {
                let taken = Taken::User(user.clone(), *platform);
                *self = Self::Over;
                taken
            }
            _ => {
                *self = Self::Over;
                Taken::Failed
            }
        }
    }
}

impl User {
    /// Whether an IdP vouches for the user. CyberArk: names of a tenant's own directory never are
    /// federated (cyberark/idsec-sdk-golang, `pkg/models/common`).
    pub(super) fn is_federated(&self) -> bool {
        let name = self.name.to_lowercase();
        let own = name.rsplit_once("@cyberark.cloud.").is_some_and(|(_, number)| {
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
        self.federated && !own
    }
}

impl Tenant {
    /// Sends a federated user to the IdP.
    pub(super) fn start_federated(
        &self,
        base: &BaseUrl,
        user: &Member,
        request: &StartAuthenticationRequest,
    ) -> FederatedStart {
        let uuid: Arc<str> = user.shared_uuid();
        let login = request.out_of_band_idp.then(|| {
            let id = self.0.ids.opaque();
            let platform = request.platform_token_response == Some(true);
            self.0.sign_ins.idp_logins.insert(
                &id,
                IdpLogin::Waiting { user: uuid.clone(), platform },
                self.login_expiry(),
            );
            id
        });
        let visit = match &login {
            Some(login) => IdpVisit::OutOfBand(uuid, login.clone()),
            None => IdpVisit::Browser(uuid),
        };
        let visit_id = self.visit_idp(visit);
        let url = format!("{base}/_mock/idp?visit={visit_id}");
        let short_url = login.is_some().then(|| format!("{base}/_mock/idp/{visit_id}"));
        FederatedStart {
            idp_redirect_url: url,
            idp_redirect_short_url: short_url,
            idp_short_url_id: login.is_some().then_some(visit_id),
            session_id: self.0.ids.opaque(),
            idp_oob_auth_pin_required: login.is_some() && self.wants_pin(),
            idp_login_session_id: login,
            tenant_id: self.0.settings.id.clone(),
        }
    }

    /// Keeps a visit to the IdP under a new id.
    pub(super) fn visit_idp(&self, visit: IdpVisit) -> String {
        let id = self.0.ids.opaque();
        self.0.sign_ins.idp_visits.insert(&id, visit, self.login_expiry());
        id
    }

    /// Lets a sign-in that waits be taken up, with a PIN if there has to be one.
    pub(super) fn vouch(&self, login_id: &str, user: &Arc<str>) -> IdpAnswer {
        let pin = self.wants_pin().then(|| self.0.ids.digits(PIN_DIGITS));
        let proof = pin.as_ref().map_or(Proof::Nothing, |pin| Proof::Pin(Secret::new(pin.clone())));
        let vouched = self.0.sign_ins.idp_logins.change(login_id, self.0.clock.now(), |login| {
            let IdpLogin::Waiting { platform, .. } = *login else { return false };
            *login = IdpLogin::Vouched { user: user.clone(), proof, platform };
            true
        });
        if vouched == Some(true) { IdpAnswer::Told(pin) } else { IdpAnswer::Gone }
    }

    /// Ends a sign-in that waits for the IdP.
    pub(super) fn end_idp_login(&self, login_id: &str) {
        self.0
            .sign_ins
            .idp_logins
            .change(login_id, self.0.clock.now(), |login| *login = IdpLogin::Over);
    }

    fn wants_pin(&self) -> bool {
        !self.0.settings.authentication.idp_without_pin
    }

    /// What became of a sign-in out of band (`/Security/OobAuthStatus`).
    pub fn oob_auth_status(&self, base: &BaseUrl, login_id: &str) -> Resumed {
        match self.resume(base, login_id, &Proof::Nothing) {
            // Clients go on with this token for as long as they run: it comes with a refresh token
            // (cyberark/conjur-cli-go).
            Resumed::Success(login) => Resumed::Success(Box::new(login.with_platform_tokens())),
            other => other,
        }
    }

    /// Answers the PIN that the IdP's page has shown.
    pub(super) fn answer_pin(
        &self,
        base: &BaseUrl,
        login_id: &str,
        operation: &Operation,
    ) -> Advance {
        let pin = text_of(operation.answer.as_ref()).map(|pin| pin.expose().trim().to_owned());
        let proof = Proof::Pin(Secret::new(pin.unwrap_or_default()));
        match self.resume(base, login_id, &proof) {
            Resumed::Success(login) => Advance::Success(login),
            Resumed::Pending => Advance::Pending(None),
            Resumed::Failure => Advance::Failure,
        }
    }

    /// Signs in whom the IdP vouches for, once.
    pub(super) fn resume(&self, base: &BaseUrl, login_id: &str, offered: &Proof) -> Resumed {
        let (logins, now) = (&self.0.sign_ins.idp_logins, self.0.clock.now());
        let user = logins.read(login_id, now, |login| login.user().cloned()).flatten();
        let user = user.and_then(|uuid| self.0.users.by_uuid(&uuid));
        match user.and_then(|user| self.bar(&user)) {
            Some(Bar::Refused) => {
                self.end_idp_login(login_id);
                return Resumed::Failure;
            }
            Some(Bar::Waits) => return Resumed::Pending,
            None => {}
        }
        match logins.change(login_id, now, |login| login.take(offered)) {
            Some(Taken::User(uuid, platform)) => match self.0.users.by_uuid(&uuid) {
                Some(user) => {
                    let session = self.begin_session(&user);
                    let login = PendingLogin::new(self, base, user, session);
                    let login = if platform { login.with_platform_tokens() } else { login };
                    Resumed::Success(Box::new(login))
                }
                None => Resumed::Failure,
            },
            Some(Taken::Wait) => Resumed::Pending,
            Some(Taken::Failed) | None => Resumed::Failure,
        }
    }
}
