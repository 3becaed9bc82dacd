//! `takk store verify`: whether the file is intact, and every value in it decrypts and authenticates.

use serde::Serialize;

use super::{StorePlace, Target};
use crate::platform::existing_file;
use takk_model::error::Result;
use takk_vault::SecretsError;
use takk_vault::store::{Sqlite, StoreError};

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// Where the store is.
    #[serde(flatten)]
    pub place: StorePlace,
    /// Whether there is a store.
    pub exists: bool,
    /// How many environments were read, of all projects.
    pub environments: usize,
    /// How many versions of values were read.
    pub versions: usize,
    /// The defects, one sentence each.
    pub wrong: Vec<String>,
}

/// Reads and checks everything in the store.
pub fn verify(target: Target) -> Result<Verification> {
    let place = target.place()?;
    let mut found = Verification { place, exists: true, environments: 0, versions: 0, wrong: Vec::new() };
    if let StorePlace::File { file } = &found.place {
        if existing_file(target.home).is_none() {
            return Ok(Verification { exists: false, ..found });
        }
        // A file that is too damaged to open is a result, not a failure.
        if let Err(StoreError::Damaged(error)) = Sqlite::open(file) {
            found.wrong.push(format!("the file is damaged: {error}"));
            return Ok(found);
        }
    } else if target.existing()?.is_none() {
        return Ok(Verification { exists: false, ..found });
    }
    match target.unlocked()?.vault.verify() {
        Ok(verified) => {
            found.environments = verified.environments;
            found.versions = verified.versions;
            found.wrong = verified.wrong;
        }
        Err(SecretsError::Store(StoreError::Damaged(error))) => found.wrong.push(format!("the store is damaged: {error}")),
        Err(error) => return Err(target.explained(error)),
    }
    Ok(found)
}
