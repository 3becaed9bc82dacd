//! `pg_dump | pg_restore`, as the logins of the two programs. Everything is restored in one transaction, and belongs to the role as
//! which the new login acts.

use std::path::Path;
use std::process::Command;

use takk_database::{Address, Session, SessionError};
use takk_model::error::{Error, Result};

use super::programs::Programs;
use super::{Source, credential, pipe, programs};
use crate::ledger::Entry;
use crate::provisioner::Journal;
use crate::server::postgres::extensions::{self, Creator};
use crate::server::postgres::own_url;

/// From this version on, archives set `transaction_timeout`, which earlier servers do not know.
const WITH_TIMEOUT: u32 = 17;
/// The certificate authorities of the system, where Debian and most others have them; for libpq, which looks elsewhere.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// One of the two servers, as its login sees it.
struct Side {
    address: Address,
    session: Session,
    major: u32,
}

pub(super) fn copy(source: &Source, entry: &Entry, journal: &dyn Journal) -> Result<()> {
    let key = entry.key();
    let mut from = Side::open(&source.entry, &key)?;
    let to = Side::open(entry, &key)?;
    if to.major < from.major {
        return Err(Error::usage(format!(
            "{key}: the data is on PostgreSQL {}, and an earlier server cannot take it: this is {}",
            from.major, to.major
        )));
    }
    let programs = fitting(source, from.major, to.major).ok_or_else(|| missing(source, &key, from.major, to.major))?;
    extend(&mut from, &to, &source.entry, entry)?;
    let mut dump = command(&programs.dump, &source.entry)?;
    dump.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password"]);
    dump.args(["--no-publications", "--no-subscriptions", "--no-security-labels"]);
    // The extensions are there already: their comments are for their owners, who may be others.
    dump.arg("--extension=plpgsql");
    let mut restore = command(&programs.restore, entry)?;
    restore.args([
        "--no-owner",
        "--no-privileges",
        "--no-tablespaces",
        "--no-password",
        "--exit-on-error",
        "--single-transaction",
    ]);
    restore.arg(format!("--dbname={}", credential(entry, "database")?));
    drop((from, to));
    pipe::run(dump, restore, pipe::unchanged, entry, journal)
}

impl Side {
    fn open(entry: &Entry, key: &str) -> Result<Self> {
        let failed = |error: SessionError| Error::system(format!("{key}: cannot log in to {}: {error}", at(entry)));
        let address = Address::parse(&own_url(entry)).map_err(|error| Error::usage(format!("{key}: {error}")))?;
        let mut session = Session::open(&address).map_err(failed)?;
        let rows = session.rows("SHOW server_version_num").map_err(failed)?;
        let number: u32 = rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default();
        Ok(Self { address, session, major: number / 10_000 })
    }
}

fn at(entry: &Entry) -> String {
    format!("{}:{}", entry.host(), entry.port.unwrap_or_default())
}

/// The programs of the earliest version that can read the one server and write to the other.
fn fitting(source: &Source, from: u32, to: u32) -> Option<Programs> {
    let all = programs::all(&source.search, "pg_dump", "pg_restore").into_iter();
    all.filter(|programs| fits(programs.major, from, to)).min_by_key(|programs| programs.major)
}

fn fits(programs: u32, from: u32, to: u32) -> bool {
    programs >= from && (programs < WITH_TIMEOUT || to >= WITH_TIMEOUT)
}

fn missing(source: &Source, key: &str, from: u32, to: u32) -> Error {
    let wanted = if to < WITH_TIMEOUT && from < WITH_TIMEOUT - 1 {
        format!("{from} to {}", WITH_TIMEOUT - 1)
    } else {
        format!("{from} or later")
    };
    let error = Error::usage(format!(
        "{key}: copying the data needs pg_dump and pg_restore of PostgreSQL {wanted}, which are not here"
    ));
    let others = programs::all(&source.search, "pg_dump", "pg_restore").into_iter();
    let error =
        others.fold(error, |error, other| error.about(format!("{} is version {}", other.dump.display(), other.version)));
    error.hint(format!("install postgresql-client-{from} (Debian) on the machine that runs the copy"))
}

/// Creates the extensions of the one database in the other.
fn extend(from: &mut Side, to: &Side, source: &Entry, entry: &Entry) -> Result<()> {
    let key = entry.key();
    let failed = |error: SessionError| Error::system(format!("{key}: cannot compare the extensions: {error}"));
    let rows =
        from.session.rows("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname").map_err(failed)?;
    let names: Vec<String> = rows.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let creator = Creator { address: &to.address, database: credential(entry, "database")?, owner: None };
    match extensions::create(&creator, entry, &names).map_err(failed)? {
        None => Ok(()),
        Some(lack) => Err(lack.about(format!("{} has them, and its data may need them", credential(source, "database")?))),
    }
}

/// A program of libpq with a login in its environment, which only the user who runs it can read.
fn command(program: &Path, entry: &Entry) -> Result<Command> {
    let mut command = programs::command(program);
    let mode = entry.ssl_mode.as_deref().unwrap_or("prefer");
    command.env("PGHOST", entry.host()).env("PGPORT", entry.port.unwrap_or_default().to_string());
    command.env("PGUSER", credential(entry, "username")?).env("PGPASSWORD", credential(entry, "password")?);
    command.env("PGDATABASE", credential(entry, "database")?).env("PGSSLMODE", mode).env("PGCONNECT_TIMEOUT", "10");
    command.env("PGAPPNAME", "takk").env("PGPASSFILE", "/dev/null").env("PGSERVICEFILE", "/dev/null");
    if let Some(roots) = entry.ssl_roots.as_deref().or_else(|| mode.starts_with("verify").then_some(AUTHORITIES)) {
        command.env("PGSSLROOTCERT", roots);
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn programs_fit_both_servers() {
        for (programs, from, to) in [(15, 14, 14), (16, 14, 16), (17, 17, 18), (18, 14, 17)] {
            assert!(fits(programs, from, to), "{programs} {from} {to}");
        }
        for (programs, from, to) in [(14, 15, 15), (17, 14, 16), (16, 17, 17)] {
            assert!(!fits(programs, from, to), "{programs} {from} {to}");
        }
    }
}
