//! One line that says what to do next.

use super::{PlannedVariable, State};

/// What to do next in an environment with these variables.
pub(super) fn next_step(variables: &[PlannedVariable]) -> String {
    let missing = variables.iter().filter(|variable| variable.state == State::Missing).count();
    match missing {
        0 if variables.is_empty() => "declare what the program reads in a settings class".to_owned(),
        0 => "nothing is missing; `takk check` looks for mistakes".to_owned(),
        1 => "one value is missing; `takk dotenv --output .env` makes a file to fill in".to_owned(),
        n => format!("{n} values are missing; `takk dotenv --output .env` makes a file to fill in"),
    }
}
