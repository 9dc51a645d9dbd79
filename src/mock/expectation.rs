//! Requests that a test expects, and what it is told when they did not come.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::times::Times;
use crate::clock::Stopwatch;
use crate::tenant::Tenant;
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
    pub fn any() -> Self {
        Self::from(Filter::default())
    }

    /// A GET of this path, without query; letter case does not count, as in the product's URLs.
    pub fn get(path: impl Into<String>) -> Self {
        Self::any().method("GET").path(path)
    }

    /// A POST to this path.
    pub fn post(path: impl Into<String>) -> Self {
        Self::any().method("POST").path(path)
    }

    /// Of this method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.filter.method = Some(method.into());
        self
    }

    /// To this path, without query.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.filter.path = Some(path.into());
        self
    }

    /// To this endpoint of any application: `authorize`, `token`, `userinfo`, `discovery` and so
    /// on.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.filter.endpoint = Some(endpoint.into());
        self
    }

    /// Concerning this application.
    pub fn app(mut self, app: impl Into<String>) -> Self {
        self.filter.app = Some(app.into());
        self
    }

    /// Concerning this `client_id`.
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.filter.client = Some(client.into());
        self
    }

    /// Concerning the user of this login name.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.filter.user = Some(user.into());
        self
    }

    /// With this parameter in query or body; said several times, all of them.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), Some(value.into())));
        self
    }

    /// With a parameter of this name, whatever its value.
    pub fn any_parameter(mut self, name: impl Into<String>) -> Self {
        self.parameters.push((name.into(), None));
        self
    }

    /// Answered with this HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.filter.status = Some(status);
        self
    }

    /// Answered with this error code; `*` stands for any.
    pub fn error(mut self, code: impl Into<String>) -> Self {
        self.filter.error = Some(code.into());
        self
    }

    /// So often: `2`, `1..`, `..=3` or `1..=3`.
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

/// An expectation, and what came since.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) expectation: Expectation,
    pub(super) came: Watch,
}

/// What of these was not met, and what came instead.
pub(super) fn problem(tenant: &Tenant, placed: &[Placed]) -> Option<String> {
    let journal = tenant.journal();
    let mut text = String::new();
    for Placed { expectation, came } in placed {
        let came = came.count();
        if !expectation.times.allows(came) {
            let _ = write!(text, "\n  {expectation}, received {came}");
        }
    }
    if text.is_empty() {
        return None;
    }
    let all = journal.find(&Filter::default());
    let list: String = all.iter().map(|exchange| line(exchange)).collect();
    let heading = match (journal.is_kept(), all.len()) {
        (false, _) => "received: unknown, for the tenant's journal_limit is 0".to_owned(),
        (true, 0) => "received: nothing".to_owned(),
        (true, _) => "received:".to_owned(),
    };
    Some(format!("the mock did not receive what was expected\nexpected:{text}\n{heading}{list}"))
}

fn line(exchange: &Exchange) -> String {
    let Exchange { number, method, path, status, .. } = exchange;
    let mut text = format!("\n  {number}. {method} {path}");
    for pair in &exchange.parameters {
        let _ = write!(text, " {}={}", pair.name, pair.value);
    }
    let _ = write!(text, " -> {status}");
    for told in exchange.error.iter().chain(&exchange.error_description) {
        let _ = write!(text, " {told}");
    }
    text
}
