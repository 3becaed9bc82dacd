//! `takk store status`: where the store is and what is in it; no value is decrypted, and no master key is made.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::{KeyPlace, file_of};
use crate::config::Home;
use crate::error::Result;
use crate::platform::{existing_store, explained, with_key_places};
use crate::secrets::{Vault, find_key};
use crate::store::{Sqlite, Store};

/// What is known of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Status {
    /// Its file.
    pub file: PathBuf,
    /// What is in it; nothing if it is not made yet.
    pub store: Option<Contents>,
    /// Where its master key is; `None` if it is nowhere to be found, or is not made yet.
    pub key: Option<KeyPlace>,
    /// Why there is no master key that fits, if there is none.
    pub key_trouble: Option<String>,
    /// The project that the environments are those of.
    pub project: String,
    /// The environments of the project that the store knows.
    pub environments: Vec<Counted>,
}

/// A store that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Contents {
    /// How many bytes it has on the disk, its log included.
    pub size: u64,
    /// The version of its schema.
    pub schema: i64,
    /// How many environments of other projects it holds.
    pub other_environments: usize,
}

/// An environment in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counted {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub values: usize,
}

/// What is known of the store.
pub fn status(home: &Home, project: &str) -> Result<Status> {
    let file = file_of(home)?;
    let mut status = Status {
        file: file.clone(),
        store: None,
        key: None,
        key_trouble: None,
        project: project.to_owned(),
        environments: Vec::new(),
    };
    let Some(store) = existing_store(home)? else { return Ok(status) };
    (status.key, status.key_trouble) = key(home, &store)?;
    let explain = |error: crate::store::StoreError| explained(error.into(), &file);
    let mut other_environments = 0;
    for row in store.all_environments().map_err(explain)? {
        if row.project == project {
            status.environments.push(Counted { name: row.name, values: store.count(row.id).map_err(explain)? });
        } else {
            other_environments += 1;
        }
    }
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let size = [file.clone(), PathBuf::from(log)].iter().filter_map(|file| file.metadata().ok()).map(|facts| facts.len()).sum();
    status.store = Some(Contents { size, schema: store.schema().map_err(explain)?, other_environments });
    Ok(status)
}

/// Where the master key is, and what is wrong with it.
fn key(home: &Home, store: &Sqlite) -> Result<(Option<KeyPlace>, Option<String>)> {
    let directory = crate::platform::directory(home)?;
    Ok(match with_key_places(home, directory, find_key) {
        Ok(Ok(found)) => match Vault::accepts(store, &found.key) {
            Ok(true) => (Some(found.source.into()), None),
            Ok(false) => (Some(found.source.into()), Some("it does not fit this store".to_owned())),
            Err(error) => (Some(found.source.into()), Some(error.to_string())),
        },
        Ok(Err(_)) if Vault::is_new(store).unwrap_or_default() => (None, None),
        Ok(Err(trouble)) => (None, Some(trouble.unwrap_or_else(|| "it is nowhere to be found".to_owned()))),
        Err(error) => (None, Some(error.to_string())),
    })
}
