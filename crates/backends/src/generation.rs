//! Which process this is, counted by forks.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often the process has forked since this library was loaded, as far as it was told.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Records that this process is the child of a fork. To be called first thing in the child (`os.register_at_fork(after_in_child=...)`).
///
/// Connections are dropped at their next use, requests of the parent's threads are no longer waited for, and cached values stay. Takes no
/// lock and allocates nothing.
pub fn after_fork() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
}

/// The count of this process: what was created under another one belongs to an ancestor.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}
