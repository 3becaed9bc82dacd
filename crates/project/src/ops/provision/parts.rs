//! Parts of a resource that a server which takk runs does not have, and one that exists does; and what a program cannot do without there.

use crate::ops::up::{Fate, Need, has_address, server_of};
use takk_plan::{PlannedVariable, State};
use takk_provision::server::{login_part, of_kind};

/// Whether a server that exists has the part that a variable holds.
pub(super) fn can_set(need: &Need<'_>, variable: &PlannedVariable) -> bool {
    need.can_set(variable) || part(variable).is_some_and(|part| has(need, part))
}

/// Decides again about a resource that is to be on a server that exists.
pub(super) fn settle(need: &mut Need<'_>) {
    if let Some((kind, server)) = server_of(&need.resource.kind)
        && matches!(need.fate, Fate::Impossible { .. })
    {
        let lacks = |part: &&str| server.lacks.iter().any(|lack| lack.part == *part);
        let lacking: Vec<&str> = missing(need).filter_map(part).filter(lacks).collect();
        if !lacking.is_empty() && lacking.iter().all(|part| has(need, part)) && has_address(need) {
            need.fate = Fate::Create { kind: kind.name };
        }
    }
    let Some((login, why)) = login_part(&need.resource.kind) else { return };
    if matches!(need.fate, Fate::Create { .. }) && !need.variables.iter().any(|variable| part(variable) == Some(login)) {
        let missing = missing(need).map(|variable| variable.declared.name.clone()).collect();
        need.fate = Fate::Impossible { why: why.to_owned(), missing };
    }
}

/// Whether the variable of a part differs on a server that exists, or is only there.
fn has(need: &Need<'_>, part: &str) -> bool {
    of_kind(&need.resource.kind).is_some_and(|kind| kind.parts.iter().any(|(known, _)| *known == part))
}

fn missing<'n>(need: &'n Need<'_>) -> impl Iterator<Item = &'n PlannedVariable> {
    need.variables.iter().copied().filter(|variable| variable.state == State::Missing)
}

fn part(variable: &PlannedVariable) -> Option<&str> {
    variable.declared.resource.as_ref().map(|part| part.part.as_str())
}
