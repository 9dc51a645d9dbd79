//! Tenants beside the default one, in the same mock.

use super::{MockTenant, Place};
use crate::tenant::document::{DocumentError, TenantDocument};
use crate::tenant::tenants::{PutError, TenantName};

/// Why a tenant cannot be added.
///
/// ```
/// # use cyberark_identity_mock::mock::{AddTenantError, MockTenant};
/// let mock = MockTenant::start();
/// let refused = mock.add_tenant("default", None).expect_err("it is there");
/// assert_eq!(refused, AddTenantError::Taken("default".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddTenantError {
    /// The name is none.
    #[error("{0}")]
    Name(String),
    /// Another tenant has the name.
    #[error("{0:?}: another tenant has this name")]
    Taken(String),
    /// The document contradicts a rule or itself.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// There are as many as there may be.
    #[error(transparent)]
    Full(#[from] PutError),
}

impl MockTenant {
    /// A tenant beside the default one, a copy of it or of a document's making, until what is returned
    /// is dropped. It shares port and thread with the mock, and nothing else: users, applications,
    /// keys, clock, steering, journal and expectations are its own. Parallel tests that share one
    /// mock take one each.
    ///
    /// # Errors
    ///
    /// [`AddTenantError`] when the name is no label of a host name or taken, or the document
    /// contradicts a rule.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::MockTenant;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let mine = mock.add_tenant("mine", None)?;
    /// mine.tenant().remove_user("alice@example.com");
    /// assert!(mock.tenant().user("alice@example.com").is_some());
    /// assert_eq!(mine.issuer("bank"), format!("{}/_tenant/mine/bank/", mock.url()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_tenant(
        &self,
        name: &str,
        document: Option<TenantDocument>,
    ) -> Result<Place, AddTenantError> {
        let label: TenantName = name.parse().map_err(AddTenantError::Name)?;
        let default = self.tenants.default_tenant();
        let tenant = default.beside(document.unwrap_or_else(|| default.snapshot()))?;
        if self.tenants.get(name).is_some() {
            return Err(AddTenantError::Taken(name.to_owned()));
        }
        self.tenants.put(&label, tenant.clone(), Vec::new())?;
        let base = self.base().below(&format!("/_tenant/{name}"));
        Ok(Place::new(self.tenants.clone(), name, base, tenant))
    }
}
