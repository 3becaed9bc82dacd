//! Identifies a process by the number of forks before it.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many times the process has forked since this library was loaded, as far as the forks were reported.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Records that this process is the child of a fork. Must be called first in the child
/// (`os.register_at_fork(after_in_child=...)`).
///
/// Connections are dropped at their next use, waits for requests of the parent's threads end, and cached values stay. Takes no
/// lock and allocates nothing.
pub fn after_fork() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
}

/// The generation of this process. Whatever was created in another one belongs to an ancestor.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}
