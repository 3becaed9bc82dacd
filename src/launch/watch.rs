//! Runs a command, and restarts it whenever its inputs change.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use super::Launch;
use super::output::{self, Sinks};
use super::prepare::{failure, prepare};
use super::redact::Patterns;
use super::running::Running;
use super::signals::Signals;
use takk_model::error::Result;
use takk_vault::SecretValue;

pub struct Watch<'a> {
    /// The interval between calls of `next`.
    pub interval: Duration,
    /// How long a command may take to end before it is killed for the restart.
    pub grace: Duration,
    /// Returns the next launch, if it has changed since the last call. An error ends the command and the watch.
    pub next: &'a mut dyn FnMut() -> Result<Option<Launch>>,
}

/// What to mask while watching.
pub struct Masking<'s, 'a> {
    /// The secret values of a launch, with their names.
    pub secrets: &'s dyn for<'l> Fn(&'l Launch) -> Vec<(&'l str, &'l SecretValue)>,
    pub sinks: Sinks<'a>,
}

enum End {
    /// It ended by itself, or because this process was asked to end. Holds the exit status.
    Final(u8),
    Changed(Launch),
}

/// Runs `first`; whenever `watch` returns another launch, stops the command (`SIGTERM`, and `SIGKILL` after the grace period) and runs that
/// one. If the command ends by itself, the watch ends with its exit status: waiting for a change would hide a failure, and a program that
/// is done needs no restart.
///
/// The processes that the command started are stopped with it. If standard input is a terminal, the command stays in this process's group,
/// because another one could not read from the terminal, and its processes are found as its descendants; otherwise it gets its own group.
pub fn watched(first: Launch, mut watch: Watch<'_>, mut masking: Option<Masking<'_, '_>>) -> Result<u8> {
    let signals = Signals::listen()?;
    let has_own_group = !io::stdin().is_terminal();
    let mut launch = first;
    loop {
        let end = match &mut masking {
            None => {
                let started = Running::start(prepare(&launch)?, has_own_group);
                let mut running = started.map_err(|error| failure(&launch, error))?;
                drop(launch);
                watch.attend(&mut running, &signals)?
            }
            Some(masking) => {
                let patterns = Patterns::new(&(masking.secrets)(&launch))?;
                output::masked(&launch, has_own_group, &patterns, &mut masking.sinks, |running| {
                    watch.attend(running, &signals)
                })?
            }
        };
        launch = match end {
            End::Final(code) => return Ok(code),
            End::Changed(next) => next,
        };
    }
}

impl Watch<'_> {
    /// Waits until the command ends or has to be restarted; it has ended in either case.
    fn attend(&mut self, running: &mut Running<'_>, signals: &Signals) -> Result<End> {
        let mut deadline = Instant::now() + self.interval;
        loop {
            if let Some(code) = running.ended()? {
                return Ok(End::Final(code));
            }
            if let Some(received) = signals.next(Some(deadline)) {
                running.pass_on(&received);
                continue;
            }
            match (self.next)() {
                Ok(None) => deadline = Instant::now() + self.interval,
                Ok(Some(next)) => return Ok(running.stop(signals, self.grace)?.map_or(End::Changed(next), End::Final)),
                Err(error) => {
                    running.stop(signals, self.grace)?;
                    return Err(error);
                }
            }
        }
    }
}
