//! The lock of a store: every process that has the store open holds a shared lock on a file beside it, and a process that replaces the
//! store holds it exclusively. SQLite's locks are not enough for that, since they belong to the file that is replaced. The lock is a
//! separate file, and `flock` ties it to one open file description: opening or closing the file elsewhere does not release it.

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::{Result, StoreError};
use super::PATIENCE;
use super::files::private;

/// The pause before trying the lock again.
const PAUSE: Duration = Duration::from_millis(5);

/// A lock, held until it is dropped.
pub(super) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

/// The lock for reading and writing. `None` if the directory of the store is missing, for which opening the store reports a better error.
pub(super) fn shared(store: &Path) -> Result<Option<Lock>> {
    match locked(store, File::try_lock_shared) {
        Err(StoreError::Lock { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// The lock for replacing the store.
pub(super) fn alone(store: &Path) -> Result<Lock> {
    locked(store, File::try_lock)
}

fn locked(store: &Path, attempt: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Lock> {
    let path = store.with_extension("lock");
    let failed = |source: Error| StoreError::Lock { path: path.clone(), source };
    let file = private().open(&path).map_err(failed)?;
    let started = Instant::now();
    loop {
        match attempt(&file) {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}
