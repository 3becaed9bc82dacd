//! `takk store status`: where the store is and what it contains; decrypts no value and creates no master key.

use serde::Serialize;

use super::{KeyPlace, StorePlace, Target};
use crate::platform::with_key_places;
use takk_model::error::Result;
use takk_vault::store::{Store, StoreError};
use takk_vault::{Vault, find_key};

/// The status of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Status {
    /// Where it is.
    #[serde(flatten)]
    pub place: StorePlace,
    /// Its contents; `None` if it does not exist yet.
    pub store: Option<Contents>,
    /// Where its master key is; `None` if it was not found, or does not exist yet.
    pub key: Option<KeyPlace>,
    /// Why no matching master key was found, if so.
    pub key_trouble: Option<String>,
    /// The project to which the environments belong.
    pub project: String,
    /// The environments of the project in the store.
    pub environments: Vec<Counted>,
}

/// The contents of an existing store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contents {
    /// Its size on disk in bytes, including its write-ahead log.
    pub size: u64,
    /// The version of its schema.
    pub schema: i64,
    /// How many environments of other projects it holds.
    pub other_environments: usize,
}

/// An environment in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counted {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub values: usize,
}

/// What is known of the store.
pub fn status(target: Target, project: &str) -> Result<Status> {
    let mut status = Status {
        place: target.place()?,
        store: None,
        key: None,
        key_trouble: None,
        project: project.to_owned(),
        environments: Vec::new(),
    };
    let Some(store) = target.existing()? else { return Ok(status) };
    (status.key, status.key_trouble) = key(target, store.as_ref())?;
    let explain = |error: StoreError| target.explained(error.into());
    let mut other_environments = 0;
    for row in store.all_environments().map_err(explain)? {
        if row.project == project {
            status.environments.push(Counted { name: row.name, values: store.count(row.id).map_err(explain)? });
        } else {
            other_environments += 1;
        }
    }
    let size = store.size().map_err(explain)?;
    status.store = Some(Contents { size, schema: store.schema().map_err(explain)?, other_environments });
    Ok(status)
}

/// Where the master key is, and what is wrong with it.
fn key(target: Target, store: &dyn Store) -> Result<(Option<KeyPlace>, Option<String>)> {
    Ok(match with_key_places(target.home, target.directory()?, find_key) {
        Ok(Ok(found)) => match Vault::accepts(store, &found.key) {
            Ok(true) => (Some(found.source.into()), None),
            Ok(false) => (Some(found.source.into()), Some("it is not the master key of this store".to_owned())),
            Err(error) => (Some(found.source.into()), Some(error.to_string())),
        },
        Ok(Err(_)) if Vault::is_new(store).unwrap_or_default() => (None, None),
        Ok(Err(trouble)) => (None, Some(trouble.unwrap_or_else(|| "takk cannot find it".to_owned()))),
        Err(error) => (None, Some(error.to_string())),
    })
}
