//! TK110: a secret that may not be read.

use super::secret_path::of_state;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};
use takk_plan::LiveState;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(110),
    name: "path-not-readable",
    severity: Severity::Error,
    summary: "This identity may not read a secret",
    documentation: r"
The backend knows who asks, and does not let them read the path. The rights that are needed are those of the program: run the check with
its identity.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    of_state(context, &DOC, &[LiveState::NotReadable], found);
}
