//! Changing an environment in a transaction of the store: what is written is read back and decrypted before it is committed.

use super::entry::Update;
use super::keys::DataKey;
use super::seal::seal;
use super::state::{Opened, about, authentic, fingerprint, is_master, read, state};
use super::{MasterKey, Random, Result, SecretsError};
use crate::store::{Change, Current, EnvironmentRow, Transaction, VersionRow};

/// Who changes an environment, with what, and when.
#[derive(Clone, Copy)]
pub(super) struct Hand<'h> {
    pub master: &'h MasterKey,
    pub random: &'h dyn Random,
    pub author: &'h str,
    pub now: i64,
}

/// Where an environment is: its project, and its name there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Location<'l> {
    pub project: &'l str,
    pub environment: &'l str,
}

/// Makes an environment with a key of its own and its first values. Gives their versions in the order of the updates.
pub(super) fn create(
    transaction: &mut dyn Transaction,
    hand: Hand,
    at: Location,
    expires_at: Option<i64>,
    updates: &[Update],
) -> Result<Vec<i64>> {
    // With the key of yesterday nobody could read it.
    if !is_master(transaction, hand.master)? {
        return Err(SecretsError::Rekeyed);
    }
    let key = DataKey::generate(hand.random)?;
    let row = EnvironmentRow {
        id: 0,
        project: at.project.to_owned(),
        name: at.environment.to_owned(),
        wrapped_key: key.wrap(hand.master, at.project, at.environment, hand.random)?,
        revision: 0,
        seal: Vec::new(),
        created_at: hand.now,
        expires_at,
    };
    let mut opened = Opened { row, key, current: Vec::new() };
    let rows = rows(&opened, hand, updates)?;
    let versions = rows.iter().map(|row| row.version).collect();
    opened.row.seal = state(&opened.key, at.project, at.environment, 0, &after(&opened.current, &rows));
    transaction.add_environment(&opened.row, &rows)?;
    confirm(transaction, hand.master, at, updates, versions)
}

/// Changes values. Gives the revision after the change, and the new versions in the order of the updates.
pub(super) fn change(
    transaction: &mut dyn Transaction,
    hand: Hand,
    at: Location,
    updates: &[Update],
) -> Result<(i64, Vec<i64>)> {
    let opened = load(transaction, hand.master, at)?;
    let rows = rows(&opened, hand, updates)?;
    let versions = rows.iter().map(|row| row.version).collect();
    let revision = opened.row.revision;
    let seal = state(&opened.key, at.project, at.environment, revision + 1, &after(&opened.current, &rows));
    let Opened { row, .. } = opened;
    transaction.write(&Change { environment: row.id, revision, seal_before: row.seal, versions: rows, seal })?;
    Ok((revision + 1, confirm(transaction, hand.master, at, updates, versions)?))
}

/// The environment as it is, if it is what was written. Nobody else changes it before the end of the transaction.
pub(super) fn load(transaction: &mut dyn Transaction, master: &MasterKey, at: Location) -> Result<Opened> {
    let found = transaction.current(at.project, at.environment)?;
    opened(transaction, master, at, found)
}

/// The environment as it is at this moment, if it is what was written.
pub(super) fn look(transaction: &mut dyn Transaction, master: &MasterKey, at: Location) -> Result<Opened> {
    let found = transaction.seen(at.project, at.environment)?;
    opened(transaction, master, at, found)
}

fn opened(transaction: &mut dyn Transaction, master: &MasterKey, at: Location, found: Option<Current>) -> Result<Opened> {
    let (row, current) = found.ok_or_else(|| SecretsError::NoEnvironment(at.environment.to_owned()))?;
    match authentic(row, current, master) {
        // A new master key that came meanwhile is no damage.
        Err(SecretsError::Tampered { .. }) if !is_master(transaction, master)? => Err(SecretsError::Rekeyed),
        other => other,
    }
}

/// The current versions after new ones, by name.
fn after(current: &[VersionRow], rows: &[VersionRow]) -> Vec<VersionRow> {
    let mut current = current.to_vec();
    for row in rows {
        current.retain(|known| known.name != row.name);
        current.push(row.clone());
    }
    current.sort_by(|a, b| a.name.cmp(&b.name));
    current
}

/// The rows that the updates make of an environment.
fn rows(opened: &Opened, hand: Hand, updates: &[Update]) -> Result<Vec<VersionRow>> {
    let (project, environment) = (opened.row.project.as_str(), opened.row.name.as_str());
    let fingerprints = hand.master.fingerprints(project);
    let values = opened.key.values();
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
            sealed: plain.map(|plain| seal(&values, &about, plain, hand.random)).transpose()?,
            fingerprint: plain.map(|plain| fingerprint(&fingerprints, plain)),
            origin: update.origin.to_string(),
            author: hand.author.to_owned(),
            created_at: hand.now,
        });
    }
    Ok(rows)
}

/// Reads back what was written, and gives its versions.
fn confirm(
    transaction: &mut dyn Transaction,
    master: &MasterKey,
    at: Location,
    updates: &[Update],
    versions: Vec<i64>,
) -> Result<Vec<i64>> {
    let opened = load(transaction, master, at).map_err(|error| not_kept(error, at.environment))?;
    for (update, version) in updates.iter().zip(&versions) {
        let row = version_row_in(transaction, &opened, &update.name, Some(*version));
        let kept = row.and_then(|row| read(&opened, &row)).map_err(|error| not_kept(error, &update.name))?;
        let same = match (&kept, &update.value) {
            (Some(kept), Some(value)) => kept.expose() == value.expose(),
            (None, None) => true,
            _ => false,
        };
        if !same {
            return Err(SecretsError::NotKept(update.name.clone()));
        }
    }
    Ok(versions)
}

/// What is not found right after it was written was not kept.
fn not_kept(error: SecretsError, name: &str) -> SecretsError {
    match error {
        SecretsError::Tampered { .. } | SecretsError::NoVersion { .. } | SecretsError::NoEnvironment(_) => {
            SecretsError::NotKept(name.to_owned())
        }
        other => other,
    }
}

/// A version of a name, or the current one.
pub(super) fn version_row_in(
    transaction: &mut dyn Transaction,
    opened: &Opened,
    name: &str,
    version: Option<i64>,
) -> Result<VersionRow> {
    let is_it = |row: &&VersionRow| row.name == name && version.is_none_or(|version| row.version == version);
    if let Some(row) = opened.current.iter().find(is_it) {
        return Ok(row.clone());
    }
    let none = || SecretsError::NoVersion { name: name.to_owned(), version: version.unwrap_or_default() };
    transaction.history(opened.row.id, name)?.into_iter().find(|row| is_it(&row)).ok_or_else(none)
}
