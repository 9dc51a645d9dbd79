//! How often something is expected.

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive, RangeToInclusive};

/// How often a request is expected: `2`, `1..`, `..=3` or `1..=3`.
///
/// ```
/// # use cyberark_identity_mock::mock::{Expectation, MockTenant, Times};
/// fn token_requests(times: impl Into<Times>) -> Expectation {
///     Expectation::any().endpoint("token").times(times)
/// }
/// let mock = MockTenant::start();
/// mock.expect(token_requests(..=3));
/// assert!(token_requests(1..=2).to_string().ends_with(": 1 to 2"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub(super) least: usize,
    most: Option<usize>,
}

impl Times {
    /// Whether so many are as many as expected.
    pub(super) fn allows(self, count: usize) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl From<usize> for Times {
    fn from(times: usize) -> Self {
        Self { least: times, most: Some(times) }
    }
}

impl From<RangeFrom<usize>> for Times {
    fn from(range: RangeFrom<usize>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl From<RangeToInclusive<usize>> for Times {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self { least: 0, most: Some(range.end) }
    }
}

impl From<RangeInclusive<usize>> for Times {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, None) => write!(f, "at least {least}"),
            (0, Some(0)) => f.write_str("none"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) if least == most => write!(f, "{least}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
        }
    }
}
