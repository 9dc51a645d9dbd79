//! The tenant: every rule of the authorization server, and nothing of HTTP.
//!
//! [`Tenant`] is the handle that all doors share. Its methods are named by the domain and
//! synchronous; what they decide comes back as an enum or as an [`OAuthError`], never as a status.

pub mod app;
pub mod asked;
pub mod authorize;
pub mod callback;
mod client;
pub mod consent;
pub mod delivery;
mod demands;
mod directory;
mod discovery;
pub mod document;
pub mod end_session;
mod exchange;
mod grant;
pub mod inspect;
mod introspect;
pub mod issue;
pub mod journal;
pub mod keys;
pub mod login;
pub mod mint;
pub mod missing;
pub mod notices;
mod origin;
pub mod outbox;
pub mod pending_login;
mod places;
pub mod platform;
pub mod policy;
pub mod portal;
mod principal;
mod profile;
mod registration;
mod registry;
pub mod remarks;
mod request_check;
mod request_object;
mod revoke;
pub mod role;
mod session;
pub mod steer;
mod store;
pub mod tenants;
mod terms;
mod tokens;
pub mod user;
mod userinfo;
mod wishes;

use std::sync::Arc;

use self::app::App;
use self::asked::Asked;
use self::authorize::Bounce;
use self::document::{DocumentError, TenantDocument, TenantSettings};
use self::grant::{Code, RefreshToken};
use self::journal::Journal;
use self::keys::{KeyRing, SigningKey};
use self::login::{Login, SignIns};
use self::missing::MissingCalls;
use self::origin::Origin;
use self::outbox::Outbox;
use self::platform::PlatformRefresh;
use self::policy::Policy;
use self::registry::{Apps, Registered};
use self::role::Roles;
use self::session::Session;
use self::steer::Steering;
use self::store::Store;
use self::tokens::Tokens;
use self::user::{Member, Users};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::protocol::error::{OAuthError, echo};

/// A CyberArk Identity tenant in memory. Clones are handles to the same tenant.
#[derive(Debug, Clone)]
pub struct Tenant(Arc<Inner>, Option<Arc<Asked<'static>>>);

#[derive(Debug)]
struct Inner {
    origin: Origin,
    settings: TenantSettings,
    policy: Policy,
    users: Users,
    roles: Roles,
    apps: Apps,
    keys: KeyRing,
    steering: Steering,
    journal: Arc<Journal>,
    clock: Clock,
    ids: Ids,
    bounces: Store<Bounce>,
    logins: Store<Login>,
    sessions: Store<Session>,
    codes: Store<Code>,
    refresh_tokens: Store<RefreshToken>,
    platform_refreshes: Store<PlatformRefresh>,
    missing: MissingCalls,
    tokens: Tokens,
    /// `jti`s of client assertions that were used.
    assertions: Store<()>,
    /// Values that clients sent, each meant for one request.
    sent_before: Store<()>,
    sign_ins: SignIns,
    outbox: Outbox,
}

/// What a tenant is made of beside its document.
#[derive(Debug)]
pub struct TenantParts {
    /// The policy preset; the document's own settings go before it.
    pub policy: Policy,
    /// The key that signs tokens.
    pub key: SigningKey,
    /// The clock that everything reads.
    pub clock: Clock,
    /// The source of ids.
    pub ids: Ids,
}

impl Default for TenantParts {
    /// CyberArk's policy, the development key, the system's time, random ids.
    fn default() -> Self {
        Self {
            policy: Policy::cyberark(),
            key: SigningKey::development(),
            clock: Clock::default(),
            ids: Ids::default(),
        }
    }
}

impl Tenant {
    /// Makes the tenant that the document describes.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when parts of the document contradict a rule or each other.
    pub fn new(document: TenantDocument, parts: TenantParts) -> Result<Self, DocumentError> {
        let origin = Origin {
            document: document.clone(),
            policy: parts.policy,
            key: parts.key.clone(),
            clock: parts.clock.state(),
        };
        Self::made(document, parts, origin, Arc::default())
    }

    /// The tenant writes into this journal, which forgets everything unless there is an error.
    fn made(
        mut document: TenantDocument,
        parts: TenantParts,
        origin: Origin,
        journal: Arc<Journal>,
    ) -> Result<Self, DocumentError> {
        let settings = document.tenant.unwrap_or_default();
        settings.check()?;
        let policy = parts.policy.with(&settings.policy);
        let limit = settings.live_limit;
        for (index, user) in document.users.iter().enumerate() {
            user.check_challenges(&format!("users[{index}]"), &settings.authentication)?;
        }
        let roles = Roles::load(document.roles, &mut document.users)?;
        let users = Users::load(document.users)?;
        let apps = Apps::load(document.apps, policy)?;
        journal.begin_anew(settings.journal_limit);
        let inner = Inner {
            origin,
            users,
            roles,
            apps,
            policy,
            settings,
            keys: KeyRing::new(parts.key),
            steering: Steering::default(),
            journal,
            clock: parts.clock,
            ids: parts.ids,
            bounces: Store::new(limit),
            logins: Store::new(limit),
            sessions: Store::new(limit),
            codes: Store::new(limit),
            refresh_tokens: Store::new(limit),
            platform_refreshes: Store::new(limit),
            missing: MissingCalls::default(),
            tokens: Tokens::new(limit),
            assertions: Store::new(limit),
            sent_before: Store::new(limit),
            sign_ins: SignIns::new(limit),
            outbox: Outbox::default(),
        };
        Ok(Self(Arc::new(inner), None))
    }

    /// The settings that the tenant was made with.
    pub fn settings(&self) -> &TenantSettings {
        &self.0.settings
    }

    /// All users, sorted by login name.
    pub fn users(&self) -> Vec<Arc<Member>> {
        self.0.users.list()
    }

    /// The users that the login page offers as buttons: none, unless the tenant wants that, and
    /// nobody who is a client.
    pub fn listed_users(&self) -> Vec<Arc<Member>> {
        let mut users = if self.0.settings.list_accounts { self.users() } else { Vec::new() };
        users.retain(|user| !user.oauth_client);
        users
    }

    /// All applications, sorted by Application ID.
    pub fn apps(&self) -> Vec<App> {
        self.0.apps.list().iter().map(|registered| registered.app.clone()).collect()
    }

    /// What tests want to happen.
    pub fn steering(&self) -> &Steering {
        &self.0.steering
    }

    /// What came in and went out.
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// A handle that knows which request it serves.
    #[must_use]
    pub fn serving(&self, asked: Arc<Asked<'static>>) -> Self {
        Self(self.0.clone(), Some(asked))
    }

    /// The request that this handle serves, if anybody wants to know.
    fn asked(&self) -> Option<&Asked<'static>> {
        self.1.as_deref()
    }

    /// The clock that everything reads.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// An id for the `ErrorID` of a failed call: `guid:32 hexadecimal digits`.
    pub fn error_id(&self) -> String {
        use crate::protocol::digest::{format_uuid, hex_lower};
        let ids = &self.0.ids;
        format!("{}:{}", format_uuid(ids.sixteen(), 4), hex_lower(&ids.sixteen()))
    }

    /// Removes everything that has expired.
    pub fn sweep(&self) {
        let now = self.0.clock.now();
        self.0.bounces.sweep(now);
        self.0.logins.sweep(now);
        self.0.sign_ins.sweep(now);
        self.0.sessions.sweep(now);
        self.0.codes.sweep(now);
        self.0.refresh_tokens.sweep(now);
        self.0.platform_refreshes.sweep(now);
        self.0.tokens.sweep(now);
        self.0.apps.sweep();
        self.0.assertions.sweep(now);
        self.0.sent_before.sweep(now);
        self.0.keys.sweep(now);
    }

    fn app(&self, application_id: &str) -> Result<Arc<Registered>, OAuthError> {
        self.0.apps.get(application_id).ok_or_else(|| {
            OAuthError::invalid_request(format!("unknown app {}", echo(application_id)))
        })
    }

    /// The application's policy, or the tenant's for an unknown application.
    fn policy_for(&self, application_id: &str) -> Policy {
        self.0.apps.get(application_id).map_or(self.0.policy, |registered| registered.policy)
    }
}
