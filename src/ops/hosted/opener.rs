//! Opening the store of a server, once for each connection.

use std::path::{Path, PathBuf};

use super::Hosted;
use crate::config::Home;
use crate::error::{Error, Result};
use crate::ops::platform::{FILE, directory, explained, make_directory, now, with_key_places};
use crate::secrets::{KeySource, SystemRandom, open_vault};
use crate::store::{Sqlite, Store};

/// How many connections to the store one server has.
const CONNECTIONS: usize = 8;

/// Opens the store, as often as it is asked to.
pub struct Opener {
    home: Home,
    directory: PathBuf,
    database: Option<String>,
}

/// A store that was opened for the first time.
pub struct Opened {
    /// The first connection.
    pub hosted: Hosted,
    /// Where the store is, for people.
    pub place: String,
    /// The file of the master key, if it was made just now.
    pub new_key: Option<PathBuf>,
}

impl Opener {
    /// For the store of this user, or the database at a URL.
    pub fn new(home: Home, database: Option<String>) -> Result<Self> {
        let directory = directory(&home)?.to_owned();
        make_directory(&directory)?;
        if database.is_some() {
            return Err(Error::usage("this takk keeps values in SQLite only").hint("leave --database out"));
        }
        Ok(Self { home, directory, database })
    }

    /// How many connections there may be at once.
    pub fn connections(&self) -> usize {
        CONNECTIONS
    }

    /// How many of them may write at once: SQLite has one writer, and who stands in line for it waits least.
    pub fn writers(&self) -> usize {
        if self.database.is_some() { CONNECTIONS } else { 1 }
    }

    /// One more connection.
    pub fn open(&self) -> Result<Hosted> {
        self.first().map(|opened| opened.hosted)
    }

    /// The first connection, and what there is to say about it.
    pub fn first(&self) -> Result<Opened> {
        let file = self.directory.join(FILE);
        let store: Box<dyn Store> = Box::new(self.store(&file)?);
        let clock = Box::new(now);
        let opening = with_key_places(&self.home, &self.directory, |places| {
            open_vault(store, places, Box::new(SystemRandom), clock)
        });
        let opening = opening.map_err(|error| explained(error, &file))?;
        let new_key = match opening.source {
            KeySource::OwnFile(path) if opening.made => Some(path),
            _ => None,
        };
        Ok(Opened { hosted: Hosted::new(opening.vault), place: file.display().to_string(), new_key })
    }

    fn store(&self, file: &Path) -> Result<Sqlite> {
        Sqlite::open(file).map_err(|error| explained(error.into(), file))
    }
}
