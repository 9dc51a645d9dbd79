//! The flags of timeouts.

use std::time::Duration;

use clap::Args;
use cyberark_identity_mock::server::Timeouts;

/// How long clients may take.
#[derive(Debug, Args)]
pub(crate) struct TimeoutArguments {
    /// Seconds for the TLS handshake, and for the head of a request from its first byte on.
    /// [default: 5]
    #[arg(long, env = "CYBERARK_MOCK_HEADER_TIMEOUT", value_name = "SECONDS", value_parser = some_seconds)]
    header_timeout: Option<Duration>,

    /// Seconds for the body of a request, from its head on. [default: 30]
    #[arg(long, env = "CYBERARK_MOCK_BODY_TIMEOUT", value_name = "SECONDS", value_parser = some_seconds)]
    body_timeout: Option<Duration>,

    /// Seconds until the client takes some more of an answer. [default: 30]
    #[arg(long, env = "CYBERARK_MOCK_ANSWER_TIMEOUT", value_name = "SECONDS", value_parser = some_seconds)]
    answer_timeout: Option<Duration>,

    /// Seconds until the next request of a connection that is kept open; 0 keeps none.
    /// [default: 75]
    #[arg(long, env = "CYBERARK_MOCK_KEEP_ALIVE", value_name = "SECONDS", value_parser = seconds)]
    keep_alive: Option<Duration>,
}

impl TimeoutArguments {
    pub(crate) fn timeouts(&self) -> Timeouts {
        let usual = Timeouts::default();
        Timeouts {
            header: self.header_timeout.unwrap_or(usual.header),
            body: self.body_timeout.unwrap_or(usual.body),
            answer: self.answer_timeout.unwrap_or(usual.answer),
            keep_alive: self.keep_alive.unwrap_or(usual.keep_alive),
        }
    }
}

/// A day, which is longer than anybody waits.
const LONGEST: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok().filter(|number| (0.0..=LONGEST).contains(number));
    number.map(Duration::from_secs_f64).ok_or("expected seconds, 0 to 86400, like 0.5")
}

fn some_seconds(text: &str) -> Result<Duration, &'static str> {
    let wanted = "expected seconds, more than 0 and at most 86400, like 0.5";
    seconds(text).ok().filter(|it| !it.is_zero()).ok_or(wanted)
}
