//! The work done in one transaction of the store. An environment is opened once and passed from one change to the next; at the end, changes
//! are written, read back and decrypted, and only then committed.

use std::sync::Arc;

use super::audit::{AuditKey, record};
use super::change::{Location, WriteContext, rows};
use super::entry::{Changed, Update};
use super::people::{People, PeopleKey, PeopleState, SealCache};
use super::retry::as_conflict;
use super::state::{Opened, authentic, fingerprint, is_master, read};
use super::{EnvironmentCache, MasterKey, Random, Result, SecretsError};
use crate::store::{Accounts, AuditEntry, Change, EnvironmentRow, Transaction, VersionRow};
use takk_crypto::DataKey;

/// A transaction, with the environments opened in it and the rows for the audit log.
pub struct UnitOfWork<'v> {
    pub(super) transaction: Box<dyn Transaction + 'v>,
    pub(super) master: &'v MasterKey,
    pub(super) random: &'v dyn Random,
    pub(super) audit: &'v mut Option<AuditKey>,
    pub(super) people_key: &'v PeopleKey,
    pub(super) known: &'v SealCache,
    pub(super) people: PeopleState,
    pub(super) recent: Option<&'v EnvironmentCache>,
    pub(super) now: i64,
    pub(super) environments: Vec<Environment>,
    /// The rows for the audit log.
    pub(super) entries: Vec<AuditEntry>,
    /// When old responses were last deleted, which this transaction may change.
    pub(super) answers_forgotten_at: &'v mut i64,
    pub(super) forgets_answers: bool,
    /// Whether an environment was removed.
    pub(super) has_removed: bool,
}

/// An environment opened in the transaction.
pub(super) struct Environment {
    /// Its state at the end of the transaction.
    opened: Arc<Opened>,
    /// Its stored revision and seal; `None` if it is only read.
    stored: Option<(i64, Vec<u8>)>,
    /// New versions, oldest first.
    versions: Vec<VersionRow>,
    /// How many of them are stored.
    written: usize,
}

impl<'v> UnitOfWork<'v> {
    /// The time of all changes in this transaction, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Read access to the rows of people.
    pub fn accounts(&mut self) -> Box<dyn Accounts + '_> {
        Box::new(People::within(self.transaction.accounts(), &mut self.people, self.people_key, self.known))
    }

    /// The verified state of the environment.
    pub(super) fn look(&mut self, at: Location) -> Result<&Arc<Opened>> {
        let place = if let Some(place) = self.place(at) {
            place
        } else {
            let row = self.transaction.environment(at.project, at.environment)?.ok_or_else(|| none(at))?;
            let known = self.recent.and_then(|recent| recent.find(&row));
            let opened = known.map_or_else(|| self.load(at), Ok)?;
            self.add(Environment { opened, stored: None, versions: Vec::new(), written: 0 })
        };
        Ok(&self.environments[place].opened)
    }

    /// A version of a name, or the current one, with its environment.
    pub(super) fn version(&mut self, at: Location, name: &str, version: Option<i64>) -> Result<(Arc<Opened>, VersionRow)> {
        let opened = Arc::clone(self.look(at)?);
        let is_it = |row: &&VersionRow| version.is_none_or(|version| row.version == version);
        if let Some(row) = opened.find(name).filter(is_it) {
            let row = row.clone();
            return Ok((opened, row));
        }
        let wanted = version.unwrap_or_default();
        let place = self.place(at).expect("it was looked at just now");
        let mut new = self.environments[place].versions.iter();
        let row = match new.find(|row| row.name == name && row.version == wanted) {
            Some(row) => Some(row.clone()),
            None => self.transaction.kept(opened.row.id, &[(name, wanted)])?.pop(),
        };
        row.map(|row| (opened, row)).ok_or_else(|| SecretsError::NoVersion { name: name.to_owned(), version: wanted })
    }

    /// Creates an environment with its own data key and its first values.
    pub(super) fn create(
        &mut self,
        at: Location,
        expires_at: Option<i64>,
        author: &str,
        updates: &[Update],
    ) -> Result<Changed> {
        // With an outdated master key, nobody could read it.
        if !is_master(self.transaction.as_mut(), self.master)? {
            return Err(SecretsError::Rekeyed);
        }
        let key = DataKey::generate(self.master, self.random)?;
        let row = EnvironmentRow {
            id: 0,
            project: at.project.to_owned(),
            name: at.environment.to_owned(),
            wrapped_key: key.wrap(self.master, at.project, at.environment, self.random)?,
            revision: 0,
            seal: Vec::new(),
            created_at: self.now,
            expires_at,
        };
        let mut opened = Opened { row, key, current: Vec::new() };
        let versions = rows(&opened, self.hand(author), updates)?;
        opened.put_all(&versions);
        opened.row.seal = opened.state();
        opened.row.id = self.transaction.add_environment(&opened.row, &versions)?;
        let changed = Changed { revision: 0, versions: versions.iter().map(|row| row.version).collect() };
        let (stored, written) = (Some((0, opened.row.seal.clone())), versions.len());
        self.add(Environment { opened: Arc::new(opened), stored, versions, written });
        Ok(changed)
    }

    /// The same for a caller who has just seen that it does not exist.
    pub(super) fn create_missing(&mut self, at: Location, author: &str, updates: &[Update]) -> Result<Changed> {
        self.create(at, None, author, updates).map_err(as_conflict)
    }

    /// Changes values.
    pub(super) fn change(&mut self, at: Location, author: &str, updates: &[Update]) -> Result<Changed> {
        let place = self.lock(at)?;
        let new = rows(&self.environments[place].opened, self.hand(author), updates)?;
        let versions = new.iter().map(|row| row.version).collect();
        let environment = &mut self.environments[place];
        let opened = Arc::make_mut(&mut environment.opened);
        opened.put_all(&new);
        opened.row.revision += 1;
        environment.versions.extend(new);
        Ok(Changed { revision: opened.row.revision, versions })
    }

    /// Changes values, creating the environment if it does not exist. Returns what changed, and whether it was created.
    pub(super) fn change_or_create(&mut self, at: Location, author: &str, updates: &[Update]) -> Result<(Changed, bool)> {
        match self.change(at, author, updates) {
            Err(SecretsError::NoEnvironment(_)) => Ok((self.create_missing(at, author, updates)?, true)),
            other => Ok((other?, false)),
        }
    }

    /// The environment, locked until the end of the transaction.
    pub(super) fn hold(&mut self, at: Location) -> Result<Arc<Opened>> {
        let place = self.lock(at)?;
        Ok(Arc::clone(&self.environments[place].opened))
    }

    /// Removes an environment with everything in it.
    pub(super) fn remove(&mut self, at: Location) -> Result<()> {
        let row = self.transaction.lock_environment(at.project, at.environment)?.ok_or_else(|| none(at))?;
        self.transaction.remove_environment(row.id)?;
        self.has_removed = true;
        if let Some(place) = self.place(at) {
            self.environments.remove(place);
        }
        if let Some(recent) = self.recent {
            recent.forget(row.id);
        }
        Ok(())
    }

    /// Writes all changes with their rows in the audit log, and commits.
    pub(super) fn commit(mut self) -> Result<()> {
        for environment in self.environments.iter_mut().filter(|environment| environment.stored.is_some()) {
            environment.write(self.transaction.as_mut())?;
            environment.confirm(self.transaction.as_mut(), self.master)?;
        }
        record(self.transaction.as_mut(), self.audit, self.master, self.random, self.entries)?;
        self.transaction.commit()?;
        if self.forgets_answers {
            *self.answers_forgotten_at = self.now;
        }
        if let Some(recent) = self.recent {
            self.environments.iter().for_each(|environment| recent.keep(&environment.opened));
        }
        Ok(())
    }

    /// The index of an opened environment. Consecutive requests mostly use the same one.
    fn place(&self, at: Location) -> Option<usize> {
        let is_it = |known: &Environment| known.opened.row.name == at.environment && known.opened.row.project == at.project;
        self.environments.iter().rposition(is_it)
    }

    fn add(&mut self, environment: Environment) -> usize {
        self.environments.push(environment);
        self.environments.len() - 1
    }

    /// Opens an environment and locks it until the end of the transaction.
    fn lock(&mut self, at: Location) -> Result<usize> {
        let looked_at = self.place(at);
        if let Some(place) = looked_at.filter(|place| self.environments[*place].stored.is_some()) {
            return Ok(place);
        }
        let row = self.transaction.lock_environment(at.project, at.environment)?.ok_or_else(|| none(at))?;
        let looked_at = looked_at.map(|place| self.environments.remove(place).opened);
        let taken = self.recent.and_then(|recent| recent.take(&row));
        let known = taken.or(looked_at).filter(|opened| opened.row == row);
        let opened = known.map_or_else(|| self.load(at), Ok)?;
        Ok(self.add(Environment { opened, stored: Some((row.revision, row.seal)), versions: Vec::new(), written: 0 }))
    }

    fn load(&mut self, at: Location) -> Result<Arc<Opened>> {
        let found = self.transaction.current(at.project, at.environment)?;
        let (row, current) = found.ok_or_else(|| none(at))?;
        match authentic(row, current, self.master) {
            // This also happens if the store was rekeyed in the meantime, which is not tampering.
            Err(SecretsError::Tampered { .. }) if !is_master(self.transaction.as_mut(), self.master)? => {
                Err(SecretsError::Rekeyed)
            }
            other => other.map(Arc::new),
        }
    }

    fn hand<'h>(&self, author: &'h str) -> WriteContext<'h>
    where
        'v: 'h,
    {
        WriteContext { master: self.master, random: self.random, author, now: self.now }
    }
}

impl Environment {
    /// Writes the changes that are not stored yet.
    fn write(&mut self, transaction: &mut dyn Transaction) -> Result<()> {
        let (revision_before, seal_before) = self.stored.as_ref().expect("only what is locked is written");
        if self.opened.row.revision == *revision_before {
            return Ok(());
        }
        let opened = Arc::make_mut(&mut self.opened);
        opened.row.seal = opened.state();
        let row = &opened.row;
        transaction.write(&Change {
            environment: row.id,
            revision_before: *revision_before,
            seal_before,
            revision: row.revision,
            seal: &row.seal,
            versions: &self.versions[self.written..],
        })?;
        self.written = self.versions.len();
        Ok(())
    }

    /// Reads back what was written.
    fn confirm(&self, transaction: &mut dyn Transaction, master: &MasterKey) -> Result<()> {
        let row = &self.opened.row;
        let kept = transaction.environment(&row.project, &row.name)?;
        let opens = |row: &EnvironmentRow| DataKey::unwrap(&row.wrapped_key, master, &row.project, &row.name).is_some();
        if !kept.is_some_and(|kept| kept == *row && opens(&kept)) {
            return Err(SecretsError::NotKept(row.name.clone()));
        }
        let wanted: Vec<(&str, i64)> = self.versions.iter().map(|row| (row.name.as_str(), row.version)).collect();
        let mut kept = transaction.kept(row.id, &wanted)?;
        kept.sort_unstable_by(|one, other| (&one.name, one.version).cmp(&(&other.name, other.version)));
        let fingerprints = master.fingerprints(&row.project);
        for meant in &self.versions {
            let found = kept.binary_search_by(|row| (&row.name, row.version).cmp(&(&meant.name, meant.version)));
            let not_kept = || SecretsError::NotKept(meant.name.clone());
            let kept = &kept[found.map_err(|_| not_kept())?];
            // The fingerprint is computed from the value itself.
            let value = read(&self.opened, kept).map_err(|_| not_kept())?;
            let print = value.map(|value| fingerprint(&fingerprints, value.expose().as_bytes()));
            if kept != meant || print != meant.fingerprint {
                return Err(not_kept());
            }
        }
        Ok(())
    }
}

fn none(at: Location) -> SecretsError {
    SecretsError::NoEnvironment(at.environment.to_owned())
}
