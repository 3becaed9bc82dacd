//! Runs a command with variables: in place of this process, as a child whose output is redacted, or again whenever they change.
//!
//! Values go into the environment of the command and nowhere else: not into this process's own, and never into arguments, which every user
//! of the machine can read. The list of values to redact is wiped, and so is a launch that is dropped. Some copies cannot be wiped: those
//! that the standard library makes to start the command, the automaton that searches for the values, and output in transit;
//! [`protect_memory`] keeps all of them out of core dumps.

mod lookup;
mod memory;
mod output;
mod prepare;
mod process_group;
mod redact;
mod relay;
mod running;
mod signals;
mod terminal;
mod watch;

use std::ffi::OsString;
use std::os::unix::process::CommandExt;

use takk_model::error::{Error, Result};
use takk_vault::SecretValue;

pub use memory::protect_memory;
pub use output::{Sink, Sinks};
pub use prepare::prepare;
pub use redact::{Patterns, Redactor};
pub use watch::{Masking, Watch, watched};

pub struct Launch {
    /// The program, followed by its arguments.
    pub command: Vec<OsString>,
    /// Variables to set in the command's environment, over inherited ones.
    pub variables: Vec<(String, SecretValue)>,
    /// Inherited variables to remove.
    pub removed: Vec<OsString>,
}

/// Replaces this process by the command, which receives its signals and determines its exit status. Returns only if that fails.
pub fn replace(launch: &Launch) -> Error {
    match prepare(launch) {
        Ok(mut command) => prepare::failure(launch, memory::unprotected(|| command.exec())),
        Err(error) => error,
    }
}

/// Runs the command as a child process, with the terminal and signals as in [`redacted`], and returns its exit status.
pub fn below(launch: &Launch) -> Result<u8> {
    let signals = signals::Signals::listen()?;
    let started = running::Running::start(prepare(launch)?, false);
    started.map_err(|error| prepare::failure(launch, error))?.wait(&signals)
}

/// Runs the command as a child process, masks the values of `secrets` in its output, and returns its exit status, or 128 plus the number of
/// the signal that ended it.
///
/// If a name has several values, all are masked. The password within a URL is masked separately, too. See [`Redactor`] for what is not
/// masked.
///
/// The command stays in this process's group, so that it receives input of the terminal such as Ctrl-C and Ctrl-Z directly; signals sent
/// only to this process are passed on. If a sink is a terminal, the command gets a terminal, too. It shares this process's standard input.
/// What it writes to `/dev/tty` is not masked.
pub fn redacted(launch: &Launch, secrets: &[(&str, &SecretValue)], mut sinks: Sinks<'_>) -> Result<u8> {
    let patterns = Patterns::new(secrets)?;
    let signals = signals::Signals::listen()?;
    output::masked(launch, false, &patterns, &mut sinks, |running| running.wait(&signals))
}
