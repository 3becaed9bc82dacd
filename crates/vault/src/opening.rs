//! Opens a store with its master key. If installing a new master key was interrupted, that is completed first.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use super::retry::{ATTEMPTS, retry};
use super::state::{MASTER_CHECK, fits};
use super::{Clock, KeyPlaces, KeySource, MasterKey, Random, Result, SecretsError, Vault};
use crate::store::Store;
use takk_crypto::{CryptoError, master_key, read_file, write_new};

/// A store opened with its master key.
pub struct Opening {
    pub vault: Vault,
    /// Where its master key is.
    pub source: KeySource,
    /// Whether the key was just created.
    pub made: bool,
    /// Why a new key is not in the keyring, if the keyring gave a reason.
    pub trouble: Option<String>,
}

/// Opens a store with its master key; a new store gets a new one. `clock` returns milliseconds since 1970.
pub fn open_vault(
    store: impl Into<Box<dyn Store>>,
    places: &KeyPlaces,
    random: Box<dyn Random>,
    clock: Clock,
) -> Result<Opening> {
    let mut store = store.into();
    // A key that takk manages may have been replaced after it was read.
    let is_replaced = |error: &SecretsError| places.setting.is_none() && matches!(error, SecretsError::WrongMasterKey);
    let found = retry(ATTEMPTS, is_replaced, |_| {
        settle(store.as_mut(), places)?;
        let found = master_key(places, Vault::is_new(store.as_ref())?, random.as_ref())?;
        if Vault::accepts(store.as_ref(), &found.key)? { Ok(found) } else { Err(SecretsError::WrongMasterKey) }
    })?;
    let vault = Vault::open(store, found.key, random, clock)?;
    Ok(Opening { vault, source: found.source, made: found.made, trouble: found.trouble })
}

/// Completes an interrupted rekey: moves the next master key into place if the store has adopted it, and removes it otherwise. No other
/// process can be about to adopt it, since that happens under the same lock.
pub(super) fn settle(store: &mut dyn Store, places: &KeyPlaces) -> Result<()> {
    let next = places.next_file();
    if places.setting.is_some() || !next.exists() {
        return Ok(());
    }
    let mut locked = store.lock()?;
    let key = match read_file(&next) {
        Err(CryptoError::KeyFile { source, .. }) if source.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let Some(check) = locked.fact(MASTER_CHECK)? else { return Ok(()) };
    let failed = |source| CryptoError::KeyFile { path: next.clone(), source };
    if fits(&check, &key) {
        return Ok(keep(&key, &next, places).map_err(failed)?);
    }
    // It is only useless if another key fits; a key that cannot be interpreted stays.
    match super::find_key(places)? {
        Ok(found) if fits(&check, &found.key) => Ok(remove(&next).map_err(failed)?),
        _ => Ok(()),
    }
}

/// Writes the key that a store is about to adopt, while holding its lock. A key that is already there was never adopted.
pub(super) fn announce(key: &MasterKey, places: &KeyPlaces, random: &dyn Random) -> Result<()> {
    let next = places.next_file();
    remove(&next).map_err(|source| CryptoError::KeyFile { path: next.clone(), source })?;
    if write_new(&next, &key.to_hex(), random)? { Ok(()) } else { Err(CryptoError::KeyFileExists(next).into()) }
}

/// Stores the key in the keyring, if the old one was there and the keyring returns what it stores; otherwise in the file next to the store,
/// which takes precedence over the keyring.
fn keep(key: &MasterKey, next: &Path, places: &KeyPlaces) -> std::io::Result<()> {
    let own = places.own_file();
    if let Some(keyring) = places.keyring.filter(|_| !own.exists()) {
        let text = key.to_hex();
        let kept = keyring.keep(&text).is_ok() && keyring.load().0.is_some_and(|kept| kept.trim() == text.as_str());
        if kept {
            return remove(next);
        }
    }
    fs::rename(next, &own)?;
    File::open(places.directory)?.sync_all()
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
