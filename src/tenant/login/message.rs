//! What mechanisms send, and where it lands: the outbox.

use super::Tenant;
use super::package::{Offer, Package, Sending};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::secret::Secret;
use crate::protocol::security::mechanism::MechanismKind;
use crate::tenant::outbox::{Message, MessageState};
use crate::tenant::user::Member;

/// Digits of a code that is sent.
const CODE_DIGITS: usize = 8;

impl Tenant {
    /// What a mechanism sends when it is started.
    pub(super) fn sending(&self, kind: MechanismKind) -> Sending {
        let ids = &self.0.ids;
        let has_code = matches!(
            kind,
            MechanismKind::Email | MechanismKind::Sms | MechanismKind::Otp | MechanismKind::U2f
        );
        Sending {
            // An authenticator's codes are made on the device.
            message: (kind != MechanismKind::Oath).then(|| ids.opaque()),
            code: has_code.then(|| Secret::new(ids.digits(CODE_DIGITS))),
            number: (kind == MechanismKind::Otp).then(|| ids.digits(2)),
        }
    }

    /// Keeps a package that asks for a new password, and sends its link by mail.
    pub(super) fn send_reset(
        &self,
        base: &BaseUrl,
        package: Package,
        mechanism_id: String,
        user: &Member,
    ) {
        let described = self.keep_package(base, package, Some(user));
        self.0.outbox.put(Message {
            id: self.0.ids.opaque(),
            user: user.name.clone(),
            mechanism: MechanismKind::Reset,
            to: user.mail.clone(),
            text: text(MechanismKind::Reset, None, None),
            code: None,
            link: Some(format!("{base}/login?session_id={}", described.session_id)),
            number: None,
            sent_at: self.0.clock.now().seconds(),
            state: MessageState::Waiting,
            session_id: described.session_id,
            mechanism_id,
        });
    }

    /// The message for a mechanism, put into the outbox.
    pub(super) fn send(
        &self,
        base: &BaseUrl,
        user: &Member,
        (session_id, offer): (&str, &Offer),
        sending: &Sending,
    ) {
        let Some(id) = sending.message.clone() else {
            return;
        };
        let kind = offer.kind;
        let to = match kind {
            MechanismKind::Email => user.mail.clone(),
            MechanismKind::Sms | MechanismKind::Pf => user.phone.clone(),
            _ => None,
        };
        let has_link = matches!(
            kind,
            MechanismKind::Email
                | MechanismKind::Sms
                | MechanismKind::Otp
                | MechanismKind::Qr
                | MechanismKind::Duo
        );
        let code = sending.code.as_ref().map(|code| code.expose().to_owned());
        self.0.outbox.put(Message {
            link: has_link.then(|| link(base, &id)),
            text: text(kind, code.as_deref(), sending.number.as_deref()),
            id,
            user: user.name.clone(),
            mechanism: kind,
            to,
            code,
            number: sending.number.clone(),
            sent_at: self.0.clock.now().seconds(),
            state: MessageState::Waiting,
            session_id: session_id.to_owned(),
            mechanism_id: offer.id.clone(),
        });
    }
}

/// The link of a message: opening it is the user's yes (CyberArk's OpenAPI description,
/// `/Security/AnswerOOBChallenge`).
pub(super) fn link(base: &BaseUrl, message: &str) -> String {
    format!("{base}/Security/AnswerOOBChallenge?answer={message}")
}

fn text(kind: MechanismKind, code: Option<&str>, number: Option<&str>) -> String {
    let code = code.unwrap_or_default();
    match kind {
        MechanismKind::Email | MechanismKind::Sms => {
            format!("Your code is {code}. Enter it, or open the link, to go on signing in.")
        }
        MechanismKind::Otp => {
            let number = number.unwrap_or_default();
            format!("Sign in? The number to match is {number}; or enter the code {code}.")
        }
        MechanismKind::Pf => "We are calling to confirm that you are signing in.".to_owned(),
        MechanismKind::U2f => format!("Touch the security key; its answer is {code}."),
        MechanismKind::Qr => "Scan the picture on the login page, or open the link.".to_owned(),
        MechanismKind::Duo => "Duo asks whether it is you who signs in.".to_owned(),
        MechanismKind::Reset => "Open the link to choose a new password.".to_owned(),
        MechanismKind::Up | MechanismKind::Sq | MechanismKind::Oath | MechanismKind::Radius => {
            String::new()
        }
    }
}
