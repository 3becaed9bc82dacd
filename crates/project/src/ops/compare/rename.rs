//! Matches the variables of a branch with those of its base.
//!
//! Variables with the same name match. Of the rest, a pair is a rename if both belong to one class (the same one, or one of the same name
//! that moved) and either the field kept its name (a prefix changed), or the type is the same and the names are similar, or the type and
//! the position are the same and nothing else in the class was added or removed.

use std::collections::{HashMap, HashSet};

use takk_model::nearest::similarity;
use takk_model::{ClassRef, Manifest};
use takk_plan::Declared;

/// The minimum similarity of two names.
const ALIKE: f64 = 0.6;

/// A variable before and after, as indices into the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub old: usize,
    pub new: usize,
}

/// Pairs every variable before with at most one after.
pub(super) fn pairs(before: &Manifest, old: &[Declared], now: &Manifest, new: &[Declared]) -> Vec<Pair> {
    let mut pairing = Pairing::default();
    let names: HashMap<&str, usize> = new.iter().enumerate().map(|(index, variable)| (variable.name.as_str(), index)).collect();
    for (index, variable) in old.iter().enumerate() {
        if let Some(&now) = names.get(variable.name.as_str()) {
            pairing.add(index, now);
        }
    }
    for (index, variable) in old.iter().enumerate() {
        let also = |candidate: &Declared| {
            candidate.names().any(|name| name == variable.name) || variable.names().any(|name| name == candidate.name)
        };
        if let Some(now) = (0..new.len()).find(|now| !pairing.new.contains(now) && also(&new[*now])) {
            pairing.add(index, now);
        }
    }
    for (old, new) in candidates(before, old, now, new, &pairing) {
        pairing.add(old, new);
    }
    pairing.pairs
}

#[derive(Default)]
struct Pairing {
    pairs: Vec<Pair>,
    old: HashSet<usize>,
    new: HashSet<usize>,
}

impl Pairing {
    fn add(&mut self, old: usize, new: usize) {
        if !self.old.contains(&old) && !self.new.contains(&new) {
            self.old.insert(old);
            self.new.insert(new);
            self.pairs.push(Pair { old, new });
        }
    }
}

/// Possible renames among the variables without a counterpart, the likeliest first.
fn candidates(before: &Manifest, old: &[Declared], now: &Manifest, new: &[Declared], pairing: &Pairing) -> Vec<(usize, usize)> {
    let gone: Vec<Candidate> = without_partner(before, old, &pairing.old);
    let come: Vec<Candidate> = without_partner(now, new, &pairing.new);
    let mut scored: Vec<(f64, &Candidate, &Candidate)> = Vec::new();
    for was in &gone {
        for is in come.iter().filter(|is| was.is_in_class_of(is)) {
            let alone = only_one_in(&gone, was) && only_one_in(&come, is);
            if let Some(score) = likeness(was, is, alone) {
                scored.push((score, was, is));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.name.cmp(b.1.name)).then_with(|| a.2.name.cmp(b.2.name)));
    scored.into_iter().map(|(_, was, is)| (was.index, is.index)).collect()
}

/// A variable without a counterpart, with its position in its class.
struct Candidate<'d> {
    index: usize,
    name: &'d str,
    field: &'d str,
    type_name: &'d str,
    class: &'d ClassRef,
    position: Option<usize>,
}

impl Candidate<'_> {
    fn is_in_class_of(&self, other: &Candidate) -> bool {
        self.class.qualname == other.class.qualname
    }
}

fn without_partner<'d>(manifest: &Manifest, variables: &'d [Declared], paired: &HashSet<usize>) -> Vec<Candidate<'d>> {
    let alone = variables.iter().enumerate().filter(|(index, _)| !paired.contains(index));
    alone
        .filter_map(|(index, variable)| {
            let reader = variable.first_reader();
            let (class, field) = (reader.class.as_ref()?, reader.field.as_deref()?);
            let declared = manifest.read_classes().find(|candidate| candidate.class_ref() == *class);
            let position = declared.and_then(|class| class.fields.iter().position(|candidate| candidate.name == field));
            Some(Candidate { index, name: &variable.name, field, type_name: &variable.type_name, class, position })
        })
        .collect()
}

fn only_one_in(fields: &[Candidate], field: &Candidate) -> bool {
    fields.iter().filter(|other| other.is_in_class_of(field)).count() == 1
}

/// How likely a pair is a rename. `alone`: nothing else in the class was added or removed.
fn likeness(was: &Candidate, is: &Candidate, alone: bool) -> Option<f64> {
    if was.field == is.field {
        return Some(3.0);
    }
    if was.type_name != is.type_name {
        return None;
    }
    let alike = similarity(was.name, is.name);
    if alike >= ALIKE {
        return Some(1.0 + alike);
    }
    (alone && was.position.is_some() && was.position == is.position).then_some(alike)
}
