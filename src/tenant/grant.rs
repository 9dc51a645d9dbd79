//! What was granted to a client, and what was issued for it.
//!
//! [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code works once, and
//! using it again ends what it brought. [RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2):
//! so does using a refresh token again that was rotated.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::client::Client;
use super::notices::Visits;
use super::registry::Registered;
use crate::clock::Timestamp;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::scope::Scope;

/// On whose behalf a client acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The user with this UUID.
    User(Arc<str>),
    /// Its own: no user is involved.
    Client,
}

/// One authorization of a client.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) application_id: Arc<str>,
    pub(super) client_id: Arc<str>,
    /// The client proved nothing; one that did is not mistaken for it.
    pub(super) is_public: bool,
    /// The client registered itself: what it was granted ends with its registration.
    pub(super) ends_with_client: bool,
    pub(super) subject: Subject,
    pub(super) scope: Scope,
    pub(super) nonce: Option<Box<str>>,
    /// The `acr` to claim, as requested.
    pub(super) acr: Option<Box<str>>,
    /// Single claims that were asked for.
    pub(super) claims: Option<Box<ClaimsRequest>>,
    /// When the user signed in, or the client authenticated.
    pub(super) authenticated_at: Timestamp,
    /// Of the session that the user was signed in by.
    pub(super) visits: Option<Arc<Visits>>,
}

impl Grant {
    /// A grant without a user's part in it: no nonce, no wishes about claims. Tokens tell its second
    /// only, so that is what it has.
    pub(super) fn direct(
        registered: &Registered,
        client: &Client,
        subject: Subject,
        scope: &Scope,
        now: Timestamp,
    ) -> Self {
        Self {
            application_id: registered.id.clone(),
            client_id: registered.shared_client_id(&client.id),
            is_public: client.is_public,
            ends_with_client: client.registered_itself(),
            subject,
            scope: scope.clone(),
            nonce: None,
            acr: None,
            claims: None,
            authenticated_at: Timestamp::from_seconds(now.seconds()),
            visits: None,
        }
    }

    /// Whether both say the same, of two without a user's part in them.
    fn is_like(&self, other: &Self) -> bool {
        let who = |grant: &Self| (grant.is_public, grant.ends_with_client, grant.authenticated_at);
        who(self) == who(other)
            && self.application_id == other.application_id
            && self.client_id == other.client_id
            && self.subject == other.subject
            && self.scope == other.scope
    }

    /// Whether the grant was made to this client of this application.
    pub(super) fn is_of(&self, registered: &Registered, client: &Client) -> bool {
        *self.application_id == *registered.app.application_id
            && *self.client_id == *client.id
            && self.is_public == client.is_public
    }
}

/// The last grant that a client got for its own credentials. Those of one second are the same, and a
/// client that asks for token after token keeps one of them instead of thousands.
#[derive(Debug, Default)]
pub(super) struct LastGrant(Mutex<Option<Arc<Grant>>>);

impl LastGrant {
    /// The grant, or the last one if that is the same.
    pub(super) fn shared(&self, grant: Grant) -> Arc<Grant> {
        // A grant is put in whole, so a poisoned lock holds a whole one.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(known) if known.is_like(&grant) => known.clone(),
            _ => last.insert(Arc::new(grant)).clone(),
        }
    }
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
pub(super) enum Code {
    /// Waiting to be exchanged.
    Issued {
        grant: Arc<Grant>,
        /// Compared with what the token request says.
        redirect_uri: RedirectUri,
        code_challenge: Option<CodeChallenge>,
    },
    /// Exchanged for the tokens of this family.
    Redeemed(Arc<Family>),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(scope: &str, second: i64) -> Grant {
        Grant {
            application_id: "robot".into(),
            client_id: "robot-client".into(),
            is_public: false,
            ends_with_client: false,
            subject: Subject::Client,
            scope: scope.parse().unwrap(),
            nonce: None,
            acr: None,
            claims: None,
            authenticated_at: Timestamp::from_seconds(second),
            visits: None,
        }
    }

    #[test]
    fn grants_that_say_the_same_are_kept_once() {
        let last = LastGrant::default();
        let first = last.shared(grant("read", 1));
        assert!(Arc::ptr_eq(&first, &last.shared(grant("read", 1))));
        assert_eq!(last.shared(grant("write", 1)).scope.as_str(), "write");
        assert!(!Arc::ptr_eq(&first, &last.shared(grant("read", 2))));
    }
}
