//! TK106: a stored URL names a driver that the project does not have.

use super::{Context, Rule};
use takk_catalog::driver_not_locked;
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(106),
    name: "stored-driver-not-locked",
    severity: Severity::Warning,
    summary: "A stored URL uses a SQLAlchemy driver that is not locked",
    documentation: r"
Like TK024, but for a stored value. SQLAlchemy imports the driver named in the URL when the program creates the engine; if no package in
the lock provides the driver, the program fails there. takk does not change stored values: set a URL with another driver, or add the
package.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    for variable in context.plan.variables.iter().filter(|variable| variable.declared.resource.is_some()) {
        for (name, value) in context.stored(variable) {
            let Some(driver) = driver_not_locked(value.expose(), &context.project.manifest.packages) else { continue };
            let message =
                format!("the value of `{name}` in `{environment}` uses the driver {}, which is in no lock", driver.name);
            let help = format!(
                "add `{}` to the project's dependencies, or `takk secrets set {} --env {environment}`",
                driver.packages[0],
                shell_word(name)
            );
            found.push(DOC.finding(variable.declared.place().clone(), message, help));
        }
    }
}
