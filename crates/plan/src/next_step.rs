//! One line that suggests what to do next.

use super::{EnvironmentPlan, PlannedVariable, State};
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

impl EnvironmentPlan {
    /// Proposes `takk up` as the next step, where it creates servers and sets that many of the missing values.
    pub fn propose_up(&mut self, sets: usize) {
        let missing = self.variables.iter().filter(|variable| variable.state == State::Missing).count();
        if let Some(step) = with_up(&self.name, missing, sets) {
            self.next_step = step;
        }
    }
}

fn with_up(environment: &EnvironmentName, missing: usize, sets: usize) -> Option<String> {
    let up = format!("`takk up --env {environment}`");
    let asks = format!("`takk secrets set --env {environment}` asks for the rest");
    Some(match (missing, sets) {
        (_, 0) => return None,
        (1, _) => format!("one value is missing; {up} creates a server and sets it"),
        (all, sets) if sets >= all => format!("{all} values are missing; {up} creates servers and sets them"),
        (all, 1) => format!("{all} values are missing; {up} creates a server and sets one of them, {asks}"),
        (all, sets) => format!("{all} values are missing; {up} creates servers and sets {sets} of them, {asks}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_takk_can_create_comes_first() {
        let name = EnvironmentName::parse("dev").expect("a name");
        let step = |missing, sets| with_up(&name, missing, sets).unwrap_or_default();
        assert_eq!(step(3, 0), "");
        assert_eq!(step(1, 1), "one value is missing; `takk up --env dev` creates a server and sets it");
        assert_eq!(step(2, 2), "2 values are missing; `takk up --env dev` creates servers and sets them");
        assert_eq!(
            step(3, 1),
            "3 values are missing; `takk up --env dev` creates a server and sets one of them, `takk secrets set --env dev` asks for the rest"
        );
        assert!(step(3, 2).contains("creates servers and sets 2 of them, `takk secrets set"));
    }
}
