//! The kinds of mechanism, and what can be done with each.
//!
//! Source: the table of mechanisms in CyberArk's OpenAPI description and in docs.cyberark.com
//! (adaptive-mfa-overview).

use serde::{Deserialize, Serialize};

/// A kind of mechanism, by the product's name for it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum MechanismKind {
    /// User name and password.
    Up,
    /// Security questions.
    Sq,
    /// A code and a link by mail.
    Email,
    /// A code and a link by text message.
    Sms,
    /// A time-based code of an authenticator
    /// ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)).
    Oath,
    /// A push to the Mobile Authenticator, with a number to match.
    Otp,
    /// A phone call.
    Pf,
    /// A FIDO2 security key.
    U2f,
    /// A picture to scan with an enrolled device.
    Qr,
    /// A prompt of Duo Security, answered there. Sources have the name and nothing else: that it is
    /// answered elsewhere, like a phone call, is inferred.
    Duo,
    /// A passcode that a RADIUS server knows (the wire name is inferred).
    Radius,
    /// A new password in place of one that has to change.
    Reset,
}

impl MechanismKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Up,
        Self::Sq,
        Self::Email,
        Self::Sms,
        Self::Oath,
        Self::Otp,
        Self::Pf,
        Self::U2f,
        Self::Qr,
        Self::Duo,
        Self::Radius,
        Self::Reset,
    ];

    /// `Name`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "UP",
            Self::Sq => "SQ",
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
            Self::Oath => "OATH",
            Self::Otp => "OTP",
            Self::Pf => "PF",
            Self::U2f => "U2F",
            Self::Qr => "QR",
            Self::Duo => "DUO",
            Self::Radius => "RADIUS",
            Self::Reset => "RESET",
        }
    }

    /// `AnswerType`: whether the answer is text, comes from elsewhere, or may be either.
    pub const fn answer_type(self) -> &'static str {
        match self {
            Self::Up | Self::Sq | Self::Radius | Self::Reset => "Text",
            Self::Email | Self::Sms | Self::Oath | Self::Otp | Self::U2f => "StartTextOob",
            Self::Pf | Self::Qr | Self::Duo => "StartOob",
        }
    }

    /// Whether `Action: Answer` makes sense.
    pub const fn is_answerable(self) -> bool {
        !matches!(self, Self::Pf | Self::Qr | Self::Duo)
    }

    /// Whether it is started with `Action: StartOOB`.
    pub const fn is_out_of_band(self) -> bool {
        !matches!(self, Self::Up | Self::Sq | Self::Radius | Self::Reset)
    }

    /// Whether `Action: Poll` makes sense.
    pub const fn is_pollable(self) -> bool {
        self.is_out_of_band() && !matches!(self, Self::U2f)
    }

    /// Whether starting it sends something: an authenticator makes its codes itself, a picture is
    /// shown.
    pub const fn is_sent(self) -> bool {
        self.is_out_of_band() && !matches!(self, Self::Oath | Self::Qr)
    }

    /// Whether the user may answer elsewhere, so that a page has to wait and ask.
    pub const fn is_awaited(self) -> bool {
        self.is_pollable() && !matches!(self, Self::Oath)
    }

    /// Whether the answer is hidden while it is typed.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Up | Self::Radius | Self::Reset)
    }
}

impl std::str::FromStr for MechanismKind {
    type Err = MechanismKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |kind: &Self| kind.name().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(named).ok_or_else(|| MechanismKindError(text.to_owned()))
    }
}

/// The text names no mechanism.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "mechanism {0:?}: expected UP, SQ, EMAIL, SMS, OATH, OTP, PF, U2F, QR, DUO, RADIUS or RESET, \
     joined by commas"
)]
pub struct MechanismKindError(String);
