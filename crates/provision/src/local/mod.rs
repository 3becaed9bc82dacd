//! Servers as processes of this machine, if there is no container engine: installed programs in a suitable version, each with a
//! directory of its own for data and configuration.

mod directory;
mod kinds;
mod process;
mod programs;
mod user;

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use takk_model::error::{Error, Result};

pub use self::programs::Search;
pub(crate) use self::programs::version_of;

use self::directory::Directory;
use self::kinds::{Program, RunsAs, kind_of};
use self::process::Process;
use self::user::{ServerUser, others_may_run};
use crate::blueprint::Blueprint;
use crate::choose_ports::choose_ports;
use crate::ledger::{Entry, LOCAL, State};
use crate::ports::{Ports, listens};
use crate::provisioner::{Journal, Phase, Provisioner, Status};

/// Runs servers as processes of this machine.
pub struct Local {
    /// Where the directories of servers are.
    base: PathBuf,
    search: Search,
    /// The user for servers, if takk runs as root.
    user: Option<ServerUser>,
}

impl Local {
    /// Servers in `data`, takk's data directory, with programs found according to `search`. If takk runs as root, servers run as another
    /// user, who cannot access root's directories. They are in `/var/lib/takk` then.
    pub fn new(data: &std::path::Path, search: Search) -> Self {
        let user = user::unprivileged();
        let base = if user.is_some() { PathBuf::from("/var/lib/takk/servers") } else { data.join("servers") };
        Self { base, search, user }
    }

    /// What is missing to run a server of this kind in a suitable version; `None` if nothing is.
    pub fn lacks(&self, blueprint: &Blueprint) -> Option<Error> {
        self.program(blueprint).err()
    }

    fn program(&self, blueprint: &Blueprint) -> Result<Program> {
        let key = blueprint.key();
        let kind = kind_of(blueprint.kind.name).ok_or_else(|| {
            Error::usage(format!("{key}: takk runs {} in a container only", blueprint.kind.display))
                .hint("start Docker or Podman, or set its variables with `takk secrets set`")
        })?;
        (kind.find)(&self.search, blueprint)
    }

    /// The user that runs a server; `None` for the user who runs takk.
    fn user_for(&self, blueprint: &Blueprint, program: &Program) -> Result<Option<&ServerUser>> {
        let Some(user) = &self.user else { return Ok(None) };
        match program.runs_as {
            RunsAs::Same => Ok(None),
            _ if others_may_run(&program.file) => Ok(Some(user)),
            RunsAs::OtherIfPossible => Ok(None),
            RunsAs::Other => {
                let (key, display, file) = (blueprint.key(), blueprint.kind.display, program.file.display());
                Err(Error::usage(format!("{key}: {display} refuses to run as root, and no other user may run {file}"))
                    .hint("install it where every user may run it, or start Docker or Podman"))
            }
        }
    }

    fn directory(&self, name: &str) -> Directory {
        Directory::new(self.base.join(name))
    }

    fn directory_of(&self, entry: &Entry) -> Option<Directory> {
        // Only the last component is used, since takk chose it: a path from the ledger is not trusted.
        let name = entry.place.as_ref()?.rsplit('/').next()?;
        (!name.is_empty() && name != "." && name != "..").then(|| self.directory(name))
    }
}

impl Provisioner for Local {
    fn name(&self) -> &'static str {
        LOCAL
    }

    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, ports: &Ports, journal: &dyn Journal) -> Result<()> {
        let directory = self.directory(&blueprint.container_name());
        entry.provisioner = self.name().to_owned();
        entry.place = Some(directory.path().display().to_string());
        if Process::of(&directory).is_running()? {
            return Ok(());
        }
        let program = self.program(blueprint)?;
        journal.phase(Phase::Creating);
        let user = self.user_for(blueprint, &program)?;
        if self.user.is_some() {
            user::create_shared(&self.base)?;
        }
        directory.create(blueprint, entry, &program, user)?;
        step(entry, "directory", journal)?;
        choose_ports(blueprint, entry, ports, journal)?;
        step(entry, "ports", journal)?;
        if let Some(initialize) = program.initialize {
            directory.initialize(|data| initialize(&program, &directory, data, entry, user))?;
        }
        step(entry, "data", journal)?;
        let launch = (program.launch)(&program, &directory, entry)?;
        directory.write(&launch.files, user)?;
        step(entry, "files", journal)?;
        journal.phase(Phase::Starting);
        Process::of(&directory).start(&launch, user)?;
        step(entry, "started", journal)
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let Some(directory) = self.directory_of(entry).filter(|directory| directory.path().exists()) else {
            return Ok(Status::Missing);
        };
        Ok(if Process::of(&directory).is_running()? { Status::Running } else { Status::Stopped(None) })
    }

    fn is_listening(&self, entry: &Entry) -> bool {
        let process = self.directory_of(entry).and_then(|directory| Process::of(&directory).id());
        process.zip(entry.port).is_none_or(|(process, port)| listens(process, port))
    }

    fn last_lines(&self, entry: &Entry, lines: usize) -> Vec<String> {
        self.directory_of(entry).map(|directory| directory.last_lines(lines)).unwrap_or_default()
    }

    fn logs(&self, entry: &Entry, follow: bool, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        let directory = self.directory_of(entry).filter(|directory| directory.path().exists());
        let directory = directory.ok_or_else(|| Error::usage(format!("{} has no directory yet", entry.key())))?;
        directory.stream(follow, sink)
    }

    fn stop(&self, entry: &Entry) -> Result<()> {
        let Some(directory) = self.directory_of(entry).filter(|directory| directory.path().exists()) else { return Ok(()) };
        let (signal, grace) = kind_of(&entry.kind).map_or((Signal::TERM, Duration::ZERO), |kind| (kind.stop, kind.grace));
        Process::of(&directory).stop(signal, grace)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        let Some(directory) = self.directory_of(entry).filter(|directory| directory.path().exists()) else { return Ok(()) };
        // Unwritten data is removed with the rest, so the server can be killed.
        Process::of(&directory).stop(Signal::KILL, Duration::ZERO)?;
        directory.remove()
    }
}

/// Records that a step is done.
fn step(entry: &mut Entry, name: &str, journal: &dyn Journal) -> Result<()> {
    if entry.state == State::Live && name != "ports" {
        return Ok(());
    }
    entry.step = Some(name.to_owned());
    journal.store(entry)
}
