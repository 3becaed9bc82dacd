//! Stored values and the variables that they are for.

use std::collections::HashSet;

use super::{Declared, PlannedPath, PlannedVariable, StaleValue, State, StoredVersion};
use takk_catalog::reserved;
use takk_model::nearest::nearest;
use takk_model::{Held, NestedLeaf, NestedNames};
use takk_value::together::{Given, together};

/// The number of pairs of names that are compared to find a rename, and the maximum length in bytes of a name.
const MOST_COMPARED: usize = 10_000;
const LONGEST: usize = 100;

/// The stored version of a variable: of the first of its names that has one. Nested fields with variables of their own set it together, if
/// no required one is missing. If the environment is the secret store, the name of its path there counts.
pub(super) fn version(declared: &Declared, path: Option<&PlannedPath>, held: &[Held]) -> Option<StoredVersion> {
    if held.is_empty() {
        return None;
    }
    own(declared, path, held).or_else(|| by_leaves(&declared.nested, held).filter(|_| declared.inside.is_empty())).map(stored)
}

/// What is stored under one of the variable's own names.
fn own<'h>(declared: &Declared, path: Option<&PlannedPath>, held: &'h [Held]) -> Option<&'h Held> {
    let mut names = declared.names().chain(path.map(|path| path.env.as_str())).filter(|name| reserved(name).is_none());
    names.find_map(|name| find(held, name))
}

/// The values of an environment.
#[derive(Clone, Copy)]
pub(super) struct Stored<'s> {
    pub held: &'s [Held],
    /// The value of a name, if it is known.
    pub value: &'s dyn Fn(&str) -> Option<&'s str>,
}

impl<'s> Stored<'s> {
    /// Only the existence of the values is known.
    pub(crate) fn names(held: &'s [Held]) -> Self {
        Self { held, value: &|_| None }
    }
}

/// What is stored inside a variable.
pub(super) struct Inside<'h> {
    held: Vec<&'h Held>,
    /// Values of other variables that are also parts of it.
    others: Vec<&'h Held>,
    /// The names of values that are in no list of names.
    pub unlisted: Vec<String>,
    /// What remains to be set.
    pub missing: Vec<String>,
    /// Whether a class that reads the variable finds a value for it.
    pub is_set: bool,
}

impl<'h> Inside<'h> {
    /// Finds what is stored inside a variable; `None` if nothing can be. Other variables that `are_read` may provide a value as well.
    pub(crate) fn of(declared: &Declared, stored: Stored<'h>, are_read: &dyn Fn(&str) -> bool) -> Option<Self> {
        if declared.inside.is_empty() {
            return None;
        }
        let mut found = Self { held: Vec::new(), others: Vec::new(), unlisted: Vec::new(), missing: Vec::new(), is_set: false };
        let fields: Vec<NestedNames<'_>> = declared.inside.iter().map(|field| field.names()).collect();
        let is_found = |name: &str| fields.iter().any(|names| names.find(name).is_some());
        let listed: HashSet<&str> = declared.nested.iter().flat_map(|leaf| leaf.env.iter().map(String::as_str)).collect();
        let Stored { held, value } = stored;
        for held in held.iter().filter(|held| reserved(&held.name).is_none()) {
            let is_own = declared.names().any(|name| name == held.name);
            if is_own || is_found(&held.name) {
                found.held.push(held);
                if !is_own && !listed.contains(held.name.as_str()) {
                    found.unlisted.push(held.name.clone());
                }
            }
        }
        let is_inside = |name: &str| fields.iter().any(|names| names.is_inside(name));
        let is_other = |held: &&Held| {
            let name = held.name.as_str();
            is_inside(name) && found.held.iter().all(|own| own.name != name) && reserved(name).is_none() && are_read(name)
        };
        found.others = held.iter().filter(is_other).collect();
        for names in &fields {
            found.ask(names, value);
        }
        found.missing = distinct(found.missing);
        Some(found)
    }

    fn ask(&mut self, names: &NestedNames<'_>, value: &dyn Fn(&str) -> Option<&'h str>) {
        let all = self.held.iter().chain(&self.others).map(|held| held.name.as_str());
        let given: Vec<Given<'_>> =
            all.filter(|name| names.are_given_by(name)).map(|name| Given { name, text: value(name) }).collect();
        let (is_set, missing) = missing_of(names, &given);
        self.is_set |= is_set;
        self.missing.extend(missing);
    }

    /// The latest of these values.
    pub(crate) fn latest(&self) -> Option<StoredVersion> {
        self.held.iter().chain(&self.others).max_by_key(|held| held.set_at).map(|held| stored(held))
    }
}

/// Whether a field has a value given these variables, and the variables that it still lacks.
pub fn missing_of(names: &NestedNames<'_>, given: &[Given<'_>]) -> (bool, Vec<String>) {
    if names.has_types() {
        let found = together(names, given);
        return (found.is_set, found.missing);
    }
    let is_given = |name: &String| given.iter().any(|given| names.compared(given.name) == names.compared(name));
    let leaves = &names.field.nested;
    let has_value = |leaf: &NestedLeaf| leaf.env.iter().any(is_given);
    let is_whole = names.field.env.iter().any(is_given);
    let is_begun = leaves.iter().any(has_value);
    if is_whole || !(is_begun || names.field.is_needed()) {
        return (is_whole, Vec::new());
    }
    // Deeper fields may be in a model that can be omitted, unless one of its fields is set.
    let is_needed = |leaf: &NestedLeaf| {
        let around = leaf.path.split_last().map(|(_, around)| around);
        let is_beside = |other: &NestedLeaf| around.is_some_and(|around| other.path.starts_with(around));
        leaf.path.len() == 2 || leaves.iter().any(|other| is_beside(other) && has_value(other))
    };
    let required = leaves.iter().filter(|leaf| leaf.required && !has_value(leaf) && is_needed(leaf));
    let mut missing: Vec<String> = required.filter_map(|leaf| leaf.env.first().cloned()).collect();
    if missing.is_empty() && !is_begun {
        missing.extend(names.field.env.first().cloned());
    }
    (is_begun, missing)
}

fn distinct(names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
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
