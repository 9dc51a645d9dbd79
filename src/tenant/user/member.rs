//! A user with what is derived from the fixture once.

use std::ops::Deref;
use std::sync::Arc;

use super::User;
use crate::protocol::digest::uuid_of;

/// A user of the directory. The UUID is hashed from the login name where a fixture gives none, and every
/// token, session and answer names it: it is worked out once, and shared.
#[derive(Debug, Clone)]
pub struct Member {
    user: User,
    uuid: Arc<str>,
}

impl Member {
    pub(in crate::tenant) fn new(user: User) -> Self {
        let derived = || uuid_of(&user.name.to_lowercase());
        let uuid = user.uuid.clone().unwrap_or_else(derived).into();
        Self { user, uuid }
    }

    /// The user's UUID, given or derived.
    pub fn uuid(&self) -> &Arc<str> {
        &self.uuid
    }

    /// The same user, changed; the UUID stays.
    pub(super) fn with(&self, change: impl FnOnce(&mut User)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.user);
        changed
    }
}

impl Deref for Member {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}
