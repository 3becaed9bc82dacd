//! One process works on a resource at a time. A lease says who, and ends by itself.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use takk_model::error::Result;
use takk_provision::{Entry, Lease};

use super::random;
use crate::platform::now;

/// How long a lease lasts unless renewed, in milliseconds. Every step renews it, and pulling an image is one step.
const LASTS: i64 = 15 * 60 * 1000;

/// The runs of this process that have not ended. A server is one process with many.
static RUNS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// A run, by which its leases are held. They end with it.
pub(super) struct Holder(String);

impl Holder {
    pub(super) fn new() -> Result<Self> {
        let name = random(16)?.to_string();
        RUNS.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        Ok(Self(name))
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        RUNS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// A lease for this process, starting now. `holder` identifies this run.
pub(super) fn lease(holder: &str, user: &str, now: i64) -> Lease {
    let process = std::process::id();
    Lease {
        holder: holder.to_owned(),
        user: user.to_owned(),
        machine: machine(),
        process,
        process_started: started(process),
        since: now,
        until: now + LASTS,
    }
}

/// Whether another run works on the resource: in this process, it has not ended; on this machine, its process still exists; on another
/// one, the lease has not expired.
pub(super) fn is_held(lease: &Lease, holder: &str, now: i64) -> bool {
    if lease.holder == holder {
        return false;
    }
    if lease.machine == machine() {
        let own = std::process::id();
        if lease.process == own && lease.process_started == started(own) {
            return RUNS.lock().unwrap_or_else(PoisonError::into_inner).contains(&lease.holder);
        }
        // If the process ID was reused, the start time differs.
        return started(lease.process).is_some_and(|started| lease.process_started.is_none_or(|then| then == started));
    }
    // The end may be arbitrary if the clock jumped.
    now < lease.until && lease.until - now <= LASTS
}

/// Whether some run works on a resource now.
pub fn is_at_work(entry: &Entry) -> bool {
    entry.lease.as_ref().is_some_and(|lease| is_held(lease, "", now()))
}

fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// When a process started, in the system's units; `None` if it does not exist.
fn started(process: u32) -> Option<u64> {
    if cfg!(target_os = "linux") {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is a name in parentheses that may contain anything. The start time is the 22nd field.
        return text.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok();
    }
    let number = rustix::process::Pid::from_raw(i32::try_from(process).ok()?)?;
    rustix::process::test_kill_process(number).is_ok().then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_exists_holds_a_lease() {
        let parent = std::os::unix::process::parent_id();
        let own = Lease { process: parent, process_started: started(parent), ..lease("a", "anna", 1_000) };
        assert!(is_held(&own, "b", 1_000));
        assert!(!is_held(&own, "a", 1_000), "one's own lease stops nobody");
        let ended = Lease { process: u32::MAX / 2, ..own.clone() };
        assert!(!is_held(&ended, "b", 1_000));
        let other_process = Lease { process_started: own.process_started.map(|started| started + 1), ..own.clone() };
        assert_eq!(is_held(&other_process, "b", 1_000), own.process_started.is_none());
    }

    #[test]
    fn a_run_of_this_process_holds_a_lease_until_it_ends() {
        let run = Holder::new().expect("random");
        let own = lease(run.name(), "anna", 1_000);
        assert!(is_held(&own, "b", 1_000));
        assert!(!is_held(&own, run.name(), 1_000));
        drop(run);
        assert!(!is_held(&own, "b", 1_000));
    }

    #[test]
    fn the_lease_of_another_machine_ends_with_its_time() {
        let other = Lease { machine: "elsewhere".to_owned(), ..lease("a", "anna", 1_000) };
        assert!(is_held(&other, "b", 1_000 + LASTS - 1));
        assert!(!is_held(&other, "b", 1_000 + LASTS));
        assert!(!is_held(&Lease { until: i64::MAX, ..other }, "b", 1_000), "written by a clock that was wrong");
    }
}
