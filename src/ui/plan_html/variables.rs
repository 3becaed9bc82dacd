//! The matrix: a row for each variable, a column for each environment.

use super::super::plan_rows::{everywhere, group, here, rename, state_rank, version};
use super::super::value_text::python;
use takk_plan::{Declared, EnvironmentPlan, State};

/// The variables of one class.
pub(super) struct Group<'p> {
    /// The class, and the services that read it.
    pub title: String,
    pub variables: Vec<VariableRow<'p>>,
    /// Whether a variable lacks a value somewhere.
    pub is_lacking: bool,
}

/// One variable in all environments.
pub(super) struct VariableRow<'p> {
    pub declared: &'p Declared,
    /// The default, in Python syntax.
    pub default: Option<String>,
    /// The notes that apply to every environment.
    pub notes: Vec<String>,
    /// Its state in each environment.
    pub cells: Vec<StateCell>,
    pub place: String,
    /// Whether it lacks a value somewhere.
    pub is_lacking: bool,
    rank: u8,
}

/// One variable in one environment.
pub(super) struct StateCell {
    pub state: State,
    pub notes: Vec<String>,
}

/// A stored value that the code does not declare.
pub(super) struct StaleRow<'p> {
    pub environment: &'p str,
    pub name: &'p str,
    pub version: String,
    /// The variable that it may belong to.
    pub rename: Option<String>,
}

/// The variables of all environments, by class, those with missing values first. Every environment has the same ones, in the same order.
pub(super) fn groups(environments: &[EnvironmentPlan]) -> Vec<Group<'_>> {
    let Some(first) = environments.first() else { return Vec::new() };
    let mut groups: Vec<Group> = Vec::new();
    let is_shown = |at: &usize| environments.iter().any(|environment| !environment.variables[*at].is_proposed());
    for at in (0..first.variables.len()).filter(is_shown) {
        let row = row(environments, at);
        let title = group(row.declared, first.services.len());
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.variables.push(row),
            None => groups.push(Group { title, variables: vec![row], is_lacking: false }),
        }
    }
    for group in &mut groups {
        group.variables.sort_by_key(|row| row.rank);
        group.is_lacking = group.variables.iter().any(|row| row.is_lacking);
    }
    groups.sort_by_key(|group| !group.is_lacking);
    groups
}

fn row(environments: &[EnvironmentPlan], at: usize) -> VariableRow<'_> {
    let declared = &*environments[0].variables[at].declared;
    let variables = environments.iter().map(|environment| &environment.variables[at]);
    let cells: Vec<StateCell> = variables.map(|variable| StateCell { state: variable.state, notes: here(variable) }).collect();
    VariableRow {
        declared,
        default: declared.default.as_ref().map(python),
        notes: everywhere(declared, true),
        place: declared.place().short(),
        is_lacking: cells.iter().any(|cell| cell.state == State::Missing),
        rank: cells.iter().map(|cell| state_rank(cell.state)).min().unwrap_or(u8::MAX),
        cells,
    }
}

/// Stored values that the code does not declare, by environment.
pub(super) fn stale(environments: &[EnvironmentPlan]) -> Vec<StaleRow<'_>> {
    environments
        .iter()
        .flat_map(|environment| {
            environment.stale.iter().map(|value| StaleRow {
                environment: environment.name.as_str(),
                name: &value.stored.name,
                version: version(&value.stored, &value.stored.name),
                rename: rename(value),
            })
        })
        .collect()
}
