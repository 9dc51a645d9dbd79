//! What a user is offered: mechanisms by profile and by what is known of the user, as the wire
//! describes them.

use super::Tenant;
use super::message::link;
use super::package::{Offer, Package};
use super::settings::{AuthenticationSettings, Challenges};
use crate::protocol::base_url::BaseUrl;
use crate::protocol::base32;
use crate::protocol::digest::uuid_of;
use crate::protocol::qr;
use crate::protocol::security::authentication::{Answer, Challenge, ClientHints, NewPackage};
use crate::protocol::security::mechanism::{Mechanism, MechanismKind};
use crate::tenant::document::DocumentError;
use crate::tenant::user::{Member, SecurityQuestion, User};

impl User {
    /// Whether enough is known of the user for the mechanism.
    fn can_use(&self, kind: MechanismKind) -> bool {
        match kind {
            MechanismKind::Sq => !self.security_questions.is_empty(),
            MechanismKind::Email => self.mail.is_some(),
            MechanismKind::Sms | MechanismKind::Pf => self.phone.is_some(),
            MechanismKind::Oath => self.oath_secret.is_some(),
            MechanismKind::Radius => self.radius_passcode.is_some(),
            // A device, a key and an account at Duo are everybody's; without a password no answer is right.
            MechanismKind::Up
            | MechanismKind::Otp
            | MechanismKind::U2f
            | MechanismKind::Qr
            | MechanismKind::Duo
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

    /// The key of the user's authenticator.
    pub(super) fn oath_key(&self) -> Option<Vec<u8>> {
        base32::decode(self.oath_secret.as_ref()?.expose())
    }
}

impl Member {
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
}

impl SecurityQuestion {
    /// `Uuid` of the question: the same in each run.
    fn id(&self, user: &Member) -> String {
        format!("u_{}", uuid_of(&format!("{} {}", user.uuid(), self.question)))
    }
}

impl Tenant {
    /// The challenges of a user, or of the profile that is asked for, as offers with fresh ids.
    pub(super) fn offers(&self, user: &Member, profile: Option<&str>) -> Vec<Vec<Offer>> {
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
        user: Option<&Member>,
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

    fn mechanism(&self, base: &BaseUrl, offer: &Offer, user: Option<&Member>) -> Mechanism {
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
            | MechanismKind::Duo
            | MechanismKind::Radius => plain,
        }
    }
}
