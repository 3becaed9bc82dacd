//! TK107: a variable has no value, and the program runs without the class that reads it.

use super::{Context, Rule};
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, RuleDoc, Severity};
use takk_plan::State;

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(107),
    name: "made-if",
    severity: Severity::Info,
    summary: "A variable without a value is needed only under a condition",
    documentation: r"
The program instantiates the class that reads the variable only under a condition (`if settings.use_redis: RedisSettings()`), or handles the
error if it cannot (`except ValidationError`). The field has no default, so the class requires the variable, but the program can run
without the class.

Set a value if the condition is true in this environment. `takk why NAME` shows where the program instantiates the class.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    // Another class may have a default for the variable. The class that is instantiated under the condition still needs it.
    let is_open = |state| matches!(state, State::Optional | State::Default | State::Computed);
    for variable in context.plan.variables.iter().filter(|variable| is_open(variable.state)) {
        let reader = variable.declared.readers.iter().find(|reader| reader.made_if);
        let Some((class, made)) = reader.and_then(|reader| Some((reader.class.as_ref()?, reader.made.as_ref()?))) else {
            continue;
        };
        if variable.declared.spared.is_none() {
            continue;
        }
        let name = &variable.declared.name;
        let message = format!("`{name}` has no value in `{environment}`: `{}` needs it, {made}", class.qualname);
        let help = format!("set it: `takk secrets set {word} --env {environment}`", word = shell_word(name));
        found.push(DOC.finding(variable.declared.place().clone(), message, help));
    }
}
