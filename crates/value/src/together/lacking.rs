//! The variables that would provide what a field lacks: those of the fields without a default, to any depth.

use super::judged::Place;
use super::merged::is_decoded;
use super::{Fault, Problem};
use crate::choices::tag_keys;
use takk_model::{NestedNames, TypeAt, ValueType, peeled};

/// The maximum nesting of models when searching for missing variables.
const DEEPEST: usize = 8;
/// The maximum number of variables to list for one field.
const MOST: usize = 200;

/// The variables that a completely unset field needs: those of nested fields without a default, or else its own.
pub fn lacking(names: &NestedNames<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let place = Place { path: vec![names.field.name.clone()], keys: Vec::new() };
    below(names, &names.outermost(), &place, &mut found);
    distinct(found)
}

/// The variables that would fix what is missing.
pub(super) fn of_faults(names: &NestedNames<'_>, faults: &[Fault]) -> Vec<String> {
    let mut found = Vec::new();
    for fault in faults.iter().filter(|fault| fault.problem == Problem::Missing) {
        let place = Place { path: fault.path.clone(), keys: fault.keys.clone() };
        match at(names, &fault.keys) {
            Some(at) => below(names, &at, &place, &mut found),
            None => found.extend(nearest_name(names, &fault.keys)),
        }
    }
    distinct(found)
}

fn below(names: &NestedNames<'_>, at: &TypeAt<'_>, place: &Place, found: &mut Vec<String>) {
    if found.len() >= MOST {
        return;
    }
    let inside = match only_model(at) {
        Some(at) if place.keys.len() < DEEPEST => at,
        _ => return found.extend(nearest_name(names, &place.keys)),
    };
    let Some(model) = inside.model() else { return };
    let required: Vec<_> = model.fields.iter().filter(|field| field.required).collect();
    if required.is_empty() {
        return found.extend(nearest_name(names, &place.keys));
    }
    for field in required {
        let place = Place {
            path: [place.path.as_slice(), std::slice::from_ref(&field.name)].concat(),
            keys: [place.keys.as_slice(), std::slice::from_ref(&field.keys)].concat(),
        };
        below(names, &inside.field(field), &place, found);
    }
}

/// The only model in a type, besides `None`.
fn only_model<'m>(at: &TypeAt<'m>) -> Option<TypeAt<'m>> {
    if at.model().is_some() {
        return Some(at.clone());
    }
    let ValueType::Union(members) = at.accepts else { return None };
    let mut some = members.iter().filter(|member| **member != ValueType::None);
    let one = some.next().filter(|_| some.next().is_none())?;
    only_model(&at.with(one))
}

/// The type at the keys, if there is exactly one.
fn at<'m>(names: &NestedNames<'m>, keys: &[Vec<String>]) -> Option<TypeAt<'m>> {
    let first: Vec<&str> = keys.iter().map(|keys| keys.first().map_or("", String::as_str)).collect();
    let inside = names.find(&names.name_of(&first)?)?;
    let mut types = inside.types.into_iter();
    types.next().filter(|_| types.next().is_none())
}

/// The variable at a position: the first of the keys that have one.
pub(super) fn name_of(names: &NestedNames<'_>, keys: &[Vec<String>]) -> Option<String> {
    let first: Vec<&str> = keys.iter().map(|keys| keys.first().map(String::as_str)).collect::<Option<_>>()?;
    if first.is_empty() {
        return names.field.env.first().cloned();
    }
    let with_other = |at: usize| keys[at].iter().skip(1).map(move |other| (at, other.as_str())).collect::<Vec<_>>();
    let others = (0..keys.len()).flat_map(with_other).map(|(at, other)| {
        let mut keys = first.clone();
        keys[at] = other;
        keys
    });
    std::iter::once(first.clone()).chain(others).find_map(|keys| {
        let name = names.name_of(&keys)?;
        is_read(names, &name).then_some(name)
    })
}

/// Whether a variable other than `own` selects one of several models on the way to a position.
pub(super) fn has_other_tag(names: &NestedNames<'_>, own: &str, keys: &[Vec<String>]) -> bool {
    let first: Vec<&str> = keys.iter().map(|keys| keys.first().map_or("", String::as_str)).collect();
    (0..first.len()).any(|length| {
        let around = &first[..length];
        let types = match length {
            0 => vec![names.outermost()],
            _ => names.name_of(around).and_then(|name| names.find(&name)).map(|inside| inside.types).unwrap_or_default(),
        };
        let tags = types.iter().flat_map(|at| tags_of(at.accepts));
        tags.filter_map(|tag| names.name_of(&[around, &[tag]].concat())).any(|name| names.compared(&name) != own)
    })
}

/// The keys of the tags that select one of several models.
fn tags_of(accepts: &ValueType) -> Vec<&str> {
    match peeled(accepts) {
        ValueType::Tagged(rule) => tag_keys(rule).iter().map(String::as_str).collect(),
        ValueType::Union(members) => members.iter().flat_map(tags_of).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value can be set by that name, rather than only as JSON.
fn is_read(names: &NestedNames<'_>, name: &str) -> bool {
    names.find(name).is_some_and(|inside| {
        inside.types.is_empty() || is_decoded(names, name) || inside.types.iter().any(|at| !at.accepts.is_complex())
    })
}

/// The variable of a position, or of the nearest enclosing one that has one.
fn nearest_name(names: &NestedNames<'_>, keys: &[Vec<String>]) -> Option<String> {
    (0..=keys.len()).rev().find_map(|length| name_of(names, &keys[..length]))
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
