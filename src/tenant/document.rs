//! The document that describes a tenant: what fixtures contain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::login::settings::AuthenticationSettings;
use super::policy::PolicyOverrides;
use super::role::Role;
use super::user::User;
use crate::protocol::lifetime::Lifetime;

/// A whole tenant, or a part of it: tenant settings, users, applications.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TenantDocument {
    /// Where an editor finds the schema; it has no meaning for the server.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Settings of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantSettings>,
    /// The users.
    pub users: Vec<User>,
    /// The roles that need more than to stand among the `roles` of users.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The applications.
    pub apps: Vec<App>,
}

impl TenantDocument {
    /// Checks the rules that concern one member alone; what several have in common is checked when
    /// the tenant is made.
    ///
    /// # Errors
    ///
    /// The first member that breaks a rule, by its JSON path.
    pub fn check(&self) -> Result<(), DocumentError> {
        self.tenant.iter().try_for_each(TenantSettings::check)?;
        let mut users = self.users.iter().enumerate();
        users.try_for_each(|(index, user)| user.check(&format!("users[{index}]")))?;
        let mut roles = self.roles.iter().enumerate();
        roles.try_for_each(|(index, role)| role.check(&format!("roles[{index}]")))?;
        let mut apps = self.apps.iter().enumerate();
        apps.try_for_each(|(index, app)| app.check(&format!("apps[{index}]")))
    }
}

/// What a tenant does when an unknown user starts to sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownUser {
    /// A password challenge that no answer meets, so that names cannot be probed (inferred).
    #[default]
    Decoy,
    /// The failure envelope at once.
    Failure,
}

/// Settings of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TenantSettings {
    /// Tenant id: `TenantId` and `CustomerID` of the authentication API.
    #[schemars(regex(pattern = "^[A-Za-z0-9-]+$"))]
    pub id: String,
    /// Whether the login page offers the users as buttons.
    pub list_accounts: bool,
    /// What an unknown user meets.
    pub unknown_user: UnknownUser,
    /// How long an authorization code can be redeemed (five minutes; inferred).
    pub authorization_code_lifetime: Lifetime,
    /// How long a request waits for the user at the login page (fifteen minutes; inferred).
    pub bounce_lifetime: Lifetime,
    /// How long an authentication package can be answered (five minutes; inferred).
    pub login_lifetime: Lifetime,
    /// How long a user stays signed in (twelve hours; inferred).
    pub session_lifetime: Lifetime,
    /// The most codes, bounces, logins, sessions, refresh tokens and live bearer tokens kept, each
    /// on its own; beyond it the oldest go first.
    #[schemars(range(min = 1, max = usize::MAX))]
    pub live_limit: usize,
    /// How users sign in.
    pub authentication: AuthenticationSettings,
    /// The most requests that the journal keeps, with their answers; 0 keeps none.
    #[schemars(range(max = 1_000_000))]
    pub journal_limit: usize,
    /// Departures from the policy preset.
    pub policy: PolicyOverrides,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            id: "ABC1234".to_owned(),
            list_accounts: false,
            unknown_user: UnknownUser::default(),
            authorization_code_lifetime: Lifetime::minutes(5),
            bounce_lifetime: Lifetime::minutes(15),
            login_lifetime: Lifetime::minutes(5),
            session_lifetime: Lifetime::minutes(12 * 60),
            live_limit: 100_000,
            authentication: AuthenticationSettings::default(),
            journal_limit: 1000,
            policy: PolicyOverrides::default(),
        }
    }
}

impl TenantSettings {
    pub(super) fn check(&self) -> Result<(), DocumentError> {
        if self.id.is_empty() || !self.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            let problem = format!("{:?}: expected letters and digits, like ABC1234", self.id);
            return Err(DocumentError::new("tenant.id", problem));
        }
        if self.journal_limit > 1_000_000 {
            let problem = format!("{}: expected at most 1000000", self.journal_limit);
            return Err(DocumentError::new("tenant.journal_limit", problem));
        }
        if self.live_limit == 0 {
            return Err(DocumentError::new("tenant.live_limit", "0: expected at least 1"));
        }
        self.authentication.check()
    }
}

/// A document whose parts are well-formed and contradict a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct DocumentError {
    /// JSON path of the member.
    pub path: String,
    /// What was found, and what is allowed.
    pub problem: String,
}

impl DocumentError {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }
}
