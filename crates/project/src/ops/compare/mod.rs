//! `takk check --base REF`: which variables a branch adds, removes or renames.

mod rename;

use std::collections::HashMap;

use serde::Serialize;

use takk_model::{Environment, EnvironmentName, Holdings, Manifest, Place};
use takk_plan::{Declared, State, declared, plan};

/// What changed between two states of the code.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The reference that the code was compared with, as the user gave it.
    pub base: String,
    /// The changes by variable.
    pub changes: Vec<Change>,
}

/// How a variable changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// The code has started to read it.
    Added,
    /// The code has stopped reading it.
    Removed,
    /// It replaced another variable.
    Renamed,
    /// It lost its default.
    NowRequired,
    /// It got a default.
    NowOptional,
    /// Its type changed.
    TypeChanged,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// How it changed.
    pub kind: ChangeKind,
    /// The variable; the old name of one that was removed.
    pub name: String,
    /// The previous name, if it was renamed.
    pub previous_name: Option<String>,
    /// Whether the previous name still works.
    pub previous_name_works: bool,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The previous type, if it changed.
    pub previous_type: Option<String>,
    /// Whether it is required.
    pub required: bool,
    /// Where it is declared; for one that was removed, where it was.
    pub place: Place,
    /// The environments where it is required and has no value.
    pub missing_in: Vec<EnvironmentName>,
}

impl Comparison {
    /// Whether the branch needs a value that some environment lacks.
    pub fn is_failure(&self) -> bool {
        self.changes.iter().any(|change| !change.missing_in.is_empty())
    }
}

/// Compares the manifest `before` with the current one, and lists the environments whose `holdings` lack a value that is now required.
pub fn compare(base: &str, before: &Manifest, now: &Manifest, environments: &[Environment], holdings: &Holdings) -> Comparison {
    let (old, new) = (declared(before), declared(now));
    let pairs = rename::pairs(before, &old, now, &new);
    let missing = missing_in(now, environments, holdings);
    let mut changes = Vec::new();
    for (index, variable) in new.iter().enumerate() {
        match pairs.iter().find(|pair| pair.new == index) {
            Some(pair) => changes.extend(differences(&old[pair.old], variable)),
            None => changes.push(change(ChangeKind::Added, variable)),
        }
    }
    for (index, variable) in old.iter().enumerate() {
        if pairs.iter().all(|pair| pair.old != index) {
            changes.push(change(ChangeKind::Removed, variable));
        }
    }
    for change in &mut changes {
        if matches!(change.kind, ChangeKind::Added | ChangeKind::Renamed | ChangeKind::NowRequired)
            && !change.previous_name_works
        {
            change.missing_in = missing.get(&change.name).cloned().unwrap_or_default();
        }
    }
    changes.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
    Comparison { base: base.to_owned(), changes }
}

/// The environments in which each variable is missing.
fn missing_in(manifest: &Manifest, environments: &[Environment], holdings: &Holdings) -> HashMap<String, Vec<EnvironmentName>> {
    let mut missing: HashMap<String, Vec<EnvironmentName>> = HashMap::new();
    for environment in environments {
        let variables = plan(manifest, environment, holdings.of(&environment.name)).variables;
        for variable in variables.into_iter().filter(|variable| variable.state == State::Missing) {
            missing.entry(variable.declared.name.clone()).or_default().push(environment.name.clone());
        }
    }
    missing
}

/// How a variable differs from its previous version.
fn differences(old: &Declared, new: &Declared) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.name != new.name {
        let previous_name_works = new.names().any(|name| name == old.name);
        let previous_name = Some(old.name.clone());
        changes.push(Change { previous_name, previous_name_works, ..change(ChangeKind::Renamed, new) });
    }
    if old.required != new.required {
        let kind = if new.required { ChangeKind::NowRequired } else { ChangeKind::NowOptional };
        changes.push(change(kind, new));
    }
    if old.type_name != new.type_name {
        let previous_type = Some(old.type_name.clone());
        changes.push(Change { previous_type, ..change(ChangeKind::TypeChanged, new) });
    }
    changes
}

fn change(kind: ChangeKind, variable: &Declared) -> Change {
    Change {
        kind,
        name: variable.name.clone(),
        previous_name: None,
        previous_name_works: false,
        type_name: variable.type_name.clone(),
        previous_type: None,
        required: variable.required,
        place: variable.place().clone(),
        missing_in: Vec::new(),
    }
}
