//! Signing in by a picture that a page shows: a device on which the user is signed in scans it.
//!
//! Sources: CyberArk's OpenAPI description for `/Security/StartQRCodeAuthentication` (it needs a
//! session, and the tenant has to allow it; a success or a package comes of it) and
//! pspete/IdentityCommand for the page's question, `/Security/GetQRCodeStatus`. Inferred: that the
//! page makes up the guid, that a scan asks nothing more, and that both are told of one session.

use std::sync::Arc;

use super::{Start, Tenant};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::step_up::AnswerRegistrationRequest;
use crate::protocol::security::{NOT_AUTHORIZED, TRY_AGAIN};
use crate::tenant::pending_login::PendingLogin;

/// A picture that was scanned.
#[derive(Debug)]
pub(in crate::tenant) struct QrScan {
    user: Arc<str>,
    /// The session id.
    session: String,
}

/// What came of asking whether a picture was scanned.
#[derive(Debug)]
pub enum QrStatus {
    /// Not yet.
    Pending,
    /// Signed in.
    SignedIn(Box<PendingLogin>),
    /// The tenant does not allow it, or this is no guid.
    Failure,
}

impl Tenant {
    /// A device on which somebody is signed in has scanned the picture with this guid.
    pub fn start_qr_login(&self, base: &BaseUrl, guid: &str, credentials: &[String]) -> Start {
        let user = self.session(credentials).and_then(|own| self.0.users.by_uuid(&own.user));
        let Some(user) = user.filter(|_| self.takes_guid(guid)) else {
            return Start::Failure;
        };
        let session = self.begin_session(&user);
        let scan = QrScan { user: user.shared_uuid(), session: session.clone() };
        let (now, until) = (self.0.clock.now(), self.login_expiry());
        // A picture signs one user in, once.
        if !self.0.sign_ins.qr_scans.insert_once(guid, scan, now, until) {
            self.0.sessions.take(&session, now);
            return Start::Failure;
        }
        Start::SignedIn(Box::new(PendingLogin::new(self, base, user, session)))
    }

    /// Whether the picture with this guid was scanned: told once.
    pub fn qr_status(&self, base: &BaseUrl, guid: &str) -> QrStatus {
        if !self.takes_guid(guid) {
            return QrStatus::Failure;
        }
        let now = self.0.clock.now();
        let Some(QrScan { user, session }) = self.0.sign_ins.qr_scans.take(guid, now) else {
            return QrStatus::Pending;
        };
        let is_alive = self.0.sessions.read(&session, now, |_| ()).is_some();
        match self.0.users.by_uuid(&user).filter(|_| is_alive) {
            Some(user) => {
                QrStatus::SignedIn(Box::new(PendingLogin::new(self, base, user, session)))
            }
            None => QrStatus::Failure,
        }
    }

    fn takes_guid(&self, guid: &str) -> bool {
        let is_guid = (1..=128).contains(&guid.len()) && guid.bytes().all(|b| b.is_ascii_graphic());
        self.0.settings.authentication.qr_login && is_guid
    }

    /// The answer of a new security key (`/U2f/AnswerRegistrationChallenge`). Nothing is checked and
    /// nothing kept: `U2F` takes the text of the outbox from everybody (inferred; the description has
    /// the parameters alone).
    ///
    /// # Errors
    ///
    /// The vendor's text: nobody is signed in, or there is no answer.
    pub fn answer_registration(
        &self,
        request: &AnswerRegistrationRequest,
        credentials: &[String],
    ) -> Result<(), &'static str> {
        self.session(credentials).ok_or(NOT_AUTHORIZED)?;
        if request.is_complete() { Ok(()) } else { Err(TRY_AGAIN) }
    }
}
