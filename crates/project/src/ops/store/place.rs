//! Which store the verbs of `takk store` and `takk audit` use: this user's, or the database of a server.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::Home;
use crate::platform::{FILE, directory, existing_store, explained, explained_of_database, unlocked, unlocked_database};
use takk_model::error::{Error, Result};
use takk_vault::store::{Postgres, Store, shown_address};
use takk_vault::{Opening, SecretsError};

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum StorePlace {
    /// In a file of the user.
    File {
        /// Its file.
        file: PathBuf,
    },
    /// In a PostgreSQL database.
    Database {
        /// The URL of the database, without its password.
        database: String,
    },
}

impl std::fmt::Display for StorePlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { file } => file.display().fmt(formatter),
            Self::Database { database } => database.fmt(formatter),
        }
    }
}

/// The store that a command maintains.
#[derive(Clone, Copy)]
pub struct Target<'t> {
    /// Where to look for the master key, and for the store if it is not in a database.
    pub home: &'t Home,
    /// The URL of the database.
    pub database: Option<&'t str>,
}

impl Target<'_> {
    /// Where the store is, whether or not it exists.
    pub fn place(&self) -> Result<StorePlace> {
        Ok(match self.database {
            Some(url) => StorePlace::Database { database: shown_address(url) },
            None => StorePlace::File { file: directory(self.home)?.join(FILE) },
        })
    }

    /// The store without its key, if it exists. Creates nothing.
    pub(super) fn existing(&self) -> Result<Option<Box<dyn Store>>> {
        Ok(match self.database {
            Some(url) => {
                let opened = Postgres::open_existing(url).map_err(|error| self.explained(error.into()))?;
                opened.map(Into::into)
            }
            None => existing_store(self.home)?.map(Into::into),
        })
    }

    /// The store with its key. Fails if it does not exist.
    pub(super) fn unlocked(&self) -> Result<Opening> {
        let store = self.existing()?.ok_or_else(|| self.missing())?;
        match self.database {
            Some(url) => unlocked_database(self.home, store, &shown_address(url)),
            None => unlocked(self.home, store),
        }
    }

    /// Adds to an error of the store what to do next.
    pub(super) fn explained(&self, error: SecretsError) -> Error {
        match self.database {
            Some(url) => explained_of_database(error, &shown_address(url)),
            None => explained(error, &directory(self.home).map(|directory| directory.join(FILE)).unwrap_or_default()),
        }
    }

    /// The error if there is no store.
    pub(super) fn missing(&self) -> Error {
        let error = Error::usage("nothing is stored yet");
        match self.place() {
            Ok(StorePlace::File { file }) => {
                error.about(format!("the store would be `{}`", file.display())).hint("`takk secrets set` creates it")
            }
            Ok(StorePlace::Database { database }) => error
                .about(format!("no server has stored anything in `{database}`"))
                .hint("`takk serve --database URL` creates the store there"),
            Err(error) => error,
        }
    }

    /// The file of the store, for operations on files only. With a database, `instead` says what to do.
    pub(super) fn file(&self, instead: impl FnOnce(Error, &str) -> Error) -> Result<PathBuf> {
        match self.place()? {
            StorePlace::File { file } => Ok(file),
            StorePlace::Database { database } => {
                let error = Error::usage("use PostgreSQL's own tools to back up or restore a store in PostgreSQL")
                    .about(format!("it is `{database}`"));
                Err(instead(error, &database))
            }
        }
    }

    /// The last place to look for the master key.
    pub(super) fn directory(&self) -> Result<&Path> {
        directory(self.home)
    }
}
