//! What runs servers on this machine: a container engine, or processes if there is none; and the servers that exist elsewhere.

use std::cell::OnceCell;
use std::path::PathBuf;

use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;
use takk_provision::engine::{Engine, Flavour, NoEngine, find};
use takk_provision::local::{Local, Search};
use takk_provision::server::{ExistingServer, KINDS};
use takk_provision::{Blueprint, Entry, Provisioner};

use crate::config::{self, Home};
use crate::ops::project::ReadProject;

/// The value of `--engine`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineChoice {
    Docker,
    Podman,
    Local,
    /// Servers that exist, through an admin address.
    Server,
}

impl EngineChoice {
    fn flavour(self) -> Option<Flavour> {
        match self {
            Self::Docker => Some(Flavour::Docker),
            Self::Podman => Some(Flavour::Podman),
            Self::Local | Self::Server => None,
        }
    }
}

/// The provisioners, initialized when needed.
pub struct Machine {
    /// The name of the user, for the leases of a removal.
    pub(super) author: String,
    local: Local,
    search: Search,
    /// One for each kind of server that exists.
    servers: Vec<ExistingServer>,
    engine: OnceCell<Result<Engine, NoEngine>>,
    docker: OnceCell<Result<Engine, NoEngine>>,
    podman: OnceCell<Result<Engine, NoEngine>>,
}

impl Machine {
    pub fn new(project: &ReadProject, home: &Home) -> Self {
        let venvs = config::Variables::of_process().venv_candidates(&project.config);
        let venv = venvs.iter().map(|venv| project.root.join(venv)).find(|venv| venv.join("bin").is_dir());
        let path: Vec<PathBuf> =
            std::env::split_paths(&config::search_path()).filter(|path| !path.starts_with(&project.root)).collect();
        let data = home.directory.clone().unwrap_or_else(|| PathBuf::from("/var/lib/takk"));
        let search = Search { path, venv };
        let local = Local::new(&data, search.clone());
        let servers = KINDS.iter().map(|kind| ExistingServer { kind, admin: None, adopts: false }).collect();
        let author = home.author.clone();
        Self { author, local, search, servers, engine: OnceCell::new(), docker: OnceCell::new(), podman: OnceCell::new() }
    }

    /// Where programs are found.
    pub(super) fn search(&self) -> &Search {
        &self.search
    }

    /// This machine, with an admin of a server that exists.
    #[must_use]
    pub fn with_server(mut self, server: ExistingServer) -> Self {
        self.servers.retain(|other| other.kind.name != server.kind.name);
        self.servers.push(server);
        self
    }

    /// What creates resources of a kind on a server that exists.
    pub fn server(&self, kind: &str) -> Option<&ExistingServer> {
        self.servers.iter().filter(|server| server.kind.creates(kind)).max_by_key(|server| server.admin.is_some())
    }

    /// The name in the ledger of what creates a resource of a kind.
    pub(super) fn name_of(&self, choice: EngineChoice, kind: &str) -> &'static str {
        match choice {
            EngineChoice::Docker => "docker",
            EngineChoice::Podman => "podman",
            EngineChoice::Local => "local",
            EngineChoice::Server => self.server(kind).map_or("", |server| server.kind.ledger_name),
        }
    }

    /// The provisioner for a new server, or the one that runs an existing server, which is not moved.
    pub fn provisioner(
        &self,
        blueprint: &Blueprint,
        existing: Option<&Entry>,
        wanted: Option<EngineChoice>,
    ) -> Result<&dyn Provisioner> {
        if let Some(existing) = existing.map(|entry| entry.provisioner.as_str()) {
            if let Some(wanted) =
                wanted.map(|wanted| self.name_of(wanted, blueprint.kind.name)).filter(|wanted| *wanted != existing)
            {
                let key = blueprint.key();
                return Err(Error::usage(format!("{key} exists with `{existing}`, not `{wanted}`"))
                    .hint(format!("`takk down --data {}` removes it and its data", shell_word(&key))));
            }
            return self.of(existing);
        }
        match wanted {
            Some(EngineChoice::Local) => Ok(&self.local),
            Some(choice) => self.of(self.name_of(choice, blueprint.kind.name)),
            None => match self.any_engine()? {
                Ok(engine) => Ok(engine),
                Err(none) => self.local.lacks(blueprint).map_or(Ok(&self.local), |error| Err(without_engine(none, error))),
            },
        }
    }

    /// The provisioner that runs the server of an entry.
    pub fn of_entry(&self, entry: &Entry) -> Result<&dyn Provisioner> {
        self.of(&entry.provisioner)
    }

    fn of(&self, name: &str) -> Result<&dyn Provisioner> {
        let (cell, choice) = match name {
            "docker" => (&self.docker, EngineChoice::Docker),
            "podman" => (&self.podman, EngineChoice::Podman),
            _ => {
                let server = self.servers.iter().find(|server| server.kind.ledger_name == name);
                return Ok(server.map_or(&self.local as &dyn Provisioner, |server| server));
            }
        };
        // It may be the engine that was already found for new servers.
        if let Some(Ok(engine)) = self.engine.get()
            && engine.name() == name
        {
            return Ok(engine);
        }
        match found(cell, choice.flavour())? {
            Ok(engine) => Ok(engine),
            Err(none) => Err(looked_at(Error::system(format!("{name} does not respond")), none)
                .hint(format!("start {name}, then run the command again"))),
        }
    }

    fn any_engine(&self) -> Result<Result<&Engine, &NoEngine>> {
        found(&self.engine, None)
    }
}

fn found(cell: &OnceCell<Result<Engine, NoEngine>>, flavour: Option<Flavour>) -> Result<Result<&Engine, &NoEngine>> {
    if cell.get().is_none() {
        let engine = find(&config::engine_places(), flavour)?;
        let _ = cell.set(engine);
    }
    cell.get().map(Result::as_ref).ok_or_else(|| Error::internal("an engine was looked for, and nothing is known of it"))
}

/// Explains that there is neither an engine nor a local program.
fn without_engine(none: &NoEngine, mut error: Error) -> Error {
    let hints = std::mem::take(&mut error.hints);
    let failed = looked_at(error, none);
    let failed = if none.is_denied() {
        failed.hint("takk does not use sudo: add yourself to the group that may use the engine (`sudo usermod -aG docker $USER`), and log in again")
    } else {
        failed
    };
    hints.into_iter().fold(failed, Error::hint)
}

fn looked_at(error: Error, none: &NoEngine) -> Error {
    none.looked_at.iter().fold(error, |error, (address, why)| error.about(format!("looked at {address}: {why}")))
}
