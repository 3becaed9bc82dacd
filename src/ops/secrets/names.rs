//! The name that somebody typed → the name that a value is stored under.

use crate::error::{Error, Result};
use crate::nearest::nearest_few;
use crate::plan::{EnvironmentPlan, PlannedVariable};

/// Every name under which a value of the environment is looked for, in the order of the plan.
pub fn known(plan: &EnvironmentPlan) -> impl Iterator<Item = &str> {
    plan.variables.iter().flat_map(of_variable)
}

/// The names of one variable: its own, those of its nested fields, and the one that stands for its path in a secret store.
pub fn of_variable(variable: &PlannedVariable) -> impl Iterator<Item = &str> {
    let nested = variable.declared.nested.iter().flat_map(|leaf| leaf.env.iter().map(String::as_str));
    let path = variable.secret_path.as_ref().map(|path| path.env.as_str());
    let own = variable.declared.names().filter(move |_| path.is_none());
    own.chain(nested).chain(path)
}

/// The variable that a name belongs to.
pub fn variable_of<'p>(plan: &'p EnvironmentPlan, name: &str) -> Option<&'p PlannedVariable> {
    plan.variables.iter().find(|variable| of_variable(variable).any(|known| known == name))
}

/// The declared name that `typed` means, if there is one: itself, or the only one that differs in case.
pub fn find<'p>(plan: &'p EnvironmentPlan, typed: &str) -> Option<&'p str> {
    let mut others = Vec::new();
    for name in known(plan) {
        if name == typed {
            return Some(name);
        }
        if name.eq_ignore_ascii_case(typed) && !others.contains(&name) {
            others.push(name);
        }
    }
    if let [one] = others.as_slice() { Some(one) } else { None }
}

/// The declared name that `typed` means, or an error that names the nearest ones.
pub fn declared<'p>(plan: &'p EnvironmentPlan, typed: &str) -> Result<&'p str> {
    if let Some(name) = find(plan, typed) {
        return Ok(name);
    }
    let error = Error::usage(format!("no settings class of the project reads `{typed}`"));
    let near = nearest_few(typed, known(plan), 3);
    if near.is_empty() {
        return Err(error.hint("`takk plan --all` lists all variables"));
    }
    let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
    Err(error.hint(format!("did you mean {}?", near.join(" or "))))
}
