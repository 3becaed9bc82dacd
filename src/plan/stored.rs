//! Stored values and the variables that they are for.

use super::{Declared, PlannedPath, PlannedVariable, StaleValue, State, StoredVersion};
use crate::catalog::reserved;
use crate::model::{Held, NestedLeaf};
use crate::nearest::nearest;

/// The stored version of a variable: under the first of its names that has one. Nested fields that have variables of their own set it
/// together, if none that is required is left out. Where the environment is the secret store, the name that its path has there counts.
pub(super) fn version(declared: &Declared, path: Option<&PlannedPath>, held: &[Held]) -> Option<StoredVersion> {
    if held.is_empty() {
        return None;
    }
    let mut names = declared.names().chain(path.map(|path| path.env.as_str())).filter(|name| reserved(name).is_none());
    names.find_map(|name| find(held, name)).or_else(|| by_leaves(&declared.nested, held)).map(stored)
}

fn by_leaves<'h>(leaves: &[NestedLeaf], held: &'h [Held]) -> Option<&'h Held> {
    let of = |leaf: &NestedLeaf| leaf.env.iter().filter(|name| reserved(name).is_none()).find_map(|name| find(held, name));
    let complete = leaves.iter().all(|leaf| !leaf.required || of(leaf).is_some());
    leaves.iter().filter_map(of).max_by_key(|held| held.set_at).filter(|_| complete)
}

/// The stored values that none of the variables reads.
pub(super) fn stale(variables: &[PlannedVariable], held: &[Held]) -> Vec<StaleValue> {
    let unread =
        held.iter().filter(|held| !variables.iter().any(|variable| variable.stored_names().any(|name| name == held.name)));
    let missing = || {
        let without = variables.iter().filter(|variable| variable.state == State::Missing);
        without.map(|variable| variable.declared.name.as_str())
    };
    unread.map(|held| StaleValue { stored: stored(held), nearest: nearest(&held.name, missing()).map(str::to_owned) }).collect()
}

fn find<'h>(held: &'h [Held], name: &str) -> Option<&'h Held> {
    held.binary_search_by(|held| held.name.as_str().cmp(name)).ok().map(|at| &held[at])
}

fn stored(held: &Held) -> StoredVersion {
    StoredVersion {
        name: held.name.clone(),
        version: held.version,
        set_at: held.set_at,
        origin: held.origin.clone(),
        author: held.author.clone(),
    }
}
