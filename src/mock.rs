//! A mock for Rust tests: started in the test's process, asked and steered without HTTP.

mod authorization_url;
mod builder;
mod expectation;
mod serving;
mod times;
mod verification;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

pub use self::authorization_url::AuthorizationUrl;
pub use self::builder::{MockTenantBuilder, StartError};
pub use self::expectation::Expectation;
pub use self::times::Times;

use self::expectation::Placed;
use self::serving::Serving;
use crate::protocol::base_url::BaseUrl;
use crate::server::SESSION_COOKIE;
use crate::tenant::Tenant;
use crate::tenant::app::App;
use crate::tenant::document::DocumentError;
use crate::tenant::mint::Wanted;
use crate::tenant::tenants::{DEFAULT, Tenants};

/// A tenant that is served on a free port of 127.0.0.1 until it is dropped.
///
/// It has a thread of its own, so that it works in a plain test, inside tokio and inside actix
/// alike, and any number of them beside each other. Requests that were expected and did not come,
/// or came too often, make the test fail when it is dropped.
///
/// ```
/// use cyberark_identity_mock::mock::{Expectation, MockTenant};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = MockTenant::start();
/// mock.expect(Expectation::any().endpoint("token").app("bank").times(1));
///
/// let callback = "http://localhost:3000/callback";
/// let code = mock.code("alice@example.com", "bank", callback)?;
/// let form = [
///     ("grant_type", "authorization_code"),
///     ("code", code.as_str()),
///     ("redirect_uri", callback),
///     ("client_id", "bank-client"),
///     ("client_secret", "bank-secret"),
/// ];
/// let answer = ureq::post(mock.token_url("bank")).send_form(form)?;
/// assert_eq!(answer.status(), 200);
/// mock.verify();
/// # Ok(())
/// # }
/// ```
pub struct MockTenant {
    tenants: Tenants,
    serving: Serving,
    authority_pem: Option<String>,
    placed: Mutex<Vec<Placed>>,
}

impl MockTenant {
    /// Serves the built-in tenant as the product behaves.
    ///
    /// # Panics
    ///
    /// When the system gives neither port nor thread; [`MockTenantBuilder::start`] returns that.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let (one, other) = (MockTenant::start(), MockTenant::start());
    /// assert_ne!(one.url(), other.url());
    /// ```
    pub fn start() -> Self {
        Self::builder().start().unwrap_or_else(|error| panic!("no mock: {error}"))
    }

    /// A mock to be, with another document, policy, clock, ids or https.
    pub fn builder() -> MockTenantBuilder {
        MockTenantBuilder::default()
    }

    /// Where it is reached over http, without a slash at the end.
    pub fn url(&self) -> String {
        self.serving.http().to_string()
    }

    /// Where it is reached over https, if that is on.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::builder().https().start()?;
    /// let pem = mock.authority_pem().ok_or("https is on")?; // for the client to trust
    /// assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    /// assert_eq!(mock.https_url(), Some(mock.base().to_string()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn https_url(&self) -> Option<String> {
        self.serving.https().map(BaseUrl::to_string)
    }

    /// The certificate that clients have to trust for https, as PEM.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// What issuers and the URLs below are made of, and minted tokens should be: https when it is
    /// on, else http.
    pub fn base(&self) -> &BaseUrl {
        self.serving.https().unwrap_or_else(|| self.serving.http())
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
        let apps = self.tenant().apps();
        let known = apps.iter().find(|known| known.application_id == app);
        known.map_or_else(|| self.base().issuer(app), |known| known.issuer_at(self.base()))
    }

    /// Where the application's metadata are
    /// ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).
    pub fn discovery_url(&self, app: &str) -> String {
        format!("{}.well-known/openid-configuration", self.base().issuer(app))
    }

    /// The application's token endpoint.
    pub fn token_url(&self, app: &str) -> String {
        self.base().endpoint("Token", app)
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
        let apps = self.tenant().apps();
        let client = apps.iter().find(|known| known.application_id == app).map(App::client_id);
        AuthorizationUrl::new(self.base().endpoint("Authorize", app), client, redirect_uri)
    }

    /// Signs a user in without a page; returns the value of a `Cookie` field that proves it.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is no such user.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let config = ureq::Agent::config_builder().max_redirects(0).build();
    /// let agent = ureq::Agent::new_with_config(config);
    /// let callback = "http://localhost:3000/callback";
    /// let answer = agent
    ///     .get(mock.authorization_url("bank", callback).to_string())
    ///     .header("Cookie", mock.sign_in("alice@example.com")?)
    ///     .call()?;
    /// let location = answer.headers()["location"].to_str()?;
    /// assert!(location.starts_with(callback) && location.contains("code="), "{location}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign_in(&self, user: &str) -> Result<String, DocumentError> {
        Ok(format!("{SESSION_COOKIE}={}", self.tenant().mint_session(user)?))
    }

    /// An authorization code of the application's own client with the scope `openid`, as if the
    /// user had just signed in. [`Tenant::mint_code`] makes those that are to be different.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when user, application or redirect URI are none.
    pub fn code(&self, user: &str, app: &str, redirect_uri: &str) -> Result<String, DocumentError> {
        let wanted = Wanted {
            app: app.to_owned(),
            user: Some(user.to_owned()),
            redirect_uri: Some(redirect_uri.to_owned()),
            ..Wanted::default()
        };
        self.tenant().mint_code(self.base(), &wanted)
    }

    /// The tenant as it is now: its clock, users, keys, steering, journal and outbox. After
    /// [`MockTenant::reset`] it is another one.
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
        self.tenants.default_tenant()
    }

    /// The tenants of the server, to which named ones can be added.
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// Makes the tenant anew as it began, and forgets what was expected.
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
        self.tenants.exchange(DEFAULT, self.tenant().renewed());
    }

    fn placed(&self) -> MutexGuard<'_, Vec<Placed>> {
        // Expectations are pushed whole, so a poisoned lock holds whole ones.
        self.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for MockTenant {
    /// Checks what was expected, unless the test has failed already, and stops the server.
    fn drop(&mut self) {
        if !thread::panicking() {
            self.verify();
        }
    }
}

impl fmt::Debug for MockTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockTenant").field("url", &self.url()).finish_non_exhaustive()
    }
}
