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

/// How often to look whether processes are left that are not this process's own children, of whose end the system does not tell.
const LOOK: Duration = Duration::from_millis(20);

/// A command that was started and whose end was not seen yet.
pub(super) struct Running<'a> {
    child: Child,
    has_own_group: bool,
    /// Terminals that it writes to.
    pub sizes: Vec<Size<'a>>,
}

impl Running<'_> {
    /// Starts it; everything that was opened for it is closed in this process.
    pub(super) fn start(mut command: Command, has_own_group: bool) -> io::Result<Self> {
        if has_own_group {
            command.process_group(0);
        }
        let child = memory::unprotected(|| command.spawn())?;
        Ok(Self { child, has_own_group, sizes: Vec::new() })
    }

    /// Until it ends; its exit status.
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

    /// Passes a signal on that the command has not got itself. A resized terminal is resized for the command first; it is told
    /// again, because it may have looked too early.
    pub(super) fn pass_on(&self, received: &Received) {
        let is_resized = received.signal == Signal::WINCH && !self.sizes.is_empty();
        if is_resized {
            self.sizes.iter().for_each(Size::follow);
        }
        if received.signal != Signal::CHILD && (is_resized || self.has_own_group || !received.is_from_terminal) {
            self.send(received.signal);
        }
    }

    /// Ends it, and what it started: asks, waits as long as `grace`, then kills. Returns the exit status if this process was
    /// asked to end meanwhile.
    pub(super) fn stop(&mut self, signals: &Signals, grace: Duration) -> Result<Option<u8>> {
        let family = ProcessGroup::of(self.pid(), self.has_own_group);
        let mut is_asked = false;
        family.send(Signal::TERM);
        // One that is stopped would not notice.
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

    /// The command may have ended a moment ago: then there is nobody to send to, and nothing to do about it. It was not waited
    /// for, so nobody else can have its number.
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
