//! Requests that a test expects, and what it is told when they did not come.

mod placed;
mod requests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) use self::placed::{Placed, problem};
use super::times::Times;
use crate::clock::Stopwatch;
use crate::tenant::journal::{Exchange, Filter, Journal, Watch};

/// Requests that are expected: everything that is said has to fit, at least once unless
/// [`Expectation::times`] says how often.
///
/// ```
/// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = MockTenant::start();
/// mock.expect(Expectation::get("/bank/.well-known/openid-configuration").status(200).times(1..=2));
/// mock.expect(
///     Expectation::any().endpoint("token").app("bank").parameter("grant_type", "password").times(0),
/// );
/// ureq::get(mock.discovery_url("bank")).call()?;
/// mock.verify();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "nothing is checked before `Place::expect`"]
pub struct Expectation {
    filter: Filter,
    /// Parameters by name, with the value that each has to have.
    parameters: Vec<(String, Option<String>)>,
    times: Times,
}

impl From<Filter> for Expectation {
    /// What the control API finds by the filter; how many is [`Expectation::times`]'s.
    fn from(filter: Filter) -> Self {
        let filter = Filter { limit: None, timeout: None, ..filter };
        Self { filter, parameters: Vec::new(), times: Times::from(1..) }
    }
}

impl Expectation {
    /// Any request.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().times(2));
    /// ureq::get(mock.discovery_url("bank")).call()?;
    /// ureq::get(mock.discovery_url("spa")).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn any() -> Self {
        Self::from(Filter::default())
    }

    /// A GET of this path, without query; letter case does not count, as in the product's URLs.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::get("/OAuth2/Keys/bank"));
    /// ureq::get(format!("{}/oauth2/keys/bank?v=1", mock.url())).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(path: impl Into<String>) -> Self {
        Self::any().method("GET").path(path)
    }

    /// A POST to this path.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::post("/OAuth2/Token/bank").times(1));
    /// let refused = ureq::post(mock.token_url("bank")).send_form([("code", "made up")]);
    /// assert!(refused.is_err());
    /// ```
    pub fn post(path: impl Into<String>) -> Self {
        Self::any().method("POST").path(path)
    }

    /// So often: `2`, `1..`, `..=3` or `1..=3`.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("keys").times(0));
    /// mock.expect(Expectation::any().endpoint("discovery").times(1..=2));
    /// ureq::get(mock.discovery_url("bank")).call()?;
    /// mock.verify();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn times(mut self, times: impl Into<Times>) -> Self {
        self.times = times.into();
        self
    }

    /// Counts from now on.
    pub(super) fn watched(&self, journal: &Journal) -> Watch {
        let wanted = self.clone();
        journal.watch(move |exchange| wanted.filter.lets(exchange) && wanted.fits(exchange))
    }

    fn fits(&self, exchange: &Exchange) -> bool {
        self.parameters.iter().all(|(name, value)| {
            let is_value = |found: &String| value.as_ref().is_none_or(|value| value == found);
            exchange.parameters.iter().any(|found| found.name == *name && is_value(&found.value))
        })
    }

    /// Waits until there are as many as are expected at least, one at least.
    pub(super) fn wait(&self, journal: &Journal, timeout: Duration) -> Vec<Arc<Exchange>> {
        let watch = Stopwatch::start();
        let (mut filter, mut found) = (self.filter.clone(), Vec::new());
        while found.len() < self.times.least.max(1) {
            let came = journal.wait(&filter, timeout.saturating_sub(watch.elapsed()));
            let Some(last) = came.last() else { break };
            filter.after = Some(last.number);
            found.extend(came.into_iter().filter(|exchange| self.fits(exchange)));
        }
        found
    }
}

impl fmt::Display for Expectation {
    /// Method, path and everything else that is said, then how often.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Filter { method, path, endpoint, app, client, user, error, status, .. } = &self.filter;
        f.write_str(method.as_deref().unwrap_or("any method"))?;
        write!(f, " {}", path.as_deref().unwrap_or("any path"))?;
        let status = status.map(|status| status.to_string());
        let named = [
            ("endpoint", endpoint),
            ("app", app),
            ("client", client),
            ("user", user),
            ("status", &status),
            ("error", error),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        for (name, value) in &self.parameters {
            write!(f, ", {name}={}", value.as_deref().unwrap_or("*"))?;
        }
        write!(f, ": {}", self.times)
    }
}
