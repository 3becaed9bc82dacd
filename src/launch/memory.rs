//! Keeps the values in this process out of core dumps, without affecting the command that it runs.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The core dump limit with which this process was started. Global, because the limit belongs to the process.
static INHERITED: OnceLock<Rlimit> = OnceLock::new();

/// Disables core dumps of this process. Every command does this first, before it reads keys or values.
///
/// Commands inherit the limit, and their developers may want dumps of them, so each start temporarily restores the original limit. On
/// Linux, the process also disables dumping and tracing, because dumps that are piped to a program ignore the limit; that is not inherited.
/// If the system refuses either, takk runs nevertheless.
pub fn protect_memory() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    INHERITED.get_or_init(|| getrlimit(Resource::Core));
    protect();
}

/// Starts something with the original limit of this process.
pub(super) fn unprotected<T>(start: impl FnOnce() -> T) -> T {
    if let Some(inherited) = INHERITED.get() {
        let _ = setrlimit(Resource::Core, *inherited);
    }
    let started = start();
    protect();
    started
}

/// Only the soft limit: a lowered hard limit could not be restored.
fn protect() {
    if let Some(inherited) = INHERITED.get() {
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: inherited.maximum });
    }
}
