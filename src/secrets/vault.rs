//! Reading and changing the values of an environment.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::keys::{DataKey, framed, mac};
use super::seal::{Key, open, seal};
use super::{Aside, MasterKey, Random, Result, SecretValue, SecretsError};
use crate::store::{Change, EnvironmentRow, Sqlite, StoreError, VersionRow};

/// How often a change is tried again after somebody else was faster.
const ATTEMPTS: u32 = 64;
/// Under which name the store keeps what tells whether a master key fits.
pub(super) const MASTER_CHECK: &str = "master key";
/// What that fact holds, encrypted.
const MASTER_CHECK_TEXT: &[u8] = b"takk";

/// How a value came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody typed it.
    Set,
    /// It was made at random.
    Generated,
    /// It was read from a file.
    Imported,
    /// It was taken from another environment.
    Promoted,
    /// It is an earlier version again.
    RolledBack,
}

impl Origin {
    /// As the store writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Generated => "generated",
            Self::Imported => "imported",
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled-back",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A new value for a name, or none any more.
pub struct Update {
    /// The variable.
    pub name: String,
    /// Its value; `None` unsets it.
    pub value: Option<SecretValue>,
    /// The version that it must have now, 0 for none; `None` where that does not matter.
    pub expected: Option<i64>,
    /// How the value came to be.
    pub origin: Origin,
}

/// What is known of a version without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The variable.
    pub name: String,
    /// Counts from 1.
    pub version: i64,
    /// Whether there is a value; else it was unset.
    pub is_set: bool,
    /// Equal for equal values of a project, whatever the environment.
    pub fingerprint: Option<Vec<u8>>,
    /// How it came to be.
    pub origin: String,
    /// Who made it.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub created_at: i64,
}

/// The values of a store, opened with its master key.
pub struct Vault {
    pub(super) store: Sqlite,
    pub(super) master: MasterKey,
    pub(super) random: Box<dyn Random>,
    clock: Box<dyn Fn() -> i64>,
}

/// What a look at everything in a store found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many environments there are, of all projects.
    pub environments: usize,
    /// How many versions of values were read.
    pub versions: usize,
    /// What is wrong, one sentence each.
    pub wrong: Vec<String>,
}

/// An environment as it is now, found to be what was written.
pub(super) struct Opened {
    pub row: EnvironmentRow,
    pub key: DataKey,
    pub current: Vec<VersionRow>,
}

impl Vault {
    /// Whether the store has no master key yet.
    pub fn is_new(store: &Sqlite) -> Result<bool> {
        Ok(store.fact(MASTER_CHECK)?.is_none())
    }

    /// Opens the store with its master key; a new store takes the key as its own. `clock` gives milliseconds since 1970.
    pub fn open(store: Sqlite, master: MasterKey, random: Box<dyn Random>, clock: Box<dyn Fn() -> i64>) -> Result<Self> {
        let kept = match store.fact(MASTER_CHECK)? {
            Some(kept) => kept,
            None => store.keep_fact(MASTER_CHECK, &check_of(&master, random.as_ref())?)?,
        };
        if fits(&kept, &master) { Ok(Self { store, master, random, clock }) } else { Err(SecretsError::WrongMasterKey) }
    }

    /// Whether a master key is that of the store; every key fits a store that has none.
    pub fn accepts(store: &Sqlite, master: &MasterKey) -> Result<bool> {
        Ok(store.fact(MASTER_CHECK)?.is_none_or(|kept| fits(&kept, master)))
    }

    /// Makes an environment with a key of its own, and with a moment at which its time is over.
    pub fn create_environment(&mut self, project: &str, environment: &str, expires_at: Option<i64>) -> Result<()> {
        self.create_filled(project, environment, expires_at, "", &[])
    }

    /// Makes an environment together with its first values: all of it, or nothing.
    pub fn create_filled(
        &mut self,
        project: &str,
        environment: &str,
        expires_at: Option<i64>,
        author: &str,
        updates: &[Update],
    ) -> Result<()> {
        let key = DataKey::generate(self.random.as_ref())?;
        let row = EnvironmentRow {
            id: 0,
            project: project.to_owned(),
            name: environment.to_owned(),
            wrapped_key: key.wrap(&self.master, project, environment, self.random.as_ref())?,
            revision: 0,
            seal: Vec::new(),
            created_at: (self.clock)(),
            expires_at,
        };
        let mut opened = Opened { row, key, current: Vec::new() };
        let rows = self.rows(&opened, author, updates)?;
        let versions: Vec<i64> = rows.iter().map(|row| row.version).collect();
        let mut current = rows.clone();
        current.sort_by(|a, b| a.name.cmp(&b.name));
        opened.row.seal = state(&opened.key, project, environment, 0, &current);
        self.store.add_environment(&opened.row, &rows)?;
        self.confirm(project, environment, updates, &versions)
    }

    /// Whether the master key that the store was opened with is still its own.
    pub fn is_current(&self) -> Result<bool> {
        Self::accepts(&self.store, &self.master)
    }

    /// The names of a project's environments that the store has.
    pub fn environments(&self, project: &str) -> Result<Vec<String>> {
        Ok(self.store.environments(project)?.into_iter().map(|row| row.name).collect())
    }

    /// Destroys the key of an environment, and then everything in it.
    pub fn delete_environment(&mut self, project: &str, environment: &str) -> Result<()> {
        let row = self.store.environment(project, environment)?;
        let row = row.ok_or_else(|| SecretsError::NoEnvironment(environment.to_owned()))?;
        Ok(self.store.remove_environment(row.id)?)
    }

    /// The current version of every name, unset ones included, by name.
    pub fn list(&mut self, project: &str, environment: &str) -> Result<Vec<Entry>> {
        Ok(self.load(project, environment)?.current.into_iter().map(entry).collect())
    }

    /// The current value of a name with its version; `None` where it has none.
    pub fn get(&mut self, project: &str, environment: &str, name: &str) -> Result<Option<(SecretValue, i64)>> {
        let opened = self.load(project, environment)?;
        match opened.current.iter().find(|row| row.name == name) {
            Some(row) => Ok(read(&opened, row)?.map(|value| (value, row.version))),
            None => Ok(None),
        }
    }

    /// All current values by name.
    pub fn get_all(&mut self, project: &str, environment: &str) -> Result<Vec<(String, SecretValue)>> {
        let all = self.everything(project, environment)?;
        Ok(all.into_iter().filter_map(|(entry, value)| Some((entry.name, value?))).collect())
    }

    /// The current version of every name with its value, `None` for those that are unset.
    pub fn everything(&mut self, project: &str, environment: &str) -> Result<Vec<(Entry, Option<SecretValue>)>> {
        let opened = self.load(project, environment)?;
        opened.current.iter().map(|row| Ok((entry(row.clone()), read(&opened, row)?))).collect()
    }

    /// How often an environment was changed; `None` if there is none of that name.
    pub fn revision(&self, project: &str, environment: &str) -> Result<Option<i64>> {
        Ok(self.store.environment(project, environment)?.map(|row| row.revision))
    }

    /// All versions of a name, the newest first.
    pub fn history(&mut self, project: &str, environment: &str, name: &str) -> Result<Vec<Entry>> {
        let opened = self.load(project, environment)?;
        Ok(self.store.history(opened.row.id, name)?.into_iter().map(entry).collect())
    }

    /// The value that a name had in a version; `None` if it was unset there.
    pub fn version(&mut self, project: &str, environment: &str, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let opened = self.load(project, environment)?;
        self.version_in(&opened, name, version)
    }

    /// Changes values, all of them or none, and gives the new versions in the order of the updates. What was written is read back and
    /// decrypted before it counts as written.
    pub fn update(&mut self, project: &str, environment: &str, author: &str, updates: &[Update]) -> Result<Vec<i64>> {
        let mut attempt = 0;
        loop {
            let opened = self.load(project, environment)?;
            let rows = self.rows(&opened, author, updates)?;
            let mut current = opened.current.clone();
            for row in &rows {
                current.retain(|known| known.name != row.name);
                current.push(row.clone());
            }
            current.sort_by(|a, b| a.name.cmp(&b.name));
            let revision = opened.row.revision;
            let seal = state(&opened.key, project, environment, revision + 1, &current);
            let versions: Vec<i64> = rows.iter().map(|row| row.version).collect();
            match self.store.write(&Change {
                environment: opened.row.id,
                revision,
                seal_before: opened.row.seal,
                versions: rows,
                seal,
            }) {
                Ok(()) => {
                    self.confirm(project, environment, updates, &versions)?;
                    return Ok(versions);
                }
                Err(StoreError::Conflict) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What is wrong with the store: the file itself, and every version of every value of every project in it.
    pub fn verify(&mut self) -> Result<Verified> {
        let mut verified = Verified { wrong: self.store.defects()?, ..Verified::default() };
        for row in self.store.all_environments()? {
            verified.environments += 1;
            if let Err(error) = self.verify_environment(&row, &mut verified) {
                verified.wrong.push(format!("{}: {error}", row.project));
            }
        }
        Ok(verified)
    }

    fn verify_environment(&mut self, row: &EnvironmentRow, verified: &mut Verified) -> Result<()> {
        let opened = self.load(&row.project, &row.name)?;
        for current in &opened.current {
            for version in self.store.history(opened.row.id, &current.name)? {
                verified.versions += 1;
                if let Err(error) = read(&opened, &version) {
                    verified.wrong.push(format!("{}: {error}", row.project));
                }
            }
        }
        Ok(())
    }

    /// What is kept in `directory` beside the store, sealed with its master key.
    pub fn aside(&self, directory: &Path) -> Aside {
        Aside::new(directory, &self.master)
    }

    /// The store itself: what is in it without the values.
    pub fn store(&self) -> &Sqlite {
        &self.store
    }

    fn version_in(&self, opened: &Opened, name: &str, version: i64) -> Result<Option<SecretValue>> {
        let is_it = |row: &&VersionRow| row.name == name && row.version == version;
        if let Some(row) = opened.current.iter().find(is_it) {
            return read(opened, row);
        }
        let history = self.store.history(opened.row.id, name)?;
        let row = history.iter().find(is_it).ok_or_else(|| SecretsError::NoVersion { name: name.to_owned(), version })?;
        read(opened, row)
    }

    /// The rows that the updates make of an environment.
    fn rows(&self, opened: &Opened, author: &str, updates: &[Update]) -> Result<Vec<VersionRow>> {
        let (project, environment) = (opened.row.project.as_str(), opened.row.name.as_str());
        let fingerprints = self.master.fingerprints(project);
        let values = opened.key.values();
        let now = (self.clock)();
        let mut rows: Vec<VersionRow> = Vec::new();
        for update in updates {
            // A name may be changed twice at once: the second change is a version of its own.
            let known = rows.iter().rev().chain(&opened.current).find(|row| row.name == update.name);
            let found = known.map_or(0, |row| row.version);
            if let Some(expected) = update.expected.filter(|expected| *expected != found) {
                return Err(SecretsError::Changed { name: update.name.clone(), expected, found });
            }
            let version = found + 1;
            let about = about(project, environment, &update.name, version);
            let plain = update.value.as_ref().map(|value| value.expose().as_bytes());
            rows.push(VersionRow {
                name: update.name.clone(),
                version,
                sealed: plain.map(|plain| seal(&values, &about, plain, self.random.as_ref())).transpose()?,
                fingerprint: plain.map(|plain| fingerprint(&fingerprints, plain)),
                origin: update.origin.to_string(),
                author: author.to_owned(),
                created_at: now,
            });
        }
        Ok(rows)
    }

    /// Reads back what was written.
    fn confirm(&mut self, project: &str, environment: &str, updates: &[Update], versions: &[i64]) -> Result<()> {
        let opened = self.load(project, environment)?;
        for (update, version) in updates.iter().zip(versions) {
            let kept = self.version_in(&opened, &update.name, *version)?;
            let same = match (&kept, &update.value) {
                (Some(kept), Some(value)) => kept.expose() == value.expose(),
                (None, None) => true,
                _ => false,
            };
            if !same {
                return Err(SecretsError::NotKept(update.name.clone()));
            }
        }
        Ok(())
    }

    /// The environment as it is, if it is what was written.
    fn load(&mut self, project: &str, environment: &str) -> Result<Opened> {
        let found = self.store.current(project, environment)?;
        let (row, current) = found.ok_or_else(|| SecretsError::NoEnvironment(environment.to_owned()))?;
        match authentic(row, current, &self.master) {
            // A new master key that came meanwhile is no damage.
            Err(SecretsError::Tampered { .. }) if !Self::accepts(&self.store, &self.master)? => Err(SecretsError::Rekeyed),
            other => other,
        }
    }
}

/// What tells whether a master key fits.
pub(super) fn check_of(master: &MasterKey, random: &dyn Random) -> Result<Vec<u8>> {
    seal(&master.wrapping(), MASTER_CHECK.as_bytes(), MASTER_CHECK_TEXT, random)
}

/// Whether a master key is the one that [`check_of`] was asked with.
pub(super) fn fits(check: &[u8], master: &MasterKey) -> bool {
    open(&master.wrapping(), MASTER_CHECK.as_bytes(), check).is_some_and(|text| text.as_slice() == MASTER_CHECK_TEXT)
}

/// An environment, if it is what was written.
pub(super) fn authentic(row: EnvironmentRow, current: Vec<VersionRow>, master: &MasterKey) -> Result<Opened> {
    let tampered = || SecretsError::Tampered { environment: row.name.clone(), name: "the environment".to_owned() };
    let key = DataKey::unwrap(&row.wrapped_key, master, &row.project, &row.name).ok_or_else(tampered)?;
    if state(&key, &row.project, &row.name, row.revision, &current) != row.seal {
        return Err(tampered());
    }
    Ok(Opened { row, key, current })
}

fn entry(row: VersionRow) -> Entry {
    Entry {
        name: row.name,
        version: row.version,
        is_set: row.sealed.is_some(),
        fingerprint: row.fingerprint,
        origin: row.origin,
        author: row.author,
        created_at: row.created_at,
    }
}

/// The value of a version; `None` where it was unset.
pub(super) fn read(opened: &Opened, row: &VersionRow) -> Result<Option<SecretValue>> {
    let Some(sealed) = &row.sealed else { return Ok(None) };
    let about = about(&opened.row.project, &opened.row.name, &row.name, row.version);
    let plain = open(&opened.key.values(), &about, sealed);
    let text = plain.and_then(|mut plain| String::from_utf8(std::mem::take(&mut *plain)).ok());
    let tampered = || SecretsError::Tampered { environment: opened.row.name.clone(), name: row.name.clone() };
    text.map(|text| Some(SecretValue::new(text))).ok_or_else(tampered)
}

/// What a value is bound to.
fn about(project: &str, environment: &str, name: &str, version: i64) -> Vec<u8> {
    framed(&[b"value", project.as_bytes(), environment.as_bytes(), name.as_bytes(), &version.to_be_bytes()])
}

/// What authenticates the state of an environment: its revision, and of every name the version with all that is kept of it. No row can
/// be left out, taken back to an earlier one, or changed.
pub(super) fn state(key: &DataKey, project: &str, environment: &str, revision: i64, current: &[VersionRow]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for row in current {
        let (version, created_at) = (row.version.to_be_bytes(), row.created_at.to_be_bytes());
        let is_set = [u8::from(row.sealed.is_some())];
        let parts: [&[u8]; 8] = [
            row.name.as_bytes(),
            &version,
            &is_set,
            row.sealed.as_deref().unwrap_or_default(),
            row.fingerprint.as_deref().unwrap_or_default(),
            row.origin.as_bytes(),
            row.author.as_bytes(),
            &created_at,
        ];
        // As `framed` does it, without putting the bytes together first.
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
    }
    let digest: [u8; 32] = digest.finalize().into();
    let about = framed(&[b"state", project.as_bytes(), environment.as_bytes(), &revision.to_be_bytes(), &digest]);
    mac(key.state().bytes(), &[&about]).to_vec()
}

/// Tells equal values apart from others without giving anything away to who has not the master key.
pub(super) fn fingerprint(key: &Key, plain: &[u8]) -> Vec<u8> {
    const LENGTH: usize = 16;
    let whole = Zeroizing::new(mac(key.bytes(), &[plain]));
    whole[..LENGTH].to_vec()
}
