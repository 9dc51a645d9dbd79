//! How a mock is made.

use std::io;

use super::serving::Serving;
use super::{MockTenant, Place};
use crate::clock::Clock;
use crate::fixtures;
use crate::ids::Ids;
use crate::server::{Authority, Tls, TlsName};
use crate::tenant::document::{DocumentError, TenantDocument};
use crate::tenant::policy::Policy;
use crate::tenant::tenants::{DEFAULT, Tenants};
use crate::tenant::{Tenant, TenantParts};

/// Why a mock cannot start.
///
/// ```
/// # use cyberark_identity_mock::fixtures;
/// # use cyberark_identity_mock::mock::{MockTenant, StartError};
/// let mut document = fixtures::built_in();
/// document.users.extend(document.users.clone()); // no two users have one name
/// let refused = MockTenant::builder().document(document).start().expect_err("a contradiction");
/// assert!(matches!(refused, StartError::Document(_)), "{refused}");
/// ```
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The document contradicts a rule or itself.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The system gives neither port nor thread.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

/// A mock to be: the built-in tenant over http, until something else is said.
///
/// ```
/// use cyberark_identity_mock::clock::{Clock, Timestamp};
/// use cyberark_identity_mock::fixtures;
/// use cyberark_identity_mock::mock::MockTenant;
/// use cyberark_identity_mock::tenant::policy::Policy;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::default();
/// clock.set(Timestamp::from_seconds(1_790_000_000));
/// let mut document = fixtures::built_in();
/// document.users.truncate(1);
/// let mock = MockTenant::builder()
///     .document(document)
///     .policy(Policy::strict())
///     .clock(clock)
///     .seed(1)
///     .start()?;
/// assert_eq!(mock.tenant().users().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is served before `start`"]
pub struct MockTenantBuilder {
    document: Option<TenantDocument>,
    parts: TenantParts,
    https: bool,
}

impl MockTenantBuilder {
    /// What the tenant is made of; [`fixtures`] reads files and texts.
    ///
    /// ```
    /// # use cyberark_identity_mock::fixtures;
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let text = r#"{ "users": [{ "name": "dora", "password": "dora-password" }] }"#;
    /// let mock = MockTenant::builder().document(fixtures::from_text("my users", text)?).start()?;
    /// assert!(mock.tenant().user("dora").is_some() && mock.tenant().apps().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn document(mut self, document: TenantDocument) -> Self {
        self.document = Some(document);
        self
    }

    /// The policy preset; the document's own settings go before it.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # use cyberark_identity_mock::tenant::policy::Policy;
    /// let mock = MockTenant::builder().policy(Policy::strict()).start()?;
    /// let url = mock.authorization_url("spa", "http://localhost:3000/callback");
    /// // A public client without PKCE: the login page under `Policy::cyberark`.
    /// let config = ureq::Agent::config_builder().max_redirects(0).build();
    /// let answer = ureq::Agent::from(config).get(url.to_string()).call()?;
    /// let location = answer.headers()["location"].to_str()?;
    /// assert!(location.contains("error=invalid_request"), "{location}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn policy(mut self, policy: Policy) -> Self {
        self.parts.policy = policy;
        self
    }

    /// The clock that the tenant reads.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cyberark_identity_mock::clock::Clock;
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let clock = Clock::default();
    /// let mock = MockTenant::builder().clock(clock.clone()).start()?;
    /// let token = mock.sign_in("alice@example.com", "bank")?.tokens.access_token;
    /// assert!(mock.tenant().verdict(mock.base(), &token).valid);
    /// clock.advance(Duration::from_secs(24 * 3600));
    /// assert!(!mock.tenant().verdict(mock.base(), &token).valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(mut self, clock: Clock) -> Self {
        self.parts.clock = clock;
        self
    }

    /// The same codes, sessions and tokens' ids in each run.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let code = |seed| {
    ///     let mock = MockTenant::builder().seed(seed).start().expect("it starts");
    ///     mock.code("alice@example.com", "bank", "http://localhost:3000/callback")
    /// };
    /// assert!(code(1).is_ok() && code(1) == code(1) && code(1) != code(2));
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.parts.ids = Ids::seeded(seed);
        self
    }

    /// HTTPS beside HTTP, on another free port, by an authority that is made for this mock.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::builder().https().start()?;
    /// assert!(mock.issuer("bank").starts_with("https://"));
    /// assert!(mock.url().starts_with("http://"), "http stays");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn https(mut self) -> Self {
        self.https = true;
        self
    }

    /// Serves it.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the document contradicts a rule, or nothing can be listened on.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let answer = {
    ///     let mock = MockTenant::builder().start()?;
    ///     ureq::get(mock.discovery_url("bank")).call()?
    /// }; // it has stopped here
    /// assert_eq!(answer.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start(self) -> Result<MockTenant, StartError> {
        let document = self.document.unwrap_or_else(fixtures::built_in);
        let tenant = Tenant::new(document, self.parts)?;
        let tls = self
            .https
            .then(|| Tls::issued_by(&Authority::generate(), &TlsName::usual(&tenant, None)));
        let authority_pem = tls.as_ref().and_then(Tls::authority_pem).map(str::to_owned);
        let tenants = Tenants::from(tenant.clone());
        let serving = Serving::start(tenants.clone(), tls)?;
        let base = serving.https().unwrap_or_else(|| serving.http()).clone();
        let default = Place::new(tenants.clone(), DEFAULT, base, tenant);
        Ok(MockTenant { default, tenants, serving, authority_pem })
    }
}
