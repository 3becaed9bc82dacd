//! Two environments by the fingerprints of their values, and what is taken over from one to the other.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{self, Need, Visit};
use super::overview::{self, Column};
use super::{Hosted, Refusal, Result, names, values};
use crate::secrets::{Given, SecretsError};
use crate::wire::{Change, Changes, Diff, Difference, Held, Origin, Promotion};

/// A name whose value is not the same in two environments.
pub struct Differing<'c> {
    /// The name.
    pub name: &'c str,
    /// What the first one has, if it is set there.
    pub from: Option<&'c Held>,
    /// What the second one has, if it is set there.
    pub to: Option<&'c Held>,
    /// The version that the second one has; 0 for none.
    pub version: i64,
}

/// How many names have the same value in both, and those that differ, by name.
pub fn compared<'c>(from: &'c Column, to: &'c Column) -> (usize, Vec<Differing<'c>>) {
    let set = |column: &'c Column| column.secrets.iter().filter(|held| held.is_set).map(|held| held.name.as_str());
    let all: BTreeSet<&str> = set(from).chain(set(to)).collect();
    let differing: Vec<Differing> = all.iter().filter_map(|name| differing(name, from.find(name), to.find(name))).collect();
    (all.len() - differing.len(), differing)
}

fn differing<'c>(name: &'c str, from: Option<&'c Held>, to: Option<&'c Held>) -> Option<Differing<'c>> {
    let version = to.map_or(0, |held| held.version);
    let (from, to) = (from.filter(|held| held.is_set), to.filter(|held| held.is_set));
    let is_same = from.zip(to).is_some_and(|(from, to)| from.fingerprint == to.fingerprint);
    (!is_same).then_some(Differing { name, from, to, version })
}

/// Where the environment differs from another one.
pub fn diff(hosted: &mut Hosted, visit: &Visit, with: &str) -> Result<Diff> {
    names::environment(with)?;
    entry::enter(hosted, visit.caller.clone(), Need::Names, visit.project.clone(), Some(with.to_owned()))?;
    let columns = overview::columns(hosted, visit)?;
    let find = |name: &str| {
        let found = columns.iter().find(|column| column.environment == name);
        found.ok_or_else(|| Refusal::from(SecretsError::NoEnvironment(name.to_owned())))
    };
    let (same, differing) = compared(find(&visit.environment)?, find(with)?);
    let differing = differing.into_iter().map(|row| Difference {
        name: row.name.to_owned(),
        here: row.from.cloned(),
        there: row.to.cloned(),
    });
    Ok(Diff { with: with.to_owned(), same, differing: differing.collect() })
}

/// Whether the caller may read the values that are to be taken over.
pub fn source(hosted: &mut Hosted, visit: &Visit, promotion: &Promotion) -> Result<Visit> {
    names::environment(&promotion.from)?;
    if promotion.names.is_empty() {
        return Err(Refusal::invalid("`names` says which values are taken over"));
    }
    if let Some(name) = promotion.expected_versions.keys().find(|name| !promotion.names.contains(name)) {
        let detail = format!("`expected_versions` has `{name}`, which is not among `names`");
        return Err(Refusal::invalid(detail).hint("add it to `names`, or leave it out of both"));
    }
    if promotion.from == visit.environment {
        return Err(Refusal::invalid("an environment takes nothing over from itself"));
    }
    entry::enter(hosted, visit.caller.clone(), Need::Values, visit.project.clone(), Some(promotion.from.clone()))
}

/// The changes that take values over, each of the names once.
pub fn changes(given: Given, from: &str, names: &[String], versions: &BTreeMap<String, i64>) -> Result<Changes> {
    let values = values::list(given)?.values;
    let lacking = names.iter().find(|name| !values.iter().any(|held| held.held.name == **name));
    if let Some(name) = lacking {
        return Err(Refusal::not_found(format!("`{name}` has no value in `{from}`")));
    }
    let changes = values.into_iter().map(|held| Change {
        expected_version: versions.get(&held.held.name).copied(),
        name: held.held.name,
        value: Some(held.value),
        origin: Some(Origin::Promoted),
    });
    Ok(Changes { changes: changes.collect() })
}
