//! Opens the store of a server, once per connection.

use std::path::PathBuf;
use std::sync::Arc;

use super::Hosted;
use super::plans::Plans;
use takk_model::error::Result;
use takk_project::config::Home;
use takk_project::platform::{FILE, directory, explained_of_database, made_store, make_directory, unlocked, unlocked_database};
use takk_vault::store::{Postgres, shown_address};
use takk_vault::{EnvironmentCache, KeySource};

/// The maximum number of connections of one server to the store.
const CONNECTIONS: usize = 11;

/// Opens connections to the store.
pub struct Opener {
    home: Home,
    directory: PathBuf,
    database: Option<String>,
    /// The cache of environments that the connections share.
    recent: Arc<EnvironmentCache>,
    /// The cache of plans that the connections share.
    plans: Arc<Plans>,
}

/// A store opened for the first time.
pub struct Opened {
    pub hosted: Hosted,
    /// The location of the store, for people.
    pub place: String,
    /// The file of the master key, if it was just created.
    pub new_key: Option<PathBuf>,
}

impl Opener {
    /// Opens the user's own store, or the database at a URL.
    pub fn new(home: Home, database: Option<String>) -> Result<Self> {
        let directory = directory(&home)?.to_owned();
        make_directory(&directory)?;
        Ok(Self { home, directory, database, recent: Arc::default(), plans: Arc::default() })
    }

    /// The maximum number of connections.
    pub fn connections(&self) -> usize {
        CONNECTIONS
    }

    pub fn open(&self) -> Result<Hosted> {
        self.first().map(|opened| opened.hosted)
    }

    /// The first connection, with messages about it.
    pub fn first(&self) -> Result<Opened> {
        let place = self.place();
        let mut opening = match &self.database {
            Some(url) => {
                let store = Postgres::open(url).map_err(|error| explained_of_database(error.into(), &place))?;
                unlocked_database(&self.home, store, &place)?
            }
            None => unlocked(&self.home, made_store(&self.home)?)?,
        };
        opening.vault.remember(Arc::clone(&self.recent));
        let new_key = match opening.source {
            KeySource::OwnFile(path) if opening.made => Some(path),
            _ => None,
        };
        Ok(Opened { hosted: Hosted::new(opening.vault).with_plans(&self.plans).at_home(&self.directory), place, new_key })
    }

    /// The location of the store, without a password.
    fn place(&self) -> String {
        match self.database.as_deref() {
            Some(url) => shown_address(url),
            None => self.directory.join(FILE).display().to_string(),
        }
    }
}
