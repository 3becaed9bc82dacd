//! Databases on a server of ClickHouse that exists, over its HTTP interface: a database, and users of its own.
//!
//! The database is marked by its comment. Users have none: one is takk's if its database is, or if it logs in with the password in the
//! ledger, which nobody else knows. What has one of the names and belongs to somebody else is left alone.

mod admin;
mod api;
mod found;
mod login;
mod removal;
mod rights;
mod statements;

use std::time::Duration;

use takk_model::error::{Error, Result};

use self::admin::ClickhouseAdmin;
use self::api::{Refusal, Statement};
use self::found::Found;
use self::statements::{Step, Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, MIGRATION_PASSWORD, MIGRATION_USERNAME, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// Databases on servers of ClickHouse.
pub static KIND: ServerKind = ServerKind {
    name: "clickhouse",
    ledger_name: "clickhouse-server",
    parse: |text| Ok(Box::new(ClickhouseAdmin::parse(text)?)),
    log_in: login::log_in,
    keeps_out: "on a cluster, users must be in a replicated access storage; a proxy in front of it must know the new user",
    tls_remedy: "use the HTTP interface over TLS: https:// instead of http://",
    address_form: admin::FORM,
    parts: &[],
    settles: Duration::ZERO,
    is_experimental: true,
};

/// The TLS setting of its clients, which have no further modes.
const SECURE: &str = "secure";
/// The port of the HTTP interface, as the catalog calls it.
const HTTP: &str = "http";

impl Admin for ClickhouseAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: self.address.is_https,
            ssl_mode: self.address.is_https.then_some(SECURE),
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        self.look()
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
        self.write_place(entry);
        // What is found to be impossible now leaves nothing behind.
        self.planned(entry, adopts).map(|_| ())
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let steps = self.planned(entry, adopts)?.1;
        Ok(steps.into_iter().flat_map(|step| step.statements).map(|statement| format!("{};", statement.shown)).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        if blueprint.level == FULL && !entry.credentials.contains_key(MIGRATION_USERNAME) {
            let (key, level) = (entry.key(), &entry.level);
            return Err(Error::usage(format!("{key} was created at the level `{level}`, and has no login for migrations"))
                .hint("save its data, remove it with `takk provision remove`, and create it again"));
        }
        self.write_place(entry);
        let (facts, steps) = self.planned(entry, adopts)?;
        if !(blueprint.accepts)(&facts.version) {
            journal.note(format!("the server is ClickHouse {}, and the code asks for {}", facts.version, blueprint.version));
        }
        for step in steps {
            for statement in &step.statements {
                self.api.run(statement).map_err(|refusal| said(entry, &step, statement, &refusal))?;
            }
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        self.open()?;
        let terms = Terms::of(entry, None)?;
        let found = Found::read(self, entry, &terms)?;
        Ok(if self.is_place_of(entry) && found.is_whole(&terms) { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}

impl ClickhouseAdmin {
    /// What is to be done, if nothing of somebody else is in the way.
    fn planned(&self, entry: &Entry, adopts: bool) -> Result<(Facts, Vec<Step>)> {
        let facts = self.open()?;
        let terms = Terms::of(entry, self.end_of(entry)?)?;
        let found = Found::read(self, entry, &terms)?;
        found.refuse_foreign(entry, &terms, adopts)?;
        Ok((facts, steps(&terms, &found)))
    }

    /// When a login ends, as the server writes it.
    fn end_of(&self, entry: &Entry) -> Result<Option<String>> {
        let Some(end) = entry.ends_at.filter(|_| entry.level == super::TEMPORARY) else { return Ok(None) };
        let asked = format!("SELECT formatDateTime(toDateTime({}, 'UTC'), '%Y-%m-%dT%H:%i:%SZ')", end / 1000);
        let rows = self.api.rows(&asked).map_err(|refusal| refusal.error("cannot write down when the login ends"))?;
        Ok(rows.into_iter().flatten().next())
    }
}

/// The error of a statement.
fn said(entry: &Entry, step: &Step, statement: &Statement, refusal: &Refusal) -> Error {
    let failure = refusal.error(&format!("{}: cannot create the {} on the server", entry.key(), step.what));
    match refusal.code() {
        // The admin has lost a right since it was checked, or never had this one.
        Some(api::ACCESS_DENIED) => failure
            .about(statement.shown.clone())
            .hint("an administrator can do this once, or grant the admin what it lacks; then run the command again"),
        Some(api::SYNTAX_ERROR) => {
            failure.about(statement.shown.clone()).hint("this version of ClickHouse is too old for that")
        }
        _ => failure,
    }
}
