//! Databases on a server of MongoDB that exists: users who have roles for one database each.
//!
//! Users are in the database `admin`, as drivers expect it. Their custom data is the mark; a database has none, and belongs to whom its
//! users belong. What has one of the names and belongs to somebody else is left alone.

mod address;
mod admin;
mod found;
mod login;
mod removal;
mod steps;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::address::Address;
use self::admin::{MongoAdmin, failed};
use self::found::Found;
use self::steps::{Step, Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, MIGRATION_PASSWORD, MIGRATION_USERNAME, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::login::MongoSession;
use crate::provisioner::{Journal, MakesText, Status};

/// Databases on servers of MongoDB.
pub static KIND: ServerKind = ServerKind {
    name: "mongo",
    ledger_name: "mongo-server",
    parse: |text| Ok(Box::new(MongoAdmin { address: Address::parse(text)? })),
    log_in: login::log_in,
    keeps_out: "the user must log in at the database `admin`, and the routers of a cluster learn of a new password within 30 s",
    tls_remedy: "add tls=true, and tlsCAFile=/path/to/ca.pem for authorities of your own",
    address_form: address::FORM,
    parts: &[],
    // Routers keep what they know of a user for that long.
    settles: Duration::from_secs(30),
    is_experimental: true,
};

/// The TLS setting of clients.
const ENCRYPTED: &str = "true";
const PLAIN: &str = "false";

impl Admin for MongoAdmin {
    fn address(&self) -> AdminAddress<'_> {
        let is_encrypted = self.address.tls.is_some();
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: is_encrypted,
            ssl_mode: Some(if is_encrypted { ENCRYPTED } else { PLAIN }),
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        self.look().map(|(_, facts)| facts)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set("database", name.clone());
        set("username", format!("{name}_1"));
        if blueprint.level == FULL {
            set(MIGRATION_USERNAME, format!("{name}_migrate_1"));
            entry.credentials.insert(MIGRATION_PASSWORD.to_owned(), random(32)?);
            entry.protected = true;
        }
        entry.credentials.insert("password".to_owned(), random(32)?);
        entry.place = Some(format!("database {name}"));
        // What is found to be impossible now leaves nothing behind.
        self.planned(entry, adopts).map(|_| ())
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        Ok(self.planned(entry, adopts)?.2.iter().map(|step| step.command.to_string()).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        if blueprint.level == FULL && !entry.credentials.contains_key(MIGRATION_USERNAME) {
            let (key, level) = (entry.key(), &entry.level);
            return Err(Error::usage(format!("{key} was created at the level `{level}`, and has no login for migrations"))
                .hint("save its data, remove it with `takk provision remove`, and create it again"));
        }
        let (mut session, facts, steps) = self.planned(entry, adopts)?;
        if !(blueprint.accepts)(&facts.version) {
            journal.note(format!("the server is MongoDB {}, and the code asks for {}", facts.version, blueprint.version));
        }
        for Step { name, what, command } in steps {
            let doing = format!("{}: cannot create the {what} on the server", entry.key());
            let done = session.run(&command.database, &command.command, &command.secrets());
            done.map_err(|error| failed(&doing, &error).about(command.to_string()))?;
            entry.step = Some(name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let terms = Terms::of(entry)?;
        let (mut session, _) = self.open()?;
        let is_whole = Found::read(&mut session, self, entry, &terms)?.is_whole(&terms);
        Ok(if is_whole { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}

impl MongoAdmin {
    /// What is to be done, if nothing of somebody else is in the way.
    fn planned(&self, entry: &Entry, adopts: bool) -> Result<(MongoSession, Facts, Vec<Step>)> {
        let terms = Terms::of(entry)?;
        let (mut session, facts) = self.open()?;
        let found = Found::read(&mut session, self, entry, &terms)?;
        found.refuse_foreign(entry, &terms, adopts)?;
        Ok((session, facts, steps(&terms, &found)))
    }
}
