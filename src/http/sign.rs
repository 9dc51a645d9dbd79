//! Where signing happens: on threads beside the worker's.
//!
//! A signature takes half a millisecond; on the worker itself it would make every other request
//! wait (measured: discovery at p99 10.7 ms against 1.3 ms).

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use actix_web::{rt, web};
use tokio::sync::oneshot;

use super::error::Failure;
use crate::clock::Stopwatch;

/// A thread that begins sooner than this after it has ended comes from a queue.
const STRAIGHT_ON: Duration = Duration::from_micros(30);

/// The most signatures that a thread takes at once: what is signed first waits for what is signed last, and
/// what was taken is not given to another thread that has nothing to do.
const MOST: usize = 8;

/// What is to be signed; it comes back as what is left to do on the worker.
type Work = Box<dyn FnOnce() -> Return + Send>;
type Return = Box<dyn FnOnce() + Send>;

/// The threads that sign what comes in at a worker's listener.
///
/// To hand something over wakes a thread, and to get it back wakes the worker, so what waits for a thread
/// goes there together and comes back together: a token at saturation costs a tenth less beside its
/// signature.
#[derive(Debug, Clone)]
pub(crate) struct Signers(Rc<Line>);

struct Line {
    threads: usize,
    busy: Cell<usize>,
    /// Each with how many signatures it makes.
    waiting: RefCell<VecDeque<(usize, Work)>>,
}

impl Signers {
    /// So many threads, out of those that the worker has for what blocks.
    pub(crate) fn new(threads: usize) -> Self {
        Self(Rc::new(Line { threads, busy: Cell::new(0), waiting: RefCell::default() }))
    }

    /// Runs `work` on a signing thread if it makes signatures, else at once.
    ///
    /// # Errors
    ///
    /// When there is no thread, as the server stops or the system gives none, or the work panics.
    pub(super) async fn sign<R: Send + 'static>(
        &self,
        signatures: usize,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Failure> {
        if signatures == 0 {
            return Ok(work());
        }
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move || {
            let done = work();
            Box::new(move || drop(sender.send(done)))
        });
        self.0.waiting.borrow_mut().push_back((signatures, work));
        if self.0.busy.get() < self.0.threads {
            rt::spawn(keep_busy(Busy::new(self.0.clone())));
        }
        receiver.await.map_err(|_| Failure::unsigned())
    }
}

/// Keeps one thread busy for as long as anything waits.
async fn keep_busy(line: Busy) {
    loop {
        let works = line.0.take();
        if works.is_empty() {
            break;
        }
        let done = web::block(|| works.into_iter().filter_map(in_turn).collect::<Vec<_>>()).await;
        done.into_iter().flatten().for_each(|give_back| give_back());
    }
}

impl Line {
    /// A thread's share of what waits.
    fn take(&self) -> Vec<Work> {
        let mut waiting = self.waiting.borrow_mut();
        let all: usize = waiting.iter().map(|(signatures, _)| signatures).sum();
        let share = all.div_ceil(self.threads).min(MOST);
        let mut taken = 0;
        let fits = waiting.iter().take_while(|(signatures, _)| {
            taken += signatures;
            taken <= share || taken == *signatures
        });
        let count = fits.count();
        waiting.drain(..count).map(|(_, work)| work).collect()
    }
}

/// One of the threads that are busy.
struct Busy(Rc<Line>);

impl Busy {
    fn new(line: Rc<Line>) -> Self {
        line.busy.set(line.busy.get() + 1);
        Self(line)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let left = self.0.busy.get() - 1;
        self.0.busy.set(left);
        if left == 0 {
            // Nothing waits, unless no thread was to be had. Nobody else would come for it.
            self.0.waiting.take();
        }
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("threads", &self.threads).finish_non_exhaustive()
    }
}

thread_local! {
    /// When this thread was done with its last work.
    static LAST: Cell<Option<Stopwatch>> = const { Cell::new(None) };
}

/// Lets whoever waits for the processor go first when the last work was done just now: as long as there is
/// a queue, the thread would keep the processor for the whole of its time slice, some milliseconds, in which
/// the worker can answer nothing.
fn in_turn(work: Work) -> Option<Return> {
    if LAST.get().is_some_and(|last| last.elapsed() < STRAIGHT_ON) {
        thread::yield_now();
    }
    // Work that panics drops its sender; the others come back as ever.
    let done = catch_unwind(AssertUnwindSafe(work));
    let done =
        done.inspect_err(|_| tracing::error!("signing failed, by a fault of this program")).ok();
    LAST.set(Some(Stopwatch::start()));
    done
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[actix_web::test]
    async fn everybody_gets_their_own_back_but_for_those_whose_work_panics() {
        let signers = Signers::new(2);
        let handed_over: Vec<_> = (0..20)
            .map(|number| {
                let signers = signers.clone();
                let work = move || if number % 7 == 3 { panic!("work {number}") } else { number };
                rt::spawn(async move { signers.sign(1, work).await.ok() })
            })
            .collect();
        for (number, back) in handed_over.into_iter().enumerate() {
            assert_eq!(back.await.unwrap(), (number % 7 != 3).then_some(number));
        }
        assert_eq!((signers.0.busy.get(), signers.0.waiting.borrow().len()), (0, 0));
        assert_eq!(signers.sign(1, || "after that").await.unwrap(), "after that");
    }

    #[test]
    fn shares_are_of_signatures() {
        let line = |threads, signatures: &[usize]| {
            let works =
                signatures.iter().map(|n| (*n, Box::new(|| Box::new(|| ()) as Return) as Work));
            let line = Signers::new(threads).0;
            line.waiting.borrow_mut().extend(works);
            line
        };
        let shares = |threads, signatures: &[usize]| {
            let line = line(threads, signatures);
            std::iter::from_fn(|| Some(line.take().len()).filter(|len| *len > 0))
                .collect::<Vec<_>>()
        };
        assert!(shares(2, &[]).is_empty());
        assert_eq!(shares(2, &[1, 1]), [1, 1]);
        assert_eq!(shares(2, &[2, 1, 1]), [1, 1, 1]);
        assert_eq!(shares(2, &[1; 8]), [4, 2, 1, 1]);
        assert_eq!(shares(1, &[1; 20]), [8, 8, 4]);
        assert_eq!(shares(1, &[3, 3, 3, 9]), [2, 1, 1]);
    }

    #[actix_web::test]
    async fn nobody_waits_for_a_thread_that_ended() {
        let signers = Signers::new(1);
        let busy = Busy::new(signers.0.clone());
        let waiting = rt::spawn({
            let signers = signers.clone();
            async move { signers.sign(1, || 1).await.is_err() }
        });
        rt::task::yield_now().await;
        assert_eq!(signers.0.waiting.borrow().len(), 1);
        drop(busy);
        assert!(waiting.await.unwrap());
        assert_eq!(signers.sign(1, || 2).await.unwrap(), 2);
    }

    #[actix_web::test]
    async fn the_other_thread_goes_on_while_one_is_held_up() {
        let signers = Signers::new(2);
        let ((go, wait), (begun, begins)) = (mpsc::channel::<()>(), oneshot::channel());
        let held_up = move || (begun.send(()).is_ok(), wait.recv().is_ok());
        let held_up = rt::spawn({
            let signers = signers.clone();
            async move { signers.sign(1, held_up).await.unwrap() }
        });
        begins.await.unwrap();
        let others: Vec<_> = (0..3 * MOST)
            .map(|number| {
                let signers = signers.clone();
                rt::spawn(async move { signers.sign(1, move || number).await.unwrap() })
            })
            .collect();
        for (number, other) in others.into_iter().enumerate() {
            assert_eq!(other.await.unwrap(), number);
        }
        go.send(()).unwrap();
        assert_eq!(held_up.await.unwrap(), (true, true));
    }
}
