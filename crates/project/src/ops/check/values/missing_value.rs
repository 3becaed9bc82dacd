//! TK101: a required variable has no value in an environment.

use std::collections::HashSet;

use super::{Context, Rule};
use crate::ops::together::Found;
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, Place, RuleDoc, Severity};
use takk_plan::State;

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

Below an `env_nested_delimiter` the variables of a nested model are looked at together, as pydantic puts them together. Where one of them is
set, `DB__PORT`, the model is made of these variables alone, also where the field has a default: what the model asks for beside it,
`DB__PASSWORD`, is missing.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    let mut told: HashSet<String> = HashSet::new();
    let mut tell = |name: &str, place: &Place, refused_default: Option<&str>| {
        if !told.insert(name.to_owned()) {
            return;
        }
        let message = match refused_default {
            Some(why) => format!("`{name}` has no value in `{environment}`, and pydantic refuses the default {why}"),
            None => format!("`{name}` has no value in `{environment}`"),
        };
        let help = format!("set it: `takk secrets set {word} --env {environment}`", word = shell_word(name));
        found.push(DOC.finding(place.clone(), message, help));
    };
    for variable in context.plan.variables.iter().filter(|variable| variable.state == State::Missing) {
        let why = variable.declared.refused_default.as_deref();
        variable.lacking().for_each(|name| tell(name, variable.declared.place(), why));
    }
    for fault in context.together() {
        if let Found::Missing { name, place } = fault {
            tell(&name, &place, None);
        }
    }
}
