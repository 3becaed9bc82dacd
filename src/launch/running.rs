//! A command that runs as a child of this process: its signals, its exit.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::memory;
use super::process_group::ProcessGroup;
use super::signals::{Received, Signals};
use super::terminal::Size;
use takk_model::error::{Error, Result};

/// How often to check whether other processes than direct children are left, of whose end the system does not notify.
const LOOK: Duration = Duration::from_millis(20);

/// A command that was started and has not been waited for.
pub(super) struct Running<'a> {
    child: Child,
    has_own_group: bool,
    /// The terminals to which it writes.
    pub sizes: Vec<Size<'a>>,
}

impl Running<'_> {
    /// Starts it, and closes everything that was opened for it in this process.
    pub(super) fn start(mut command: Command, has_own_group: bool) -> io::Result<Self> {
        if has_own_group {
            command.process_group(0);
        }
        let child = memory::unprotected(|| command.spawn())?;
        Ok(Self { child, has_own_group, sizes: Vec::new() })
    }

    /// Waits for it, and returns its exit status.
    pub(super) fn wait(&mut self, signals: &Signals) -> Result<u8> {
        loop {
            if let Some(code) = self.ended()? {
                return Ok(code);
            }
            if let Some(received) = signals.next(None) {
                self.pass_on(&received);
            }
        }
    }

    /// Its exit status, if it has ended.
    pub(super) fn ended(&mut self) -> Result<Option<u8>> {
        let status = self.child.try_wait();
        let status = status.map_err(|error| Error::system("cannot wait for the command").caused_by(error))?;
        Ok(status.map(exit_code))
    }

    /// Passes on a signal that the command has not received itself. If the terminal was resized, the command's terminal is resized first;
    /// the command gets the signal again, because it may have read the size too early.
    pub(super) fn pass_on(&self, received: &Received) {
        let is_resized = received.signal == Signal::WINCH && !self.sizes.is_empty();
        if is_resized {
            self.sizes.iter().for_each(Size::follow);
        }
        if received.signal != Signal::CHILD && (is_resized || self.has_own_group || !received.is_from_terminal) {
            self.send(received.signal);
        }
    }

    /// Stops it and the processes that it started: asks them to end, waits for `grace`, then kills them. Returns the exit status if this
    /// process was asked to end meanwhile.
    pub(super) fn stop(&mut self, signals: &Signals, grace: Duration) -> Result<Option<u8>> {
        let family = ProcessGroup::of(self.pid(), self.has_own_group);
        let mut is_asked = false;
        family.send(Signal::TERM);
        // A stopped process would not notice the signal.
        family.send(Signal::CONT);
        let deadline = Instant::now() + grace;
        let mut code = self.ended()?;
        while (code.is_none() || family.is_alive()) && Instant::now() < deadline {
            if let Some(received) = signals.next(Some(deadline.min(Instant::now() + LOOK))) {
                is_asked |= received.asks_to_end();
            }
            code = if code.is_none() { self.ended()? } else { code };
        }
        family.send(Signal::KILL);
        if code.is_none() {
            let status = self.child.wait();
            code = Some(exit_code(status.map_err(|error| Error::system("cannot wait for the command").caused_by(error))?));
        }
        Ok(code.filter(|_| is_asked))
    }

    /// The command may have just ended, and then the signal has no effect. It has not been waited for, so its ID cannot have been reused.
    fn send(&self, signal: Signal) {
        let _ = if self.has_own_group { kill_process_group(self.pid(), signal) } else { kill_process(self.pid(), signal) };
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
