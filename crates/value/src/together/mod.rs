//! Validates all variables of one field together, under an `env_nested_delimiter`: the field's own, which holds JSON, and those of the
//! fields inside it. They are merged as pydantic-settings does, and the result is validated; each fault names the variables at fault, or
//! the missing one.
//!
//! Values may be unknown: then only their presence counts.

mod judged;
mod lacking;
mod merged;
mod patterns;
mod tree;

use judged::{Place, judge};
use merged::merged;

use super::{Refusal, Verdict};
use takk_model::NestedNames;

pub use lacking::lacking;
pub use patterns::{KEY, NestedPattern, nested_patterns};

/// A variable that is set.
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    pub name: &'g str,
    /// Its value, if it is to be validated.
    pub text: Option<&'g str>,
}

/// A fault in the value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path of field names and dictionary keys.
    pub path: Vec<String>,
    /// For each step within the field, the keys that variables use.
    keys: Vec<Vec<String>>,
    pub problem: Problem,
    /// The variables at fault, by their index among those given.
    by: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is neither a value nor a default.
    Missing,
    Refused(Refusal),
}

impl Fault {
    fn no_json(path: Vec<String>, by: usize) -> Self {
        let refusal = Refusal { error: "json_invalid", reason: "must be valid JSON".to_owned(), place: String::new() };
        Self { path, keys: Vec::new(), problem: Problem::Refused(refusal), by: vec![by] }
    }

    /// The variables at fault.
    pub fn names<'g>(&self, given: &[Given<'g>]) -> Vec<&'g str> {
        self.by.iter().filter_map(|number| given.get(*number)).map(|given| given.name).collect()
    }

    /// Where it is, in Python syntax: `db.port`.
    pub fn place(&self) -> String {
        self.path.join(".")
    }
}

/// The verdict on a field.
#[derive(Clone, Debug, Default)]
pub struct Together {
    /// Whether it is set at all.
    pub is_set: bool,
    /// Its faults.
    pub faults: Vec<Fault>,
    /// Why the rest is undecided.
    pub open: Option<String>,
    /// The variables that it still needs.
    pub missing: Vec<String>,
}

/// The verdict on the variables of a field. They are sorted by name, which is the order in which a program started by takk finds them.
pub fn together(names: &NestedNames<'_>, given: &[Given<'_>]) -> Together {
    let merged = merged(names, given);
    let place = Place { path: vec![names.field.name.clone()], keys: Vec::new() };
    let at = names.outermost();
    let mut found = Together { is_set: merged.node.is_some(), faults: merged.faults, ..Together::default() };
    let is_broken = !found.faults.is_empty();
    if let Some(node) = &merged.node {
        let judged = judge(node, &names.field.accepts, &at, &place);
        found.open = judged.open;
        // A text that cannot be decoded may contain what is missing.
        found.faults.extend(judged.faults.into_iter().filter(|fault| !is_broken || fault.problem != Problem::Missing));
        if names.field.updates_default {
            found.faults.retain(|fault| fault.problem != Problem::Missing || !is_in_default(names, fault));
        }
        found.missing = lacking::of_faults(names, &found.faults);
    } else if names.field.is_needed() && !is_broken {
        found.missing = lacking(names);
    }
    found
}

/// Whether the default that the variables update provides what they lack.
fn is_in_default(names: &NestedNames<'_>, fault: &Fault) -> bool {
    let Some(mut default) = names.field.updated_default.as_ref() else { return true };
    for step in fault.path.iter().skip(1) {
        match default {
            serde_json::Value::Null => return false,
            serde_json::Value::Object(fields) => match fields.get(step) {
                Some(field) => default = field,
                None => return false,
            },
            _ => return true,
        }
    }
    true
}

/// Whether the program would accept the value of one variable, regardless of the others: what they may add or replace is left
/// undecided.
pub fn alone(names: &NestedNames<'_>, name: &str, text: &str) -> Verdict {
    let given = [Given { name, text: Some(text) }];
    let Together { faults, open, .. } = together(names, &given);
    let own = names.compared(name);
    let depth = names.keys(&own).map_or(0, |keys| keys.len());
    let mut doubt = open;
    for fault in faults {
        let Problem::Refused(mut refusal) = fault.problem else { continue };
        let inner = fault.path.get(depth + 1..).unwrap_or_default();
        refusal.place.insert_str(0, &inner.iter().flat_map(|step| [".", step.as_str()]).collect::<String>());
        // An extra key stays, unless its container is replaced: objects in the field's own variable are merged.
        let last = match refusal.error {
            "extra_forbidden" if depth == 0 => 0,
            "extra_forbidden" => fault.keys.len().saturating_sub(1),
            _ => fault.keys.len(),
        };
        let is_hidden = depth > 0 && merged::can_hide(&names.field.accepts);
        let is_replaced =
            is_hidden || (depth + 1..=last).any(|length| lacking::name_of(names, &fault.keys[..length]).is_some());
        if !is_replaced && !lacking::has_other_tag(names, &own, &fault.keys) {
            return Verdict::Refused(refusal);
        }
        doubt.get_or_insert_with(|| {
            format!("pydantic does not accept it as it is ({}), but another variable may change that", refusal.sentence())
        });
    }
    doubt.map_or(Verdict::Accepted, Verdict::Unchecked)
}
