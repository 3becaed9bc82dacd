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
    /// Program and arguments, at least the program.
    pub command: Vec<OsString>,
    /// Variables that are set in the command's environment, over what is inherited.
    pub variables: Vec<(String, SecretValue)>,
    /// Inherited variables that the command must not see.
    pub removed: Vec<OsString>,
}

/// Replaces this process by the command: signals, exit status and process id are the command's. Returns only if that fails.
pub fn replace(launch: &Launch) -> Error {
    match prepare(launch) {
        Ok(mut command) => prepare::failure(launch, memory::unprotected(|| command.exec())),
        Err(error) => error,
    }
}

/// Runs the command below this process, with its terminal and its signals as in [`redacted`], and returns its exit status.
pub fn below(launch: &Launch) -> Result<u8> {
    let signals = signals::Signals::listen()?;
    let started = running::Running::start(prepare(launch)?, false);
    started.map_err(|error| prepare::failure(launch, error))?.wait(&signals)
}

/// Runs the command below this process, masks the values of `secrets` in what it prints, and returns its exit status, or 128 and
/// the number of the signal that ended it.
///
/// A name that is given several values is masked in all of them. The password within an address is masked by itself, too. See
/// [`Redactor`] for what is not masked.
///
/// The command stays in this process's group, so that what is typed at the terminal (Ctrl-C, Ctrl-Z) reaches it as ever; signals that
/// are sent to this process alone are passed on. If a sink is a terminal, the command sees one, too. Its standard input is this
/// process's. What it writes to `/dev/tty` goes there directly.
pub fn redacted(launch: &Launch, secrets: &[(&str, &SecretValue)], mut sinks: Sinks<'_>) -> Result<u8> {
    let patterns = Patterns::new(secrets)?;
    let signals = signals::Signals::listen()?;
    output::masked(launch, false, &patterns, &mut sinks, |running| running.wait(&signals))
}
