//! What a mock expects, checks and waits for.

use std::sync::Arc;
use std::time::Duration;

use super::Place;
use super::expectation::{Expectation, Placed, problem};
use crate::tenant::journal::Exchange;

impl Place {
    /// Expects requests from now on, until [`Place::reset`]; [`Place::verify`] and the drop check it.
    /// They are counted when they come: what the journal forgets, and a reset over HTTP, change
    /// nothing.
    ///
    /// ```
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::any().endpoint("discovery").times(1));
    /// ureq::get(mock.discovery_url("bank")).call()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn expect(&self, expectation: Expectation) {
        let came = expectation.watched(self.tenant().journal());
        self.placed().push(Placed { expectation, came });
    }

    /// Checks what was expected.
    ///
    /// # Panics
    ///
    /// When a request came too seldom or too often; the message tells those that came.
    ///
    /// ```should_panic
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// let mock = MockTenant::start();
    /// mock.expect(Expectation::get("/bank/.well-known/openid-configuration"));
    /// mock.verify();
    /// ```
    #[track_caller]
    pub fn verify(&self) {
        if let Some(problem) = self.problem() {
            panic!("{problem}");
        }
    }

    /// What of the expected was not met.
    pub(super) fn problem(&self) -> Option<String> {
        problem(&self.tenant(), &self.placed())
    }

    /// Waits until the requests came that are expected, at most so long; those that came, also
    /// earlier ones. It blocks the thread: the client has to run on another.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cyberark_identity_mock::mock::{Expectation, MockTenant};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = MockTenant::start();
    /// let url = mock.discovery_url("bank");
    /// let client = std::thread::spawn(move || ureq::get(url).call().map(drop));
    /// let discovery = Expectation::any().endpoint("discovery");
    /// let came = mock.wait_for(&discovery, Duration::from_secs(20));
    /// assert_eq!(came[0].app.as_deref(), Some("bank"));
    /// # client.join().map_err(|_| "the client panicked")??;
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for(&self, expected: &Expectation, timeout: Duration) -> Vec<Arc<Exchange>> {
        expected.wait(self.tenant().journal(), timeout)
    }
}
