//! Opening the store of a server, once for each connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use super::Hosted;
use crate::config::Home;
use crate::error::Result;
use crate::platform::{FILE, directory, explained, made_store, make_directory, unlocked};
use crate::secrets::{KeySource, Recent};
use crate::store::{Postgres, Store};

/// How many connections to the store one server has.
const CONNECTIONS: usize = 8;

/// Opens the store, as often as it is asked to.
pub struct Opener {
    home: Home,
    directory: PathBuf,
    database: Option<String>,
    /// What the connections know of environments.
    recent: Arc<Recent>,
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
        Ok(Self { home, directory, database, recent: Arc::default() })
    }

    /// How many connections there may be at once.
    pub fn connections(&self) -> usize {
        CONNECTIONS
    }

    /// How many of them may write at once. There is one end of the audit log, at which all of them meet: more writers would wait longer
    /// for each other. A second one gathers what comes while the first waits for the disk of a database.
    pub fn writers(&self) -> usize {
        if self.database.is_some() { 2 } else { 1 }
    }

    /// One more connection.
    pub fn open(&self) -> Result<Hosted> {
        self.first().map(|opened| opened.hosted)
    }

    /// The first connection, and what there is to say about it.
    pub fn first(&self) -> Result<Opened> {
        let place = self.place();
        let store: Box<dyn Store> = match &self.database {
            Some(url) => Box::new(Postgres::open(url).map_err(|error| explained(error.into(), Path::new(&place)))?),
            None => Box::new(made_store(&self.home)?),
        };
        let mut opening = unlocked(&self.home, store)?;
        opening.vault.remember(Arc::clone(&self.recent));
        let new_key = match opening.source {
            KeySource::OwnFile(path) if opening.made => Some(path),
            _ => None,
        };
        Ok(Opened { hosted: Hosted::new(opening.vault), place, new_key })
    }

    /// Where the store is, without a password.
    fn place(&self) -> String {
        match self.database.as_deref().map(Url::parse) {
            Some(Ok(mut url)) => {
                url.set_query(None);
                // An address without a host has no password either.
                let _ = url.set_password(None);
                url.into()
            }
            Some(Err(_)) => "the database".to_owned(),
            None => self.directory.join(FILE).display().to_string(),
        }
    }
}
