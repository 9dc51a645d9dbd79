//! The keys of a tenant, as tests see and change them.

use std::sync::Arc;

use super::{KeyState, RemoveKeyError, SigningKey};
use crate::clock::END_OF_TIME;
use crate::protocol::jwk::{Jwk, SigningAlgorithm};
use crate::tenant::Tenant;

impl Tenant {
    /// Signs with `key` from now on; the keys before it verify until their last token is dead.
    pub fn rotate_key(&self, key: SigningKey) {
        let longest = self.apps().iter().map(|app| app.token_lifetime.seconds()).max();
        let longest = longest.unwrap_or_default().max(self.0.settings.session_lifetime.seconds());
        self.0.keys.rotate(key, self.0.clock.now().plus_seconds(longest));
    }

    /// The key that signs with this algorithm.
    pub fn signing_key(&self, algorithm: SigningAlgorithm) -> Arc<SigningKey> {
        self.0.keys.signing(algorithm)
    }

    /// How many signatures the tenant's keys have made since it was made or reset; each is a token.
    pub fn signatures(&self) -> u64 {
        self.0.keys.signatures()
    }

    /// Publishes a key that signs nothing, until it is removed.
    pub fn publish_key(&self, key: SigningKey) {
        self.0.keys.publish(key, END_OF_TIME);
    }

    /// Publishes a key no more.
    ///
    /// # Errors
    ///
    /// [`RemoveKeyError`] when there is none, or it signs.
    pub fn remove_key(&self, kid: &str) -> Result<(), RemoveKeyError> {
        self.0.keys.remove(kid)
    }

    /// Every key that was used or published, those that sign first.
    pub fn all_keys(&self) -> Vec<(Jwk, KeyState)> {
        self.0.keys.list(self.0.clock.now())
    }
}
