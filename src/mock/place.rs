//! A tenant of a mock: where it is reached, and what is done with it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::authorization_url::AuthorizationUrl;
use super::expectation::Placed;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::Tenant;
use crate::tenant::app::App;
use crate::tenant::document::{DocumentError, TenantDocument};
use crate::tenant::tenants::{DEFAULT, Tenants};

/// A tenant that a mock serves: the default one, which [`MockTenant`](super::MockTenant) derefs to, or
/// one beside it, which is deleted with this handle.
///
/// ```
/// # use cyberark_identity_mock::mock::{MockTenant, Place};
/// fn userinfo_url(place: &Place) -> String {
///     format!("{}/OAuth2/UserInfo/bank", place.base())
/// }
/// let mock = MockTenant::start();
/// let mine = mock.add_tenant("mine", None)?;
/// assert_eq!(userinfo_url(&mock), format!("{}/OAuth2/UserInfo/bank", mock.url()));
/// assert_ne!(userinfo_url(&mine), userinfo_url(&mock));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Place {
    tenants: Tenants,
    name: String,
    base: BaseUrl,
    /// The tenant as it was made, for when it was deleted over HTTP.
    made: Tenant,
    placed: Mutex<Vec<Placed>>,
}

impl Place {
    pub(super) fn new(tenants: Tenants, name: &str, base: BaseUrl, made: Tenant) -> Self {
        Self { tenants, name: name.to_owned(), base, made, placed: Mutex::default() }
    }

    /// What issuers and the URLs below are made of, and minted tokens should be: https when it is
    /// on, else http; for a tenant beside the default one, with its path.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// assert_eq!(mock.base().to_string(), mock.url());
    /// ```
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The issuer of an application.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// let (url, issuer) = (mock.url(), mock.issuer("bank"));
    /// assert_eq!(issuer, format!("{url}/bank/"));
    /// assert_eq!(mock.discovery_url("bank"), format!("{issuer}.well-known/openid-configuration"));
    /// assert_eq!(mock.token_url("bank"), format!("{url}/OAuth2/Token/bank"));
    /// ```
    pub fn issuer(&self, app: &str) -> String {
        let known = self.tenant().application(app);
        known.map_or_else(|| self.base.issuer(app), |known| known.issuer_at(&self.base))
    }

    /// Where the application's metadata are
    /// ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// assert!(ureq::get(mock.discovery_url("bank")).call().is_ok());
    /// ```
    pub fn discovery_url(&self, app: &str) -> String {
        format!("{}.well-known/openid-configuration", self.base.issuer(app))
    }

    /// The application's token endpoint.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// assert!(mock.token_url("bank").ends_with("/OAuth2/Token/bank"));
    /// ```
    pub fn token_url(&self, app: &str) -> String {
        self.base.endpoint("Token", app)
    }

    /// An authorization request, by the application's own client for `response_type=code` and
    /// `scope=openid`, until something else is said.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// let url = mock.authorization_url("bank", "http://localhost:3000/callback").state("xyz");
    /// assert_eq!(
    ///     url.to_string(),
    ///     format!(
    ///         "{}/OAuth2/Authorize/bank?client_id=bank-client&response_type=code&scope=openid\
    ///          &redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&state=xyz",
    ///         mock.url(),
    ///     ),
    /// );
    /// ```
    pub fn authorization_url(&self, app: &str, redirect_uri: &str) -> AuthorizationUrl {
        let client = self.tenant().application(app).as_ref().map(App::client_id);
        AuthorizationUrl::new(self.base.endpoint("Authorize", app), client, redirect_uri)
    }

    /// The tenant as it is now: its clock, users, keys, steering, journal and outbox. After
    /// [`Place::reset`] it is another one, with the same journal.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// let before = mock.tenant().clock().now();
    /// mock.tenant().clock().advance(Duration::from_secs(3600));
    /// assert!(mock.tenant().clock().now() >= before.plus_seconds(3600));
    /// assert_eq!(mock.tenant().journal().last(), 0);
    /// ```
    pub fn tenant(&self) -> Tenant {
        self.tenants.get(&self.name).unwrap_or_else(|| self.made.clone())
    }

    /// Makes the tenant anew as it began, and forgets what was expected. A reset over HTTP makes it
    /// anew too, and keeps what is expected with the requests that were counted.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// mock.tenant().remove_user("alice@example.com");
    /// mock.reset();
    /// assert!(mock.tenant().user("alice@example.com").is_some());
    /// ```
    pub fn reset(&self) {
        self.placed().clear();
        self.tenants.exchange(&self.name, self.tenant().renewed());
    }

    /// Makes the tenant what a document says: one of [`Tenant::snapshot`], or a fixture. Nobody is
    /// signed in then; what is expected stays.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when the document contradicts a rule; nothing has changed then.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let before = mock.tenant().snapshot();
    /// mock.tenant().remove_app("bank");
    /// mock.restore(before)?;
    /// assert!(mock.tenant().application("bank").is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn restore(&self, document: TenantDocument) -> Result<(), DocumentError> {
        self.tenants.exchange(&self.name, self.tenant().made_of(document)?);
        Ok(())
    }

    pub(super) fn placed(&self) -> MutexGuard<'_, Vec<Placed>> {
        // Expectations are pushed whole, so a poisoned lock holds whole ones.
        self.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    /// Checks what was expected, unless the test has failed already. A tenant beside the default one
    /// is deleted first.
    fn drop(&mut self) {
        let problem = self.problem();
        if let Some(name) = self.name.parse().ok().filter(|_| self.name != DEFAULT) {
            self.tenants.remove(&name);
        }
        if let Some(problem) = problem.filter(|_| !thread::panicking()) {
            panic!("{problem}");
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("base", &self.base.to_string()).finish_non_exhaustive()
    }
}
