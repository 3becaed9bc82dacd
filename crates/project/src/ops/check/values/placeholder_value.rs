//! TK103: a secret is a placeholder.

use super::{Context, Rule};
use takk_model::visible::shell_word;
use takk_model::{Code, Finding, RuleDoc, Severity};

pub(super) const RULE: Rule = Rule { doc: DOC, check };

const DOC: RuleDoc = RuleDoc {
    code: Code(103),
    name: "placeholder-value",
    severity: Severity::Error,
    summary: "The stored value of a secret is a placeholder",
    documentation: r"
`changeme`, `xxx`, `<your key>` and the like come from examples, so anyone can guess them.
",
};

/// Typical example values, in lower case, reduced to letters and digits.
const PLACEHOLDERS: [&str; 22] = [
    "changeme",
    "changethis",
    "changeit",
    "replaceme",
    "replacethis",
    "fillme",
    "fillmein",
    "todo",
    "fixme",
    "tbd",
    "placeholder",
    "example",
    "dummy",
    "password",
    "passwd",
    "secret",
    "mysecret",
    "supersecret",
    "token",
    "apikey",
    "notset",
    "none",
];

fn check(context: &Context<'_>, found: &mut Vec<Finding>) {
    let environment = &context.plan.name;
    for variable in context.plan.variables.iter().filter(|variable| variable.declared.secret) {
        for (name, value) in context.stored(variable) {
            if is_placeholder(value.expose()) {
                let message = format!("the value of `{name}` in `{environment}` is a placeholder");
                let help = format!("set a real value: `takk secrets set {word} --env {environment}`", word = shell_word(name));
                found.push(DOC.finding(variable.declared.place().clone(), message, help));
            }
        }
    }
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    let repeated = |c: char| !text.is_empty() && text.chars().all(|other| other.eq_ignore_ascii_case(&c));
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| text.len() > 2 && text.starts_with(*open) && text.ends_with(*close) && !text.contains(['"', ':']));
    let asks = ["your", "insert", "enter"].iter().any(|word| {
        let rest = text.to_ascii_lowercase();
        rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(['-', '_', ' ']))
    });
    PLACEHOLDERS.contains(&letters.as_str()) || "x*.?-".chars().any(repeated) || bracketed || asks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_examples_is_a_placeholder() {
        for text in ["changeme", "Change-Me!", "xxx", "XXXX", "***", "<your key>", "your-api-key", "TODO", "secret"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", "hunter2", "sk-live-4f9", "{\"a\": 1}", "[\"a\"]", "yourself", "secretary"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
