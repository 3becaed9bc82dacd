//! When the rows of an environment are authentic: its key unwraps, its seal is valid, and each value is bound to its place.

use takk_crypto::Digest;
use zeroize::Zeroizing;

use super::{MasterKey, Random, Result, SecretValue, SecretsError};
use crate::store::{EnvironmentRow, Transaction, VersionRow};
use takk_crypto::{Binding, DataKey, Key, LENGTH, framed, mac, open, open_with, seal};

/// The name under which the store keeps the check of the master key.
pub(super) const MASTER_CHECK: &str = "master key";
/// The plaintext of the check, which says that the rows of people are sealed: nobody can undo that without the master key.
const SEALED_CHECK_TEXT: &[u8] = b"takk, people are sealed";
/// Its plaintext in stores of earlier versions, which did not seal people.
const EARLIER_CHECK_TEXT: &[u8] = b"takk";

/// What the check says: whether a master key fits, and whether the rows of people are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealing {
    /// The store has no master key yet.
    New,
    /// It belongs to another master key.
    Other,
    /// The key fits, and the store is from an earlier version.
    Earlier,
    /// The key fits, and the rows of people are sealed.
    Sealed,
}

/// The verified current state of an environment.
#[derive(Clone)]
pub(super) struct Opened {
    pub row: EnvironmentRow,
    pub key: DataKey,
    /// The current version of every name, sorted by name.
    pub current: Vec<VersionRow>,
}

impl Opened {
    /// The current version of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&VersionRow> {
        self.place(name).ok().map(|at| &self.current[at])
    }

    /// Replaces the current versions of names.
    pub(crate) fn put_all(&mut self, rows: &[VersionRow]) {
        for row in rows {
            match self.place(&row.name) {
                Ok(at) => self.current[at] = row.clone(),
                Err(at) => self.current.insert(at, row.clone()),
            }
        }
    }

    /// The code that authenticates the current state.
    pub(crate) fn state(&self) -> Vec<u8> {
        state(&self.key, &self.row.project, &self.row.name, self.row.revision, &self.current)
    }

    /// The index of a name, or where it would be inserted.
    fn place(&self, name: &str) -> std::result::Result<usize, usize> {
        self.current.binary_search_by(|row| row.name.as_str().cmp(name))
    }
}

/// Creates the check of a master key.
pub(super) fn check_of(master: &MasterKey, random: &dyn Random) -> Result<Vec<u8>> {
    Ok(seal(&master.wrapping(), MASTER_CHECK.as_bytes(), SEALED_CHECK_TEXT, random)?)
}

/// Whether a check was created with the master key.
pub(super) fn fits(check: &[u8], master: &MasterKey) -> bool {
    matches!(sealing(check, master), Sealing::Earlier | Sealing::Sealed)
}

/// What a check says, given a master key.
pub(super) fn sealing(check: &[u8], master: &MasterKey) -> Sealing {
    match open(&master.wrapping(), MASTER_CHECK.as_bytes(), check).as_deref().map(Vec::as_slice) {
        Some(SEALED_CHECK_TEXT) => Sealing::Sealed,
        Some(EARLIER_CHECK_TEXT) => Sealing::Earlier,
        _ => Sealing::Other,
    }
}

/// Whether a master key is that of the store, within a transaction.
pub(super) fn is_master(transaction: &mut dyn Transaction, master: &MasterKey) -> Result<bool> {
    Ok(transaction.fact(MASTER_CHECK)?.is_some_and(|check| fits(&check, master)))
}

/// An environment, if it is authentic.
pub(super) fn authentic(row: EnvironmentRow, current: Vec<VersionRow>, master: &MasterKey) -> Result<Opened> {
    let tampered =
        |row: &EnvironmentRow| SecretsError::Tampered { environment: row.name.clone(), name: "the environment".to_owned() };
    let key = DataKey::unwrap(&row.wrapped_key, master, &row.project, &row.name).ok_or_else(|| tampered(&row))?;
    let opened = Opened { row, key, current };
    if opened.state() == opened.row.seal { Ok(opened) } else { Err(tampered(&opened.row)) }
}

/// The row of an environment of an earlier version, bound to the people that are sealed now; `None` if that version did not write it.
pub(super) fn bound(
    row: EnvironmentRow,
    current: Vec<VersionRow>,
    master: &MasterKey,
    binding: Binding,
) -> Option<EnvironmentRow> {
    let Opened { row, key, current } = authentic(row, current, master).ok()?;
    let opened = Opened { row, key: key.bound(binding), current };
    let seal = opened.state();
    Some(EnvironmentRow { seal, ..opened.row })
}

/// The value of a version; `None` if it was unset.
pub(super) fn read(opened: &Opened, row: &VersionRow) -> Result<Option<SecretValue>> {
    if row.sealed.is_none() { Ok(None) } else { opened.key.values().with(|key| read_with(key, opened, row)) }
}

/// The values of all current versions, in order. The key is unmasked once for all of them, and wiped once.
pub(super) fn read_all(opened: &Opened) -> Result<Vec<Option<SecretValue>>> {
    opened.key.values().with(|key| opened.current.iter().map(|row| read_with(key, opened, row)).collect())
}

fn read_with(key: &[u8; LENGTH], opened: &Opened, row: &VersionRow) -> Result<Option<SecretValue>> {
    let Some(sealed) = &row.sealed else { return Ok(None) };
    let about = about(&opened.row.project, &opened.row.name, &row.name, row.version);
    let plain = open_with(key, &about, sealed);
    let text = plain.and_then(|mut plain| String::from_utf8(std::mem::take(&mut *plain)).ok());
    let tampered = || SecretsError::Tampered { environment: opened.row.name.clone(), name: row.name.clone() };
    text.map(|text| Some(SecretValue::new(text))).ok_or_else(tampered)
}

/// The associated data of a value's encryption.
pub(super) fn about(project: &str, environment: &str, name: &str, version: i64) -> Vec<u8> {
    framed(&[b"value", project.as_bytes(), environment.as_bytes(), name.as_bytes(), &version.to_be_bytes()])
}

/// The code that authenticates the state of an environment: its revision, and for every name the current version with everything stored
/// about it. No row can be omitted, rolled back, or changed undetected.
fn state(key: &DataKey, project: &str, environment: &str, revision: i64, current: &[VersionRow]) -> Vec<u8> {
    let mut digest = Digest::default();
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
        // Hashes the same bytes as `framed`, without concatenating them first.
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
    }
    let digest: [u8; 32] = digest.finish();
    let about = framed(&[b"state", project.as_bytes(), environment.as_bytes(), &revision.to_be_bytes(), &digest]);
    key.state().with(|key| mac(key, &[&about]).to_vec())
}

/// Equal for equal values, but reveals nothing without the master key.
pub(super) fn fingerprint(key: &Key, plain: &[u8]) -> Vec<u8> {
    const LENGTH: usize = 16;
    let whole = Zeroizing::new(key.with(|key| mac(key, &[plain])));
    whole[..LENGTH].to_vec()
}
