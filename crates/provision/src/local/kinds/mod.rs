//! How each kind of server is run without a container: which program, with which data and which configuration.

mod mariadb;
mod mlflow;
mod moto;
mod nats;
mod postgres;
mod rabbitmq;
mod redis;
mod seaweedfs;
mod spark;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::directory::Directory;
use super::programs::Search;
use super::user::ServerUser;
use crate::blueprint::Blueprint;
use crate::disk::{FREE_SPACE, is_disk_full};
use crate::ledger::Entry;

/// A kind that takk can run as a process.
pub(super) struct LocalKind {
    /// Finds its program in a suitable version, or says what to install.
    pub find: fn(&Search, &Blueprint) -> Result<Program>,
    /// The signal for an orderly shutdown.
    pub stop: Signal,
    /// How long it may take to end before it is killed.
    pub grace: Duration,
}

/// The grace period of most servers.
const GRACE: Duration = Duration::from_secs(10);

/// Fills the data directory.
type Initialize = fn(&Program, &Directory, &Path, &Entry, Option<&ServerUser>) -> Result<()>;

/// The user that runs a server if takk runs as root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunsAs {
    /// Another user: the server refuses to run as root.
    Other,
    /// Another user if that one may execute the program, else root.
    OtherIfPossible,
    /// The user who runs the project, because the program comes from its environment.
    Same,
}

/// A program that was found.
pub(super) struct Program {
    pub file: PathBuf,
    pub version: String,
    /// Whether a different major version cannot read its data.
    pub has_versioned_data: bool,
    /// The user if takk runs as root.
    pub runs_as: RunsAs,
    pub initialize: Option<Initialize>,
    pub launch: fn(&Program, &Directory, &Entry) -> Result<Launch>,
}

/// How a server is started.
pub(super) struct Launch {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// Its whole environment: nothing is inherited from takk.
    pub environment: Vec<(OsString, OsString)>,
    /// Files in its directory, by name. Secrets go here, because arguments and environments are visible to others.
    pub files: Vec<(String, Zeroizing<String>)>,
}

impl Launch {
    /// A program with arguments, and the environment that every server gets.
    pub(super) fn of(program: &Path, directory: &Directory, arguments: &[&str]) -> Self {
        let path =
            program.parent().map(|parent| format!("{}:/usr/local/bin:/usr/bin:/bin", parent.display())).unwrap_or_default();
        let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        let home = directory.path().display().to_string();
        Self {
            program: program.to_owned(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: vec![variable("PATH", &path), variable("HOME", &home), variable("LANG", "C.UTF-8")],
            files: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(super) fn file(mut self, name: &str, text: String) -> Self {
        self.files.push((name.to_owned(), Zeroizing::new(text)));
        self
    }
}

/// How to run a kind locally; `None` if it only runs in a container.
pub(super) fn kind_of(kind: &str) -> Option<LocalKind> {
    Some(match kind {
        "postgres" | "database" => LocalKind { find: postgres::find, stop: Signal::INT, grace: GRACE },
        "redis" => LocalKind { find: redis::find, stop: Signal::TERM, grace: GRACE },
        "mariadb" | "mysql" => LocalKind { find: mariadb::find, stop: Signal::TERM, grace: GRACE },
        "nats" => LocalKind { find: nats::find, stop: Signal::TERM, grace: GRACE },
        "amqp" => LocalKind { find: rabbitmq::find, stop: Signal::TERM, grace: GRACE },
        // It writes at once, and then waits for ten seconds before it ends.
        "s3" => LocalKind { find: seaweedfs::find, stop: Signal::TERM, grace: Duration::from_secs(2) },
        "sqs" => LocalKind { find: moto::find, stop: Signal::TERM, grace: GRACE },
        "mlflow" => LocalKind { find: mlflow::find, stop: Signal::TERM, grace: GRACE },
        "spark" => LocalKind { find: spark::find, stop: Signal::TERM, grace: GRACE },
        _ => return None,
    })
}

/// One of the credentials of an entry.
fn credential<'e>(entry: &'e Entry, name: &str) -> Result<&'e str> {
    let value = entry.credentials.get(name).map(|value| value.as_str());
    value.ok_or_else(|| Error::internal(format!("{} has no {name}", entry.key())))
}

fn port(entry: &Entry) -> Result<u16> {
    entry.port.ok_or_else(|| Error::internal(format!("{} has no port", entry.key())))
}

/// Creates a directory that only a server's user can access.
fn make_directory(path: &Path, user: Option<&ServerUser>) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().mode(0o700).create(path).and_then(|()| user.map_or(Ok(()), |user| user.own(path)));
    made.map_err(|error| Error::system(format!("cannot create {}", path.display())).caused_by(error))
}

/// Runs a program that prepares data, and waits for its end.
fn run(mut command: Command, directory: &Directory, user: Option<&ServerUser>) -> Result<()> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", directory.path()).env("LANG", "C.UTF-8");
    command.current_dir(directory.path()).stdin(Stdio::null());
    if let Some(user) = user {
        user.run(&mut command);
    }
    let output = command.output().map_err(|error| Error::system(format!("cannot run {name}")).caused_by(error))?;
    if output.status.success() {
        return Ok(());
    }
    let mut error = Error::system(format!("{name} failed with {}", output.status));
    let text = String::from_utf8_lossy(&output.stderr);
    for line in text.lines().filter(|line| !line.trim().is_empty()).rev().take(5).collect::<Vec<_>>().into_iter().rev() {
        error = error.about(line.chars().take(300).collect::<String>());
    }
    Err(if is_disk_full(&text) { error.hint(FREE_SPACE) } else { error })
}
