//! The desk at which values are given and taken. Who comes while others are served is served together with all who wait, in one
//! transaction: the disk is waited for once, and each access has its row in the audit log before it is answered.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Result as Outcome};
use crate::ops::hosted::{Asked, Hosted, Opener, Refusal, Result};
use crate::secrets::Given;

/// How many may wait.
const ROOM: usize = 1024;
/// How many are served together.
const TOGETHER: usize = 64;

/// Where accesses are handed in.
pub(super) struct Desk {
    queue: mpsc::Sender<Job>,
}

struct Job {
    asked: Asked,
    answer: oneshot::Sender<Result<Given>>,
}

/// The jobs that wait; whoever is free takes them.
type Waiting = Arc<Mutex<mpsc::Receiver<Job>>>;

impl Desk {
    /// Opens a desk with as many clerks as the store has writers. They end with it.
    pub fn open(opener: &Arc<Opener>) -> Outcome<Self> {
        let (queue, waiting) = mpsc::channel(ROOM);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..opener.writers() {
            let (opener, waiting) = (Arc::clone(opener), Arc::clone(&waiting));
            let clerk = std::thread::Builder::new().name("desk".to_owned()).spawn(move || serve(&opener, &waiting));
            clerk.map_err(|error| Error::environment("cannot start the server's threads").caused_by(error))?;
        }
        Ok(Self { queue })
    }

    /// Does what is wanted, and waits for it.
    pub async fn ask(&self, asked: Asked) -> Result<Given> {
        let (answer, given) = oneshot::channel();
        let full = |_| Refusal::unavailable("too many wait for the store");
        self.queue.try_send(Job { asked, answer }).map_err(full)?;
        given.await.unwrap_or_else(|_| Err(Refusal::unavailable("the work on the store was broken off")))
    }
}

/// Serves until the desk is closed.
fn serve(opener: &Opener, waiting: &Waiting) {
    let mut connection: Option<Hosted> = None;
    while let Some(jobs) = next(waiting) {
        let taken = connection.take().map_or_else(|| opener.open().map_err(Refusal::from), Ok);
        let (asked, answers): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.asked, job.answer)).unzip();
        match taken {
            Ok(mut hosted) => {
                let given = hosted.serve(&asked);
                let is_sound = given.iter().all(|given| !given.as_ref().is_err_and(|refusal| refusal.cause.is_some()));
                // Whoever does not wait any more needs no answer.
                answers.into_iter().zip(given).for_each(|(answer, given)| drop(answer.send(given)));
                connection = is_sound.then_some(hosted);
            }
            Err(refusal) => answers.into_iter().for_each(|answer| drop(answer.send(Err(refusal.clone())))),
        }
    }
}

/// Those who wait, as many as are served together; `None` when the desk is closed.
fn next(waiting: &Waiting) -> Option<Vec<Job>> {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let mut jobs = vec![waiting.blocking_recv()?];
    while jobs.len() < TOGETHER
        && let Ok(job) = waiting.try_recv()
    {
        // Nobody waits for the answer any more: nothing is done that nobody would hear of.
        if !job.answer.is_closed() {
            jobs.push(job);
        }
    }
    Some(jobs)
}
