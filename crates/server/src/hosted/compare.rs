//! Compares two environments by the fingerprints of their values, if the caller may read both; and copies values from one to the other.

use std::collections::{BTreeMap, BTreeSet};

use super::authorize::{self, AuthorizedAccess, Need};
use super::overview::{self, Column};
use super::{Hosted, Refusal, Result, names, values};
use takk_api::{Change, Changes, Diff, Difference, Held, HeldValue, Promotion};
use takk_model::Origin;
use takk_vault::{AccessResponse, SecretsError};

/// A name whose values differ between two environments.
pub struct Differing<'c> {
    pub name: &'c str,
    /// What the first environment has, if anything.
    pub from: Option<&'c Held>,
    /// What the second environment has, if anything.
    pub to: Option<&'c Held>,
    /// The version in the second environment; 0 for none.
    pub version: i64,
}

/// A comparison of two environments.
#[derive(Default)]
pub struct Compared<'c> {
    /// How many names have the same value in both.
    pub same: usize,
    /// The names that differ, sorted.
    pub differing: Vec<Differing<'c>>,
    /// The names that are set in both, if the caller may not know whether they differ because they may not read both.
    pub unknown: Vec<&'c str>,
}

pub fn compared<'c>(from: &'c Column, to: &'c Column) -> Compared<'c> {
    let set = |column: &'c Column| column.secrets.iter().filter(|held| held.is_set).map(|held| held.name.as_str());
    let all: BTreeSet<&str> = set(from).chain(set(to)).collect();
    let may_tell = from.is_open && to.is_open;
    let mut compared = Compared::default();
    for name in all {
        let version = to.find(name).map_or(0, |held| held.version);
        let [here, there] = [from, to].map(|column| column.find(name).filter(|held| held.is_set));
        match here.zip(there) {
            Some(_) if !may_tell => compared.unknown.push(name),
            Some((here, there)) if here.fingerprint == there.fingerprint => compared.same += 1,
            _ => compared.differing.push(Differing { name, from: here, to: there, version }),
        }
    }
    compared
}

/// How the environment differs from another one.
pub fn diff(hosted: &mut Hosted, visit: &AuthorizedAccess, with: &str) -> Result<Diff> {
    names::environment(with)?;
    authorize::enter(hosted, visit.caller.clone(), Need::Names, visit.project.clone(), Some(with.to_owned()))?;
    let columns = overview::columns(hosted, visit)?;
    let find = |name: &str| {
        let found = columns.iter().find(|column| column.environment == name);
        found.ok_or_else(|| Refusal::from(SecretsError::NoEnvironment(name.to_owned())))
    };
    let Compared { same, differing, unknown } = compared(find(&visit.environment)?, find(with)?);
    let differing = differing.into_iter().map(|row| Difference {
        name: row.name.to_owned(),
        here: row.from.cloned(),
        there: row.to.cloned(),
    });
    let unknown = unknown.into_iter().map(str::to_owned).collect();
    Ok(Diff { with: with.to_owned(), same, differing: differing.collect(), unknown })
}

/// Whether the caller may read the values to copy.
pub fn source(hosted: &mut Hosted, visit: &AuthorizedAccess, promotion: &Promotion) -> Result<AuthorizedAccess> {
    names::environment(&promotion.from)?;
    if promotion.names.is_empty() {
        return Err(Refusal::invalid("`names` must list the values to promote"));
    }
    if let Some(name) = promotion.expected_versions.keys().find(|name| !promotion.names.contains(name)) {
        let detail = format!("`expected_versions` contains `{name}`, which is not in `names`");
        return Err(Refusal::invalid(detail).hint("add it to `names`, or omit it from both"));
    }
    if promotion.from == visit.environment {
        return Err(Refusal::invalid("an environment cannot be promoted to itself"));
    }
    authorize::enter(hosted, visit.caller.clone(), Need::Values, visit.project.clone(), Some(promotion.from.clone()))
}

/// The changes that copy values, each name once.
pub fn changes(given: AccessResponse, from: &str, names: &[String], versions: &BTreeMap<String, i64>) -> Result<Changes> {
    let values = values::list(given)?.values;
    let lacking = names.iter().find(|name| !values.iter().any(|held| held.held.name == **name));
    if let Some(name) = lacking {
        return Err(Refusal::not_found(format!("`{name}` has no value in `{from}`")));
    }
    let is_created = |held: &&HeldValue| held.held.origin == Origin::Provisioned.as_str();
    if let Some(HeldValue { held, .. }) = values.iter().find(is_created) {
        let detail = format!("`{}` leads to something that takk created for `{from}` alone", held.name);
        return Err(Refusal::invalid(detail).hint("create one for the other environment: `takk provision`"));
    }
    let changes = values.into_iter().map(|held| Change {
        expected_version: versions.get(&held.held.name).copied(),
        name: held.held.name,
        value: Some(held.value),
        origin: Some(Origin::Promoted),
    });
    Ok(Changes { changes: changes.collect() })
}
