//! What was granted to a client, and what was issued for it.
//!
//! [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code works once, and
//! using it again ends what it brought. [RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2):
//! so does using a refresh token again that was rotated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::client::Client;
use super::notices::Visits;
use super::registry::Registered;
use super::terms::Terms;
use crate::clock::Timestamp;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::scope::Scope;

/// One authorization of a client.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) terms: Arc<Terms>,
    /// When the user signed in, or the client authenticated.
    pub(super) authenticated_at: Timestamp,
    pub(super) nonce: Option<Box<str>>,
    pub(super) wishes: Option<Box<ClaimWishes>>,
    /// Of the session that the user was signed in by.
    pub(super) visits: Option<Arc<Visits>>,
}

/// Claims that an authorization request asked for.
#[derive(Debug, Clone)]
pub(super) struct ClaimWishes {
    /// The `acr` to claim.
    pub(super) acr: Option<Box<str>>,
    /// Single claims.
    pub(super) claims: Option<Box<ClaimsRequest>>,
}

impl ClaimWishes {
    /// The wishes, if there are any.
    pub(super) fn of(
        acr: Option<Box<str>>,
        claims: Option<Box<ClaimsRequest>>,
    ) -> Option<Box<Self>> {
        (acr.is_some() || claims.is_some()).then(|| Box::new(Self { acr, claims }))
    }
}

impl Grant {
    /// A grant without a user's part in it: no nonce, no wishes about claims.
    pub(super) fn plain(terms: Arc<Terms>, now: Timestamp) -> Self {
        Self { terms, authenticated_at: now, nonce: None, wishes: None, visits: None }
    }

    /// Whether it says no more than its terms and this time, of which tokens tell the second.
    pub(super) fn is_plain(&self, at: Timestamp) -> bool {
        let Self { terms: _, authenticated_at, nonce, wishes, visits } = self;
        let is_bare = nonce.is_none() && wishes.is_none() && visits.is_none();
        is_bare && authenticated_at.seconds() == at.seconds()
    }

    /// The `acr` to claim, as requested.
    pub(super) fn acr(&self) -> Option<&str> {
        self.wishes.as_ref()?.acr.as_deref()
    }

    /// Single claims that were asked for.
    pub(super) fn requested_claims(&self) -> Option<&ClaimsRequest> {
        self.wishes.as_ref()?.claims.as_deref()
    }

    /// Whether the grant was made to this client of this application.
    pub(super) fn is_of(&self, registered: &Registered, client: &Client) -> bool {
        self.terms.are_of(registered, client)
    }
}

/// The tokens that stem from one redemption, or from one authorization response: they are revoked
/// together.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) grant: Grant,
    revoked: AtomicBool,
    /// It is made anew whenever its only token is looked at.
    is_of_one: bool,
}

impl Family {
    pub(super) fn of(grant: Grant) -> Arc<Self> {
        Arc::new(Self { grant, revoked: AtomicBool::new(false), is_of_one: false })
    }

    /// The family of a token that is alone in it.
    pub(super) fn of_one(grant: Grant) -> Arc<Self> {
        Arc::new(Self { grant, revoked: AtomicBool::new(false), is_of_one: true })
    }

    /// What tells it from other families of tokens that are alive; nothing if one token is all that it
    /// has.
    pub(super) fn id(&self) -> Option<String> {
        (!self.is_of_one).then(|| format!("{:x}", std::ptr::from_ref(self).addr()))
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
pub(super) enum Code {
    /// Waiting to be exchanged.
    Issued(Box<IssuedCode>),
    /// Exchanged for the tokens of this family.
    Redeemed(Arc<Family>),
}

/// A code that waits, and what the token request is compared with.
pub(super) struct IssuedCode {
    pub(super) grant: Grant,
    pub(super) redirect_uri: RedirectUri,
    pub(super) code_challenge: Option<CodeChallenge>,
}

/// A refresh token.
pub(super) enum RefreshToken {
    /// Good for new access tokens of this family.
    Live(Arc<Family>),
    /// Replaced by a newer one of this family.
    Rotated(Arc<Family>),
}

impl RefreshToken {
    /// The family that it is of, or was.
    pub(super) fn family(&self) -> &Arc<Family> {
        match self {
            Self::Live(family) | Self::Rotated(family) => family,
        }
    }
}

/// A token of a family that has been issued.
#[derive(Debug, Clone)]
pub(super) struct LiveToken {
    pub(super) family: Arc<Family>,
    pub(super) scope: Scope,
    pub(super) issued_at: Timestamp,
    pub(super) expires: Timestamp,
}

/// What a token stands for.
#[derive(Clone)]
pub(super) enum Bearer {
    /// An access token.
    Access(LiveToken),
    /// An ID token: it says who signed in and opens nothing.
    Identity(LiveToken),
    /// The `Token` of a sign-in: stands for the session of this id.
    Session(Box<str>),
}
