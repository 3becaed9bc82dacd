//! Type-erased work with the store. There are a hundred handlers, each with its own work: the code that waits for a connection and a thread
//! is compiled once for all of them, which saves 18 % of the LLVM IR of this crate.

use tokio::sync::oneshot::{Receiver, channel};

use crate::hosted::{Hosted, Refusal, Result};
use takk_api::Code;

/// Work for a connection to the store. Returns whether the connection is still usable.
pub(super) type Job = Box<dyn FnOnce(&mut Hosted) -> bool + Send>;

/// Receives the result of a job.
pub(super) struct Outcome<T>(Receiver<Result<T>>);

/// Erases the type of some work, and returns where its result will arrive.
pub(super) fn job<T: Send + 'static>(work: impl FnOnce(&mut Hosted) -> Result<T> + Send + 'static) -> (Job, Outcome<T>) {
    let (sender, receiver) = channel();
    let job = move |hosted: &mut Hosted| {
        let done = work(hosted);
        let is_good = !done.as_ref().is_err_and(|refusal| refusal.cause.is_some());
        // If it cannot be sent, nobody waits for it any more.
        let _ = sender.send(done);
        is_good
    };
    (Box::new(job), Outcome(receiver))
}

impl<T> Outcome<T> {
    /// The result of a job that is done.
    pub(crate) fn take(mut self) -> Result<T> {
        self.0
            .try_recv()
            .unwrap_or_else(|_| Err(Refusal::new(Code::Internal, "internal error").caused_by("the work was not done")))
    }
}
