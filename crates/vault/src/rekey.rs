//! Changes the master key. Values stay encrypted with the keys of their environments, which are wrapped again. Fingerprints depend on the
//! master key, and the seals of the environments contain them.

use std::path::{Path, PathBuf};

use super::opening::{announce, settle};
use super::state::{MASTER_CHECK, authentic, check_of, fingerprint, fits, read};
use super::{KeyPlaces, KeySource, MasterKey, Random, Result, SecretsError, Vault, audit, find_key, people};
use crate::store::{EnvironmentRow, Transaction};
use takk_crypto::{CryptoError, write_new};

/// The result of a rekey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// The number of environments whose keys were wrapped again.
    pub environments: usize,
    /// Where the new key is.
    pub source: KeySource,
}

/// Gives the store a new master key. `file` is where to write it if the current one is set by a variable; if takk manages the current key,
/// it manages the new one too.
///
/// The new key is on disk before the store adopts it, so that for a moment there are two keys, but never none that fits.
pub fn rekey(vault: &mut Vault, places: &KeyPlaces, file: Option<&Path>) -> Result<Renewed> {
    let new = MasterKey::generate(vault.random.as_ref())?;
    let environments = vault.rekey(new, &|key, random| match file {
        Some(file) if write_new(file, &key.to_hex(), random)? => Ok(()),
        Some(file) => Err(CryptoError::KeyFileExists(file.to_owned()).into()),
        None => announce(key, places, random),
    })?;
    let source = if let Some(file) = file {
        KeySource::NamedFile(PathBuf::from(file))
    } else {
        settle(vault.store.as_mut(), places)?;
        find_key(places)?.map_err(|trouble| CryptoError::NoMasterKey { trouble })?.source
    };
    // This overwrites data under the old key in the write-ahead log as well, as soon as nobody reads it.
    let _ = vault.store.write_back();
    Ok(Renewed { environments, source })
}

impl Vault {
    /// Changes the master key. `keep` stores the new one before it takes effect. Returns the number of environments.
    fn rekey(&mut self, new: MasterKey, keep: &dyn Fn(&MasterKey, &dyn Random) -> Result<()>) -> Result<usize> {
        let new = new.bound(self.people_key.binding());
        let random = self.random.as_ref();
        let mut locked = self.store.lock()?;
        if !locked.fact(MASTER_CHECK)?.is_some_and(|check| fits(&check, &self.master)) {
            return Err(SecretsError::Rekeyed);
        }
        let environments = locked.environments()?;
        let count = environments.len();
        for row in environments {
            rewrap(locked.as_mut(), &row, &self.master, &new, random)?;
        }
        audit::rewrap(locked.as_mut(), &self.master, &new, random)?;
        people::rewrap(locked.as_mut(), &self.master, &new, random)?;
        locked.set_fact(MASTER_CHECK, &check_of(&new, random)?)?;
        keep(&new, random)?;
        locked.commit()?;
        self.master = new;
        Ok(count)
    }
}

/// Rewraps an environment with another master key.
fn rewrap(
    locked: &mut dyn Transaction,
    row: &EnvironmentRow,
    old: &MasterKey,
    new: &MasterKey,
    random: &dyn Random,
) -> Result<()> {
    let current = |locked: &mut dyn Transaction| {
        let found = locked.current(&row.project, &row.name)?;
        found.ok_or_else(|| SecretsError::NotKept(row.name.clone()))
    };
    let (found, versions) = current(locked)?;
    let mut opened = authentic(found, versions, old)?;
    let fingerprints = new.fingerprints(&row.project);
    for mut version in locked.versions(row.id)? {
        let Some(value) = read(&opened, &version)? else { continue };
        version.fingerprint = Some(fingerprint(&fingerprints, value.expose().as_bytes()));
        locked.set_fingerprint(row.id, &version)?;
        let is_it =
            |current: &&mut crate::store::VersionRow| current.name == version.name && current.version == version.version;
        if let Some(current) = opened.current.iter_mut().find(is_it) {
            current.fingerprint.clone_from(&version.fingerprint);
        }
    }
    opened.row.revision += 1;
    opened.row.wrapped_key = opened.key.wrap(new, &row.project, &row.name, random)?;
    opened.row.seal = opened.state();
    locked.rewrite(&opened.row)?;
    // Reads back what was written.
    let (kept, versions) = current(locked)?;
    authentic(kept, versions, new).map(|_| ())
}
