//! Users, roles and applications that come, change and go while the tenant is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Tenant;
use super::app::App;
use super::document::DocumentError;
use super::user::User;

impl Tenant {
    /// The user of this login name, in any letter case.
    pub fn user(&self, name: &str) -> Option<Arc<User>> {
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

    /// Adds an application, or puts it in the place of the one with the Application ID; whether it
    /// is new.
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

    /// The roles that users have, each with their login names.
    pub fn roles(&self) -> BTreeMap<String, Vec<String>> {
        let mut roles = BTreeMap::<String, Vec<String>>::new();
        for user in self.users() {
            for role in &user.roles {
                roles.entry(role.clone()).or_default().push(user.name.clone());
            }
        }
        roles
    }

    /// Gives a role to these users, and takes it from all others; whether nobody had it before.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when a member is no user, or the role has no name; nothing has changed
    /// then.
    pub fn put_role(&self, role: &str, members: &[String]) -> Result<bool, DocumentError> {
        if role.trim().is_empty() {
            return Err(DocumentError::new("", "expected the name of a role"));
        }
        let stranger = |(_, name): &(usize, &String)| self.user(name).is_none();
        if let Some((index, name)) = members.iter().enumerate().find(stranger) {
            let problem = format!("{name:?}: expected the login name of a user");
            return Err(DocumentError::new(format!("members[{index}]"), problem));
        }
        let is_new = !self.roles().contains_key(role);
        for user in self.users() {
            let is_member =
                members.iter().any(|name| name.trim().to_lowercase() == user.name.to_lowercase());
            self.set_role(&user, role, is_member)?;
        }
        Ok(is_new)
    }

    /// Takes a role from everybody; whether anybody had it.
    pub fn remove_role(&self, role: &str) -> bool {
        let had_it = self.roles().contains_key(role);
        for user in self.users() {
            // A user who was there before is well-formed.
            let _ = self.set_role(&user, role, false);
        }
        had_it
    }

    fn set_role(&self, user: &User, role: &str, is_member: bool) -> Result<(), DocumentError> {
        if user.roles.iter().any(|own| own == role) == is_member {
            return Ok(());
        }
        let mut changed = user.clone();
        changed.roles.retain(|own| own != role);
        if is_member {
            changed.roles.push(role.to_owned());
        }
        self.0.users.put(changed).map(|_| ())
    }
}
