//! A mock for Rust tests: started in the test's process, asked and steered without HTTP.

mod authorization_url;
mod beside;
mod builder;
mod expectation;
mod minting;
mod place;
mod serving;
mod times;
mod verification;

use std::fmt;
use std::ops::Deref;

pub use self::authorization_url::AuthorizationUrl;
pub use self::beside::AddTenantError;
pub use self::builder::{MockTenantBuilder, StartError};
pub use self::expectation::Expectation;
pub use self::minting::SignIn;
pub use self::place::Place;
pub use self::times::Times;

use self::serving::Serving;
use crate::protocol::base_url::BaseUrl;
use crate::tenant::tenants::Tenants;

/// A tenant that is served on a free port of 127.0.0.1 until it is dropped.
///
/// It has a thread of its own, so that it works in a plain test, inside tokio and inside actix
/// alike, and any number of them beside each other. Requests that were expected and did not come,
/// or came too often, make the test fail when it is dropped. It derefs to its default tenant's
/// [`Place`], where most methods are.
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
    default: Place,
    tenants: Tenants,
    serving: Serving,
    authority_pem: Option<String>,
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
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::builder().seed(1).start()?;
    /// assert!(mock.url().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> MockTenantBuilder {
        MockTenantBuilder::default()
    }

    /// Where it is reached over http, without a slash at the end.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// let answer = ureq::get(format!("{}/health", mock.url())).call()?;
    /// assert_eq!(answer.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # use rustls::pki_types::{CertificateDer, pem::PemObject};
    /// let mock = MockTenant::builder().https().start()?;
    /// let pem = mock.authority_pem().ok_or("https is on")?;
    /// let mut trusted = rustls::RootCertStore::empty(); // of the client that is tested
    /// trusted.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
    /// assert_eq!(MockTenant::start().authority_pem(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// The tenants of the server, to which named ones can be added: [`MockTenant::add_tenant`] adds
    /// one with everything that a test wants of it.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// let mock = MockTenant::start();
    /// assert_eq!(mock.tenants().list().len(), 1);
    /// ```
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }
}

impl Deref for MockTenant {
    type Target = Place;

    /// The default tenant.
    fn deref(&self) -> &Place {
        &self.default
    }
}

impl fmt::Debug for MockTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockTenant").field("url", &self.url()).finish_non_exhaustive()
    }
}
