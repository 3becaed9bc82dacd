//! Stored values and the variables that they are for.

use std::collections::HashSet;

use super::{Declared, PlannedPath, PlannedVariable, StaleValue, State, StoredVersion};
use crate::catalog::reserved;
use crate::model::{Held, NestedLeaf};
use crate::nearest::nearest;

/// How many pairs of names are compared to find a rename, and how many bytes a name has that is.
const MOST_COMPARED: usize = 10_000;
const LONGEST: usize = 100;

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
    let read: HashSet<&str> = variables.iter().flat_map(PlannedVariable::stored_names).collect();
    let unread: Vec<&Held> = held.iter().filter(|held| !read.contains(held.name.as_str())).collect();
    let without = variables.iter().filter(|variable| variable.state == State::Missing);
    let missing: Vec<&str> =
        without.map(|variable| variable.declared.name.as_str()).filter(|name| name.len() <= LONGEST).collect();
    let is_compared = unread.len().saturating_mul(missing.len()) <= MOST_COMPARED;
    let like = |name: &str| nearest(name, missing.iter().copied()).map(str::to_owned);
    let nearest = |held: &Held| if is_compared && held.name.len() <= LONGEST { like(&held.name) } else { None };
    unread.into_iter().map(|held| StaleValue { stored: stored(held), nearest: nearest(held) }).collect()
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
