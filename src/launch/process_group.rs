//! A command and the processes that it started, which are terminated together.

use rustix::process::{Pid, Signal};
#[cfg(target_os = "linux")]
use tree as members;

pub(super) enum ProcessGroup {
    /// The process group of the command.
    Group(Pid),
    /// A command without its own group, and its descendants, as far as the system tells.
    Tree(members::Members),
}

impl ProcessGroup {
    /// For a command that has not been waited for.
    pub(super) fn of(command: Pid, has_own_group: bool) -> Self {
        if has_own_group { Self::Group(command) } else { Self::Tree(members::Members::of(command)) }
    }

    /// Sends a signal to all of them, ignoring those that have ended.
    pub(super) fn send(&self, signal: Signal) {
        match self {
            Self::Group(leader) => drop(rustix::process::kill_process_group(*leader, signal)),
            Self::Tree(members) => members.send(signal),
        }
    }

    /// Whether any of them is still running.
    pub(super) fn is_alive(&self) -> bool {
        match self {
            Self::Group(leader) => rustix::process::test_kill_process_group(*leader).is_ok(),
            Self::Tree(members) => members.is_alive(),
        }
    }
}

#[cfg(target_os = "linux")]
mod tree {
    //! Processes held by descriptors, whose numbers may be given to others without harm.

    use std::fs;
    use std::os::fd::OwnedFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    /// A command and its descendants.
    pub(crate) struct Members(pub(super) Vec<OwnedFd>);

    impl Members {
        /// All current ones.
        pub(crate) fn of(command: Pid) -> Self {
            let mut members = Vec::new();
            let mut pending = vec![command];
            while let Some(pid) = pending.pop() {
                // Opened before its children are listed, so that they are really children of this process and not of a later one with the
                // same ID.
                members.extend(pidfd_open(pid, PidfdFlags::empty()));
                pending.extend(children(pid));
            }
            Self(members)
        }

        pub(crate) fn send(&self, signal: Signal) {
            for member in &self.0 {
                let _ = pidfd_send_signal(member, signal);
            }
        }

        /// The descriptor of a process becomes readable when it ends.
        pub(crate) fn is_alive(&self) -> bool {
            let now = Timespec { tv_sec: 0, tv_nsec: 0 };
            self.0.iter().any(|member| poll(&mut [PollFd::new(member, PollFlags::IN)], Some(&now)) == Ok(0))
        }
    }

    fn children(pid: Pid) -> Vec<Pid> {
        let tasks = fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid())).into_iter().flatten().flatten();
        let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        lists
            .flat_map(|list| {
                list.split_whitespace().filter_map(|number| Pid::from_raw(number.parse().ok()?)).collect::<Vec<_>>()
            })
            .collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod members {
    //! The command alone, where the system does not tell who descends from it.

    use rustix::process::{Pid, Signal, kill_process, test_kill_process};

    pub struct Members(Pid);

    impl Members {
        pub fn of(command: Pid) -> Self {
            Self(command)
        }

        pub fn send(&self, signal: Signal) {
            let _ = kill_process(self.0, signal);
        }

        pub fn is_alive(&self) -> bool {
            test_kill_process(self.0).is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn descendants_end_with_the_command() {
        let mut command = Command::new("sh");
        let mut child =
            command.args(["-c", "sh -c 'echo; sleep 100; true'; true"]).stdout(Stdio::piped()).spawn().expect("sh runs");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        output.read_line(&mut String::new()).expect("it says when it has begun");
        let family = ProcessGroup::of(Pid::from_child(&child), false);
        assert!(matches!(&family, ProcessGroup::Tree(members) if members.0.len() > 1));
        assert!(family.is_alive());
        family.send(Signal::KILL);
        child.wait().expect("it ends");
        let deadline = Instant::now() + Duration::from_mins(1);
        while family.is_alive() {
            assert!(Instant::now() < deadline, "one is left");
        }
    }
}
