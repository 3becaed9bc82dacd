//! TK111: the value of a path that its field refuses.

use super::secret_path::of_state;
use super::{Context, Rule};
use takk_model::{Code, Finding, RuleDoc, Severity};
use takk_plan::LiveState;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(111),
    name: "refused-path",
    severity: Severity::Error,
    summary: "The value of a secret path does not fit its field",
    documentation: r"
`takk check --env prod --values` also reads the values: this one cannot be converted to the type of the field (`int`, `float`, `bool`,
`dict`, `list`), so that reading it raises `ConfigError`.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    of_state(context, &DOC, &[LiveState::Refused], found);
}
