//! The names that a promotion considers: those that one environment has or the other lacks.

use std::collections::HashSet;

use takk_catalog::reserved;
use takk_model::{Held, NestedLeaf};
use takk_plan::{EnvironmentPlan, PlannedVariable, State};

/// A name, with what each of the two environments has.
pub(super) struct Candidate<'p> {
    /// The name in the target environment.
    pub name: String,
    pub variable: &'p PlannedVariable,
    /// What the source environment has.
    pub from: Option<&'p Held>,
    /// What the target environment has.
    pub to: Option<&'p Held>,
    /// Whether the target has the variable under another of its names.
    pub is_covered: bool,
    /// Whether it must be kept secret.
    pub secret: bool,
    /// Whether it is required.
    pub required: bool,
}

/// The candidates in the order of the plan; only the named ones, if there are names.
pub(super) fn candidates<'p>(plans: &'p [EnvironmentPlan; 2], held: [&'p [Held]; 2], named: &[&str]) -> Vec<Candidate<'p>> {
    let pairs = plans[0].variables.iter().zip(&plans[1].variables);
    let all = pairs.flat_map(|(from, to)| of_variable([from, to], held, named));
    let mut seen = HashSet::new();
    // Two variables may share a name. Reserved names are not promoted.
    all.filter(|candidate| reserved(&candidate.name).is_none())
        .filter(|candidate| named.is_empty() || named.contains(&candidate.name.as_str()))
        .filter(|candidate| seen.insert(candidate.name.clone()))
        .collect()
}

fn of_variable<'p>(pair: [&'p PlannedVariable; 2], held: [&'p [Held]; 2], named: &[&str]) -> Vec<Candidate<'p>> {
    let [from, to] = pair;
    let declared = &to.declared;
    let path = |variable: &'p PlannedVariable| variable.secret_path.as_ref().map(|path| path.env.as_str());
    let own = |variable: &'p PlannedVariable, held: &'p [Held]| {
        variable.declared.names().filter(|_| path(variable).is_none()).chain(path(variable)).find_map(|name| find(held, name))
    };
    let stored = [own(from, held[0]), own(to, held[1])];
    let mut candidates: Vec<Candidate<'p>> = Vec::new();
    let is_missing = to.state == State::Missing;
    for leaf in &declared.nested {
        let leaf = of_leaf(leaf, to, held, is_missing && stored[0].is_none(), named);
        candidates.extend(leaf.map(|leaf| Candidate { is_covered: stored[1].is_some(), ..leaf }));
    }
    for name in from.inside.iter().chain(&to.inside) {
        let found = held.map(|held| find(held, name));
        if found[0].is_some() || named.contains(&name.as_str()) {
            candidates.push(Candidate {
                name: name.clone(),
                variable: to,
                from: found[0],
                to: found[1],
                is_covered: stored[1].is_some(),
                secret: declared.holds_secret(),
                required: false,
            });
        }
    }
    let name = match (stored, path(to)) {
        ([_, Some(there)], _) => there.name.as_str(),
        (_, Some(path)) => path,
        ([Some(here), None], None) => here.name.as_str(),
        ([None, None], None) => declared.name.as_str(),
    };
    // If the user named one of the variable's other names, that one is used.
    let name = named.iter().copied().find(|named| declared.names().any(|known| known == *named)).unwrap_or(name);
    let is_asked = named.contains(&name);
    if stored[0].is_some() || is_asked || (is_missing && candidates.is_empty()) {
        let own = Candidate {
            name: name.to_owned(),
            variable: to,
            from: stored[0],
            to: if is_asked { find(held[1], name) } else { stored[1] },
            is_covered: to.state == State::Set,
            secret: declared.secret,
            required: declared.required,
        };
        candidates.insert(0, own);
    }
    candidates
}

/// A nested field that the source has, or that is required and has no value.
fn of_leaf<'p>(
    leaf: &NestedLeaf,
    variable: &'p PlannedVariable,
    held: [&'p [Held]; 2],
    is_needed: bool,
    named: &[&str],
) -> Option<Candidate<'p>> {
    let [from, to] = held.map(|held| leaf.env.iter().find_map(|name| find(held, name)));
    let first = leaf.env.first()?;
    let name = to.or(from).map_or(first.as_str(), |held| held.name.as_str());
    let name = named.iter().copied().find(|named| leaf.env.iter().any(|known| known == named)).unwrap_or(name);
    let is_wanted = from.is_some() || named.contains(&name) || (is_needed && leaf.required && to.is_none());
    is_wanted.then(|| Candidate {
        name: name.to_owned(),
        variable,
        from,
        to,
        is_covered: false,
        secret: leaf.secret || variable.declared.secret,
        required: leaf.required && variable.declared.required,
    })
}

fn find<'h>(held: &'h [Held], name: &str) -> Option<&'h Held> {
    held.iter().find(|held| held.name == name)
}
