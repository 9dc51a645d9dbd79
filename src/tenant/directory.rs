//! Users and applications that come, change and go while the tenant is there.

use std::sync::Arc;

use super::Tenant;
use super::app::App;
use super::document::DocumentError;
use super::user::{Member, User};

impl Tenant {
    /// The user of this login name, in any letter case.
    pub fn user(&self, name: &str) -> Option<Arc<Member>> {
        self.0.users.by_uuid(&self.0.users.uuid_of_name(name)?)
    }

    /// Adds a user, or puts the user in the place of the one with the login name; whether the user
    /// is new.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] by the JSON path in the user; nothing has changed then.
    pub fn put_user(&self, user: User) -> Result<bool, DocumentError> {
        user.check_challenges("", &self.0.settings.authentication)?;
        self.0.users.put(user)
    }

    /// Removes a user, whose sessions and tokens end with that; whether there was one.
    pub fn remove_user(&self, name: &str) -> bool {
        self.0.users.remove(name)
    }

    /// The application of this Application ID.
    pub fn application(&self, application_id: &str) -> Option<App> {
        self.0.apps.get(application_id).map(|registered| registered.app.clone())
    }

    /// Adds an application, or puts it in the place of the one with the Application ID, whose clients
    /// that registered themselves stay; whether it is new.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] by the JSON path in the application; nothing has changed then.
    pub fn put_app(&self, app: App) -> Result<bool, DocumentError> {
        self.0.apps.put(app, self.0.policy)
    }

    /// Removes an application, whose tokens end with that; whether there was one.
    pub fn remove_app(&self, application_id: &str) -> bool {
        self.0.apps.remove(application_id)
    }
}
