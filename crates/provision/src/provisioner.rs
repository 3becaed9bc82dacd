//! What runs servers: a container engine, or this machine itself. Each step of a creation creates what is missing, or changes what exists
//! into what is stored, so that it can be repeated after it was interrupted anywhere.

use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use crate::blueprint::{Blueprint, credentials};
use crate::ledger::Entry;
use crate::ports::Ports;

/// What the creation of a resource is waiting for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its image: downloaded and total bytes, as far as the registry has reported them.
    Pulling {
        done: u64,
        total: u64,
    },
    /// Its volume, container or data directory.
    Creating,
    Starting,
    /// A successful login.
    LoggingIn,
}

/// The state of a server, as the engine or the system reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Running,
    /// It exists but does not run. Holds the exit status of its last run, if known.
    Stopped(Option<i64>),
    /// Neither its container nor its data directory exists.
    Missing,
}

/// Receives the progress of a creation.
pub trait Journal {
    /// The resource is waiting for this now.
    fn phase(&self, phase: Phase);

    /// A sentence for the user.
    fn note(&self, text: String);

    /// The program can log in, but the resource lacks something that it needs. The creation goes on.
    fn lacks(&self, what: Error);

    /// Writes the entry to the ledger. Called after each step, before the next begins.
    ///
    /// # Errors
    ///
    /// If it cannot be stored, or another process works on the resource. The creation must stop then.
    fn store(&self, entry: &Entry) -> Result<()>;

    /// Whether the user has interrupted the creation.
    fn is_cancelled(&self) -> bool;
}

/// Generates a random text of letters and digits with the given length.
pub type MakesText<'r> = dyn FnMut(usize) -> Result<Zeroizing<String>> + 'r;

/// Runs servers, or creates resources on a server that exists.
pub trait Provisioner: Send + Sync {
    /// Its name in options and in the ledger: `docker`, `podman`, `local`.
    fn name(&self) -> &'static str;

    /// Fills in a new entry before anything is created: its credentials and, if it is known, its place.
    ///
    /// # Errors
    ///
    /// If it cannot be created there. Nothing is then stored or created.
    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>) -> Result<()> {
        entry.credentials = credentials(blueprint.server, &blueprint.owner, random)?;
        Ok(())
    }

    /// Creates what is missing and starts the server; `entry` records where and in which version. Does nothing if it runs as it should.
    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, ports: &Ports, journal: &dyn Journal) -> Result<()>;

    /// The state of an entry's server.
    fn status(&self, entry: &Entry) -> Result<Status>;

    /// Whether the server of an entry, and no other process, listens on its port. `true` if this cannot be determined, or if the engine has
    /// reserved the port for it.
    fn is_listening(&self, _entry: &Entry) -> bool {
        true
    }

    /// The last lines of the server's log; empty if it is not available.
    fn last_lines(&self, entry: &Entry, lines: usize) -> Vec<String>;

    /// Passes the server's log to `sink`, until its end or until `sink` wants no more; with `follow`, also new lines.
    fn logs(&self, entry: &Entry, follow: bool, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()>;

    /// Stops the server. Its data stays.
    fn stop(&self, entry: &Entry) -> Result<()>;

    /// Removes the data, so that starting makes an empty server.
    fn clear(&self, entry: &Entry) -> Result<()> {
        self.remove(entry)
    }

    /// Removes the server and its data.
    fn remove(&self, entry: &Entry) -> Result<()>;
}
