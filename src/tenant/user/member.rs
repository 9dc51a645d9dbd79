//! A user with what is derived from the fixture once.

use std::ops::Deref;
use std::sync::Arc;

use super::User;
use crate::protocol::digest::uuid_of;
use crate::protocol::secret::Secret;

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
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// The UUID, for sessions and grants to share.
    pub(in crate::tenant) fn shared_uuid(&self) -> Arc<str> {
        self.uuid.clone()
    }

    /// The user as a fixture writes them.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The same user with another password, which they chose themselves.
    pub(super) fn with_password(&self, password: Secret) -> Self {
        let mut changed = self.clone();
        changed.user.password = Some(password);
        changed.user.must_change_password = false;
        changed
    }
}

impl Deref for Member {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}
