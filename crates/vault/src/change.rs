//! The rows of a change to an environment: a new version for each name, encrypted for its place.

use super::entry::Update;
use super::state::{Opened, about, fingerprint};
use super::{MasterKey, Random, Result, SecretsError};
use crate::store::VersionRow;
use takk_crypto::seal;

/// Who changes an environment, and when.
#[derive(Clone, Copy)]
pub(super) struct WriteContext<'h> {
    pub master: &'h MasterKey,
    pub random: &'h dyn Random,
    pub author: &'h str,
    pub now: i64,
}

/// An environment, by project and name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Location<'l> {
    pub project: &'l str,
    pub environment: &'l str,
}

/// The rows that the updates create, in order.
pub(super) fn rows(opened: &Opened, hand: WriteContext, updates: &[Update]) -> Result<Vec<VersionRow>> {
    let (project, environment) = (opened.row.project.as_str(), opened.row.name.as_str());
    let fingerprints = hand.master.fingerprints(project);
    let values = opened.key.values();
    let mut rows: Vec<VersionRow> = Vec::with_capacity(updates.len());
    for update in updates {
        // A request may change a name twice. The second change creates a version of its own.
        let known = rows.iter().rev().find(|row| row.name == update.name).or_else(|| opened.find(&update.name));
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
            sealed: plain.map(|plain| seal(values, &about, plain, hand.random)).transpose()?,
            fingerprint: plain.map(|plain| fingerprint(&fingerprints, plain)),
            origin: update.origin.to_string(),
            author: hand.author.to_owned(),
            created_at: hand.now,
        });
    }
    Ok(rows)
}
