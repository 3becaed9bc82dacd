//! The write queue: serves requests for values in batches by group commit. All that arrive during one batch form the next, in one
//! transaction: it waits for the disk once, and the audit log entry of each access is written before its response. There is only one queue,
//! because the audit log has one end: a second one would only wait for the first.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::hosted::{AccessRequest, Hosted, Opener, Refusal, Result};
use takk_model::error::{Error, Result as Outcome};
use takk_vault::AccessResponse;

const ROOM: usize = 1024;
/// The maximum size of a batch.
const TOGETHER: usize = 256;

/// Batches requests for values.
pub struct WriteQueue {
    queue: mpsc::Sender<Job>,
}

struct Job {
    asked: AccessRequest,
    answer: oneshot::Sender<Result<AccessResponse>>,
}

impl WriteQueue {
    /// Starts the queue on its own thread, which ends with it.
    pub(crate) fn open(opener: &Arc<Opener>) -> Outcome<Self> {
        let (queue, waiting) = mpsc::channel(ROOM);
        let opener = Arc::clone(opener);
        let thread = std::thread::Builder::new().name("write queue".to_owned()).spawn(move || serve(&opener, waiting));
        thread.map_err(|error| Error::system("cannot start the server's threads").caused_by(error))?;
        Ok(Self { queue })
    }

    /// Queues a request and waits for its response.
    pub async fn ask(&self, asked: AccessRequest) -> Result<AccessResponse> {
        let (answer, given) = oneshot::channel();
        let full = |_| Refusal::unavailable("too many requests are waiting for the store");
        self.queue.try_send(Job { asked, answer }).map_err(full)?;
        given.await.unwrap_or_else(|_| Err(Refusal::unavailable("the operation on the store was aborted")))
    }
}

/// Serves batches until the queue is closed.
fn serve(opener: &Opener, mut waiting: mpsc::Receiver<Job>) {
    let mut connection: Option<Hosted> = None;
    while let Some(jobs) = next(&mut waiting) {
        let taken = connection.take().map_or_else(|| opener.open().map_err(Refusal::from), Ok);
        let (asked, answers): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.asked, job.answer)).unzip();
        match taken {
            Ok(mut hosted) => {
                let mut given = hosted.serve(&asked);
                // If all of them failed because the store was rekeyed, nothing was done.
                let is_new_key = given.iter().all(Result::is_err) && !given.iter().all(is_sound) && hosted.is_outdated();
                if is_new_key && let Ok(anew) = opener.open() {
                    hosted = anew;
                    given = hosted.serve(&asked);
                }
                let is_sound = given.iter().all(is_sound);
                // A caller who no longer waits needs no response.
                answers.into_iter().zip(given).for_each(|(answer, given)| drop(answer.send(given)));
                connection = is_sound.then_some(hosted);
            }
            Err(refusal) => answers.into_iter().for_each(|answer| drop(answer.send(Err(refusal.clone())))),
        }
    }
}

/// Whether the result does not indicate a broken connection.
fn is_sound(given: &Result<AccessResponse>) -> bool {
    !given.as_ref().is_err_and(|refusal| refusal.cause.is_some())
}

/// The next batch; `None` when the queue is closed.
fn next(waiting: &mut mpsc::Receiver<Job>) -> Option<Vec<Job>> {
    let mut jobs = vec![waiting.blocking_recv()?];
    while jobs.len() < TOGETHER
        && let Ok(job) = waiting.try_recv()
    {
        // Skips requests whose callers no longer wait, so that nothing happens that nobody learns about.
        if !job.answer.is_closed() {
            jobs.push(job);
        }
    }
    Some(jobs)
}
