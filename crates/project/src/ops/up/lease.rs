//! One process works on a resource at a time. A lease says who, and ends by itself.

use takk_provision::Lease;

/// How long a lease lasts unless renewed, in milliseconds. Every step renews it, and pulling an image is one step.
const LASTS: i64 = 15 * 60 * 1000;

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

/// Whether another process works on the resource: on this machine, the process still exists; on another one, the lease has not expired.
pub(super) fn is_held(lease: &Lease, holder: &str, now: i64) -> bool {
    if lease.holder == holder {
        return false;
    }
    if lease.machine == machine() {
        // If the process ID was reused, the start time differs.
        return started(lease.process).is_some_and(|started| lease.process_started.is_none_or(|then| then == started));
    }
    // The end may be arbitrary if the clock jumped.
    now < lease.until && lease.until - now <= LASTS
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
        let own = lease("a", "anna", 1_000);
        assert!(is_held(&own, "b", 1_000));
        assert!(!is_held(&own, "a", 1_000), "one's own lease stops nobody");
        let ended = Lease { process: u32::MAX / 2, ..own.clone() };
        assert!(!is_held(&ended, "b", 1_000));
        let other_process = Lease { process_started: own.process_started.map(|started| started + 1), ..own.clone() };
        assert_eq!(is_held(&other_process, "b", 1_000), own.process_started.is_none());
    }

    #[test]
    fn the_lease_of_another_machine_ends_with_its_time() {
        let other = Lease { machine: "elsewhere".to_owned(), ..lease("a", "anna", 1_000) };
        assert!(is_held(&other, "b", 1_000 + LASTS - 1));
        assert!(!is_held(&other, "b", 1_000 + LASTS));
        assert!(!is_held(&Lease { until: i64::MAX, ..other }, "b", 1_000), "written by a clock that was wrong");
    }
}
