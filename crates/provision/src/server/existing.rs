//! What all kinds of servers that exist have in common.

use takk_model::error::{Error, Result};

use super::{Admin, AdminAddress, OpenSession, ServerKind, mark};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::NotReady;
use crate::ports::Ports;
use crate::provisioner::{Journal, MakesText, Phase, Provisioner, Status};

/// Creates resources on a server that exists.
pub struct ExistingServer {
    pub kind: &'static ServerKind,
    /// The login for that. Without one, existing resources can only be inspected.
    pub admin: Option<Box<dyn Admin>>,
    /// Whether to take over what has one of the names but belongs to somebody else.
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

    /// The admin, if it is for the server of the entry.
    fn admin_of(&self, entry: &Entry) -> Result<&dyn Admin> {
        let key = entry.key();
        let admin = self.admin(&key)?;
        let of_entry = entry.admin.clone().unwrap_or_else(|| at(entry.host(), entry.port.unwrap_or_default()));
        let AdminAddress { host, port, .. } = admin.address();
        let of_admin = at(host, port);
        if of_entry == of_admin {
            return Ok(admin);
        }
        Err(Error::usage(format!("{key} is on {of_entry}, and the admin address names {of_admin}"))
            .hint(format!("set the admin address of that server: {}", self.set_hint())))
    }

    /// The statements that would create or repair an entry, in order, without passwords.
    pub fn preview(&self, entry: &Entry) -> Result<Vec<String>> {
        self.admin_of(entry)?.preview(entry, self.adopts)
    }

    /// The open sessions of the logins of an entry; `None` where servers of the kind have none.
    pub fn sessions(&self, entry: &Entry, now: i64) -> Result<Option<Vec<OpenSession>>> {
        self.admin_of(entry)?.sessions(entry, now)
    }
}

fn at(host: &str, port: u16) -> String {
    format!("{host}:{port}")
}

impl Provisioner for ExistingServer {
    #[expect(clippy::misnamed_getters, reason = "the kind has the name of the catalog, too")]
    fn name(&self) -> &'static str {
        self.kind.ledger_name
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>) -> Result<()> {
        let admin = self.admin(&blueprint.key())?;
        let AdminAddress { host, port, ssl_mode, ssl_roots, .. } = admin.address();
        entry.host = Some(host.to_owned());
        entry.port = Some(port);
        entry.admin = Some(at(host, port));
        entry.ssl_mode = ssl_mode.map(str::to_owned);
        entry.ssl_roots = ssl_roots.map(str::to_owned);
        entry.mark = Some(mark::mark(&blueprint.owner, &blueprint.key()));
        admin.reserve(blueprint, entry, random, self.adopts)
    }

    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, _: &Ports, journal: &dyn Journal) -> Result<()> {
        let admin = self.admin_of(entry)?;
        if self.kind.is_experimental {
            journal.note(format!("{}: experimental: not yet tested with a real server", self.kind.name));
        }
        journal.phase(Phase::Creating);
        // If the TLS settings of the admin address change, so do those of the login.
        let AdminAddress { ssl_mode, ssl_roots, .. } = admin.address();
        entry.ssl_mode = ssl_mode.map(str::to_owned);
        entry.ssl_roots = ssl_roots.map(str::to_owned);
        admin.create(blueprint, entry, journal, self.adopts)
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        if let Some(admin) = &self.admin {
            let AdminAddress { ssl_mode, ssl_roots, .. } = admin.address();
            if ssl_mode != entry.ssl_mode.as_deref() || ssl_roots != entry.ssl_roots.as_deref() {
                // The variables still contain the TLS settings of an earlier admin address.
                return Ok(Status::Stopped(None));
            }
            let status = admin.status(entry)?;
            if status != Status::Running {
                return Ok(status);
            }
        }
        match (self.kind.log_in)(entry) {
            Ok(_) => Ok(Status::Running),
            Err(NotReady::Refused(_) | NotReady::Open) => Ok(Status::Missing),
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

    fn clear(&self, entry: &Entry) -> Result<()> {
        self.admin_of(entry)?.clear(entry)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        self.admin_of(entry)?.remove(entry)
    }
}
