//! The long form of a rule.

use super::palette::{DIM, HEADING, line, paint};
use takk_model::{RuleDoc, Severity};

/// A rule's documentation. Its Markdown is readable as it is.
pub fn render(rule: &RuleDoc) -> String {
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "proposal",
    };
    let title = paint(HEADING, &format!("{} {}", rule.code, rule.name));
    let first = line!("{title} {}", paint(DIM, &format!("({severity})")));
    format!("{first}\n{}\n\n{}\n", rule.summary, rule.documentation.trim())
}
