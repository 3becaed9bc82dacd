//! TK101: a required variable has no value in an environment.

use super::{Context, Rule};
use crate::model::{Code, Finding, RuleDoc, Severity};
use crate::plan::State;
use crate::visible::shell_word;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(101),
    name: "missing-value",
    severity: Severity::Error,
    summary: "A required variable has no value in an environment",
    documentation: r"
With `--env prod`, `takk check` also looks at the values that are stored for `prod`. A field without a default needs one there: without
it the program does not start. So does a field whose default pydantic refuses: settings validate their defaults, and `api_key: str = None`
is none. `takk secrets set --env prod` asks for all that is missing.

Only classes that the program makes count: not one that is only a base of others, that is part of another, or that is made of data. Of a
class that nothing in the project makes, as in a library, every field counts. `takk why NAME` says who makes the class.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    for variable in context.plan.variables.iter().filter(|variable| variable.state == State::Missing) {
        let name = &variable.declared.name;
        let message = match &variable.declared.refused_default {
            Some(why) => format!("`{name}` has no value in `{environment}`, and pydantic refuses the default {why}"),
            None => format!("`{name}` has no value in `{environment}`"),
        };
        let help = format!("`takk secrets set {word} --env {environment}` sets it", word = shell_word(name));
        found.push(DOC.finding(variable.declared.place().clone(), message, help));
    }
}
