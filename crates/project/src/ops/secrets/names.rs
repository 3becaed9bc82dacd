//! The name as typed → the name under which a value is stored.

use std::borrow::Cow;

use takk_model::NestedNames;
use takk_model::error::{Error, Result};
use takk_model::nearest::nearest_few;
use takk_plan::{EnvironmentPlan, PlannedVariable};
use takk_value::together::{KEY, nested_patterns};

/// Every name under which a value of the environment is looked up, in the order of the plan.
pub fn known(plan: &EnvironmentPlan) -> impl Iterator<Item = &str> {
    plan.variables.iter().flat_map(of_variable)
}

/// The names of one variable: its own, those of its nested fields that are listed, stored or missing, and the one that holds its secret
/// path.
pub fn of_variable(variable: &PlannedVariable) -> impl Iterator<Item = &str> {
    let nested = variable.declared.nested.iter().flat_map(|leaf| leaf.env.iter().map(String::as_str));
    let path = variable.secret_path.as_ref().map(|path| path.env.as_str());
    let own = variable.declared.names().filter(move |_| path.is_none());
    let inside = variable.missing.iter().chain(&variable.inside).map(String::as_str);
    own.chain(nested).chain(path).chain(inside)
}

/// The variable that a name belongs to.
pub fn variable_of<'p>(plan: &'p EnvironmentPlan, name: &str) -> Option<&'p PlannedVariable> {
    let listed = plan.variables.iter().find(|variable| of_variable(variable).any(|known| known == name));
    listed.or_else(|| plan.variables.iter().find(|variable| variable.declared.inside(name).is_some()))
}

/// The declared name that `typed` means: an exact match, the only one that differs in case, or a nested name.
pub fn find<'p>(plan: &'p EnvironmentPlan, typed: &str) -> Option<Cow<'p, str>> {
    let mut others = Vec::new();
    for name in known(plan) {
        if name == typed {
            return Some(Cow::Borrowed(name));
        }
        if name.eq_ignore_ascii_case(typed) && !others.contains(&name) {
            others.push(name);
        }
    }
    match others.as_slice() {
        [one] => Some(Cow::Borrowed(one)),
        [] => plan.variables.iter().find_map(|variable| variable.declared.inside(typed)).map(Cow::Owned),
        _ => None,
    }
}

/// The declared name that `typed` means, or an error that lists the most similar ones.
pub fn declared<'p>(plan: &'p EnvironmentPlan, typed: &str) -> Result<Cow<'p, str>> {
    if let Some(name) = find(plan, typed) {
        return Ok(name);
    }
    let error = Error::usage(format!("no settings class of the project reads `{typed}`"));
    if let Some(hint) = plan.variables.iter().find_map(|variable| not_inside(variable, typed)) {
        return Err(error.hint(hint));
    }
    let near = nearest_few(typed, known(plan), 3);
    if near.is_empty() {
        return Err(error.hint("`takk plan --all` lists all variables"));
    }
    let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
    Err(error.hint(format!("did you mean {}?", near.join(" or "))))
}

/// Lists names inside the variable with which `typed` begins, for an error about a name that is not among them.
fn not_inside(variable: &PlannedVariable, typed: &str) -> Option<String> {
    variable.declared.inside.iter().find_map(|field| named_inside(&field.names(), typed))
}

/// The nested names of a field, for an error about a dictionary key that seems to mean something below it.
pub(super) fn inside(names: &NestedNames<'_>, typed: &str) -> Option<String> {
    let is_key = names.find(typed).is_some_and(|inside| inside.types.iter().any(|at| at.model().is_some()));
    if is_key { named_inside(names, typed).filter(|hint| hint.contains(KEY)) } else { None }
}

fn named_inside(names: &NestedNames<'_>, typed: &str) -> Option<String> {
    if !names.is_inside(typed) {
        return None;
    }
    let patterns = nested_patterns(names);
    let few: Vec<String> = patterns.iter().take(3).map(|pattern| format!("`{}`", pattern.env)).collect();
    let own = names.field.env.first()?;
    if few.is_empty() { None } else { Some(format!("inside `{own}` there is {}", few.join(", "))) }
}
