//! Findings and changes as items of a report, for the formats of other tools (GitHub, SARIF, `JUnit`).

use takk_model::{Finding, Place, RuleDoc, Severity};
use takk_project::ops::compare::{Change, ChangeKind, Comparison};

use super::comparison_text;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The rule: `TK001`, or `added` for a change.
    pub id: String,
    /// The rule's name in words.
    pub name: String,
    /// A summary of the rule, as one sentence.
    pub summary: String,
    pub severity: Severity,
    pub message: String,
    pub place: Option<Place>,
    /// The last line and the column after the last character.
    pub end: Option<(u32, u32)>,
    pub help: Option<String>,
    /// The other places.
    pub also: Vec<Place>,
}

/// Findings as items, with the documentation of their `rules`.
pub fn of_findings(findings: &[Finding], rules: &[RuleDoc]) -> Vec<Item> {
    findings
        .iter()
        .map(|finding| {
            let rule = rules.iter().find(|rule| rule.code == finding.code);
            Item {
                id: finding.code.to_string(),
                name: rule.map_or_else(|| finding.code.to_string(), |rule| rule.name.to_owned()),
                summary: rule.map_or_else(|| finding.message.clone(), |rule| rule.summary.to_owned()),
                severity: finding.severity,
                message: finding.message.clone(),
                place: finding.place.clone(),
                end: finding.end,
                help: finding.help.clone(),
                also: finding.also.clone(),
            }
        })
        .collect()
}

/// Changes paths to be relative to a directory above the project, such as the repository's; `below` is the path from there to the project.
pub fn from_above(mut items: Vec<Item>, below: &str) -> Vec<Item> {
    for place in items.iter_mut().flat_map(|item| item.place.iter_mut().chain(&mut item.also)) {
        place.file = format!("{below}/{}", place.file);
    }
    items
}

/// Changes as items: an error if a value is missing, otherwise a note.
pub fn of_changes(comparison: &Comparison) -> Vec<Item> {
    comparison.changes.iter().map(of_change).collect()
}

fn of_change(change: &Change) -> Item {
    let (name, summary) = described(change.kind);
    Item {
        id: name.to_owned(),
        name: name.to_owned(),
        summary: summary.to_owned(),
        severity: if change.missing_in.is_empty() { Severity::Info } else { Severity::Error },
        message: comparison_text::sentence(change),
        place: (change.kind != ChangeKind::Removed).then(|| change.place.clone()),
        end: None,
        help: None,
        also: Vec::new(),
    }
}

fn described(kind: ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Added => ("added-variable", "The code reads a new variable"),
        ChangeKind::Removed => ("removed-variable", "The code no longer reads a variable"),
        ChangeKind::Renamed => ("renamed-variable", "A variable was renamed"),
        ChangeKind::NowRequired => ("required-variable", "A variable lost its default"),
        ChangeKind::NowOptional => ("optional-variable", "A variable has a default now"),
        ChangeKind::TypeChanged => ("retyped-variable", "The type of a variable changed"),
    }
}
