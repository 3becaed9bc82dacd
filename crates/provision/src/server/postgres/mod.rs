//! Databases on an existing PostgreSQL server, created through an admin address: an owner role that cannot log in, a database
//! that is closed to others, and logins that act as the owner. An admin needs only `CREATEROLE` and `CREATEDB`.
//!
//! A comment marks everything with its store, project, environment and resource. What has one of the names but no such mark
//! belongs to somebody else, and is left alone.

mod admin;
pub(crate) mod extensions;
mod found;
mod login;
mod removal;
mod sessions;
mod statements;

use std::thread;
use std::time::Duration;

use takk_database::{Session, SessionError};
use takk_model::error::{Error, Result};

use self::admin::{PostgresAdmin, failed};
use self::extensions::Creator;
use self::found::Found;
pub(crate) use self::login::own_url;
use self::statements::{Place, Step, Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, MIGRATION_PASSWORD, MIGRATION_USERNAME, OpenSession, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText};

/// How often to retry the creation of a database while somebody uses the template.
const ATTEMPTS: usize = 10;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

pub static KIND: ServerKind = ServerKind {
    name: "postgres",
    ledger_name: "postgres-server",
    parse: |text| Ok(Box::new(PostgresAdmin::parse(text)?)),
    log_in: login::log_in,
    keeps_out: "`pg_hba.conf` of the server, or a pool in front of it, must let this login in from here",
    tls_remedy: "add ?sslmode=verify-full to it",
    address_form: admin::FORM,
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: false,
};

impl Admin for PostgresAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.host,
            port: self.address.port(),
            shown: &self.address.shown,
            requires_tls: self.address.requires_tls(),
            ssl_mode: self.address.ssl_mode(),
            ssl_roots: self.address.ssl_roots(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        Ok(self.look()?.1.about)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
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
        entry.place = Some(format!("database {name}"));
        // If it turns out to be impossible now, nothing is left behind.
        let (mut session, server) = self.open()?;
        let found = Found::read(&mut session, self, entry, server)?;
        found.refuse_foreign(entry, adopts)?;
        if blueprint.level == FULL { self.refuse_open_schema(&found.server) } else { Ok(()) }
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let (mut session, server) = self.open()?;
        let found = Found::read(&mut session, self, entry, server)?;
        found.refuse_foreign(entry, adopts)?;
        let terms = Terms::of(entry)?;
        let mut lines = Vec::new();
        for step in steps(&terms, &found) {
            if step.place == Place::Database {
                lines.push(format!("-- in the database {}", terms.database));
            }
            lines.extend(step.statements.into_iter().map(|statement| format!("{};", statement.shown)));
        }
        if !entry.extensions.is_empty() {
            let doing = format!("{}: cannot look at {}", entry.key(), self.address.shown);
            let more = extensions::preview(&mut session, &entry.extensions, &terms.owner);
            lines.extend(more.map_err(|error| failed(&doing, &error))?);
        }
        Ok(lines)
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        if blueprint.level == FULL && !entry.credentials.contains_key("run_role") {
            return Err(Error::usage(format!(
                "{} was created at the level `{}`, and has no login for migrations",
                entry.key(),
                entry.level
            ))
            .hint("save its data, remove it with `takk provision remove`, and create it again"));
        }
        let (mut session, server) = self.open()?;
        let found = Found::read(&mut session, self, entry, server)?;
        found.refuse_foreign(entry, adopts)?;
        if !(blueprint.accepts)(&found.server.about.version) {
            let version = &found.server.about.version;
            journal.note(format!("the server is PostgreSQL {version}, and the code asks for {}", blueprint.version));
        }
        let terms = Terms::of(entry)?;
        for step in steps(&terms, &found) {
            run(self, &mut session, &terms, &step).map_err(|error| said(entry, &step, &error))?;
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        entry.server_version = Some(found.server.about.version.clone());
        self.create_extensions(blueprint, entry, &terms, journal)
    }

    fn clear(&self, entry: &Entry) -> Result<()> {
        removal::clear(self, entry)
    }

    fn sessions(&self, entry: &Entry, _now: i64) -> Result<Option<Vec<OpenSession>>> {
        sessions::read(self, entry).map(Some)
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}

impl PostgresAdmin {
    /// Creates the extensions that the code uses. What is not there after that is told, and stops nothing.
    fn create_extensions(&self, blueprint: &Blueprint, entry: &mut Entry, terms: &Terms, journal: &dyn Journal) -> Result<()> {
        for extension in blueprint.extensions.iter().filter(|extension| extension.ambiguous) {
            journal.note(format!(
                "the code uses the extension {} ({}), and does not say in which database: it is not created",
                extension.name,
                extension.place.short()
            ));
        }
        if entry.extensions.is_empty() {
            return Ok(());
        }
        let address = self.address.with_database(&terms.database);
        let creator = Creator { address: &address, database: &terms.database, owner: Some(&terms.owner) };
        let doing = format!("{}: cannot create its extensions", entry.key());
        if let Some(lack) = extensions::create(&creator, entry, &entry.extensions).map_err(|error| failed(&doing, &error))? {
            journal.lacks(lack);
        }
        entry.step = Some("extensions".to_owned());
        journal.store(entry)
    }
}

/// Runs a step, completely or not at all.
fn run(admin: &PostgresAdmin, session: &mut Session, terms: &Terms, step: &Step) -> Result<(), SessionError> {
    match step.place {
        Place::Server => session.run(&step.text()),
        Place::Alone => {
            let mut attempts = 1;
            loop {
                match session.run(&step.text()) {
                    // Somebody is connected to the template, or is copying it.
                    Err(error) if error.code() == Some("55006") && attempts < ATTEMPTS => {
                        attempts += 1;
                        thread::sleep(PAUSE);
                    }
                    // Somebody else created it at the same time.
                    Err(error) if matches!(error.code(), Some("42P04" | "23505")) => return Ok(()),
                    done => return done,
                }
            }
        }
        Place::Database => Session::open(&admin.address.with_database(&terms.database))?.run(&step.text()),
    }
}

/// The error for a failed statement.
fn said(entry: &Entry, step: &Step, error: &SessionError) -> Error {
    let mut failure = failed(&format!("{}: cannot create the {} on the server", entry.key(), step.what), error);
    if error.code() == Some("42501") {
        let shown = step.statements.iter().map(|statement| statement.shown.clone());
        failure = shown.fold(failure, Error::about);
        failure = failure.hint("a superuser can do this once, or grant the admin what it lacks; then run the command again");
    }
    failure
}
