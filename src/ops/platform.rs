//! The embedded platform: the store of this user, opened with its master key.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::Home;
use crate::error::{Error, Result};
use crate::model::{Environment, Held, Holdings};
use crate::secrets::{
    Entry, KeyPlaces, KeySource, Keyring, SecretValue, SecretsError, SystemKeyring, SystemRandom, Update, Vault, open_vault,
};
use crate::store::{Sqlite, Store, StoreError};

/// The file of the store in the data directory.
pub(super) const FILE: &str = "store.db";

/// Values by name.
pub type Named = Vec<(String, SecretValue)>;

/// The values of one project.
pub struct Platform {
    vault: Vault,
    project: String,
    author: String,
    file: PathBuf,
    /// Where the master key is.
    pub key: KeySource,
    /// What the user should know: that a master key was made, and where.
    pub notices: Vec<String>,
}

impl Platform {
    /// Opens the store for a project, and makes it if there is none.
    pub fn open(home: &Home, project: &str) -> Result<Self> {
        let directory = directory(home)?;
        make_directory(directory)?;
        let file = directory.join(FILE);
        let store = Sqlite::open(&file).map_err(|error| explained(error.into(), &file))?;
        Self::with_store(home, directory, store, project)
    }

    /// Opens the store if there is one that knows the project: only then the master key is needed.
    pub fn existing(home: &Home, project: &str) -> Result<Option<Self>> {
        let Some(directory) = home.directory.as_deref().filter(|directory| directory.join(FILE).exists()) else {
            return Ok(None);
        };
        let file = directory.join(FILE);
        let store = Sqlite::open(&file).map_err(|error| explained(error.into(), &file))?;
        let known = store.environments(project).map_err(|error| explained(error.into(), &file))?;
        if known.is_empty() { Ok(None) } else { Self::with_store(home, directory, store, project).map(Some) }
    }

    fn with_store(home: &Home, directory: &Path, store: Sqlite, project: &str) -> Result<Self> {
        let file = directory.join(FILE);
        let explain = |error: SecretsError| explained(error, &file);
        let open = |places: &KeyPlaces| open_vault(store, places, Box::new(SystemRandom), Box::new(now));
        let found = with_key_places(home, directory, open).map_err(explain)?;
        let mut notices = Vec::new();
        if let KeySource::OwnFile(path) = &found.source
            && found.made
        {
            notices.push(format!(
                "no keyring could be used: the master key is in `{}`. It keeps values from whoever has the store alone, \
                 not from whoever can read your files.",
                path.display()
            ));
        }
        let (project, author) = (project.to_owned(), home.author.clone());
        Ok(Self { vault: found.vault, project, author, file: file.clone(), key: found.source, notices })
    }

    /// The file of the store.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What an environment holds; nothing if the store does not know it.
    pub fn held(&mut self, environment: &str) -> Result<Vec<Held>> {
        match self.vault.list(&self.project, environment) {
            Ok(entries) => Ok(entries.into_iter().filter_map(held).collect()),
            Err(SecretsError::NoEnvironment(_)) => Ok(Vec::new()),
            Err(error) => Err(explained(error, &self.file)),
        }
    }

    /// The version of every name, also of those that were unset; nothing if the store does not know the environment.
    pub fn versions(&mut self, environment: &str) -> Result<HashMap<String, i64>> {
        match self.vault.list(&self.project, environment) {
            Ok(entries) => Ok(entries.into_iter().map(|entry| (entry.name, entry.version)).collect()),
            Err(SecretsError::NoEnvironment(_)) => Ok(HashMap::new()),
            Err(error) => Err(explained(error, &self.file)),
        }
    }

    /// The values of an environment by name; none if the store does not know it.
    pub fn values(&mut self, environment: &str) -> Result<Vec<(String, SecretValue)>> {
        match self.vault.get_all(&self.project, environment) {
            Err(SecretsError::NoEnvironment(_)) => Ok(Vec::new()),
            other => other.map_err(|error| explained(error, &self.file)),
        }
    }

    /// What an environment holds, and the values by name; nothing if the store does not know it.
    pub fn everything(&mut self, environment: &str) -> Result<(Vec<Held>, Named)> {
        match self.vault.everything(&self.project, environment) {
            Ok(all) => {
                let (entries, values): (Vec<Entry>, Vec<Option<SecretValue>>) = all.into_iter().unzip();
                let named =
                    entries.iter().zip(values).filter_map(|(entry, value)| Some((entry.name.clone(), value?))).collect();
                Ok((entries.into_iter().filter_map(held).collect(), named))
            }
            Err(SecretsError::NoEnvironment(_)) => Ok((Vec::new(), Vec::new())),
            Err(error) => Err(explained(error, &self.file)),
        }
    }

    /// How often an environment was changed; `None` if the store does not know it.
    pub fn revision(&self, environment: &str) -> Result<Option<i64>> {
        self.vault.revision(&self.project, environment).map_err(|error| explained(error, &self.file))
    }

    /// The current value of a name.
    pub fn value(&mut self, environment: &str, name: &str) -> Result<Option<SecretValue>> {
        match self.vault.get(&self.project, environment, name) {
            Ok(found) => Ok(found.map(|(value, _)| value)),
            Err(SecretsError::NoEnvironment(_)) => Ok(None),
            Err(error) => Err(explained(error, &self.file)),
        }
    }

    /// All versions of a name, the newest first.
    pub fn history(&mut self, environment: &str, name: &str) -> Result<Vec<Entry>> {
        match self.vault.history(&self.project, environment, name) {
            Err(SecretsError::NoEnvironment(_)) => Ok(Vec::new()),
            other => other.map_err(|error| explained(error, &self.file)),
        }
    }

    /// The value that a name had in a version; `None` if it was unset there.
    pub fn version(&mut self, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>> {
        self.vault.version(&self.project, environment, name, version).map_err(|error| explained(error, &self.file))
    }

    /// Changes values, all of them or none; an environment that is new to the store is made. Gives the new versions.
    pub fn update(&mut self, environment: &str, updates: &[Update]) -> Result<Vec<i64>> {
        self.know(environment)?;
        let versions = self.vault.update(&self.project, environment, &self.author, updates);
        versions.map_err(|error| explained(error, &self.file))
    }

    /// Makes an environment that the store does not know yet. Whether it was new.
    pub fn know(&mut self, environment: &str) -> Result<bool> {
        self.create(environment, None, &[])
    }

    /// Whether the store still has the master key that it was opened with.
    pub fn is_current(&self) -> Result<bool> {
        self.vault.is_current().map_err(|error| explained(error, &self.file))
    }

    /// Makes an environment that the store does not know yet, with a moment at which its time is over and its first values, in one
    /// change. Whether it was new.
    pub fn create(&mut self, environment: &str, expires_at: Option<i64>, updates: &[Update]) -> Result<bool> {
        match self.vault.create_filled(&self.project, environment, expires_at, &self.author, updates) {
            Ok(()) => Ok(true),
            Err(SecretsError::Store(StoreError::Exists { .. })) => Ok(false),
            Err(error) => Err(explained(error, &self.file)),
        }
    }

    /// The environments that the store knows.
    pub fn environments(&self) -> Result<Vec<String>> {
        self.vault.environments(&self.project).map_err(|error| explained(error, &self.file))
    }

    /// The environments whose time is over.
    pub fn expired(&self, now: i64) -> Result<Vec<String>> {
        let rows = self.vault.store().environments(&self.project).map_err(|error| explained(error.into(), &self.file))?;
        Ok(rows.into_iter().filter(|row| row.expires_at.is_some_and(|end| end <= now)).map(|row| row.name).collect())
    }

    /// How many values an environment has, whether or not they can be read.
    pub fn count(&self, environment: &str) -> Result<usize> {
        let store = self.vault.store();
        let count = || match store.environment(&self.project, environment)? {
            Some(row) => store.count(row.id),
            None => Ok(0),
        };
        count().map_err(|error| explained(error.into(), &self.file))
    }

    /// Destroys the key of an environment, and then everything in it.
    pub fn forget(&mut self, environment: &str) -> Result<()> {
        self.vault.delete_environment(&self.project, environment).map_err(|error| explained(error, &self.file))
    }
}

/// The file of the store, if there is one.
pub(super) fn existing_file(home: &Home) -> Option<PathBuf> {
    home.directory.as_deref().map(|directory| directory.join(FILE)).filter(|file| file.exists())
}

/// The store without its values, if there is one: no master key is needed.
pub(super) fn existing_store(home: &Home) -> Result<Option<Sqlite>> {
    let Some(file) = existing_file(home) else { return Ok(None) };
    Sqlite::open(&file).map(Some).map_err(|error| explained(error.into(), &file))
}

/// Looks for the master key of the store in a directory.
pub(super) fn with_key_places<T>(home: &Home, directory: &Path, work: impl FnOnce(&KeyPlaces) -> T) -> T {
    let keyring = home.keyring.then(|| SystemKeyring::new(directory));
    let keyring = keyring.as_ref().map(|keyring| keyring as &dyn Keyring);
    work(&KeyPlaces { directory, setting: home.master_key.as_ref(), keyring })
}

/// What each of the environments holds, without making anything.
pub fn holdings(home: &Home, project: &str, environments: &[Environment]) -> Result<Holdings> {
    let mut holdings = Holdings::default();
    if let Some(mut platform) = Platform::existing(home, project)? {
        let known = platform.environments()?;
        for environment in environments.iter().filter(|environment| known.iter().any(|name| name == environment.name.as_str()))
        {
            holdings.add(environment.name.clone(), platform.held(environment.name.as_str())?);
        }
    }
    Ok(holdings)
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn held(entry: Entry) -> Option<Held> {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    is_set.then(|| Held { name, version, set_at: created_at, fingerprint: fingerprint.unwrap_or_default(), origin, author })
}

pub(super) fn directory(home: &Home) -> Result<&Path> {
    home.directory.as_deref().ok_or_else(|| {
        Error::environment("there is no home directory to keep values in").hint("set TAKK_HOME to a directory of yours")
    })
}

/// The data directory is its owner's alone.
pub(super) fn make_directory(directory: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        let message = format!("cannot make the directory `{}`", directory.display());
        Error::environment(message).caused_by(error).hint("set TAKK_HOME to a directory that you may write to")
    })
}

/// The error with what to do next.
pub(super) fn explained(error: SecretsError, file: &Path) -> Error {
    let hint = match &error {
        SecretsError::WrongMasterKey => "set TAKK_MASTER_KEY_FILE to the key that the store was made with".to_owned(),
        SecretsError::Rekeyed => "repeat the command".to_owned(),
        SecretsError::KeyFileExists(_) => "name a file that is not there: it gets the new master key".to_owned(),
        SecretsError::NoMasterKey { .. } => {
            "unlock the keyring, or set TAKK_MASTER_KEY_FILE to the key that the store was made with".to_owned()
        }
        SecretsError::InvalidMasterKey => "`openssl rand -hex 32` makes a master key for a new store".to_owned(),
        SecretsError::OpenKeyFile { path, .. } => format!("chmod 600 {}", path.display()),
        SecretsError::KeyFile { .. } => "name a file that you can read in TAKK_MASTER_KEY_FILE".to_owned(),
        SecretsError::Store(error) => store_hint(error, file),
        SecretsError::Tampered { .. } | SecretsError::AuditTampered => {
            "`takk store verify` says what is damaged; restore a backup of the store".to_owned()
        }
        SecretsError::Changed { .. } => "look at it again, and repeat the command".to_owned(),
        SecretsError::NoVersion { name, .. } => format!("`takk secrets history {name}` lists its versions"),
        SecretsError::NoEnvironment(_) => "`takk env list` lists the environments".to_owned(),
        SecretsError::KeyReused => "take a new key for each request".to_owned(),
        SecretsError::Random(_) => "try again".to_owned(),
        SecretsError::NotKept(_) => "`takk store verify` checks the store".to_owned(),
    };
    Error::environment(error.to_string()).hint(hint).caused_by_source(error)
}

fn store_hint(error: &StoreError, file: &Path) -> String {
    let file = file.display();
    match error {
        StoreError::Locked => format!("another takk writes to `{file}`: wait for it, or stop it"),
        StoreError::Newer { .. } | StoreError::Unknown { .. } => "install the takk that made it, or a later one".to_owned(),
        StoreError::Foreign { .. } => "set TAKK_HOME to a directory of takk's own".to_owned(),
        StoreError::Damaged(_) => format!("restore a backup: `takk store restore BACKUP`; the damaged file is `{file}`"),
        StoreError::Unwritable(_) => format!("make room, or make `{file}` and its directory writable"),
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            "name a file that is not there: nothing is written over".to_owned()
        }
        StoreError::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            "check how it is written".to_owned()
        }
        StoreError::File { .. } | StoreError::Lock { .. } => "check its permissions, and that there is room".to_owned(),
        StoreError::Open { .. } | StoreError::Database(_) => format!("check that you may read and write `{file}`"),
        StoreError::Address { .. } => "write it as postgresql://user:password@host:5432/database".to_owned(),
        StoreError::Unavailable(_) => "start it, or wait until it is back, and repeat the command".to_owned(),
        StoreError::Conflict | StoreError::Exists { .. } => "repeat the command".to_owned(),
    }
}
