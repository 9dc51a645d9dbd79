//! What a user is offered: mechanisms by profile and by what is known of the user, as the wire
//! describes them, and the messages that they send.

use super::Tenant;
use super::package::{Offer, Package, Sending};
use super::settings::{AuthenticationSettings, Challenges};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::base32;
use crate::protocol::digest::uuid_of;
use crate::protocol::qr;
use crate::protocol::secret::Secret;
use crate::protocol::security::authentication::{Answer, Challenge, ClientHints, NewPackage};
use crate::protocol::security::mechanism::{Mechanism, MechanismKind};
use crate::tenant::document::DocumentError;
use crate::tenant::outbox::{Message, MessageState};
use crate::tenant::user::{SecurityQuestion, User};

/// Digits of a code that is sent.
const CODE_DIGITS: usize = 8;

impl User {
    /// Whether enough is known of the user for the mechanism.
    fn can_use(&self, kind: MechanismKind) -> bool {
        match kind {
            MechanismKind::Sq => !self.security_questions.is_empty(),
            MechanismKind::Email => self.mail.is_some(),
            MechanismKind::Sms | MechanismKind::Pf => self.phone.is_some(),
            MechanismKind::Oath => self.oath_secret.is_some(),
            MechanismKind::Radius => self.radius_passcode.is_some(),
            // A device and a key are everybody's; without a password no answer is right.
            MechanismKind::Up
            | MechanismKind::Otp
            | MechanismKind::U2f
            | MechanismKind::Qr
            | MechanismKind::Reset => true,
        }
    }

    /// The challenges that the user faces: those of the profile that is asked for, their own, those
    /// of their profile, of the tenant's, or the password alone.
    fn challenges(&self, settings: &AuthenticationSettings, asked: Option<&str>) -> Challenges {
        if let Some(profile) = asked.and_then(|name| settings.profile(name)) {
            return profile.challenges.clone();
        }
        let name = self.authentication_profile.as_ref().or(settings.default_profile.as_ref());
        let profile = || Some(settings.profile(name?)?.challenges.clone());
        self.challenges.clone().or_else(profile).unwrap_or_else(Challenges::password)
    }

    /// Checks what user and tenant settings have in common; `here` is the user's JSON path.
    pub(in crate::tenant) fn check_challenges(
        &self,
        here: &str,
        settings: &AuthenticationSettings,
    ) -> Result<(), DocumentError> {
        if let Some(name) = &self.authentication_profile {
            settings.check_name(name, &format!("{here}.authentication_profile"))?;
        }
        for kinds in self.challenges(settings, None).iter() {
            if !kinds.iter().any(|kind| self.can_use(*kind)) {
                let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                let problem = format!(
                    "{:?}: the user can use none of the challenge's mechanisms {}; EMAIL needs \
                     mail, SMS and PF phone, SQ security_questions, OATH oath_secret, RADIUS \
                     radius_passcode",
                    self.name,
                    names.join(",")
                );
                return Err(DocumentError::new(here, problem));
            }
        }
        Ok(())
    }

    /// Whether the answer is right by what the user knows. What was sent is compared elsewhere.
    pub(super) fn knows(&self, kind: MechanismKind, answer: Option<&Answer>) -> bool {
        match (kind, answer) {
            (MechanismKind::Up, Some(Answer::Text(text))) => self.has_password(Some(text)),
            (MechanismKind::Radius, Some(Answer::Text(text))) => {
                self.radius_passcode.as_ref() == Some(text)
            }
            (MechanismKind::Sq, Some(Answer::Text(text))) => match &self.security_questions[..] {
                [only] => only.answer.is_in_any_case(text),
                _ => false,
            },
            (MechanismKind::Sq, Some(Answer::Parts(parts))) => {
                !self.security_questions.is_empty()
                    && self.security_questions.iter().all(|question| {
                        parts
                            .get(&question.id(self))
                            .is_some_and(|text| question.answer.is_in_any_case(text))
                    })
            }
            _ => false,
        }
    }

    /// The key of the user's authenticator.
    pub(super) fn oath_key(&self) -> Option<Vec<u8>> {
        base32::decode(self.oath_secret.as_ref()?.expose())
    }
}

impl SecurityQuestion {
    /// `Uuid` of the question: the same in each run.
    fn id(&self, user: &User) -> String {
        format!("u_{}", uuid_of(&format!("{} {}", user.uuid(), self.question)))
    }
}

impl Tenant {
    /// The challenges of a user, or of the profile that is asked for, as offers with fresh ids.
    pub(super) fn offers(&self, user: &User, profile: Option<&str>) -> Vec<Vec<Offer>> {
        let challenges = user.challenges(&self.0.settings.authentication, profile);
        let offers = |kinds: &[MechanismKind]| {
            let usable = kinds.iter().filter(|kind| user.can_use(**kind));
            usable.map(|kind| self.offer(*kind)).collect()
        };
        challenges.iter().map(offers).collect()
    }

    pub(super) fn offer(&self, kind: MechanismKind) -> Offer {
        Offer::new(kind, self.0.ids.opaque())
    }

    /// A package on the wire.
    pub(super) fn describe(
        &self,
        base: &BaseUrl,
        session_id: &str,
        package: &Package,
        user: Option<&User>,
    ) -> NewPackage {
        let settings = &self.0.settings.authentication;
        let challenge = |offers: &Vec<Offer>| Challenge {
            mechanisms: offers.iter().map(|offer| self.mechanism(base, offer, user)).collect(),
        };
        NewPackage {
            client_hints: ClientHints {
                allow_persist: settings.allow_persistent_login,
                allow_forgot_password: settings.allow_forgot_password,
                ..ClientHints::default()
            },
            version: "1.0",
            session_id: session_id.to_owned(),
            event_description: None,
            retry_waiting_time: 0,
            security_image_name: None,
            allow_login_mfa_cache: false,
            challenges: package.left().iter().map(challenge).collect(),
            summary: "NewPackage",
            tenant_id: self.0.settings.id.clone(),
        }
    }

    fn mechanism(&self, base: &BaseUrl, offer: &Offer, user: Option<&User>) -> Mechanism {
        let plain = Mechanism::new(offer.kind, offer.id.clone());
        let Some(user) = user else {
            return plain;
        };
        let phone = user.phone.as_deref().unwrap_or_default();
        match offer.kind {
            MechanismKind::Email => plain.for_mail(user.mail.as_deref().unwrap_or_default()),
            MechanismKind::Sms => plain.for_text_message(phone),
            MechanismKind::Pf => plain.for_phone_call(phone),
            MechanismKind::Sq => {
                let questions = user.security_questions.iter();
                let asked = questions.map(|own| (own.id(user), own.question.clone())).collect();
                plain.for_questions(asked)
            }
            MechanismKind::Qr => {
                let link = offer.message.as_deref().map(|id| link(base, id));
                Mechanism { image: link.and_then(|link| qr::picture(&link)), ..plain }
            }
            MechanismKind::Reset => {
                let hint = self.0.settings.authentication.password_policy.hint();
                Mechanism { password_complexity_hint: Some(hint), ..plain }
            }
            MechanismKind::Up
            | MechanismKind::Oath
            | MechanismKind::Otp
            | MechanismKind::U2f
            | MechanismKind::Radius => plain,
        }
    }

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
        user: &User,
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
        user: &User,
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
            MechanismKind::Email | MechanismKind::Sms | MechanismKind::Otp | MechanismKind::Qr
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
fn link(base: &BaseUrl, message: &str) -> String {
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
        MechanismKind::Reset => "Open the link to choose a new password.".to_owned(),
        MechanismKind::Up | MechanismKind::Sq | MechanismKind::Oath | MechanismKind::Radius => {
            String::new()
        }
    }
}
