//! How long a test waits for its mock, from the call to the first answer, and until it has stopped.

#[path = "setup/clock.rs"]
mod clock;

use clock::{median, time};
use cyberark_identity_mock::mock::MockTenant;

/// How many mocks are started, one after the other; odd, for the median.
const ROUNDS: usize = 201;

#[expect(clippy::print_stdout, reason = "the figure is what the bench is run for")]
fn main() {
    let (mut starts, mut answers, mut stops) = (Vec::new(), Vec::new(), Vec::new());
    // The first one of a process also makes its random numbers ready.
    let first = time(|| drop(MockTenant::start()));
    for _ in 0..ROUNDS {
        let mut started = None;
        starts.push(time(|| started = Some(MockTenant::start())));
        let mock = started.expect("it was started");
        answers.push(time(|| ureq::get(mock.discovery_url("bank")).call().map(drop)));
        stops.push(time(|| drop(mock)));
    }
    let milliseconds = |times| median(times).as_secs_f64() * 1e3;
    println!(
        "MockTenant::start: {:.2} ms, first answer {:.2} ms later, stopped {:.2} ms after its drop \
         (medians of {ROUNDS}); the first of the process, start and stop: {:.2} ms",
        milliseconds(starts),
        milliseconds(answers),
        milliseconds(stops),
        first.as_secs_f64() * 1e3,
    );
}
