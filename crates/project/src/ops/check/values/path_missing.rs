//! TK108: a path does not exist.

use super::secret_path::of_state;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};
use takk_plan::LiveState;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(108),
    name: "path-missing",
    severity: Severity::Error,
    summary: "There is no secret at a path",
    documentation: r"
The backend of the environment has nothing at the path, so that the program fails when it reads the field. `takk check --env` asks for the
path without reading its value. `--offline` leaves it out.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    of_state(context, &DOC, &[LiveState::Missing], found);
}
