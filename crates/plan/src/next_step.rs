//! One line that suggests what to do next.

use super::{PlannedVariable, State};
use takk_model::EnvironmentName;

/// What to do next in an environment with these variables.
pub(super) fn next_step(environment: &EnvironmentName, variables: &[PlannedVariable]) -> String {
    let missing = variables.iter().filter(|variable| variable.state == State::Missing).count();
    let set = variables.iter().any(|variable| variable.state == State::Set);
    match missing {
        0 if variables.is_empty() => "declare what the program reads in a settings class".to_owned(),
        0 if set => format!("nothing is missing; `takk run --env {environment} -- COMMAND` starts the program"),
        0 => "nothing is missing; `takk check` finds mistakes".to_owned(),
        1 => format!("one value is missing; `takk secrets set --env {environment}` asks for it"),
        n => format!("{n} values are missing; `takk secrets set --env {environment}` asks for them"),
    }
}
