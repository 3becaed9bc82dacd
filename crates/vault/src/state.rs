//! When the rows of an environment are authentic: its key unwraps, its seal is valid, and each value is bound to its place.

use takk_crypto::Digest;
use zeroize::Zeroizing;

use super::{MasterKey, Random, Result, SecretValue, SecretsError};
use crate::store::{EnvironmentRow, Transaction, VersionRow};
use takk_crypto::{Binding, DataKey, Key, LENGTH, framed, mac, open, open_with, seal};

/// Under which name the store keeps what tells whether a master key fits.
pub(super) const MASTER_CHECK: &str = "master key";
/// What that fact holds, encrypted: that the rows of people are sealed, which nobody takes back without the master key.
const SEALED_CHECK_TEXT: &[u8] = b"takk, people are sealed";
/// What it held in stores of earlier takks, which sealed no people.
const EARLIER_CHECK_TEXT: &[u8] = b"takk";

/// What tells whether a master key fits says that, and whether the rows of people are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealing {
    /// There is no master key yet.
    New,
    /// It is another master key's.
    Other,
    /// It fits, and an earlier takk made it.
    Earlier,
    /// It fits, and the rows of people are sealed.
    Sealed,
}

/// An environment as it is now, found to be what was written.
#[derive(Clone)]
pub(super) struct Opened {
    pub row: EnvironmentRow,
    pub key: DataKey,
    /// The current version of every name, by name.
    pub current: Vec<VersionRow>,
}

impl Opened {
    /// The current version of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&VersionRow> {
        self.place(name).ok().map(|at| &self.current[at])
    }

    /// Makes versions the current ones of their names.
    pub(crate) fn put_all(&mut self, rows: &[VersionRow]) {
        for row in rows {
            match self.place(&row.name) {
                Ok(at) => self.current[at] = row.clone(),
                Err(at) => self.current.insert(at, row.clone()),
            }
        }
    }

    /// What authenticates it as it is.
    pub(crate) fn state(&self) -> Vec<u8> {
        state(&self.key, &self.row.project, &self.row.name, self.row.revision, &self.current)
    }

    /// Where a name is, or would be.
    fn place(&self, name: &str) -> std::result::Result<usize, usize> {
        self.current.binary_search_by(|row| row.name.as_str().cmp(name))
    }
}

/// What tells whether a master key fits.
pub(super) fn check_of(master: &MasterKey, random: &dyn Random) -> Result<Vec<u8>> {
    Ok(seal(&master.wrapping(), MASTER_CHECK.as_bytes(), SEALED_CHECK_TEXT, random)?)
}

/// Whether a master key is the one that [`check_of`] was asked with.
pub(super) fn fits(check: &[u8], master: &MasterKey) -> bool {
    matches!(sealing(check, master), Sealing::Earlier | Sealing::Sealed)
}

/// What such a fact says to whoever has a master key.
pub(super) fn sealing(check: &[u8], master: &MasterKey) -> Sealing {
    match open(&master.wrapping(), MASTER_CHECK.as_bytes(), check).as_deref().map(Vec::as_slice) {
        Some(SEALED_CHECK_TEXT) => Sealing::Sealed,
        Some(EARLIER_CHECK_TEXT) => Sealing::Earlier,
        _ => Sealing::Other,
    }
}

/// Whether a master key is that of the store, seen from inside of a transaction.
pub(super) fn is_master(transaction: &mut dyn Transaction, master: &MasterKey) -> Result<bool> {
    Ok(transaction.fact(MASTER_CHECK)?.is_some_and(|check| fits(&check, master)))
}

/// An environment, if it is what was written.
pub(super) fn authentic(row: EnvironmentRow, current: Vec<VersionRow>, master: &MasterKey) -> Result<Opened> {
    let tampered =
        |row: &EnvironmentRow| SecretsError::Tampered { environment: row.name.clone(), name: "the environment".to_owned() };
    let key = DataKey::unwrap(&row.wrapped_key, master, &row.project, &row.name).ok_or_else(|| tampered(&row))?;
    let opened = Opened { row, key, current };
    if opened.state() == opened.row.seal { Ok(opened) } else { Err(tampered(&opened.row)) }
}

/// The row of an environment of an earlier takk, bound to the people that are sealed now; `None` if it is not what that takk wrote.
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

/// The value of a version; `None` where it was unset.
pub(super) fn read(opened: &Opened, row: &VersionRow) -> Result<Option<SecretValue>> {
    if row.sealed.is_none() { Ok(None) } else { opened.key.values().with(|key| read_with(key, opened, row)) }
}

/// The values of all current versions, in their order. The key is unmasked once for them, and what it leaves is overwritten once.
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

/// What a value is bound to.
pub(super) fn about(project: &str, environment: &str, name: &str, version: i64) -> Vec<u8> {
    framed(&[b"value", project.as_bytes(), environment.as_bytes(), name.as_bytes(), &version.to_be_bytes()])
}

/// What authenticates the state of an environment: its revision, and of every name the version with all that is kept of it. No row can
/// be left out, taken back to an earlier one, or changed.
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
        // As `framed` does it, without putting the bytes together first.
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
    }
    let digest: [u8; 32] = digest.finish();
    let about = framed(&[b"state", project.as_bytes(), environment.as_bytes(), &revision.to_be_bytes(), &digest]);
    key.state().with(|key| mac(key, &[&about]).to_vec())
}

/// Tells equal values apart from others without giving anything away to who has not the master key.
pub(super) fn fingerprint(key: &Key, plain: &[u8]) -> Vec<u8> {
    const LENGTH: usize = 16;
    let whole = Zeroizing::new(key.with(|key| mac(key, &[plain])));
    whole[..LENGTH].to_vec()
}
