//! Databases on a server of PostgreSQL that exists, by an admin address: an owner role that cannot log in, a database that is closed to
//! others, and logins that act as the owner. An admin with `CREATEROLE` and `CREATEDB` is enough.
//!
//! Everything is marked by a comment with the store, project, environment and resource. What has one of the names and no such mark belongs to
//! somebody else, and is left alone.

mod admin;
mod found;
mod login;
mod mark;
mod removal;
mod statements;

use std::thread;
use std::time::Duration;

use takk_database::{Session, SessionError};
use takk_model::error::{Error, Result};

use self::admin::failed;
use self::found::Found;
use self::statements::{Place, Step, Terms, steps};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, POSTGRES_SERVER};
use crate::ports::Ports;
use crate::provisioner::{Journal, MakesText, Phase, Provisioner, Status};

pub use self::admin::{Admin, Facts, Lack};
pub(crate) use self::login::log_in;

/// The level at which the program has a login that cannot change the schema.
const FULL: &str = "full";
/// Credentials of the login that can.
pub const MIGRATION_USERNAME: &str = "migration_username";
pub const MIGRATION_PASSWORD: &str = "migration_password";

/// How often a database is created anew while somebody uses the template.
const ATTEMPTS: usize = 10;
/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// What creates databases on one server.
pub struct PostgresServer {
    /// The login that may do it; without one, only what exists can be looked at.
    pub admin: Option<Admin>,
    /// Whether what has one of the names and belongs to somebody else is taken over.
    pub adopts: bool,
}

impl PostgresServer {
    fn admin(&self, key: &str) -> Result<&Admin> {
        self.admin.as_ref().ok_or_else(|| {
            Error::usage(format!("{key} is on a server that takk does not run, and there is no admin address of that"))
                .hint("takk provision admin set postgres")
        })
    }

    /// The admin, if it is one of the server on which the entry is.
    fn admin_of(&self, entry: &Entry) -> Result<&Admin> {
        let key = entry.key();
        let admin = self.admin(&key)?;
        let (host, port) = (entry.host(), entry.port.unwrap_or_default());
        if admin.host() == host && admin.port() == port {
            return Ok(admin);
        }
        Err(Error::usage(format!("{key} is on {host}:{port}, and the admin address names {}:{}", admin.host(), admin.port()))
            .hint("set the admin address of that server: takk provision admin set postgres"))
    }

    /// The statements that would create or repair what an entry describes, in their order, without passwords.
    pub fn preview(&self, entry: &Entry) -> Result<Vec<String>> {
        let admin = self.admin_of(entry)?;
        let (mut session, facts) = admin.open()?;
        let found = Found::read(&mut session, admin, entry, facts)?;
        found.refuse_foreign(entry, self.adopts)?;
        let terms = Terms::of(entry)?;
        let mut lines = Vec::new();
        for step in steps(&terms, &found) {
            if step.place == Place::Database {
                lines.push(format!("-- in the database {}", terms.database));
            }
            lines.extend(step.statements.into_iter().map(|statement| format!("{};", statement.shown)));
        }
        Ok(lines)
    }
}

impl Provisioner for PostgresServer {
    fn name(&self) -> &'static str {
        POSTGRES_SERVER
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>) -> Result<()> {
        let admin = self.admin(&blueprint.key())?;
        let name = blueprint.owner.part(&blueprint.name);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set("owner", name.clone());
        set("database", name.clone());
        set("username", format!("{name}_1"));
        entry.credentials.insert("password".to_owned(), random(32)?);
        if blueprint.level == FULL {
            let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
            set("run_role", format!("{name}_run"));
            set(MIGRATION_USERNAME, format!("{name}_migrate_1"));
            entry.credentials.insert(MIGRATION_PASSWORD.to_owned(), random(32)?);
            entry.protected = true;
        }
        entry.host = Some(admin.host().to_owned());
        entry.port = Some(admin.port());
        entry.ssl_mode = admin.ssl_mode().map(str::to_owned);
        entry.ssl_roots = admin.ssl_roots().map(str::to_owned);
        entry.mark = Some(mark::mark(&blueprint.owner, &blueprint.key()));
        entry.place = Some(format!("database {name}"));
        // What is found to be impossible now leaves nothing behind.
        let (mut session, facts) = admin.open()?;
        let found = Found::read(&mut session, admin, entry, facts)?;
        found.refuse_foreign(entry, self.adopts)?;
        if blueprint.level == FULL { admin.refuse_open_schema(&found.facts) } else { Ok(()) }
    }

    fn start(&self, blueprint: &Blueprint, entry: &mut Entry, _: &Ports, journal: &dyn Journal) -> Result<()> {
        let admin = self.admin_of(entry)?;
        if blueprint.level == FULL && !entry.credentials.contains_key("run_role") {
            return Err(Error::usage(format!(
                "{} was created at the level `{}`, and has no login for migrations",
                entry.key(),
                entry.level
            ))
            .hint("save its data, remove it with `takk provision remove`, and create it again"));
        }
        journal.phase(Phase::Creating);
        let (mut session, facts) = admin.open()?;
        let found = Found::read(&mut session, admin, entry, facts)?;
        found.refuse_foreign(entry, self.adopts)?;
        if !(blueprint.accepts)(&found.facts.version) {
            let version = &found.facts.version;
            journal.note(format!("the server is PostgreSQL {version}, and the code asks for {}", blueprint.version));
        }
        // Where the TLS of the server is described anew, so is that of the login.
        entry.ssl_mode = admin.ssl_mode().map(str::to_owned);
        entry.ssl_roots = admin.ssl_roots().map(str::to_owned);
        let terms = Terms::of(entry)?;
        for step in steps(&terms, &found) {
            run(admin, &mut session, &terms, &step).map_err(|error| said(entry, &step, &error))?;
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let is_other = |admin: &Admin| {
            let (mode, roots) = (admin.ssl_mode(), admin.ssl_roots());
            mode != entry.ssl_mode.as_deref() || roots != entry.ssl_roots.as_deref()
        };
        if self.admin.as_ref().is_some_and(is_other) {
            // The variables still ask for the TLS that an earlier admin address had.
            return Ok(Status::Stopped(None));
        }
        match log_in(entry) {
            Ok(_) => Ok(Status::Running),
            Err(crate::login::NotReady::Refused(_)) => Ok(Status::Missing),
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
        removal::remove(self.admin_of(entry)?, entry)
    }
}

/// Does a step, all of it or nothing.
fn run(admin: &Admin, session: &mut Session, terms: &Terms, step: &Step) -> Result<(), SessionError> {
    match step.place {
        Place::Server => session.run(&step.text()),
        Place::Alone => {
            let mut attempts = 1;
            loop {
                match session.run(&step.text()) {
                    // Somebody is in the template, or copies it at this moment.
                    Err(error) if error.code() == Some("55006") && attempts < ATTEMPTS => {
                        attempts += 1;
                        thread::sleep(PAUSE);
                    }
                    // Somebody else created it at the same moment.
                    Err(error) if matches!(error.code(), Some("42P04" | "23505")) => return Ok(()),
                    done => return done,
                }
            }
        }
        Place::Database => Session::open(&admin.address.with_database(&terms.database))?.run(&step.text()),
    }
}

/// The error of a statement.
fn said(entry: &Entry, step: &Step, error: &SessionError) -> Error {
    let mut failure = failed(&format!("{}: cannot create the {} on the server", entry.key(), step.what), error);
    if error.code() == Some("42501") {
        let shown = step.statements.iter().map(|statement| statement.shown.clone());
        failure = shown.fold(failure, Error::about);
        failure = failure.hint("a superuser can do this once, or grant the admin what it lacks; then run the command again");
    }
    failure
}
