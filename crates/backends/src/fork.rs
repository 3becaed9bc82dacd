//! What survives a fork: cached values do; connections, locks, and requests of threads that the child does not have, do not.
//!
//! A lock that another thread held during the fork stays locked forever in the child. Therefore, anything that a thread may
//! hold for longer than a moment is created again in a process of another generation.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::deadline::Deadline;
use super::generation::generation;
use super::interrupt::{INTERVAL, Stop};

/// A value that belongs to one process, created when it is first used: a forked child creates its own.
pub(crate) struct PerProcess<T> {
    kept: ArcSwapOption<Made<T>>,
    make: Box<dyn Fn() -> T + Send + Sync>,
}

/// The value, with its generation.
pub(crate) struct Made<T> {
    generation: u64,
    pub(crate) value: T,
}

impl<T> PerProcess<T> {
    pub(crate) fn new(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { kept: ArcSwapOption::empty(), make: Box::new(make) }
    }

    /// The value of this process.
    pub(crate) fn here(&self) -> Arc<Made<T>> {
        let kept = self.kept.load_full();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.generation == generation()) {
            return Arc::clone(kept);
        }
        let fresh = Arc::new(Made { generation: generation(), value: (self.make)() });
        let before = self.kept.compare_and_swap(&kept, Some(Arc::clone(&fresh)));
        let is_first = match (before.as_ref(), kept.as_ref()) {
            (None, None) => true,
            (Some(before), Some(kept)) => Arc::ptr_eq(before, kept),
            _ => false,
        };
        // Another thread may have created it at the same moment; all have to use the same one.
        if is_first { fresh } else { self.kept.load_full().unwrap_or(fresh) }
    }
}

/// A reentrant lock for something that only one thread may do at a time.
pub(crate) struct Turn(PerProcess<Gate>);

#[derive(Default)]
struct Gate {
    holder: Mutex<Option<Holder>>,
    is_free: Condvar,
}

struct Holder {
    thread: ThreadId,
    depth: u32,
}

/// A turn that was taken. Dropping it lets the next thread go on.
pub(crate) struct Taken(Arc<Made<Gate>>);

impl Turn {
    pub(crate) fn new() -> Self {
        Self(PerProcess::new(Gate::default))
    }

    /// Waits for the turn. `None` if the deadline passes first, or this thread is interrupted.
    pub(crate) fn take(&self, deadline: Deadline) -> Option<Taken> {
        let gate = self.0.here();
        let me = thread::current().id();
        let stop = Stop::here();
        let mut holder = gate.value.holder.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &mut *holder {
                None => {
                    *holder = Some(Holder { thread: me, depth: 1 });
                    break;
                }
                Some(held) if held.thread == me => {
                    held.depth += 1;
                    break;
                }
                Some(_) => {
                    let wait = deadline.left_within(if stop.is_some() { INTERVAL } else { Duration::from_mins(1) });
                    if wait.is_zero() {
                        return None;
                    }
                    let waited = gate.value.is_free.wait_timeout(holder, wait);
                    holder = waited.unwrap_or_else(PoisonError::into_inner).0;
                    if let Some(stop) = stop.as_ref().filter(|_| holder.is_some()) {
                        // Checking for an interruption may run a signal handler of the program, which may want the turn.
                        drop(holder);
                        if stop.is_asked_for() {
                            return None;
                        }
                        holder = gate.value.holder.lock().unwrap_or_else(PoisonError::into_inner);
                    }
                }
            }
        }
        drop(holder);
        Some(Taken(gate))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let gate = &self.0.value;
        let mut holder = gate.holder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &mut *holder {
            held.depth -= 1;
            if held.depth == 0 {
                *holder = None;
                gate.is_free.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::after_fork;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_thread_at_a_time_has_a_turn_and_may_take_it_again() {
        let (turn, inside, most) = (Turn::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let first = turn.take(Deadline::NONE).expect("no deadline");
                        let again = turn.take(Deadline::NONE).expect("it has it already");
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        drop(again);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(first);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
    }

    #[test]
    fn a_turn_is_not_waited_for_after_the_deadline() {
        let turn = Turn::new();
        let taken = turn.take(Deadline::NONE);
        let late = thread::scope(|scope| {
            let other = scope.spawn(|| turn.take(Deadline::after(Duration::from_millis(20))).is_none());
            other.join().expect("it ends")
        });
        assert!(taken.is_some() && late);
    }

    #[test]
    fn a_child_waits_for_no_thread_of_its_parent() {
        let turn = Turn::new();
        let made = PerProcess::new(|| AtomicUsize::new(0));
        made.here().value.store(7, Ordering::SeqCst);
        let _held = turn.take(Deadline::NONE).expect("free");
        after_fork();
        let taken = thread::scope(|scope| {
            let other = scope.spawn(|| turn.take(Deadline::after(Duration::from_secs(5))).is_some());
            other.join().expect("it ends")
        });
        assert!(taken, "the child has a gate of its own");
        assert_eq!(made.here().value.load(Ordering::SeqCst), 0);
    }
}
