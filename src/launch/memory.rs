//! Keeps the values in this process out of core dumps, without affecting the command that it runs.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The limit that this process was started with. It is a property of the process, so it is kept once for all of it.
static INHERITED: OnceLock<Rlimit> = OnceLock::new();

/// From now on this process leaves no core dump. The first thing that every command does: keys and values come later.
///
/// A command inherits the limit, and its developer may want a dump of *it*: so every start here puts the old one back for as long
/// as it takes. On Linux the process also says that it must not be dumped or traced, because a dump that is piped to a program
/// ignores the limit; that is not inherited. A system that refuses either is left as it is: there is no reason not to run then.
pub fn protect_memory() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    INHERITED.get_or_init(|| getrlimit(Resource::Core));
    protect();
}

/// Starts something with the limit that this process was started with.
pub(super) fn unprotected<T>(start: impl FnOnce() -> T) -> T {
    if let Some(inherited) = INHERITED.get() {
        let _ = setrlimit(Resource::Core, *inherited);
    }
    let started = start();
    protect();
    started
}

/// Only the soft limit: the hard one could not be put back.
fn protect() {
    if let Some(inherited) = INHERITED.get() {
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: inherited.maximum });
    }
}
