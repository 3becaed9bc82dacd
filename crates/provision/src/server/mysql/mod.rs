//! Databases on a server of MariaDB or MySQL that exists, by an admin address: a database, and users of its own. The admin needs `CREATE
//! USER`, `PROCESS`, `CONNECTION ADMIN`, and the right to grant what programs get.
//!
//! A comment with the store, project, environment and resource marks the database, or on MySQL the users. What has one of the names and no
//! such mark belongs to somebody else, and is left alone. [`dialect`] has what else the two products do differently.

mod admin;
mod dialect;
mod found;
mod login;
mod password;
mod privileges;
mod removal;
mod sessions;
mod statements;

use std::time::Duration;

use takk_database::mysql::SessionError;
use takk_model::error::{Error, Result};

use self::admin::{MysqlAdmin, anonymous, failed};
use self::found::Found;
use self::statements::{Step, Terms, steps};
use super::{Admin, AdminAddress, FULL, Facts, MIGRATION_PASSWORD, MIGRATION_USERNAME, OpenSession, ServerKind};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::name::fingerprint;
use crate::provisioner::{Journal, MakesText};

/// The longest name of a user.
const LONGEST_USER: usize = 32;
/// The digits of a hash that keeps a shortened name unique, and what separates it.
const HASH: usize = 9;

/// Databases for programs that ask for MariaDB.
pub static MARIADB: ServerKind = kind("mariadb", "mariadb-server");
/// Databases for programs that ask for MySQL: on MySQL, or on MariaDB, which serves its clients as well.
pub static MYSQL: ServerKind = kind("mysql", "mysql-server");

const fn kind(name: &'static str, ledger_name: &'static str) -> ServerKind {
    ServerKind {
        name,
        ledger_name,
        parse: |text| Ok(Box::new(MysqlAdmin::parse(text)?)),
        log_in: login::log_in,
        keeps_out: "if the server has an anonymous user, it takes the logins from its host: DROP USER ''@'localhost'; and a proxy in \
                    front of it must know the new user",
        tls_remedy: "add ?ssl-mode=VERIFY_IDENTITY to it",
        address_form: admin::FORM,
        parts: &[],
        settles: Duration::ZERO,
        is_experimental: false,
    }
}

impl Admin for MysqlAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: self.address.host(),
            port: self.address.port(),
            shown: &self.address.shown,
            requires_tls: self.address.requires_tls(),
            ssl_mode: self.address.ssl_mode(),
            ssl_roots: self.address.ssl_roots(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        Ok(self.look()?.2)
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, random: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = blueprint.owner.part(&blueprint.name);
        entry.credentials.insert("database".to_owned(), name.clone().into());
        entry.credentials.insert("username".to_owned(), user_name(&name, "_1").into());
        entry.credentials.insert("password".to_owned(), random(32)?);
        if blueprint.level == FULL {
            entry.credentials.insert(MIGRATION_USERNAME.to_owned(), user_name(&name, "_migrate_1").into());
            entry.credentials.insert(MIGRATION_PASSWORD.to_owned(), random(32)?);
            entry.protected = true;
        }
        entry.place = Some(format!("database {name}"));
        // What is found to be impossible now leaves nothing behind.
        self.planned(entry, adopts).map(|_| ())
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let steps = self.planned(entry, adopts)?;
        Ok(steps.into_iter().flat_map(|step| step.statements).map(|statement| format!("{};", statement.shown)).collect())
    }

    fn create(&self, blueprint: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        if blueprint.level == FULL && !entry.credentials.contains_key(MIGRATION_USERNAME) {
            return Err(Error::usage(format!(
                "{} was created at the level `{}`, and has no login for migrations",
                entry.key(),
                entry.level
            ))
            .hint("save its data, remove it with `takk provision remove`, and create it again"));
        }
        let (mut session, dialect, facts) = self.open()?;
        let terms = Terms::of(entry, dialect, self.address.requires_tls())?;
        let found = Found::read(&mut session, self, entry, &terms)?;
        found.refuse_foreign(entry, &terms.database, adopts)?;
        let Facts { product, version, .. } = &facts;
        let asked = blueprint.kind.display;
        // MariaDB serves the clients of MySQL, in versions of its own.
        let is_other = if *product == asked { !(blueprint.accepts)(version) } else { asked == "MariaDB" };
        if is_other {
            journal.note(format!("the server is {product} {version}, and the code asks for {asked} {}", blueprint.version));
        }
        let hosts = anonymous(&mut session).map_err(|error| failed("cannot read the users", &error))?;
        for host in hosts {
            journal
                .note(format!("the server has an anonymous user, which takes the logins from {host}: DROP USER ''@'{host}'"));
        }
        for step in steps(&terms, &found) {
            for statement in &step.statements {
                session.run(&statement.text).map_err(|error| said(entry, &step, &error))?;
            }
            entry.step = Some(step.name.to_owned());
            journal.store(entry)?;
        }
        Ok(())
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

impl MysqlAdmin {
    /// What is to be done, if nothing of somebody else is in the way.
    fn planned(&self, entry: &Entry, adopts: bool) -> Result<Vec<Step>> {
        let (mut session, dialect, _) = self.open()?;
        let terms = Terms::of(entry, dialect, self.address.requires_tls())?;
        let found = Found::read(&mut session, self, entry, &terms)?;
        found.refuse_foreign(entry, &terms.database, adopts)?;
        Ok(steps(&terms, &found))
    }
}

/// The name of a user, which may be shorter than that of a database.
fn user_name(name: &str, suffix: &str) -> String {
    if name.len() + suffix.len() <= LONGEST_USER {
        return format!("{name}{suffix}");
    }
    let begin = &name[..LONGEST_USER - suffix.len() - HASH];
    format!("{}_{}{suffix}", begin.trim_end_matches('_'), fingerprint(&[name]))
}

/// The error of a statement.
fn said(entry: &Entry, step: &Step, error: &SessionError) -> Error {
    let failure = failed(&format!("{}: cannot create the {} on the server", entry.key(), step.what), error);
    match error.code() {
        // The admin has lost a right since it was checked.
        Some(1044 | 1142 | 1227) => {
            let shown = step.statements.iter().map(|statement| statement.shown.clone());
            let failure = shown.fold(failure, Error::about);
            failure.hint("an administrator can do this once, or grant the admin what it lacks; then run the command again")
        }
        // Somebody else created it at the same moment.
        Some(1007 | 1396) => failure.hint("run the command again"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_users_fit_and_stay_apart() {
        assert_eq!(user_name("shop_dev", "_1"), "shop_dev_1");
        let (one, other) = ("x".repeat(50), format!("{}y", "x".repeat(49)));
        for suffix in ["_1", "_migrate_1"] {
            assert!(user_name(&one, suffix).len() <= LONGEST_USER && user_name(&one, suffix).ends_with(suffix));
            assert_ne!(user_name(&one, suffix), user_name(&other, suffix));
        }
    }
}
