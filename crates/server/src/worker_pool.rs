//! Worker pools for expensive work: a few threads with a short queue. If the queue is full, the caller gets an error immediately: an
//! unbounded queue would make everybody wait for results that nobody needs any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::hosted::{Refusal, Result};
use takk_api::Code;
use takk_model::error::{Error, Result as Outcome};

/// The nice value of the threads: short requests take precedence over them.
const NICE: i32 = 5;

/// Work for a thread, with the state that the thread keeps.
type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Some threads with a queue.
pub(super) struct WorkerPool<S>(SyncSender<Job<S>>);

impl<S: Default + 'static> WorkerPool<S> {
    /// Starts the threads, which end with the pool. `room` is the size of the queue.
    pub(crate) fn open(name: &str, threads: usize, room: usize) -> Outcome<Self> {
        let (line, waiting) = sync_channel(room);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || work_off(&waiting));
            thread.map_err(|error| Error::system("cannot start the server's threads").caused_by(error))?;
        }
        Ok(Self(line))
    }

    /// Queues some work, for which nobody waits.
    pub(crate) fn start(&self, work: impl FnOnce(&mut S) + Send + 'static) -> Result<()> {
        self.0.try_send(Box::new(work)).map_err(|_| Refusal::busy())
    }

    /// Runs some work and waits for it. It is skipped if nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut S) -> T + Send + 'static) -> Result<T> {
        let (answer, given) = oneshot::channel();
        let job: Job<S> = Box::new(move |kept| {
            if !answer.is_closed() {
                let _ = answer.send(work(kept));
            }
        });
        self.0.try_send(job).map_err(|_| Refusal::busy())?;
        given.await.map_err(|_| Refusal::new(Code::Internal, "internal error").caused_by("a long operation was aborted"))
    }
}

fn work_off<S: Default>(waiting: &Mutex<Receiver<Job<S>>>) {
    stand_back();
    let mut kept = S::default();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // The caller gets an error, and the thread continues with other jobs.
        if catch_unwind(AssertUnwindSafe(|| job(&mut kept))).is_err() {
            kept = S::default();
        }
    }
}

/// On Linux, each thread has its own priority. If it may not be changed, it stays.
fn stand_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
    #[cfg(not(target_os = "linux"))]
    let _ = NICE;
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_when_the_line_is_full_hears_so_at_once() {
        let pool = Arc::new(WorkerPool::<u32>::open("test", 1, 1).expect("threads"));
        let (begun, begins) = channel();
        let (end, ends) = channel::<()>();
        let first = {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                pool.run(move |count| {
                    begun.send(()).expect("the test waits");
                    let _ = ends.recv();
                    *count += 1;
                })
                .await
            })
        };
        tokio::task::spawn_blocking(move || begins.recv()).await.expect("no panic").expect("it begins");
        let second = {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { pool.run(|count| *count).await })
        };
        let busy = loop {
            tokio::task::yield_now().await;
            // This call may get the free place before the second one does; it then times out and gives the place up.
            let waited = std::time::Duration::from_millis(10);
            if let Ok(refused) = tokio::time::timeout(waited, pool.run(|_| ())).await {
                break refused.expect_err("the line is full");
            }
        };
        assert_eq!((busy.code, busy.retry_after, busy.cause), (Code::Unavailable, Some(1), None));
        end.send(()).expect("it waits");
        first.await.expect("no panic").expect("done");
        let _ = second.await.expect("no panic");
        assert_eq!(pool.run(|count| *count).await, Ok(1), "what a thread keeps, it keeps");
    }

    #[tokio::test]
    async fn a_mistake_ends_the_work_and_not_the_thread() {
        let pool = WorkerPool::<u32>::open("test", 1, 4).expect("threads");
        let broken = pool.run(|_| assert!(std::hint::black_box(false), "a mistake")).await;
        assert!(broken.is_err_and(|refusal| refusal.code == Code::Internal));
        assert_eq!(pool.run(|count| *count).await, Ok(0));
    }
}
