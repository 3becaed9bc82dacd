//! `takk store backup`: a consistent copy of the store.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{KeyPlace, Target, random_tail};
use crate::platform::{existing_store, with_key_places};
use takk_model::error::{Error, Result};
use takk_vault::find_key;

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Backup {
    /// The copy.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Where its master key is; `None` if the key was not found.
    pub key: Option<KeyPlace>,
}

/// Copies the store to a new file. Values stay encrypted, and no master key is needed.
pub fn backup(target: Target, copy: &Path) -> Result<Backup> {
    target.file(in_postgres)?;
    let store = existing_store(target.home)?.ok_or_else(|| target.missing())?;
    store.back_up(copy, &random_tail()?).map_err(|error| target.explained(error.into()))?;
    let found = with_key_places(target.home, target.directory()?, find_key);
    let size = copy.metadata().map(|facts| facts.len()).unwrap_or_default();
    Ok(Backup { file: copy.to_owned(), size, key: found.ok().and_then(Result::ok).map(|found| found.source.into()) })
}

/// What to do for a store in PostgreSQL, whose own dump is consistent as well.
fn in_postgres(error: Error, database: &str) -> Error {
    error
        .hint(format!("pg_dump works while servers are running: pg_dump --format=custom --file=FILE {database}"))
        .hint("back up the master key too, in another place: the backup does not contain it")
}
