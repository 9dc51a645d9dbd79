//! What a user granted a client, and what was issued for it.
//!
//! [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code works once, and
//! using it again ends what it brought.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clock::Timestamp;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::scope::Scope;

/// One authorization of a client by a user.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) application_id: Arc<str>,
    pub(super) client_id: Box<str>,
    pub(super) user: Arc<str>,
    pub(super) scope: Scope,
    pub(super) nonce: Option<Box<str>>,
    /// When the user signed in.
    pub(super) authenticated_at: Timestamp,
    /// Compared with what the token request says.
    pub(super) redirect_uri: RedirectUri,
    pub(super) code_challenge: Option<CodeChallenge>,
}

/// The tokens that stem from one redemption, or from one authorization response: they are revoked
/// together.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) grant: Arc<Grant>,
    revoked: AtomicBool,
}

impl Family {
    pub(super) fn of(grant: Arc<Grant>) -> Arc<Self> {
        Arc::new(Self { grant, revoked: AtomicBool::new(false) })
    }

    /// Ends every token of the family.
    pub(super) fn revoke(&self) {
        self.revoked.store(true, Ordering::Release);
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.revoked.load(Ordering::Acquire)
    }
}

/// An authorization code.
#[derive(Debug)]
pub(super) enum Code {
    /// Waiting to be exchanged.
    Issued(Arc<Grant>),
    /// Exchanged for the tokens of this family.
    Redeemed(Arc<Family>),
}

/// A refresh token.
#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    pub(super) family: Arc<Family>,
}

/// What a bearer token stands for.
#[derive(Debug, Clone)]
pub(super) enum Bearer {
    /// An access token with its scope.
    Access { family: Arc<Family>, scope: Scope },
    /// The `Token` of a sign-in: stands for the session of this id.
    Session(Box<str>),
}
