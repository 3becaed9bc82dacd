//! TK109: a secret without the pinned version.

use super::secret_path::of_state;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};
use takk_plan::LiveState;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(109),
    name: "path-version-missing",
    severity: Severity::Error,
    summary: "A secret does not have the pinned version",
    documentation: r"
The path exists, but the version that `version=` pins does not, or was deleted or destroyed. Pin a version that exists, or none.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    of_state(context, &DOC, &[LiveState::VersionMissing, LiveState::Destroyed], found);
}
