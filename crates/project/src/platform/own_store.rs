//! The store of this user: its file in the data directory, and where to look for its master key.

use std::fs;
use std::path::{Path, PathBuf};

use super::{explained, explained_of_database};
use crate::config::Home;
use takk_model::error::{Error, Result};
use takk_vault::store::{Sqlite, Store};
use takk_vault::{KeyPlaces, Keyring, Opening, SecretsError, SystemKeyring, SystemRandom, open_vault};

/// The file of the store in the data directory.
pub const FILE: &str = "store.db";

/// The file of the store, if it exists.
pub fn existing_file(home: &Home) -> Option<PathBuf> {
    home.directory.as_deref().map(|directory| directory.join(FILE)).filter(|file| file.exists())
}

/// The store without its master key, if it exists.
pub fn existing_store(home: &Home) -> Result<Option<Sqlite>> {
    let Some(file) = existing_file(home) else { return Ok(None) };
    Sqlite::open(&file).map(Some).map_err(|error| explained(error.into(), &file))
}

/// The store without its master key, created if necessary.
pub fn made_store(home: &Home) -> Result<Sqlite> {
    let directory = directory(home)?;
    make_directory(directory)?;
    let file = directory.join(FILE);
    Sqlite::open(&file).map_err(|error| explained(error.into(), &file))
}

/// The store of `home` with its master key. A new store gets a new one.
pub fn unlocked(home: &Home, store: impl Into<Box<dyn Store>>) -> Result<Opening> {
    let directory = directory(home)?;
    opening(home, directory, store).map_err(|error| explained(error, &directory.join(FILE)))
}

/// A store in a database, with the master key of `home`. `address` identifies it in errors.
pub fn unlocked_database(home: &Home, store: impl Into<Box<dyn Store>>, address: &str) -> Result<Opening> {
    opening(home, directory(home)?, store).map_err(|error| explained_of_database(error, address))
}

fn opening(home: &Home, directory: &Path, store: impl Into<Box<dyn Store>>) -> Result<Opening, SecretsError> {
    with_key_places(home, directory, |places| open_vault(store, places, Box::new(SystemRandom), Box::new(super::now)))
}

/// Looks for the master key of the store, in a directory as the last resort.
pub fn with_key_places<T>(home: &Home, directory: &Path, work: impl FnOnce(&KeyPlaces) -> T) -> T {
    let keyring = home.keyring.then(|| SystemKeyring::of_master_key(directory));
    let keyring = keyring.as_ref().map(|keyring| keyring as &dyn Keyring);
    work(&KeyPlaces { directory, setting: home.master_key.as_ref(), keyring })
}

/// The data directory, whether or not it exists.
pub fn directory(home: &Home) -> Result<&Path> {
    home.directory
        .as_deref()
        .ok_or_else(|| Error::system("no home directory to store values in").hint("set TAKK_HOME to a directory that you own"))
}

/// Creates the data directory, accessible only to its owner.
pub fn make_directory(directory: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        let message = format!("cannot create the directory `{}`", directory.display());
        Error::system(message).caused_by(error).hint("set TAKK_HOME to a directory that you can write to")
    })
}
