//! `takk store restore`: replaces the store with a backup, after verifying that it can be read.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Target, random_tail};
use crate::config::Home;
use crate::platform::{explained, make_directory, now, with_key_places};
use takk_model::error::{Error, Result};
use takk_vault::store::{Candidate, Sqlite, StoreError};
use takk_vault::{CryptoError, SecretsError, SystemRandom, Vault, Verified, find_key};

/// The maximum number of defects to list.
const SHOWN: usize = 10;

/// A valid backup that can replace the store.
pub struct Checked {
    candidate: Candidate,
    file: PathBuf,
    /// How many environments it holds.
    pub environments: usize,
    /// How many versions of values it holds.
    pub versions: usize,
    /// Whether there is a store to replace.
    pub replaces: bool,
}

/// A backup that has replaced the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Restored {
    /// The file of the store.
    pub file: PathBuf,
    /// How many environments are in it now.
    pub environments: usize,
    /// How many versions of values are in it now.
    pub versions: usize,
    /// Where the previous store was moved.
    pub kept: Option<PathBuf>,
}

/// Reads and checks a whole backup with the master key.
pub fn check(target: Target, backup: &Path) -> Result<Checked> {
    let file = target.file(in_postgres)?;
    let (home, directory) = (target.home, target.directory()?);
    refuse_itself(backup, &file)?;
    make_directory(directory)?;
    let explain = |error: SecretsError| refused(error, backup);
    let candidate = Candidate::new(backup, &file, &random_tail()?).map_err(|error| explain(error.into()))?;
    let copy = candidate.open().map_err(|error| explain(error.into()))?;
    let verified = read_all(home, directory, copy).map_err(explain)?;
    if !verified.wrong.is_empty() {
        let mut error = Error::system(format!("`{}` is damaged", backup.display())).hint("use another backup");
        for wrong in verified.wrong.iter().take(SHOWN) {
            error = error.about(wrong);
        }
        return Err(error);
    }
    let replaces = file.exists();
    Ok(Checked { candidate, file, environments: verified.environments, versions: verified.versions, replaces })
}

/// Replaces the store with the backup. The previous store is kept next to it.
pub fn put_in_place(checked: Checked) -> Result<Restored> {
    let Checked { candidate, file, environments, versions, .. } = checked;
    let label = format!("before-restore-{}", moment(now()));
    let replaced = candidate.put_in_place(&label).map_err(|error| explained(error.into(), &file))?;
    Ok(Restored { file, environments, versions, kept: replaced.map(|replaced| replaced.kept) })
}

/// What to do for a store in PostgreSQL.
fn in_postgres(error: Error, database: &str) -> Error {
    error
        .hint(format!("stop its servers, then: pg_restore --clean --if-exists --single-transaction --dbname={database} FILE"))
        .hint("before you start them again, run: takk store verify, takk audit verify")
}

fn refuse_itself(backup: &Path, file: &Path) -> Result<()> {
    let (Ok(backup_path), Ok(store_path)) = (backup.canonicalize(), file.canonicalize()) else { return Ok(()) };
    if backup_path != store_path {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` is the store itself", backup.display()))
        .hint("pass a file that `takk store backup FILE` wrote"))
}

fn read_all(home: &Home, directory: &Path, copy: Sqlite) -> Result<Verified, SecretsError> {
    let found = with_key_places(home, directory, find_key)?;
    let found = found.map_err(|trouble| CryptoError::NoMasterKey { trouble })?;
    Vault::open(copy, found.key, Box::new(SystemRandom), Box::new(now))?.verify()
}

/// Explains what is wrong with a backup. The store was not changed.
fn refused(error: SecretsError, backup: &Path) -> Error {
    let shown = backup.display();
    match error {
        SecretsError::WrongMasterKey => Error::system(format!("the master key does not match `{shown}`"))
            .hint("set TAKK_MASTER_KEY_FILE to the file with the master key that the store had when the backup was written"),
        SecretsError::Store(StoreError::Damaged(cause)) => {
            Error::system(format!("`{shown}` is damaged")).caused_by(cause.to_string()).hint("use another backup")
        }
        SecretsError::Store(error @ StoreError::Foreign { .. }) => {
            Error::usage(error.to_string()).hint("pass a file that `takk store backup FILE` wrote")
        }
        other => explained(other, backup),
    }
}

/// Milliseconds since 1970, formatted for a file name: `20260131T235959Z`.
fn moment(milliseconds: i64) -> String {
    match speedate::DateTime::from_timestamp(milliseconds.div_euclid(1000), 0) {
        Ok(moment) => format!("{}Z", moment.to_string().trim_end_matches('Z').replace(['-', ':'], "")),
        Err(_) => milliseconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_part_of_a_file_name() {
        assert_eq!(moment(1_700_000_000_999), "20231114T221320Z");
        assert_eq!(moment(0), "19700101T000000Z");
    }
}
