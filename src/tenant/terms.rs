//! What the grants of a client have in common, kept once for all of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::client::Client;
use super::registry::Registered;
use crate::protocol::scope::Scope;

/// On whose behalf a client acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// The user with this UUID.
    User(Arc<str>),
    /// Its own: no user is involved.
    Client,
}

/// To whom something is granted, for whom, and what.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Terms {
    pub(super) application_id: Arc<str>,
    pub(super) client_id: Arc<str>,
    /// The client proved nothing; one that did is not mistaken for it.
    pub(super) is_public: bool,
    /// The client registered itself: what it was granted ends with its registration.
    pub(super) ends_with_client: bool,
    pub(super) subject: Subject,
    pub(super) scope: Scope,
}

impl Terms {
    /// The terms of this client of the application, those in use if they are the same.
    pub(super) fn of(
        registered: &Registered,
        client: &Client,
        subject: Subject,
        scope: &Scope,
    ) -> Arc<Self> {
        registered.terms.shared(Self {
            application_id: registered.id.clone(),
            client_id: registered.shared_client_id(&client.id),
            is_public: client.is_public,
            ends_with_client: client.registered_itself(),
            subject,
            scope: scope.clone(),
        })
    }

    /// Whether they are of this client of this application.
    pub(super) fn are_of(&self, registered: &Registered, client: &Client) -> bool {
        *self.application_id == *registered.app.application_id
            && *self.client_id == *client.id
            && self.is_public == client.is_public
    }
}

/// The terms of an application's grants. Thousands of codes and tokens have the same ones.
#[derive(Debug, Default)]
pub(super) struct TermsInUse(Mutex<HashSet<Arc<Terms>>>);

impl TermsInUse {
    fn shared(&self, terms: Terms) -> Arc<Terms> {
        // Terms are put in whole, so a poisoned lock holds whole ones.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&terms) {
            return known.clone();
        }
        let terms = Arc::new(terms);
        known.insert(terms.clone());
        terms
    }

    /// Forgets those that no grant has any more.
    pub(super) fn sweep(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|terms| Arc::strong_count(terms) > 1);
        if known.len() < known.capacity() / 4 {
            known.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(scope: &str) -> Terms {
        Terms {
            application_id: "robot".into(),
            client_id: "robot-client".into(),
            is_public: false,
            ends_with_client: false,
            subject: Subject::Client,
            scope: scope.parse().unwrap(),
        }
    }

    #[test]
    fn terms_that_are_the_same_are_kept_once_and_as_long_as_they_are_needed() {
        let known = TermsInUse::default();
        let (read, write) = (known.shared(terms("read")), known.shared(terms("write")));
        assert!(Arc::ptr_eq(&read, &known.shared(terms("read"))) && read != write);
        drop(write);
        known.sweep();
        assert_eq!(known.0.lock().unwrap().len(), 1);
        assert!(Arc::ptr_eq(&read, &known.shared(terms("read"))));
        drop(read);
        known.sweep();
        assert!(known.0.lock().unwrap().is_empty());
    }
}
