//! The keys of a tenant: for each algorithm the one that signs, and those that signed before it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::SigningKey;
use crate::clock::Timestamp;
use crate::protocol::claims::Claims;
use crate::protocol::jwk::{Jwk, JwkSet, SigningAlgorithm};

/// What a key of a tenant does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// It signs.
    Signing,
    /// It verifies.
    Published {
        /// When it is forgotten.
        until: Timestamp,
    },
}

/// Why a key cannot be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemoveKeyError {
    /// There is none of this id.
    #[error("there is no such key")]
    Absent,
    /// It signs.
    #[error("the key signs: rotate first")]
    Signing,
}

/// The keys of a tenant.
#[derive(Debug)]
pub(in crate::tenant) struct KeyRing {
    keys: RwLock<Keys>,
    /// The signatures that keys of the ring have made, those retired since too.
    signatures: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Keys {
    /// The key that was given; others stand in where it cannot sign.
    given: Arc<SigningKey>,
    /// Keys for algorithms that were asked for.
    made: Vec<Arc<SigningKey>>,
    /// Keys that sign no more, each until its last token is dead.
    retired: Vec<(Arc<SigningKey>, Timestamp)>,
}

impl KeyRing {
    pub(in crate::tenant) fn new(given: SigningKey) -> Self {
        let signatures = Arc::default();
        let given = given.counted(&signatures);
        let keys = RwLock::new(Keys { given, made: Vec::new(), retired: Vec::new() });
        Self { keys, signatures }
    }

    /// How many signatures the keys have made.
    pub(in crate::tenant) fn signatures(&self) -> u64 {
        self.signatures.load(Ordering::Relaxed)
    }

    /// The key that signs new tokens with this algorithm.
    pub(in crate::tenant) fn signing(&self, algorithm: SigningAlgorithm) -> Arc<SigningKey> {
        if let Some(key) = self.read(|keys| keys.signing(algorithm)) {
            return key;
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.signing(algorithm).unwrap_or_else(|| {
            let key = keys.given.with_algorithm(algorithm);
            let key = key.unwrap_or_else(|| SigningKey::development_for(algorithm));
            let key = key.counted(&self.signatures);
            keys.made.push(key.clone());
            key
        })
    }

    /// The keys that verify tokens of this algorithm at `now`, the signing one first.
    pub(in crate::tenant) fn public(&self, algorithm: SigningAlgorithm, now: Timestamp) -> JwkSet {
        let signing = self.signing(algorithm);
        let retired = self.read(|keys| keys.retired.clone()).into_iter();
        let retired = retired.filter(|(key, until)| {
            let jwk = key.jwk();
            jwk.alg == algorithm && jwk != signing.jwk() && *until > now
        });
        let keys = retired.map(|(key, _)| key.jwk().clone());
        JwkSet { keys: std::iter::once(signing.jwk().clone()).chain(keys).collect() }
    }

    /// Signs with `new` from now on, for every algorithm that it can. The keys it replaces verify
    /// until `until`, when the last token that they signed is dead.
    pub(in crate::tenant) fn rotate(&self, new: SigningKey, until: Timestamp) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let (replaced, kept) = std::mem::take(&mut keys.made)
            .into_iter()
            .partition::<Vec<_>, _>(|key| new.with_algorithm(key.jwk().alg).is_some());
        keys.made = kept;
        let before = std::mem::replace(&mut keys.given, new.counted(&self.signatures));
        let replaced: Vec<_> = replaced.into_iter().chain([before]).collect();
        // A key that comes back and goes again is listed once.
        keys.retired.retain(|(old, _)| replaced.iter().all(|key| key.jwk() != old.jwk()));
        keys.retired.extend(replaced.into_iter().map(|key| (key, until)));
    }

    /// Publishes a key that signs nothing.
    pub(in crate::tenant) fn publish(&self, key: SigningKey, until: Timestamp) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retired.retain(|(old, _)| old.jwk() != key.jwk());
        keys.retired.push((Arc::new(key), until));
    }

    /// Publishes a key no more.
    pub(in crate::tenant) fn remove(&self, kid: &str) -> Result<(), RemoveKeyError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.made.iter().chain([&keys.given]).any(|key| key.jwk().kid == kid) {
            return Err(RemoveKeyError::Signing);
        }
        let before = keys.retired.len();
        keys.retired.retain(|(key, _)| key.jwk().kid != kid);
        if keys.retired.len() < before { Ok(()) } else { Err(RemoveKeyError::Absent) }
    }

    /// Every key that somebody has seen, those that sign first.
    pub(in crate::tenant) fn list(&self, now: Timestamp) -> Vec<(Jwk, KeyState)> {
        self.read(|keys| {
            let signing = std::iter::once(&keys.given).chain(&keys.made);
            let signing = signing.map(|key| (key.jwk().clone(), KeyState::Signing));
            let published = keys.retired.iter().filter(|(_, until)| *until > now);
            let published = published
                .map(|(key, until)| (key.jwk().clone(), KeyState::Published { until: *until }));
            signing.chain(published).collect()
        })
    }

    /// The claims of a token that one of the keys of `now` signed, whatever they say.
    pub(in crate::tenant) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        self.all(now).iter().find_map(|key| key.verify(token))
    }

    /// The key of `now` that made the signature of a token, whatever its header says.
    pub(in crate::tenant) fn signer(&self, token: &str, now: Timestamp) -> Option<Arc<SigningKey>> {
        self.all(now).into_iter().find(|key| key.has_signed(token))
    }

    fn all(&self, now: Timestamp) -> Vec<Arc<SigningKey>> {
        self.read(|keys| {
            let signing = keys.made.iter().chain([&keys.given]).cloned();
            let retired = keys.retired.iter().filter(|(_, until)| *until > now);
            signing.chain(retired.map(|(key, _)| key.clone())).collect()
        })
    }

    /// Forgets the retired keys whose tokens are dead.
    pub(in crate::tenant) fn sweep(&self, now: Timestamp) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retired.retain(|(_, until)| *until > now);
    }

    /// Nothing that could panic runs under the lock, so a poisoned one holds whole keys.
    fn read<R>(&self, read: impl FnOnce(&Keys) -> R) -> R {
        read(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keys {
    fn signing(&self, algorithm: SigningAlgorithm) -> Option<Arc<SigningKey>> {
        let mut keys = std::iter::once(&self.given).chain(&self.made);
        keys.find(|key| key.jwk().alg == algorithm).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_key_verifies_until_its_tokens_are_dead() {
        let (now, later) = (Timestamp::from_seconds(1000), Timestamp::from_seconds(2000));
        let ring = KeyRing::new(SigningKey::development());
        let token = ring.signing(SigningAlgorithm::RS256).sign(&serde_json::json!({}));
        ring.rotate(SigningKey::from_pem(&SigningKey::generate_pem()).unwrap(), later);
        let kids = |now| {
            let keys = ring.public(SigningAlgorithm::RS256, now).keys;
            keys.into_iter().map(|key| key.kid).collect::<Vec<_>>()
        };
        let old = SigningKey::development().jwk().kid.clone();
        assert_eq!((kids(now).len(), kids(now).contains(&old)), (2, true));
        assert_eq!((kids(later).len(), kids(later).contains(&old)), (1, false));
        assert!(ring.verify(&token, now).is_some());
        assert!(ring.verify(&token, later).is_none());
        ring.sweep(later);
        assert!(ring.verify(&token, now).is_none());
    }

    #[test]
    fn each_algorithm_has_one_key_of_its_own() {
        let ring = KeyRing::new(SigningKey::development());
        for algorithm in [SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA]
        {
            let key = ring.signing(algorithm);
            assert_eq!(key.jwk().alg, algorithm);
            assert_eq!(ring.signing(algorithm).jwk(), key.jwk());
            assert_ne!(key.jwk().kid, SigningKey::development().jwk().kid);
        }
    }
}
