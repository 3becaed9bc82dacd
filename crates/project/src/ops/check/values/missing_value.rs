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
With `--env prod`, `takk check` also checks the values stored for `prod`. A field without a default needs a value there; otherwise the
program does not start. So does a field whose default pydantic rejects: settings validate their defaults, and `api_key: str = None` is
not a valid one. `takk secrets set --env prod` prompts for all missing values. A value that only a dotenv file of the checkout has is missing
too: other machines do not have that file.

takk considers only classes that the program instantiates. It ignores a class that is only a base class, is part of another class, or is
created from data. If nothing in the project instantiates a class, as in a library, all of its fields count. `takk why NAME` shows who
instantiates the class.

With an `env_nested_delimiter`, takk checks the variables of a nested model together, as pydantic merges them. If one of them is set,
such as `DB__PORT`, pydantic builds the model from these variables alone, even if the field has a default. Other variables that the
model requires, such as `DB__PASSWORD`, are then missing.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    let mut told: HashSet<String> = HashSet::new();
    let mut tell = |name: &str, place: &Place, refused_default: Option<&str>, file: Option<String>| {
        if !told.insert(name.to_owned()) {
            return;
        }
        let message = match refused_default {
            Some(why) => format!("`{name}` has no value in `{environment}`, and pydantic rejects the default {why}"),
            None => format!("`{name}` has no value in `{environment}`"),
        };
        let help = match file {
            Some(file) => {
                format!("`{file}` has it: `takk secrets import {word} --env {environment}` stores it", word = shell_word(&file))
            }
            None => format!("set it: `takk secrets set {word} --env {environment}`", word = shell_word(name)),
        };
        found.push(DOC.finding(place.clone(), message, help));
    };
    for variable in context.plan.variables.iter().filter(|variable| variable.state == State::Missing) {
        let why = variable.declared.refused_default.as_deref();
        let file = context.dotenv_file(variable);
        variable.lacking().for_each(|name| tell(name, variable.declared.place(), why, file.clone()));
    }
    for fault in context.together() {
        if let Found::Missing { name, place } = fault {
            tell(&name, &place, None, None);
        }
    }
}
