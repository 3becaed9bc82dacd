//! TK104: two environments share one secret.

use super::{Context, Rule};
use takk_model::visible::shell_word;
use takk_model::{Code, EnvironmentName, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(104),
    name: "reused-value",
    severity: Severity::Warning,
    summary: "A secret has the same value in two environments",
    documentation: r"
Anyone who can read the secret in a test environment can then use it in production, and you cannot rotate one without the other. takk
compares keyed fingerprints of the values and does not decrypt them.
",
};

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    for variable in context.plan.variables.iter().filter(|variable| variable.declared.secret) {
        for (name, _) in context.stored(variable) {
            let others: Vec<&str> = same_elsewhere(context, name).map(EnvironmentName::as_str).collect();
            if others.is_empty() {
                continue;
            }
            let message = format!("`{name}` has the same value in `{environment}` and in {}", others.join(", "));
            let help = format!(
                "set a different value in `{environment}`: `takk secrets set {word} --env {environment}`",
                word = shell_word(name)
            );
            found.push(DOC.finding(variable.declared.place().clone(), message, help));
        }
    }
}

/// The other environments where the name has the same value.
fn same_elsewhere<'c>(context: &'c Context<'_>, name: &'c str) -> impl Iterator<Item = &'c EnvironmentName> {
    let own = fingerprint(context, &context.plan.name, name);
    let others = context.environments.iter().filter(|environment| **environment != context.plan.name);
    others.filter(move |environment| own.is_some() && fingerprint(context, environment, name) == own)
}

fn fingerprint<'c>(context: &'c Context<'_>, environment: &EnvironmentName, name: &str) -> Option<&'c [u8]> {
    let held = context.holdings.of(environment).iter().find(|held| held.name == name)?;
    Some(held.fingerprint.as_slice()).filter(|print| !print.is_empty())
}
