//! The documentation of a rule: the text of `takk explain` and of the findings reference.

use serde::Serialize;

use super::{Code, Finding, Place, Severity};

/// The documentation of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleDoc {
    /// The stable code.
    pub code: Code,
    /// The name in words joined by `-`: `unknown-service`.
    pub name: &'static str,
    /// How much its findings matter.
    pub severity: Severity,
    /// One sentence.
    pub summary: &'static str,
    /// The long form in Markdown, with an example.
    pub documentation: &'static str,
}

impl RuleDoc {
    /// Makes a finding of this rule: `message` in lower case without a full stop, `help` as one sentence.
    pub fn finding(&self, place: Place, message: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding {
            code: self.code,
            severity: self.severity,
            message: message.into(),
            place: Some(place),
            end: None,
            help: Some(help.into()),
            also: Vec::new(),
        }
    }
}
