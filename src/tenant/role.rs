//! Roles of the tenant, as fixtures write them.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Tenant;
use super::document::DocumentError;
use super::user::{LOGIN_NAME, User};

/// A role of the tenant's directory. Users have it who name it among their `roles`, and those who are
/// its `members`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// The role's name, in a path that names it not needed.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Login names of those who have it.
    #[schemars(inner(regex(pattern = LOGIN_NAME)))]
    pub members: Vec<String>,
}

impl Role {
    /// Checks the rules that concern this role alone; `here` is its JSON path.
    pub(super) fn check(&self, here: &str) -> Result<(), DocumentError> {
        if self.name.trim().is_empty() {
            let problem = format!("{:?}: expected the name of a role", self.name);
            return Err(DocumentError::new(format!("{here}.name"), problem));
        }
        Ok(())
    }
}

/// The roles that were described, whoever has them, each with its description.
#[derive(Debug, Default)]
pub(super) struct Roles(RwLock<BTreeMap<String, Option<String>>>);

impl Roles {
    /// Takes the roles of a document, and gives them to those of its users who are members.
    pub(super) fn load(roles: Vec<Role>, users: &mut [User]) -> Result<Self, DocumentError> {
        let mut known = BTreeMap::new();
        for (index, role) in roles.into_iter().enumerate() {
            let here = format!("roles[{index}]");
            role.check(&here)?;
            for (place, member) in role.members.iter().enumerate() {
                let name = member.trim().to_lowercase();
                let user = users.iter_mut().find(|user| user.name.to_lowercase() == name);
                let user =
                    user.ok_or_else(|| no_member(format!("{here}.members[{place}]"), member))?;
                if !user.roles.contains(&role.name) {
                    user.roles.push(role.name.clone());
                }
            }
            if known.insert(role.name.clone(), role.description).is_some() {
                let problem = format!("{:?}: another role has it", role.name);
                return Err(DocumentError::new(format!("{here}.name"), problem));
            }
        }
        Ok(Self(RwLock::new(known)))
    }

    // Nothing that could panic runs under the lock, so a poisoned one holds whole roles.
    fn read<R>(&self, read: impl FnOnce(&BTreeMap<String, Option<String>>) -> R) -> R {
        read(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, write: impl FnOnce(&mut BTreeMap<String, Option<String>>) -> R) -> R {
        write(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn no_member(path: String, name: &str) -> DocumentError {
    DocumentError::new(path, format!("{name:?}: expected the login name of a user"))
}

impl Tenant {
    /// The roles that were described or that users have, sorted by name.
    pub fn roles(&self) -> Vec<Role> {
        let described = self.0.roles.read(Clone::clone).into_iter();
        let mut roles: BTreeMap<String, Role> = described
            .map(|(name, description)| {
                (name.clone(), Role { name, description, members: Vec::new() })
            })
            .collect();
        for user in self.users() {
            for name in &user.roles {
                let role = roles.entry(name.clone()).or_default();
                role.name.clone_from(name);
                role.members.push(user.name.clone());
            }
        }
        roles.into_values().collect()
    }

    /// The role of that name.
    pub fn role(&self, name: &str) -> Option<Role> {
        self.roles().into_iter().find(|role| role.name == name)
    }

    /// Adds a role, or puts it in the place of the one with the name: its members have it, and nobody
    /// else; whether it is new.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] by the JSON path in the role; nothing has changed then.
    pub fn put_role(&self, role: Role) -> Result<bool, DocumentError> {
        role.check("")?;
        let stranger = |(_, name): &(usize, &String)| self.user(name).is_none();
        if let Some((place, name)) = role.members.iter().enumerate().find(stranger) {
            return Err(no_member(format!("members[{place}]"), name));
        }
        let is_new = self.role(&role.name).is_none();
        for user in self.users() {
            let name = user.name.to_lowercase();
            let is_member = role.members.iter().any(|member| member.trim().to_lowercase() == name);
            self.set_role(&user, &role.name, is_member)?;
        }
        self.0.roles.write(|known| known.insert(role.name, role.description));
        Ok(is_new)
    }

    /// Removes a role, which nobody has then; whether there was one.
    pub fn remove_role(&self, name: &str) -> bool {
        let was_there = self.role(name).is_some();
        self.0.roles.write(|known| known.remove(name));
        for user in self.users() {
            // A user who was there before is well-formed.
            let _ = self.set_role(&user, name, false);
        }
        was_there
    }

    /// What of the roles the users do not tell: those that nobody has, and descriptions.
    pub(super) fn roles_beside_users(&self) -> Vec<Role> {
        let mut roles = self.roles();
        roles.retain(|role| role.members.is_empty() || role.description.is_some());
        for role in &mut roles {
            role.members.clear();
        }
        roles
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
