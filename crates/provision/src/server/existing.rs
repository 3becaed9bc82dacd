//! What all kinds of servers that exist have in common.

use takk_model::error::{Error, Result};

use super::{Admin, ServerKind, mark};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::NotReady;
use crate::ports::Ports;
use crate::provisioner::{Journal, MakesText, Phase, Provisioner, Status};

/// What creates resources on one server that exists.
pub struct ExistingServer {
    pub kind: &'static ServerKind,
    /// The login that may do it; without one, only what exists can be looked at.
    pub admin: Option<Box<dyn Admin>>,
    /// Whether what has one of the names and belongs to somebody else is taken over.
    pub adopts: bool,
}

impl ExistingServer {
    fn set_hint(&self) -> String {
        format!("takk provision admin set {}", self.kind.name)
    }

    fn admin(&self, key: &str) -> Result<&dyn Admin> {
        self.admin.as_deref().ok_or_else(|| {
            Error::usage(format!("{key} is on a server that takk does not run, and there is no admin address of that"))
                .hint(self.set_hint())
        })
    }

    /// The admin, if it is one of the server on which the entry is.
    fn admin_of(&self, entry: &Entry) -> Result<&dyn Admin> {
        let key = entry.key();
        let admin = self.admin(&key)?;
        let (host, port) = (entry.host(), entry.port.unwrap_or_default());
        if admin.host() == host && admin.port() == port {
            return Ok(admin);
        }
        Err(Error::usage(format!("{key} is on {host}:{port}, and the admin address names {}:{}", admin.host(), admin.port()))
            .hint(format!("set the admin address of that server: {}", self.set_hint())))
    }

    /// What would create or repair what an entry describes, in its order, without passwords.
    pub fn preview(&self, entry: &Entry) -> Result<Vec<String>> {
        self.admin_of(entry)?.preview(entry, self.adopts)
    }
}

impl Provisioner for ExistingServer {
    fn name(&self) -> &'static str {
        self.kind.ledger_name
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>) -> Result<()> {
        let admin = self.admin(&blueprint.key())?;
        entry.host = Some(admin.host().to_owned());
        entry.port = Some(admin.port());
        entry.ssl_mode = admin.ssl_mode().map(str::to_owned);
        entry.ssl_roots = admin.ssl_roots().map(str::to_owned);
        entry.mark = Some(mark::mark(&blueprint.owner, &blueprint.key()));
        admin.reserve(blueprint, entry, random, self.adopts)
    }

    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, _: &Ports, journal: &dyn Journal) -> Result<()> {
        let admin = self.admin_of(entry)?;
        journal.phase(Phase::Creating);
        // Where the TLS of the server is described anew, so is that of the login.
        entry.ssl_mode = admin.ssl_mode().map(str::to_owned);
        entry.ssl_roots = admin.ssl_roots().map(str::to_owned);
        admin.create(blueprint, entry, journal, self.adopts)
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        if let Some(admin) = &self.admin {
            if admin.ssl_mode() != entry.ssl_mode.as_deref() || admin.ssl_roots() != entry.ssl_roots.as_deref() {
                // The variables still ask for the TLS that an earlier admin address had.
                return Ok(Status::Stopped(None));
            }
            let status = admin.status(entry)?;
            if status != Status::Running {
                return Ok(status);
            }
        }
        match (self.kind.log_in)(entry) {
            Ok(_) => Ok(Status::Running),
            Err(NotReady::Refused(_)) => Ok(Status::Missing),
            // Whoever creates it can also repair it: rights that have become too wide.
            Err(NotReady::OtherServer(_)) if self.admin.is_some() => Ok(Status::Stopped(None)),
            Err(reason) => Err(Error::system(reason.to_string())),
        }
    }

    fn last_lines(&self, _: &Entry, _: usize) -> Vec<String> {
        Vec::new()
    }

    fn logs(&self, entry: &Entry, _: bool, _: &mut dyn FnMut(&[u8]) -> bool) -> Result<()> {
        Err(Error::usage(format!("{} is on a server that takk does not run: its log is there", entry.key())))
    }

    fn stop(&self, _: &Entry) -> Result<()> {
        Ok(())
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        self.admin_of(entry)?.remove(entry)
    }
}
