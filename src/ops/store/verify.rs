//! `takk store verify`: is the file sound, and does every value in it decrypt and authenticate?

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::{file_of, unlocked};
use crate::config::Home;
use crate::error::Result;
use crate::platform::{existing_file, explained};
use crate::store::{Sqlite, StoreError};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// The file of the store.
    pub file: PathBuf,
    /// Whether there is a store.
    pub exists: bool,
    /// How many environments were read, of all projects.
    pub environments: usize,
    /// How many versions of values were read.
    pub versions: usize,
    /// What is wrong, one sentence each.
    pub wrong: Vec<String>,
}

/// Reads everything in the store.
pub fn verify(home: &Home) -> Result<Verification> {
    let file = file_of(home)?;
    let mut found = Verification { file: file.clone(), exists: true, environments: 0, versions: 0, wrong: Vec::new() };
    if existing_file(home).is_none() {
        return Ok(Verification { exists: false, ..found });
    }
    // A file that is damaged so much that it cannot be opened is an answer, not a failure.
    if let Err(StoreError::Damaged(error)) = Sqlite::open(&file) {
        found.wrong.push(format!("the file is damaged: {error}"));
        return Ok(found);
    }
    let (mut opening, _) = unlocked(home)?;
    match opening.vault.verify() {
        Ok(verified) => {
            found.environments = verified.environments;
            found.versions = verified.versions;
            found.wrong = verified.wrong;
        }
        Err(crate::secrets::SecretsError::Store(StoreError::Damaged(error))) => {
            found.wrong.push(format!("the file is damaged: {error}"));
        }
        Err(error) => return Err(explained(error, &file)),
    }
    Ok(found)
}
