//! Type-erased work with the store. There are a hundred handlers, each with its own work: the code that waits for a connection and a thread
//! is compiled once for all of them, which saves 18 % of the LLVM IR of this crate.

use tokio::sync::oneshot::{Receiver, channel};

use crate::hosted::{Hosted, Refusal, Result};
use takk_api::Code;

/// Work for a connection to the store. Says whether the connection is still good.
pub(super) type Job = Box<dyn FnOnce(&mut Hosted) -> bool + Send>;

/// What comes of a job, once it is done.
pub(super) struct Outcome<T>(Receiver<Result<T>>);

/// Work without its type, and where its outcome comes.
pub(super) fn job<T: Send + 'static>(work: impl FnOnce(&mut Hosted) -> Result<T> + Send + 'static) -> (Job, Outcome<T>) {
    let (sender, receiver) = channel();
    let job = move |hosted: &mut Hosted| {
        let done = work(hosted);
        let is_good = !done.as_ref().is_err_and(|refusal| refusal.cause.is_some());
        // Nobody waits for it any more if it cannot be sent.
        let _ = sender.send(done);
        is_good
    };
    (Box::new(job), Outcome(receiver))
}

impl<T> Outcome<T> {
    /// What came of the job, which is done.
    pub(crate) fn take(mut self) -> Result<T> {
        self.0
            .try_recv()
            .unwrap_or_else(|_| Err(Refusal::new(Code::Internal, "internal error").caused_by("the work was not done")))
    }
}
