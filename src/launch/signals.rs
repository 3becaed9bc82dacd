//! Signals to this process, one by one, with their sender.

use std::fs;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use rustix::process::Signal;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::backend::Handle;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use takk_model::error::{Error, Result};

/// Those that a command below this process should have, too. The others cannot be caught (`SIGKILL`), or stop and continue
/// (`SIGTSTP`), which the system does for the whole group.
const PASSED_ON: [i32; 7] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];

pub(super) struct Received {
    pub signal: Signal,
    /// Whether the terminal sent it, and so sent it to every process of the group that is in its foreground.
    pub is_from_terminal: bool,
}

impl Received {
    /// Whether it asks a process to end.
    pub(super) fn asks_to_end(&self) -> bool {
        [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM].contains(&self.signal)
    }
}

/// Listens until it is dropped. The signals have no other effect on this process.
pub(super) struct Signals {
    received: Receiver<Received>,
    handle: Handle,
}

impl Signals {
    /// Begins to listen. To be called before the command is started, so that the end of it cannot be missed.
    pub(super) fn listen() -> Result<Self> {
        let ignored = ignored();
        let listened = PASSED_ON.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0).chain([SIGCHLD]);
        let signals = SignalsInfo::<WithOrigin>::new(listened);
        let mut signals = signals.map_err(|error| Error::system("cannot listen for signals").caused_by(error))?;
        let handle = signals.handle();
        let (sender, received) = mpsc::channel();
        thread::spawn(move || {
            for origin in &mut signals {
                let is_from_terminal = origin.cause == Cause::Kernel;
                let Some(signal) = Signal::from_named_raw(origin.signal) else { continue };
                if sender.send(Received { signal, is_from_terminal }).is_err() {
                    break;
                }
            }
        });
        Ok(Self { received, handle })
    }

    /// The next one; none if there is none until `deadline`.
    pub(super) fn next(&self, deadline: Option<Instant>) -> Option<Received> {
        match deadline {
            None => self.received.recv().ok(),
            Some(deadline) => self.received.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok(),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// The signals that this process was started to ignore, as `nohup` does, a bit for each. They are left ignored, and the command
/// inherits that: to listen would put an end to it. Where the system does not tell, none.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0)
}
