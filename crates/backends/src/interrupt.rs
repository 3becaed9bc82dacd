//! Ctrl-C during requests to a backend: a thread that can be interrupted checks for it while it waits.
//!
//! Another thread performs what can only block, such as a DNS lookup. After an interruption it continues until its own limits
//! end it, and its result is discarded.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::error::Error;
use super::generation::generation;

/// How often a waiting thread checks for an interruption.
pub(crate) const INTERVAL: Duration = Duration::from_millis(50);

static WATCH: OnceLock<Watch> = OnceLock::new();

thread_local! {
    /// The flag that all threads working on one interruptible call share.
    static STOP: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
    /// Whether this thread can be interrupted, and in which process that was asked.
    static APPLIES: Cell<Option<(u64, bool)>> = const { Cell::new(None) };
    /// When this thread last asked whether it was interrupted.
    static ASKED: Cell<Option<Instant>> = const { Cell::new(None) };
    /// Whether the current request of this thread was interrupted.
    static STOPPED: Cell<bool> = const { Cell::new(false) };
    /// The thread that blocks instead of this one if this one can be interrupted.
    static HELPER: Cell<Option<Helper>> = const { Cell::new(None) };
}

/// How the program reports an interruption. Signals are handled by one of its threads.
#[derive(Clone, Copy)]
pub struct Watch {
    /// Whether the calling thread can be interrupted. Does not change while the process is the same.
    pub applies: fn() -> bool,
    /// Whether it was interrupted since the last call.
    pub is_interrupted: fn() -> bool,
}

impl Watch {
    /// Asks only once in a thread: the answer may need the lock of an interpreter.
    fn applies_here(&self) -> bool {
        if let Some((_, known)) = APPLIES.get().filter(|(of, _)| *of == generation()) {
            return known;
        }
        let applies = (self.applies)();
        APPLIES.set(Some((generation(), applies)));
        applies
    }

    /// Asks once per interval, for the same reason.
    fn is_interrupted_now(&self) -> bool {
        if ASKED.get().is_some_and(|asked| asked.elapsed() < INTERVAL) {
            return false;
        }
        let is_interrupted = (self.is_interrupted)();
        // An interruption stays one until its caller has reported it.
        ASKED.set((!is_interrupted).then(Instant::now));
        is_interrupted
    }
}

/// Makes waits interruptible from now on. Only the first call has an effect.
pub fn watch_interrupts(watch: Watch) {
    let _ = WATCH.set(watch);
}

/// The error of an interrupted wait. It is not retried.
pub(crate) fn interrupted() -> Error {
    Error::config("interrupted while a backend of secrets was asked")
}

/// What can stop the work of this thread.
pub(crate) struct Stop {
    /// Shared with the threads that do part of the work.
    flag: Option<Arc<AtomicBool>>,
    /// The program's check, if it can interrupt this thread.
    watch: Option<Watch>,
}

impl Stop {
    /// `None` if nothing can stop it.
    pub(crate) fn here() -> Option<Self> {
        let watch = WATCH.get().copied().filter(Watch::applies_here);
        let flag = STOP.with_borrow(Clone::clone);
        (watch.is_some() || flag.is_some()).then_some(Self { flag, watch })
    }

    /// Whether this thread, or one that it works with, was interrupted.
    pub(crate) fn is_asked_for(&self) -> bool {
        if self.flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            STOPPED.set(true);
            return true;
        }
        let is_interrupted = self.watch.is_some_and(|watch| watch.is_interrupted_now());
        if let Some(flag) = self.flag.as_ref().filter(|_| is_interrupted) {
            flag.store(true, Ordering::Relaxed);
        }
        if is_interrupted {
            STOPPED.set(true);
        }
        is_interrupted
    }
}

/// Whether this thread was interrupted before the request that it is about to send.
pub(crate) fn is_stopped_at_start() -> bool {
    STOPPED.set(false);
    Stop::here().is_some_and(|stop| stop.is_asked_for())
}

/// Whether an interruption ended the current request of this thread.
pub(crate) fn was_stopped() -> bool {
    STOPPED.get()
}

type Job = Box<dyn FnOnce() + Send>;

/// A thread that blocks instead of another one, and ends with it.
struct Helper {
    generation: u64,
    jobs: mpsc::Sender<Job>,
}

impl Helper {
    fn start() -> Option<Self> {
        let (jobs, given) = mpsc::channel::<Job>();
        let work = move || given.iter().for_each(|job| job());
        thread::Builder::new().name("takk-request".to_owned()).spawn(work).ok()?;
        Some(Self { generation: generation(), jobs })
    }
}

/// Does blocking work. `None` if this thread is interrupted before it is done.
pub(crate) fn interruptible<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let Some(stop) = Stop::here() else { return Some(work()) };
    if stop.is_asked_for() {
        return None;
    }
    // A forked child does not have its parent's threads.
    let kept = HELPER.take().filter(|helper| helper.generation == generation());
    // Without another thread, this one blocks.
    let Some(helper) = kept.or_else(Helper::start) else { return Some(work()) };
    let (sender, receiver) = mpsc::channel();
    let job = move || {
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    };
    helper.jobs.send(Box::new(job)).ok()?;
    loop {
        match receiver.recv_timeout(INTERVAL) {
            Ok(done) => {
                HELPER.set(Some(helper));
                return Some(done.unwrap_or_else(|panic| resume_unwind(panic)));
            }
            Err(RecvTimeoutError::Timeout) if !stop.is_asked_for() => {}
            // The helper thread is abandoned, and ends with its work.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Sleeps. Returns `false` if this thread is interrupted.
pub(crate) fn sleep(time: Duration) -> bool {
    let Some(stop) = Stop::here() else {
        thread::sleep(time);
        return true;
    };
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        thread::sleep(left.min(INTERVAL));
        if stop.is_asked_for() {
            return false;
        }
    }
}

/// Receives from threads that work for this one, until all of them have sent, or this thread was interrupted and they have noticed.
pub(crate) fn receive_all<T>(receiver: &mpsc::Receiver<T>) -> Vec<T> {
    let Some(stop) = Stop::here() else { return receiver.iter().collect() };
    let mut all = Vec::new();
    loop {
        match receiver.recv_timeout(INTERVAL) {
            Ok(one) => all.push(one),
            Err(RecvTimeoutError::Disconnected) => return all,
            // This sets the flag for the others.
            Err(RecvTimeoutError::Timeout) => {
                stop.is_asked_for();
            }
        }
    }
}

/// While it exists, this thread and those that [`Shared::join`] it are interrupted together.
pub(crate) struct Shared {
    flag: Option<Arc<AtomicBool>>,
    before: Option<Arc<AtomicBool>>,
}

impl Shared {
    pub(crate) fn begin() -> Self {
        let before = STOP.with_borrow(Clone::clone);
        let flag = before.clone().or_else(|| Stop::here().map(|_| Arc::new(AtomicBool::new(false))));
        STOP.set(flag.clone());
        Self { flag, before }
    }

    /// Lets another thread join.
    pub(crate) fn join(&self) -> impl FnOnce() + Send + 'static {
        let flag = self.flag.clone();
        move || {
            STOP.set(flag);
            // It was started here, so it is not the thread that handles signals.
            APPLIES.set(Some((generation(), false)));
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        STOP.set(self.before.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::in_parallel;
    use std::sync::atomic::AtomicUsize;

    thread_local! {
        static MAIN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    static SIGNAL: AtomicBool = AtomicBool::new(false);
    static ASKED: AtomicUsize = AtomicUsize::new(0);

    /// Makes this the thread that handles signals; one arrives after `time`.
    fn main_thread_with_a_signal_after(time: Duration) {
        let is_interrupted = || {
            ASKED.fetch_add(1, Ordering::SeqCst);
            SIGNAL.swap(false, Ordering::SeqCst)
        };
        watch_interrupts(Watch { applies: || MAIN.get(), is_interrupted });
        MAIN.set(true);
        SIGNAL.store(false, Ordering::SeqCst);
        thread::spawn(move || {
            thread::sleep(time);
            SIGNAL.store(true, Ordering::SeqCst);
        });
    }

    #[test]
    fn what_blocks_is_left_to_itself() {
        main_thread_with_a_signal_after(Duration::from_millis(120));
        let begun = Instant::now();
        let long = || interruptible(|| thread::sleep(Duration::from_secs(30)));
        assert_eq!(interruptible(|| 7), Some(7));
        assert!(long().is_none() && begun.elapsed() < Duration::from_secs(10));
        // Several at once, with the main thread idle when the signal arrives.
        main_thread_with_a_signal_after(Duration::from_millis(120));
        let done = in_parallel(&[0, 30, 30, 30], 4, |seconds| {
            let seconds = *seconds;
            interruptible(move || thread::sleep(Duration::from_secs(seconds))).is_some()
        });
        assert_eq!(done, [true, false, false, false]);
        assert!(begun.elapsed() < Duration::from_secs(20));
        main_thread_with_a_signal_after(Duration::from_millis(120));
        assert!(!sleep(Duration::from_secs(30)));
        assert!(sleep(Duration::from_millis(1)) && begun.elapsed() < Duration::from_secs(25));
        // The program is asked at most once per interval, however many requests are made in it.
        let before = ASKED.load(Ordering::SeqCst);
        assert!((0..10_000).all(|_| !is_stopped_at_start()));
        assert!(ASKED.load(Ordering::SeqCst) - before < 1000);
        // Other threads are not interrupted.
        SIGNAL.store(true, Ordering::SeqCst);
        let other = thread::spawn(|| interruptible(|| 8)).join().expect("it ends");
        assert_eq!(other, Some(8));
        SIGNAL.store(false, Ordering::SeqCst);
        let panics = || interruptible::<()>(|| std::panic::resume_unwind(Box::new("a fault")));
        assert!(catch_unwind(panics).is_err(), "a fault is no interruption");
    }
}
