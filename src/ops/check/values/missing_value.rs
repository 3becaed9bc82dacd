//! TK101: a required variable has no value in an environment.

use std::collections::HashSet;

use super::{Context, Rule};
use crate::model::{Code, Finding, Place, RuleDoc, Severity};
use crate::ops::together::Found;
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
it the program does not start. `takk secrets set --env prod` asks for all that is missing.

Below an `env_nested_delimiter` the variables of a nested model are looked at together, as pydantic puts them together. Where one of them is
set, `DB__PORT`, the model is made of these variables alone, also where the field has a default: what the model asks for beside it,
`DB__PASSWORD`, is missing.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    let mut told: HashSet<String> = HashSet::new();
    let mut tell = |name: &str, place: &Place| {
        if !told.insert(name.to_owned()) {
            return;
        }
        let message = format!("`{name}` has no value in `{environment}`");
        let help = format!("`takk secrets set {word} --env {environment}` sets it", word = shell_word(name));
        found.push(DOC.finding(place.clone(), message, help));
    };
    for variable in context.plan.variables.iter().filter(|variable| variable.state == State::Missing) {
        variable.lacking().for_each(|name| tell(name, variable.declared.place()));
    }
    for fault in context.together() {
        if let Found::Missing { name, place } = fault {
            tell(&name, &place);
        }
    }
}
