//! Connections to the store. Each serves one request at a time, on a thread that may block. Known callers share most of them; strangers
//! have a few, the threads for long-running work have their own, and the health check has one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::job::Job;
use crate::hosted::{Hosted, Opener, Refusal, Result};

/// How many slow jobs may run at the same time, each with a connection.
pub(super) const SLOW: usize = 2;
/// How many resources-related jobs may run at the same time, each with a connection: they wait for other servers.
pub(super) const PROVISIONING: usize = 3;
/// How many connections are reserved for health checks.
const HEALTH: usize = 1;
/// How many strangers may have a turn at the same time.
const STRANGERS: usize = 2;

/// Who waits for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    Known,
    /// A caller of whom nothing is known yet. Only few have a turn at the same time, so that known callers are not blocked.
    Stranger,
}

/// The right to use a connection, until dropped.
pub(super) struct Turn {
    _of_stranger: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

/// Open connections, up to a maximum.
pub(super) struct Pool {
    opener: Arc<Opener>,
    idle: Mutex<Vec<Hosted>>,
    all: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    wait: Duration,
}

impl Pool {
    /// A pool with `first` as its first connection.
    pub(crate) fn new(opener: Arc<Opener>, first: Hosted, wait: Duration) -> Self {
        let shared = opener.connections().saturating_sub(SLOW + PROVISIONING + HEALTH).max(STRANGERS + 1);
        let (all, strangers) = (Arc::new(Semaphore::new(shared)), Arc::new(Semaphore::new(STRANGERS)));
        Self { opener, idle: Mutex::new(vec![first]), all, strangers, wait }
    }

    /// Waits for a free connection, and returns the right to use it.
    pub(crate) async fn turn(&self, caller: Caller) -> Result<Turn> {
        let of_stranger = match caller {
            Caller::Known => None,
            Caller::Stranger => Some(self.turn_at(&self.strangers).await?),
        };
        Ok(Turn { _of_stranger: of_stranger, _of_all: self.turn_at(&self.all).await? })
    }

    async fn turn_at(&self, turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
        let turn = timeout(self.wait, Arc::clone(turns).acquire_owned()).await;
        let busy = || Refusal::unavailable("all connections to the store are busy");
        turn.ok().and_then(std::result::Result::ok).ok_or_else(busy)
    }

    /// Runs a job with a connection, on a thread that may block. A failed connection is dropped; opening the next one notices a
    /// rekey, or that the database is back.
    pub(crate) fn run(&self, job: Job) -> Result<()> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut hosted = match idle {
            Some(hosted) => hosted,
            None => self.opener.open()?,
        };
        let is_good = job(&mut hosted);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if is_good {
            idle.push(hosted);
        } else {
            idle.clear();
        }
        Ok(())
    }
}
