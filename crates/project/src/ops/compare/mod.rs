//! `takk check --base REF`: which variables a branch adds, removes or renames.

mod rename;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use takk_model::{Environment, EnvironmentName, Holdings, Manifest, Place};
use takk_plan::{Declared, State, declared, plan};

/// What changed between two states of the code.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// What the code was compared with, as the user named it.
    pub base: String,
    /// The changes by variable.
    pub changes: Vec<Change>,
}

/// What became of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// The code newly reads it.
    Added,
    /// The code no longer reads it.
    Removed,
    /// It took the place of another one.
    Renamed,
    /// It lost its default.
    NowRequired,
    /// It got a default.
    NowOptional,
    /// Its type is another one.
    TypeChanged,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// The variable; of a removed one its old name.
    pub name: String,
    /// The name before, if it was renamed.
    pub previous_name: Option<String>,
    /// Whether the name before is still read.
    pub previous_name_works: bool,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The type before, if that changed.
    pub previous_type: Option<String>,
    /// Whether it is required.
    pub required: bool,
    /// Where it is declared; of a removed one where it was.
    pub place: Place,
    /// The environments that have no value for it although it is required.
    pub missing_in: Vec<EnvironmentName>,
}

impl Comparison {
    /// Whether the branch needs a value that some environment does not have.
    pub fn is_failure(&self) -> bool {
        self.changes.iter().any(|change| !change.missing_in.is_empty())
    }
}

/// Compares the manifest `before` with that of now, and says where a value is missing now that is not in `holdings`.
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

/// What differs between a variable and the one it was.
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
