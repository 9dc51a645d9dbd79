//! Forgotten passwords and user names.

use std::sync::Arc;

use super::package::{Offer, Package};
use super::step_up::{Purpose, is_known_version};
use super::{Advance, Tenant};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::security::authentication::NewPackage;
use crate::protocol::security::mechanism::{Mechanism, MechanismKind};
use crate::protocol::security::step_up::ForgotUsernameRequest;
use crate::tenant::outbox::{Message, MessageState};
use crate::tenant::user::Member;

impl Tenant {
    /// CyberArk: `NoncommitalSuccess`, which does not tell whether there is such a user. The message
    /// has a link to a page that asks for a new password and then for what else the user's profile
    /// wants (inferred; no source shows more than the summary).
    pub(super) fn forgot_password(
        &self,
        base: &BaseUrl,
        session_id: &str,
        offer: &Offer,
        user: Option<&Member>,
    ) -> Advance {
        if !self.0.settings.authentication.allow_forgot_password || offer.kind != MechanismKind::Up
        {
            return self.end_package(session_id);
        }
        if let Some(user) = user {
            let mut challenges = self.offers(user, None);
            // In place of the password alone: the other challenges stand.
            let asks_password = |offers: &&mut Vec<Offer>| {
                offers.iter().any(|offer| offer.kind == MechanismKind::Up)
            };
            if let Some(password) = challenges.iter_mut().find(asks_password) {
                let reset = self.offer(MechanismKind::Reset);
                let reset_id = reset.id.clone();
                *password = vec![reset];
                let purpose = Purpose::SignIn { platform: false };
                let package = Package::new(Some(user.shared_uuid()), challenges, purpose);
                self.send_reset(base, package, reset_id, user);
            }
        }
        Advance::Noncommittal
    }

    /// Sends the user names that belong to a mail address (`/Security/ForgotUsername`), if any.
    pub fn forgot_username(&self, request: &ForgotUsernameRequest) {
        if let Some(user) = self.user_of_mail(request) {
            self.send_names(&user);
        }
    }

    /// Starts to prove that a mail address is one's own (`/Security/StartForgotUsername`). An unknown
    /// address meets the same challenge as a known one.
    pub fn start_forgot_username(
        &self,
        base: &BaseUrl,
        request: &ForgotUsernameRequest,
    ) -> Option<NewPackage> {
        let address = request.search_key.as_deref().unwrap_or_default().trim();
        if !is_known_version(request.version.as_deref()) || address.is_empty() {
            return None;
        }
        let user = self.user_of_mail(request);
        let offer = self.offer(MechanismKind::Email);
        let mechanism = Mechanism::new(MechanismKind::Email, offer.id.clone()).for_mail(address);
        let uuid = user.as_ref().map(|user| user.shared_uuid());
        let package = Package::new(uuid, vec![vec![offer]], Purpose::ForgotUsername);
        let mut described = self.keep_package(base, package, user.as_deref());
        for challenge in &mut described.challenges {
            challenge.mechanisms = vec![mechanism.clone()];
        }
        Some(described)
    }

    fn user_of_mail(&self, request: &ForgotUsernameRequest) -> Option<Arc<Member>> {
        let address = request.search_key.as_deref()?.trim();
        self.0.users.list().into_iter().find(|user| has_mail(user, address))
    }

    /// Puts the names of everybody who shares the user's mail address into the outbox.
    pub(super) fn send_names(&self, user: &Member) {
        let Some(address) = &user.mail else {
            return;
        };
        let everybody = self.0.users.list();
        let names: Vec<&str> = everybody
            .iter()
            .filter(|user| has_mail(user, address))
            .map(|user| user.name.as_str())
            .collect();
        self.0.outbox.put(Message {
            id: self.0.ids.opaque(),
            user: user.name.clone(),
            mechanism: MechanismKind::Email,
            to: Some(address.clone()),
            text: format!("Your user names: {}", names.join(", ")),
            code: None,
            link: None,
            number: None,
            sent_at: self.0.clock.now().seconds(),
            state: MessageState::Waiting,
            session_id: String::new(),
            mechanism_id: String::new(),
        });
    }
}

fn has_mail(user: &Member, address: &str) -> bool {
    user.mail.as_ref().is_some_and(|mail| mail.to_lowercase() == address.to_lowercase())
}
