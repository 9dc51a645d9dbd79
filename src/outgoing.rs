//! What the server asks of others: HTTP calls in the background.
//!
//! A call that hangs must delay nobody, neither a user nor the worker's one blocking thread, which
//! signs. So calls wait in a queue of their own and run on threads that live as long as there is
//! something to do.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use ureq::Agent;
use ureq::tls::{TlsConfig, TlsProvider};

/// How long a call may take, from the look-up of the name to the end of the answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The most calls at once.
const AT_ONCE: usize = 16;

/// The most calls that wait.
const WAITING: usize = 1000;

type Call = Box<dyn FnOnce() + Send>;

/// The calls of a server, under way and waiting. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Outgoing(Arc<Mutex<Calls>>);

#[derive(Default)]
struct Calls {
    waiting: VecDeque<Call>,
    threads: usize,
}

impl Outgoing {
    /// Makes `call` in the background; `false` when too many wait already, or no thread can be had.
    pub(crate) fn dispatch(&self, call: impl FnOnce() + Send + 'static) -> bool {
        let mut calls = self.lock();
        if calls.waiting.len() >= WAITING {
            return false;
        }
        calls.waiting.push_back(Box::new(call));
        if calls.threads >= AT_ONCE {
            return true;
        }
        let outgoing = self.clone();
        let thread = std::thread::Builder::new().name("outgoing".to_owned());
        let started = thread.spawn(move || outgoing.work()).is_ok();
        if started {
            calls.threads += 1;
        } else if calls.threads == 0 {
            // Nobody is there to make it.
            calls.waiting.pop_back();
        }
        started || calls.threads > 0
    }

    /// Asks something in the background; `None` as [`Self::dispatch`] says `false`. Nobody is asked
    /// once the receiver is gone.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Option<oneshot::Receiver<T>> {
        let (send, answer) = oneshot::channel();
        let call = move || {
            if !send.is_closed() {
                let _ = send.send(question());
            }
        };
        self.dispatch(call).then_some(answer)
    }

    fn work(&self) {
        while let Some(call) = self.next() {
            if catch_unwind(AssertUnwindSafe(call)).is_err() {
                tracing::error!("a call in the background panicked");
            }
        }
    }

    /// The next call; the thread that finds none counts no more.
    fn next(&self) -> Option<Call> {
        let mut calls = self.lock();
        let next = calls.waiting.pop_front();
        if next.is_none() {
            calls.threads -= 1;
        }
        next
    }

    /// No call runs under the lock, so a poisoned one holds a whole queue.
    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Posts a form and tells the status of the answer, whose body is not read. Redirects are not
/// followed, and proxies not asked: what is called is under test, and near.
///
/// # Errors
///
/// Why there was no answer.
pub(crate) fn post_form(url: &str, form: &[(&str, &str)]) -> Result<u16, ureq::Error> {
    let answer = agent().post(url).send_form(form.to_vec())?;
    Ok(answer.status().as_u16())
}

/// Gets what stands at a URL: the status, and with 200 the text, of `longest` bytes at most. Redirects
/// are not followed, and proxies not asked.
///
/// # Errors
///
/// Why there was no answer, or none that can be read.
pub(crate) fn get_text(url: &str, longest: u64) -> Result<(u16, String), ureq::Error> {
    let mut answer = agent().get(url).call()?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Ok((status, String::new()));
    }
    let text = answer.body_mut().with_config().limit(longest).read_to_string()?;
    Ok((status, text))
}

/// An application under test has a certificate that nobody vouches for: each one will do.
fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .disable_verification(true)
        .build();
    Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent("cyberark-identity-mock")
        .tls_config(tls)
        .build()
        .into()
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let calls = self.lock();
        f.debug_struct("Outgoing")
            .field("waiting", &calls.waiting.len())
            .field("threads", &calls.threads)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn every_call_is_made_by_a_bounded_number_of_threads_that_go_again() {
        let outgoing = Outgoing::default();
        let (send, receive) = channel();
        for number in 0..200 {
            let (send, watched) = (send.clone(), outgoing.clone());
            assert!(outgoing.dispatch(move || {
                let threads = watched.lock().threads;
                send.send((number, threads)).unwrap();
            }));
        }
        let mut made: Vec<(i32, usize)> = receive.iter().take(200).collect();
        made.sort_unstable();
        assert!(made.iter().map(|(number, _)| *number).eq(0..200));
        assert!(made.iter().all(|(_, threads)| (1..=AT_ONCE).contains(threads)), "{made:?}");
        while outgoing.lock().threads > 0 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_call_that_panics_takes_no_other_with_it() {
        let outgoing = Outgoing::default();
        assert!(outgoing.dispatch(|| panic!("as the test wants it")));
        let (send, receive) = channel();
        assert!(outgoing.dispatch(move || send.send(()).unwrap()));
        receive.recv().unwrap();
    }

    #[test]
    fn more_than_the_queue_holds_is_refused() {
        let outgoing = Outgoing::default();
        let (send, receive) = channel::<()>();
        let receive = Arc::new(Mutex::new(receive));
        let wait = || {
            let receive = receive.clone();
            move || {
                let _ = receive.lock().unwrap().recv();
            }
        };
        let accepted = (0..WAITING + AT_ONCE + 10).filter(|_| outgoing.dispatch(wait())).count();
        assert!((WAITING..=WAITING + AT_ONCE).contains(&accepted), "{accepted}");
        drop(send);
    }
}
