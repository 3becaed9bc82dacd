//! The embedded platform: the store of this user. It is opened on demand, and the first change creates it.

use std::path::PathBuf;

use super::stored::held;
use super::{
    FILE, Location, Named, NewProject, OwnProject, Platform, Snapshot, StoredEnvironment, directory, existing_store, explained,
    made_store, unlocked,
};
use crate::config::Home;
use takk_model::error::{Error, Result};
use takk_vault::store::{EnvironmentRow, Sqlite, Store, StoreError};
use takk_vault::{AdminRow, Entry, KeySource, LedgerChange, LedgerRow, SecretValue, SecretsError, Update, Vault};

/// The values of one project in the user's own store.
pub struct Embedded<'h> {
    home: &'h Home,
    project: Project,
    /// Receives notices for the user: that a master key was created, and where.
    notify: Box<dyn Fn(&str) + 'h>,
    state: State,
}

/// The project to which the values belong.
enum Project {
    /// The one to which the checkout is linked.
    Linked(OwnProject),
    /// One without stored values: its first value links the checkout.
    New(NewProject),
    /// None: nothing is stored or can be.
    None,
}

/// How far the store is opened.
enum State {
    Closed,
    /// Without its master key: environments and names can be listed.
    Listed(Sqlite),
    Open(Box<Opened>),
}

struct Opened {
    vault: Vault,
    key: KeySource,
}

impl<'h> Embedded<'h> {
    /// The values of a project in the store of `home`. Opens nothing yet.
    pub fn new(home: &'h Home, project: OwnProject, notify: impl Fn(&str) + 'h) -> Self {
        Self { home, project: Project::Linked(project), notify: Box::new(notify), state: State::Closed }
    }

    /// No values until the first one of a new project is stored in the store of `home`.
    pub fn of_new(home: &'h Home, project: NewProject, notify: impl Fn(&str) + 'h) -> Self {
        Self { home, project: Project::New(project), notify: Box::new(notify), state: State::Closed }
    }

    pub fn nothing(home: &'h Home) -> Self {
        Self { home, project: Project::None, notify: Box::new(|_| ()), state: State::Closed }
    }

    /// The name of the project, if the checkout is linked to one.
    fn project(&self) -> Option<String> {
        if let Project::Linked(project) = &self.project { Some(project.name().to_owned()) } else { None }
    }

    /// The name of the project, linking the checkout if it is not linked yet.
    fn project_to_change(&mut self) -> Result<String> {
        if let Project::New(new) = &self.project {
            self.project = Project::Linked(new.link(self.home)?);
        }
        self.project().ok_or_else(|| Error::internal("cannot write: this platform is read-only"))
    }

    /// The store without its master key, if it exists.
    fn store(&mut self) -> Result<Option<&dyn Store>> {
        if let State::Closed = self.state
            && let Some(store) = existing_store(self.home)?
        {
            self.state = State::Listed(store);
        }
        Ok(match &self.state {
            State::Closed => None,
            State::Listed(store) => Some(store),
            State::Open(opened) => Some(opened.vault.store()),
        })
    }

    /// The store with its master key, if it has the project: only then is the key needed.
    fn known(&mut self) -> Result<Option<&mut Opened>> {
        let Some(project) = self.project() else { return Ok(None) };
        if !matches!(self.state, State::Open(_)) {
            let rows = self.store()?.map(|store| store.environments(&project)).transpose();
            if rows.map_err(|error| self.explained(error.into()))?.is_none_or(|rows| rows.is_empty()) {
                return Ok(None);
            }
            self.open()?;
        }
        Ok(self.opened())
    }

    /// The store with its master key. Creates both if they do not exist.
    fn made(&mut self) -> Result<&mut Opened> {
        if !matches!(self.state, State::Open(_)) {
            self.open()?;
        }
        self.opened().ok_or_else(|| Error::internal("a store that was opened is closed"))
    }

    fn opened(&mut self) -> Option<&mut Opened> {
        if let State::Open(opened) = &mut self.state { Some(opened) } else { None }
    }

    fn open(&mut self) -> Result<()> {
        let store = match std::mem::replace(&mut self.state, State::Closed) {
            State::Listed(store) => store,
            State::Closed | State::Open(_) => made_store(self.home)?,
        };
        let found = unlocked(self.home, store)?;
        if let KeySource::OwnFile(path) = &found.source
            && found.made
        {
            (self.notify)(&format!(
                "no keyring could be used{}: the master key is in `{}`. This protects against a leaked database, \
                 not against someone who can read your files.",
                found.trouble.map(|trouble| format!(" ({trouble})")).unwrap_or_default(),
                path.display()
            ));
        }
        self.state = State::Open(Box::new(Opened { vault: found.vault, key: found.source }));
        Ok(())
    }

    /// Asks the vault of a known project; the result for an unknown one is empty.
    fn ask<T: Default>(&mut self, question: impl FnOnce(&mut Vault, &str) -> Result<T, SecretsError>) -> Result<T> {
        let Some(project) = self.project() else { return Ok(T::default()) };
        let Some(opened) = self.known()? else { return Ok(T::default()) };
        match question(&mut opened.vault, &project) {
            Err(SecretsError::NoEnvironment(_)) => Ok(T::default()),
            other => other.map_err(|error| self.explained(error)),
        }
    }

    fn file(&self) -> PathBuf {
        self.home.directory.as_deref().map(|directory| directory.join(FILE)).unwrap_or_default()
    }

    fn explained(&self, error: SecretsError) -> Error {
        explained(error, &self.file())
    }
}

impl Platform for Embedded<'_> {
    fn server(&self) -> Option<&str> {
        None
    }

    fn locate(&mut self) -> Result<Location> {
        directory(self.home)?;
        let key = self.known()?.map(|opened| opened.key.clone());
        Ok(Location::OwnStore { file: self.file(), key })
    }

    fn refresh(&mut self) {
        self.state = State::Closed;
    }

    fn environments(&mut self) -> Result<Vec<StoredEnvironment>> {
        let Some(project) = self.project() else { return Ok(Vec::new()) };
        let listed = self.store()?.map(|store| environments(store, &project)).transpose();
        listed.map(Option::unwrap_or_default).map_err(|error| self.explained(error.into()))
    }

    fn entries(&mut self, environment: &str) -> Result<Vec<Entry>> {
        self.ask(|vault, project| vault.list(project, environment))
    }

    fn snapshot(&mut self, environment: &str) -> Result<Snapshot> {
        // If a change happens in between, the revision is too old, which only causes another read of the values.
        let revision = self.revision(environment)?;
        let all = self.ask(|vault, project| vault.everything(project, environment))?;
        let (entries, values): (Vec<Entry>, Vec<Option<SecretValue>>) = all.into_iter().unzip();
        let values: Named =
            entries.iter().zip(values).filter_map(|(entry, value)| Some((entry.name.clone(), value?))).collect();
        Ok(Snapshot { revision, held: entries.into_iter().filter_map(held).collect(), values })
    }

    fn revision(&mut self, environment: &str) -> Result<Option<i64>> {
        self.ask(|vault, project| vault.revision(project, environment))
    }

    fn value(&mut self, environment: &str, name: &str) -> Result<Option<SecretValue>> {
        Ok(self.ask(|vault, project| vault.get(project, environment, name))?.map(|(value, _)| value))
    }

    fn history(&mut self, environment: &str, name: &str) -> Result<Vec<Entry>> {
        self.ask(|vault, project| vault.history(project, environment, name))
    }

    fn version(&mut self, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let Some(project) = self.project() else { return Ok(None) };
        let Some(opened) = self.known()? else { return Ok(None) };
        let value = opened.vault.version(&project, environment, name, version);
        value.map_err(|error| self.explained(error))
    }

    fn update(&mut self, environment: &str, updates: &[Update]) -> Result<Vec<i64>> {
        let (project, author) = (self.project_to_change()?, self.home.author.clone());
        let versions = self.made()?.vault.update_or_create(&project, environment, &author, updates);
        versions.map_err(|error| self.explained(error))
    }

    fn create(&mut self, environment: &str, expires_at: Option<i64>, updates: &[Update]) -> Result<bool> {
        let (project, author) = (self.project_to_change()?, self.home.author.clone());
        match self.made()?.vault.create_filled(&project, environment, expires_at, &author, updates) {
            Ok(()) => Ok(true),
            Err(SecretsError::Store(StoreError::Exists { .. })) => Ok(false),
            Err(error) => Err(self.explained(error)),
        }
    }

    fn ledger(&mut self, environment: &str) -> Result<Vec<LedgerRow>> {
        self.ask(|vault, project| vault.ledger(project, environment))
    }

    fn change_ledger(&mut self, environment: &str, change: &LedgerChange<'_>) -> Result<(i64, Vec<i64>)> {
        let (project, author) = (self.project_to_change()?, self.home.author.clone());
        let changed = self.made()?.vault.change_ledger((&project, environment), &author, change);
        changed.map_err(|error| self.explained(error))
    }

    fn admin_addresses(&mut self, environment: &str) -> Result<Vec<AdminRow>> {
        self.ask(|vault, project| vault.admin_addresses(project, environment))
    }

    fn set_admin_address(&mut self, environment: &str, kind: &str, address: Option<&SecretValue>) -> Result<()> {
        let (project, author) = (self.project_to_change()?, self.home.author.clone());
        let set = self.made()?.vault.set_admin_address((&project, environment), &author, kind, address);
        set.map_err(|error| self.explained(error))
    }

    fn owner(&mut self) -> Result<(String, String)> {
        let project = self.project_to_change()?;
        let store = self.made()?.vault.store_id();
        Ok((store.map_err(|error| self.explained(error))?, project))
    }

    fn forget(&mut self, environment: &str) -> Result<()> {
        let project = self.project_to_change()?;
        let deleted = self.made()?.vault.delete_environment(&project, environment);
        deleted.map_err(|error| self.explained(error))
    }
}

/// The environments of a project in the store of this machine, with the number of values in each. No value is read.
pub fn stored_under(home: &Home, project: &str) -> Result<Vec<StoredEnvironment>> {
    let Some(store) = existing_store(home)? else { return Ok(Vec::new()) };
    let file = home.directory.as_deref().map(|directory| directory.join(FILE)).unwrap_or_default();
    environments(&store, project).map_err(|error| explained(error.into(), &file))
}

/// The environments of a project in a store.
fn environments(store: &dyn Store, project: &str) -> Result<Vec<StoredEnvironment>, StoreError> {
    let counted = |row: EnvironmentRow| {
        let values = store.count(row.id)?;
        Ok(StoredEnvironment { name: row.name, values, expires_at: row.expires_at })
    };
    store.environments(project)?.into_iter().map(counted).collect()
}
