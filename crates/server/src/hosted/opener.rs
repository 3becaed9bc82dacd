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

/// How many connections to the store one server has.
const CONNECTIONS: usize = 8;

/// Opens the store, as often as it is asked to.
pub struct Opener {
    home: Home,
    directory: PathBuf,
    database: Option<String>,
    /// What the connections know of environments.
    recent: Arc<EnvironmentCache>,
    /// What they have worked out.
    plans: Arc<Plans>,
}

/// A store that was opened for the first time.
pub struct Opened {
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
        Ok(Self { home, directory, database, recent: Arc::default(), plans: Arc::default() })
    }

    /// How many connections there may be at once.
    pub fn connections(&self) -> usize {
        CONNECTIONS
    }

    pub fn open(&self) -> Result<Hosted> {
        self.first().map(|opened| opened.hosted)
    }

    /// The first connection, and what there is to say about it.
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
        Ok(Opened { hosted: Hosted::new(opening.vault).with_plans(&self.plans), place, new_key })
    }

    /// Where the store is, without a password.
    fn place(&self) -> String {
        match self.database.as_deref() {
            Some(url) => shown_address(url),
            None => self.directory.join(FILE).display().to_string(),
        }
    }
}
