//! `takk store backup`: a copy of the store as it is at one moment.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::{KeyPlace, opened, random_tail};
use crate::config::Home;
use crate::error::Result;
use crate::platform::{directory, explained, with_key_places};
use crate::secrets::find_key;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Backup {
    /// The copy.
    pub file: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    /// Where the master key is that it needs; `None` if it cannot be found.
    pub key: Option<KeyPlace>,
}

/// Copies the store to a file that is not there yet. Values stay encrypted, and no master key is needed.
pub fn backup(home: &Home, target: &Path) -> Result<Backup> {
    let (store, file) = opened(home)?;
    store.back_up(target, &random_tail()?).map_err(|error| explained(error.into(), &file))?;
    let found = with_key_places(home, directory(home)?, find_key);
    let size = target.metadata().map(|facts| facts.len()).unwrap_or_default();
    Ok(Backup { file: target.to_owned(), size, key: found.ok().and_then(Result::ok).map(|found| found.source.into()) })
}
