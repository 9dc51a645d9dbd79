//! The clients that registered themselves with an application.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::RegisteredClient;
use crate::clock::Timestamp;
use crate::protocol::registration::ClientMetadata;
use crate::protocol::secret::Secret;

/// The most registrations of one application; the oldest makes room.
const MOST_REGISTRATIONS: usize = 1_000;

/// The registration of a client.
#[derive(Debug, Clone)]
pub(in crate::tenant) struct Registration {
    pub(in crate::tenant) client: Arc<RegisteredClient>,
    /// What the client said of itself, with the defaults filled in.
    pub(in crate::tenant) metadata: Arc<ClientMetadata>,
    /// What opens the registration.
    pub(in crate::tenant) access_token: Secret,
    pub(in crate::tenant) issued_at: Timestamp,
}

/// Registrations by client id, in the order in which they were made.
#[derive(Debug, Default)]
struct Entries {
    by_id: BTreeMap<String, (u64, Registration)>,
    births: u64,
}

/// The registrations of an application. A closure runs under the lock, so it must be short.
#[derive(Debug, Default)]
pub(in crate::tenant) struct Registrations(RwLock<Entries>);

impl Registrations {
    /// The client of this id.
    pub(in crate::tenant) fn client(&self, client_id: &str) -> Option<Arc<RegisteredClient>> {
        self.read(|entries| {
            entries.by_id.get(client_id).map(|(_, registration)| registration.client.clone())
        })
    }

    /// Whether one of the clients is so.
    pub(super) fn any(&self, is_so: impl Fn(&RegisteredClient) -> bool) -> bool {
        self.read(|entries| {
            entries.by_id.values().any(|(_, registration)| is_so(&registration.client))
        })
    }

    /// Adds a registration.
    pub(in crate::tenant) fn add(&self, registration: Registration) {
        self.write(|entries| {
            if entries.by_id.len() >= MOST_REGISTRATIONS {
                let oldest = entries.by_id.iter().min_by_key(|(_, (born, _))| *born);
                let oldest = oldest.map(|(id, _)| id.clone());
                oldest.and_then(|id| entries.by_id.remove(&id));
            }
            entries.births += 1;
            let id = registration.client.settings.client_id.clone();
            entries.by_id.insert(id, (entries.births, registration));
        });
    }

    /// The registration that the token opens.
    pub(in crate::tenant) fn open(&self, client_id: &str, token: &str) -> Option<Registration> {
        self.read(|entries| {
            let registration = entries.by_id.get(client_id).map(|(_, registration)| registration);
            registration.filter(|registration| registration.access_token.is(token)).cloned()
        })
    }

    /// Puts this in the place of a registration that is still there; whether it was.
    pub(in crate::tenant) fn replace(&self, registration: Registration) -> bool {
        self.write(|entries| {
            let id = &registration.client.settings.client_id;
            let Some((_, place)) = entries.by_id.get_mut(id) else {
                return false;
            };
            *place = registration;
            true
        })
    }

    /// Ends the registration that the token opens; whether there was one.
    pub(in crate::tenant) fn remove(&self, client_id: &str, token: &str) -> bool {
        self.write(|entries| {
            let opens =
                |(_, registration): &(u64, Registration)| registration.access_token.is(token);
            let is_opened = entries.by_id.get(client_id).is_some_and(opens);
            is_opened && entries.by_id.remove(client_id).is_some()
        })
    }

    // Nothing that could panic runs under the lock, so a poisoned one holds whole registrations.
    fn read<R>(&self, read: impl FnOnce(&Entries) -> R) -> R {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, write: impl FnOnce(&mut Entries) -> R) -> R {
        write(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}
