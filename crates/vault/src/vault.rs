//! Reads and changes the values of an environment.

use std::path::Path;
use std::sync::Arc;

use super::audit::AuditKey;
use super::change::Location;
use super::entry::{Entry, Update, is_value};
use super::people::{self, PeopleKey, PeopleState, SealCache};
use super::retry::{ATTEMPTS, is_conflict, retry};
use super::state::{MASTER_CHECK, Opened, Sealing, authentic, fits, read, read_all, sealing};
use super::unit_of_work::UnitOfWork;
use super::{EnvironmentCache, MasterKey, Random, Result, SealedFiles, SecretValue, SecretsError};
use crate::store::{Durability, Store, VersionRow};

/// How long reads may go on without waiting for the disk, in milliseconds.
const LONGEST_WITHOUT_SYNC: i64 = 1000;

/// The values of a store, opened with its master key.
pub struct Vault {
    pub(super) store: Box<dyn Store>,
    pub(super) master: MasterKey,
    pub(super) random: Box<dyn Random>,
    pub(super) clock: Clock,
    /// The key of the audit log, once it has been needed.
    pub(super) audit: Option<AuditKey>,
    pub(super) people_key: PeopleKey,
    /// The cache of verified rows of people.
    pub(super) people: Arc<SealCache>,
    /// The cache of recently opened environments.
    pub(super) recent: Option<Arc<EnvironmentCache>>,
    /// When a commit last waited for the disk, in milliseconds since 1970.
    pub(super) synced_at: i64,
    /// When old responses were last deleted, in milliseconds since 1970.
    pub(super) answers_forgotten_at: i64,
}

/// Returns milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> i64 + Send>;

impl Vault {
    /// Whether the store has no master key yet.
    pub fn is_new(store: &dyn Store) -> Result<bool> {
        Ok(store.fact(MASTER_CHECK)?.is_none())
    }

    /// Opens the store with its master key; a new store adopts the key. Seals the people of a store from an earlier version. `clock`
    /// returns milliseconds since 1970.
    pub fn open(store: impl Into<Box<dyn Store>>, master: MasterKey, random: Box<dyn Random>, clock: Clock) -> Result<Self> {
        let mut store = store.into();
        let found = store.fact(MASTER_CHECK)?.map_or(Sealing::New, |check| sealing(&check, &master));
        let found = match found {
            Sealing::New | Sealing::Earlier => people::begin(store.as_mut(), &master, random.as_ref())?,
            known => known,
        };
        if found != Sealing::Sealed {
            return Err(SecretsError::WrongMasterKey);
        }
        let people_key = match PeopleKey::of(store.as_ref(), &master) {
            // This also happens if the store was rekeyed in the meantime, which is not tampering.
            Err(_) if !Self::accepts(store.as_ref(), &master)? => return Err(SecretsError::WrongMasterKey),
            key => key?,
        };
        Ok(Self {
            store,
            master: master.bound(people_key.binding()),
            random,
            clock,
            audit: None,
            people_key,
            people: Arc::default(),
            recent: None,
            synced_at: 0,
            answers_forgotten_at: 0,
        })
    }

    /// Caches the environments that it opens, together with other connections to the same store.
    pub fn remember(&mut self, recent: Arc<EnvironmentCache>) {
        self.people = Arc::clone(&recent.people);
        self.recent = Some(recent);
    }

    /// Whether a master key fits the store; any key fits a store that has none.
    pub fn accepts(store: &dyn Store, master: &MasterKey) -> Result<bool> {
        Ok(store.fact(MASTER_CHECK)?.is_none_or(|kept| fits(&kept, master)))
    }

    /// Creates an environment with its own data key and an expiry.
    pub fn create_environment(&mut self, project: &str, environment: &str, expires_at: Option<i64>) -> Result<()> {
        self.create_filled(project, environment, expires_at, "", &[])
    }

    /// Creates an environment with its first values, in one transaction.
    pub fn create_filled(
        &mut self,
        project: &str,
        environment: &str,
        expires_at: Option<i64>,
        author: &str,
        updates: &[Update],
    ) -> Result<()> {
        let at = Location { project, environment };
        self.transaction(Durability::Synced, |unit| unit.create(at, expires_at, author, updates).map(|_| ()))
    }

    /// Whether the master key with which the store was opened is still its own.
    pub fn is_current(&self) -> Result<bool> {
        Self::accepts(self.store.as_ref(), &self.master)
    }

    /// The names of a project's environments in the store.
    pub fn environments(&self, project: &str) -> Result<Vec<String>> {
        Ok(self.store.environments(project)?.into_iter().map(|row| row.name).collect())
    }

    /// Destroys the key of an environment, and then everything in it.
    pub fn delete_environment(&mut self, project: &str, environment: &str) -> Result<()> {
        let row = self.store.environment(project, environment)?;
        let row = row.ok_or_else(|| SecretsError::NoEnvironment(environment.to_owned()))?;
        let mut transaction = self.store.begin(Durability::Synced)?;
        transaction.remove_environment(row.id)?;
        transaction.commit()?;
        // This overwrites the write-ahead log, too.
        Ok(self.store.write_back()?)
    }

    /// The current version of every name, including unset ones, sorted by name.
    pub fn list(&mut self, project: &str, environment: &str) -> Result<Vec<Entry>> {
        let opened = Arc::unwrap_or_clone(self.load(project, environment)?);
        Ok(opened.current.into_iter().filter(is_value).map(Entry::from).collect())
    }

    /// The current value of a name with its version; `None` if it has none.
    pub fn get(&mut self, project: &str, environment: &str, name: &str) -> Result<Option<(SecretValue, i64)>> {
        let opened = self.load(project, environment)?;
        match opened.find(name).filter(|row| is_value(row)) {
            Some(row) => Ok(read(&opened, row)?.map(|value| (value, row.version))),
            None => Ok(None),
        }
    }

    /// All current values, sorted by name.
    pub fn get_all(&mut self, project: &str, environment: &str) -> Result<Vec<(String, SecretValue)>> {
        let all = self.everything(project, environment)?;
        Ok(all.into_iter().filter_map(|(entry, value)| Some((entry.name, value?))).collect())
    }

    /// The current version of every name with its value, `None` for unset ones.
    pub fn everything(&mut self, project: &str, environment: &str) -> Result<Vec<(Entry, Option<SecretValue>)>> {
        let opened = self.load(project, environment)?;
        let values = read_all(&opened)?;
        let all = opened.current.iter().zip(values).filter(|(row, _)| is_value(row));
        Ok(all.map(|(row, value)| (Entry::from(row.clone()), value)).collect())
    }

    /// The revision of an environment; `None` if it does not exist.
    pub fn revision(&self, project: &str, environment: &str) -> Result<Option<i64>> {
        Ok(self.store.environment(project, environment)?.map(|row| row.revision))
    }

    /// All versions of a name, newest first.
    pub fn history(&mut self, project: &str, environment: &str, name: &str) -> Result<Vec<Entry>> {
        let opened = self.load(project, environment)?;
        Ok(self.store.history(opened.row.id, name)?.into_iter().filter(is_value).map(Entry::from).collect())
    }

    /// The value of a version of a name; `None` if it was unset.
    pub fn version(&mut self, project: &str, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let opened = self.load(project, environment)?;
        self.version_in(&opened, name, version)
    }

    /// Changes values in one transaction, and returns the new versions in the order of the updates. Everything is read back and decrypted
    /// before the commit.
    pub fn update(&mut self, project: &str, environment: &str, author: &str, updates: &[Update]) -> Result<Vec<i64>> {
        let at = Location { project, environment };
        self.transaction(Durability::Synced, |unit| Ok(unit.change(at, author, updates)?.versions))
    }

    /// The same for an environment that is created with these values if it does not exist.
    pub fn update_or_create(&mut self, project: &str, environment: &str, author: &str, updates: &[Update]) -> Result<Vec<i64>> {
        let at = Location { project, environment };
        self.transaction(Durability::Synced, |unit| Ok(unit.change_or_create(at, author, updates)?.0.versions))
    }

    /// Runs `work` in one transaction, and retries it if there was a conflict. Its changes and their rows in the audit log are committed
    /// before this returns the result of `work`; if `work` fails, everything is rolled back.
    pub fn transaction<T>(
        &mut self,
        durability: Durability,
        mut work: impl FnMut(&mut UnitOfWork<'_>) -> Result<T>,
    ) -> Result<T> {
        let (given, has_removed) = retry(ATTEMPTS, is_conflict, |_| {
            let mut unit = self.unit_of_work(durability)?;
            let given = work(&mut unit)?;
            let has_removed = unit.has_removed;
            unit.commit()?;
            Ok((given, has_removed))
        })?;
        if has_removed {
            // What cannot be overwritten now, because somebody reads it, is overwritten later.
            let _ = self.store.write_back();
        }
        Ok(given)
    }

    /// The durability of a transaction that only reads: its row in the audit log is committed before a value is returned. The first one
    /// after a while also waits for the disk, so that a power failure loses no more than that while of the log.
    pub fn durability_of_reads(&mut self) -> Durability {
        let now = self.now();
        if (self.synced_at..self.synced_at + LONGEST_WITHOUT_SYNC).contains(&now) {
            return Durability::Deferred;
        }
        self.synced_at = now;
        Durability::Synced
    }

    /// Files in `directory`, next to the store, that are sealed with its master key.
    pub fn aside(&self, directory: &Path) -> SealedFiles {
        SealedFiles::new(directory, &self.master)
    }

    /// The store itself, for access to everything but the values.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    fn version_in(&self, opened: &Opened, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let is_it = |row: &&VersionRow| row.name == name && row.version == version && is_value(row);
        if let Some(row) = opened.current.iter().find(is_it) {
            return read(opened, row);
        }
        let history = self.store.history(opened.row.id, name)?;
        let row = history.iter().find(is_it).ok_or_else(|| SecretsError::NoVersion { name: name.to_owned(), version })?;
        read(opened, row)
    }

    /// Begins a unit of work.
    fn unit_of_work(&mut self, durability: Durability) -> Result<UnitOfWork<'_>> {
        Ok(UnitOfWork {
            now: (self.clock)(),
            transaction: self.store.begin(durability)?,
            master: &self.master,
            random: self.random.as_ref(),
            audit: &mut self.audit,
            people_key: &self.people_key,
            known: &self.people,
            people: PeopleState::default(),
            recent: self.recent.as_deref(),
            environments: Vec::new(),
            entries: Vec::new(),
            answers_forgotten_at: &mut self.answers_forgotten_at,
            forgets_answers: false,
            has_removed: false,
        })
    }

    /// The verified state of the environment.
    pub(super) fn load(&mut self, project: &str, environment: &str) -> Result<Arc<Opened>> {
        let Some(recent) = self.recent.clone() else { return self.load_anew(project, environment) };
        let row = self.store.environment(project, environment)?;
        let row = row.ok_or_else(|| SecretsError::NoEnvironment(environment.to_owned()))?;
        if let Some(opened) = recent.find(&row) {
            return Ok(opened);
        }
        let opened = self.load_anew(project, environment)?;
        recent.keep(&opened);
        Ok(opened)
    }

    /// The same, read from its rows.
    pub(super) fn load_anew(&mut self, project: &str, environment: &str) -> Result<Arc<Opened>> {
        let none = || SecretsError::NoEnvironment(environment.to_owned());
        let (row, current) = self.store.current(project, environment)?.ok_or_else(none)?;
        match authentic(row, current, &self.master) {
            // This also happens if the store was rekeyed in the meantime, which is not tampering.
            Err(SecretsError::Tampered { .. }) if !Self::accepts(self.store.as_ref(), &self.master)? => {
                Err(SecretsError::Rekeyed)
            }
            other => other.map(Arc::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_may_move_to_another_thread() {
        fn moves<T: Send>() {}
        moves::<Vault>();
    }
}
