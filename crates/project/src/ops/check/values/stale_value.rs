//! TK105: a stored value that the code does not declare.

use super::{Context, Rule};
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(105),
    name: "stale-value",
    severity: Severity::Info,
    summary: "No settings class declares a stored value",
    documentation: r"
The field was removed or renamed. takk proposes a rename if a missing variable has a similar name; it never moves or deletes a value by
itself.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    for stale in &context.plan.stale {
        let name = &stale.stored.name;
        let word = shell_word(name);
        let help = match &stale.nearest {
            Some(nearest) => format!(
                "if it was renamed to `{nearest}`: `takk secrets get {word} --env {environment} | takk secrets set {new} --stdin --env {environment}`",
                new = shell_word(nearest)
            ),
            None => format!("unset it: `takk secrets unset {word} --env {environment}`"),
        };
        found.push(Finding {
            code: DOC.code,
            severity: DOC.severity,
            message: format!("`{name}` is stored in `{environment}`, but no settings class reads it"),
            place: None,
            end: None,
            help: Some(help),
            also: Vec::new(),
        });
    }
}
