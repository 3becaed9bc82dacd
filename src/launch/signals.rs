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

/// The signals to pass on to a child process. The others cannot be caught (`SIGKILL`), or stop and continue (`SIGTSTP`), which the system
/// does for the whole group.
const PASSED_ON: [i32; 7] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];

pub(super) struct Received {
    pub signal: Signal,
    /// Whether the terminal sent it, and so to every process of the foreground group.
    pub is_from_terminal: bool,
}

impl Received {
    /// Whether it asks the process to end.
    pub(super) fn asks_to_end(&self) -> bool {
        [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM].contains(&self.signal)
    }
}

/// Receives signals until dropped. They have no other effect on this process.
pub(super) struct Signals {
    received: Receiver<Received>,
    handle: Handle,
}

impl Signals {
    /// Starts receiving. To be called before the command is started, so that its end cannot be missed.
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

    /// The next signal; `None` if none arrives before `deadline`.
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

/// The signals that this process was started to ignore, for example by `nohup`, one bit each. They stay ignored, and the command inherits
/// that; receiving them would change it. None, if the system does not tell.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0)
}
