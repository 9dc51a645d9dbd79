//! How much is alive.

use std::ops::Add;

use crate::tenant::Tenant;
use crate::tenant::grant::{Code, RefreshToken};

/// How much is alive, and how much was signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Codes that can be exchanged.
    pub codes: usize,
    /// Sessions.
    pub sessions: usize,
    /// Access tokens that nobody revoked.
    pub access_tokens: usize,
    /// Refresh tokens that can be used.
    pub refresh_tokens: usize,
    /// Tokens that were signed since the tenant was made or reset.
    pub signed: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            codes: self.codes + other.codes,
            sessions: self.sessions + other.sessions,
            access_tokens: self.access_tokens + other.access_tokens,
            refresh_tokens: self.refresh_tokens + other.refresh_tokens,
            signed: self.signed + other.signed,
        }
    }
}

impl Tenant {
    /// Counts what is alive: this goes through every entry.
    pub fn counts(&self) -> Counts {
        let now = self.0.clock.now();
        Counts {
            codes: self.0.codes.count(now, |code| matches!(code, Code::Issued(_))),
            sessions: self.0.sessions.count(now, |_| true),
            access_tokens: self.0.tokens.count_access(now),
            refresh_tokens: self.0.refresh_tokens.count(now, |token| match token {
                RefreshToken::Live(family) => family.is_alive(),
                RefreshToken::Rotated(_) => false,
            }),
            signed: self.signatures(),
        }
    }
}
