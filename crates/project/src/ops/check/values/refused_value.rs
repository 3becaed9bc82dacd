//! TK102: the program would reject a stored value.

use std::collections::HashSet;

use super::{Context, Rule};
use crate::ops::secrets::accepted::{Accepted, Refused, accepted_among_others};
use crate::ops::together::Found;
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(102),
    name: "refused-value",
    severity: Severity::Error,
    summary: "A stored value is no longer valid",
    documentation: r"
`takk secrets set` stores only values that pydantic accepts, but the code may change afterwards: a `str` becomes an `int`, or a `Literal`
loses a member. The program then fails when it starts. Set a new value, or restore the old type.

takk also checks the values of nested fields together: whether `DB` as JSON is valid can depend on `DB__PORT`, and whether `STORE__PARTS`
is valid can depend on the model that `STORE__KIND` selects.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    let mut told: HashSet<String> = HashSet::new();
    let mut tell = |name: &str, refused: Refused| {
        if !told.insert(name.to_owned()) {
            return;
        }
        let message = format!(
            "`{name}` has a value in `{environment}` that is not a valid {}: {}",
            refused.type_name,
            refused.sentence()
        );
        let help = format!("set another value: `takk secrets set {word} --env {environment}`", word = shell_word(name));
        found.push(DOC.finding(refused.place, message, help));
    };
    for variable in &context.plan.variables {
        for (name, value) in context.stored(variable) {
            if let Accepted::No(refused) = accepted_among_others(&context.project.manifest, name, value.expose()) {
                tell(name, refused);
            }
        }
    }
    for fault in context.together() {
        if let Found::Refused { name, refused } = fault {
            tell(&name, refused);
        }
    }
}
