//! The mechanisms with which a user answers a challenge, and their texts.
//!
//! Source: the table of mechanisms in CyberArk's OpenAPI description and in docs.cyberark.com
//! (adaptive-mfa-overview). Clients match on the texts, so they stand here verbatim.

mod kind;

use serde::Serialize;

pub use self::kind::{MechanismKind, MechanismKindError};

/// One way to answer a challenge. Members that a kind does not have are left out.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct Mechanism {
    pub answer_type: &'static str,
    pub name: &'static str,
    pub prompt_mech_chosen: String,
    pub prompt_select_mech: String,
    pub mechanism_id: String,
    pub enrolled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_prompt: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked_email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_device_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multipart_mechanism: Option<MultipartMechanism>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub device_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_complexity_hint: Option<String>,
}

/// Several questions that are answered at once.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct MultipartMechanism {
    pub prompt_select_mech: &'static str,
    pub mechanism_parts: Vec<MechanismPart>,
}

/// One question of several.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "each field is the member of its name")]
pub struct MechanismPart {
    pub uuid: String,
    pub question_text: String,
    pub prompt_mech_chosen: String,
}

impl Mechanism {
    /// A mechanism with the texts that stand for every user of its kind.
    pub fn new(kind: MechanismKind, mechanism_id: String) -> Self {
        let (select, chosen) = texts(kind);
        Self {
            answer_type: kind.answer_type(),
            name: kind.name(),
            prompt_mech_chosen: chosen.to_owned(),
            prompt_select_mech: select.to_owned(),
            mechanism_id,
            enrolled: true,
            ui_prompt: match kind {
                MechanismKind::Oath | MechanismKind::U2f => Some(select),
                _ => None,
            },
            device_type: (kind == MechanismKind::U2f).then_some("SECURITYKEY"),
            ..Self::default()
        }
    }

    /// What kind of mechanism it is.
    pub fn kind(&self) -> Option<MechanismKind> {
        self.name.parse().ok()
    }

    /// The mail mechanism for this address.
    #[must_use]
    pub fn for_mail(mut self, address: &str) -> Self {
        let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
        self.prompt_select_mech = format!("Email... @{domain}");
        self.prompt_mech_chosen = format!(
            "Email sent to xxxx@{domain}. Click the link or manually enter the code to authenticate."
        );
        self.masked_email_address = Some(format!("***@{domain}"));
        self.partial_address = Some(domain.to_owned());
        self
    }

    /// The text-message mechanism for this number.
    #[must_use]
    pub fn for_text_message(mut self, number: &str) -> Self {
        let last = last_digits(number);
        self.prompt_select_mech = format!("SMS... XXX-{last}");
        self.prompt_mech_chosen = format!(
            "Sending a text to mobile phone ending... {last}. Enter the code or click the link in \
             the message to proceed with authentication."
        );
        self.partial_device_address = Some(last);
        self
    }

    /// The phone-call mechanism for this number.
    #[must_use]
    pub fn for_phone_call(mut self, number: &str) -> Self {
        let last = last_digits(number);
        self.prompt_select_mech = format!("Phone Call... XXX-{last}");
        self.prompt_mech_chosen = format!(
            "We will now attempt to call your phone ({last}). Please follow the instructions to \
             proceed with authentication."
        );
        self.partial_phone_number = Some(last);
        self
    }

    /// The security-question mechanism for these questions, each with its id: one is answered with a
    /// text, several with an object of texts by id.
    #[must_use]
    pub fn for_questions(mut self, questions: Vec<(String, String)>) -> Self {
        let prompt = |text: &str| format!("Answer security question '{text}':");
        if let [(_, text)] = &questions[..] {
            self.prompt_mech_chosen = prompt(text);
            self.question = Some(text.clone());
            return self;
        }
        let part = |(uuid, question_text): (String, String)| MechanismPart {
            uuid,
            prompt_mech_chosen: prompt(&question_text),
            question_text,
        };
        self.multipart_mechanism = Some(MultipartMechanism {
            prompt_select_mech: "Security Questions",
            mechanism_parts: questions.into_iter().map(part).collect(),
        });
        self
    }
}

/// `PromptSelectMech` and `PromptMechChosen`.
const fn texts(kind: MechanismKind) -> (&'static str, &'static str) {
    match kind {
        MechanismKind::Up => ("Password", "Enter Password"),
        MechanismKind::Sq => ("Security Question", "Answer security questions"),
        // With the address or number in them: see the methods above.
        MechanismKind::Email => ("Email", "Email sent"),
        MechanismKind::Sms => ("SMS", "Sending a text"),
        MechanismKind::Pf => ("Phone Call", "We will now attempt to call your phone"),
        MechanismKind::Oath => ("OATH OTP Client", "Enter Verification Code"),
        MechanismKind::Otp => (
            "Mobile Authenticator",
            "Sent Mobile Authenticator request to your device. Please follow the instructions to \
             proceed with authentication or enter verification code here.",
        ),
        MechanismKind::U2f => ("FIDO2 Security Key", "Insert security key and press its button"),
        MechanismKind::Qr => {
            ("QR Code", "Scan QR Code with the CyberArk Identity app on an enrolled device.")
        }
        // Inferred: no source has texts for these three.
        MechanismKind::Duo => (
            "Duo",
            "Sent a request to Duo. Please follow the instructions there to proceed with \
             authentication.",
        ),
        MechanismKind::Radius => ("RADIUS", "Enter RADIUS Passcode"),
        MechanismKind::Reset => ("Reset Password", "Enter New Password"),
    }
}

/// The last four digits of a phone number.
fn last_digits(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(4)..].iter().collect()
}
