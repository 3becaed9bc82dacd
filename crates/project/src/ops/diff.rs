//! `takk diff`: compares two environments by the fingerprints of their values. Nothing is decrypted.

use serde::Serialize;

use super::project::ReadProject;
use crate::platform::{Platform, holdings};
use takk_model::error::{Error, Result};
use takk_model::{Environment, EnvironmentName, Held, NestedLeaf};
use takk_plan::{EnvironmentPlan, PlannedVariable, State, plan};

/// A comparison of two environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diff {
    /// The environments.
    pub environments: [EnvironmentName; 2],
    /// The variables that either environment has a value for or that both lack, in the order of the plan, followed by names that are no
    /// longer declared.
    pub variables: Vec<Compared>,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// They are equal.
    Same,
    /// They differ.
    Differs,
    /// Both have a value, but the user may not read both, so it is not known whether they are equal.
    Unknown,
    /// Only the first environment has one.
    OnlyFirst,
    /// Only the second environment has one.
    OnlySecond,
    /// It is required, and neither has one.
    MissingInBoth,
}

/// A name in both environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// The variable.
    pub name: String,
    /// How the values compare.
    pub relation: Relation,
    /// Whether it is required.
    pub required: bool,
    /// Whether the code no longer declares it.
    pub stale: bool,
    /// Its state in each of the environments.
    pub sides: [Side; 2],
}

/// The state of a name in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// The state of the variable; `None` if the code does not declare the name.
    pub state: Option<State>,
    /// The stored version.
    pub version: Option<i64>,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: Option<i64>,
    /// How it came to be.
    pub origin: Option<String>,
    /// The value that takk derives: a URL, not a secret.
    pub resolved: Option<String>,
    /// Equal for equal values. Never shown to the user.
    #[serde(skip)]
    fingerprint: Option<Vec<u8>>,
}

impl Diff {
    /// Whether the two sides have different values.
    pub fn is_different(&self) -> bool {
        self.variables
            .iter()
            .any(|compared| matches!(compared.relation, Relation::Differs | Relation::OnlyFirst | Relation::OnlySecond))
    }
}

/// Compares two environments of a project.
pub fn diff(platform: &mut dyn Platform, project: &ReadProject, environments: [Environment; 2]) -> Result<Diff> {
    let [first, second] = &environments;
    if first.name == second.name {
        return Err(Error::usage(format!("cannot compare `{}` with itself", first.name)).hint("name two environments"));
    }
    let held = holdings(platform, &environments)?;
    let held = [held.of(&first.name), held.of(&second.name)];
    let plans = [plan(&project.manifest, first, held[0]), plan(&project.manifest, second, held[1])];
    let pairs = plans[0].variables.iter().zip(&plans[1].variables);
    let mut variables: Vec<Compared> = pairs.flat_map(|(a, b)| of_variable([a, b], held)).collect();
    variables.extend(stale(&plans, held));
    let [first, second] = environments;
    Ok(Diff { environments: [first.name, second.name], variables })
}

/// The rows of a variable: its own, and one for each nested field that is stored separately.
fn of_variable(pair: [&PlannedVariable; 2], held: [&[Held]; 2]) -> Vec<Compared> {
    let declared = &pair[0].declared;
    let own = [0, 1].map(|at| {
        let path = pair[at].secret_path.as_ref().map(|path| path.env.as_str());
        declared.names().chain(path).find_map(|name| find(held[at], name))
    });
    let mut rows = Vec::new();
    let stored_of = |leaf: &NestedLeaf| held.map(|held| leaf.env.iter().find_map(|name| find(held, name)));
    let by_leaves = declared.nested.iter().any(|leaf| stored_of(leaf).iter().any(Option::is_some));
    for leaf in declared.nested.iter().filter(|_| by_leaves) {
        let stored = stored_of(leaf);
        let Some(name) = leaf.env.first() else { continue };
        // If some fields of a nested model are stored, its required ones must be too.
        let is_begun = |at: usize| declared.nested.iter().any(|leaf| stored_of(leaf)[at].is_some());
        let state = |at: usize| match pair[at].state {
            _ if stored[at].is_some() => State::Set,
            _ if own[at].is_none() && is_begun(at) => without(leaf.required),
            state => state,
        };
        let sides = [0, 1].map(|at| Side::of(Some(state(at)), stored[at], None));
        rows.extend(compared(name, leaf.required, sides));
    }
    let mut unlisted: Vec<&String> = pair.iter().flat_map(|variable| &variable.inside).collect();
    unlisted.sort_unstable();
    unlisted.dedup();
    for name in &unlisted {
        let sides = [0, 1].map(|at| {
            let stored = find(held[at], name);
            Side::of(Some(if stored.is_some() { State::Set } else { State::Default }), stored, None)
        });
        rows.extend(compared(name, false, sides));
    }
    if own.iter().any(Option::is_some) || (!by_leaves && unlisted.is_empty()) {
        let sides = [0, 1].map(|at| Side::of(Some(pair[at].state), own[at], pair[at].value.clone()));
        rows.splice(0..0, compared(&declared.name, declared.required, sides));
    }
    rows
}

/// The state of a nested field without a value.
fn without(required: bool) -> State {
    if required { State::Missing } else { State::Default }
}

/// The stored names of both environments that the code does not declare.
fn stale(plans: &[EnvironmentPlan; 2], held: [&[Held]; 2]) -> Vec<Compared> {
    let mut names: Vec<&str> = plans.iter().flat_map(|plan| &plan.stale).map(|stale| stale.stored.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let row = |name: &str| {
        let sides = held.map(|held| Side::of(None, find(held, name), None));
        compared(name, false, sides).map(|compared| Compared { stale: true, ..compared })
    };
    names.into_iter().filter_map(row).collect()
}

/// A row; `None` if neither environment has a value and none is required.
fn compared(name: &str, required: bool, sides: [Side; 2]) -> Option<Compared> {
    let relation = match (sides[0].has_value(), sides[1].has_value()) {
        (true, true) => match sides[0].equals(&sides[1]) {
            Some(true) => Relation::Same,
            Some(false) => Relation::Differs,
            None => Relation::Unknown,
        },
        (true, false) => Relation::OnlyFirst,
        (false, true) => Relation::OnlySecond,
        (false, false) if sides.iter().any(|side| side.state == Some(State::Missing)) => Relation::MissingInBoth,
        (false, false) => return None,
    };
    Some(Compared { name: name.to_owned(), relation, required, stale: false, sides })
}

impl Side {
    fn of(state: Option<State>, held: Option<&Held>, resolved: Option<String>) -> Self {
        Self {
            state,
            version: held.map(|held| held.version),
            set_at: held.map(|held| held.set_at),
            origin: held.map(|held| held.origin.clone()),
            resolved,
            fingerprint: held.map(|held| held.fingerprint.clone()),
        }
    }

    fn has_value(&self) -> bool {
        self.fingerprint.is_some() || self.resolved.is_some()
    }

    /// Whether two values are equal; `None` if the user may not know. A stored value and a URL that takk derives count as different:
    /// comparing them would take decryption.
    fn equals(&self, other: &Self) -> Option<bool> {
        let is_hidden = |side: &Self| side.fingerprint.as_ref().is_some_and(Vec::is_empty);
        if self.resolved == other.resolved
            && self.fingerprint.is_some()
            && other.fingerprint.is_some()
            && (is_hidden(self) || is_hidden(other))
        {
            return None;
        }
        Some(self.fingerprint == other.fingerprint && self.resolved == other.resolved)
    }
}

fn find<'h>(held: &'h [Held], name: &str) -> Option<&'h Held> {
    held.iter().find(|held| held.name == name)
}
