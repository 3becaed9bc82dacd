//! `takk check`: the findings that are selected and not silenced.

mod noqa;
mod selection;

pub use selection::Selection;

use super::project::{ReadProject, Sources};
use crate::error::Result;
use crate::model::{Code, Finding, RuleDoc, Severity};

/// The findings of a project, sorted, without those that `# noqa`, `[tool.takk]` or `selection` silence.
pub fn check(project: &ReadProject, selection: &Selection, rules: &[RuleDoc]) -> Result<Vec<Finding>> {
    let texts = |codes: &[Code]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let config = &project.config;
    let selection = selection.over(&config.select.as_deref().map(texts).unwrap_or_default(), &texts(&config.ignore));
    selection.validate(rules)?;
    let mut findings: Vec<Finding> = project
        .findings
        .iter()
        .filter(|finding| selection.includes(finding.code) && !config.is_silent_in(finding))
        .cloned()
        .collect();
    Finding::sort(&mut findings);
    Ok(without_noqa(findings, &project.sources))
}

/// Whether findings make a check fail: proposals do not.
pub fn is_failure(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity != Severity::Info)
}

/// Sorted findings without those whose first or last line carries a `# noqa` for them. Each file is read once.
fn without_noqa(findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut current: Option<(String, Option<String>)> = None;
    let mut kept = Vec::with_capacity(findings.len());
    for finding in findings {
        let Some(place) = &finding.place else {
            kept.push(finding);
            continue;
        };
        if current.as_ref().is_none_or(|(file, _)| *file != place.file) {
            current = Some((place.file.clone(), sources.text(&place.file)));
        }
        let text = current.as_ref().and_then(|(_, text)| text.as_deref());
        if !text.is_some_and(|text| noqa::silences(text, &finding)) {
            kept.push(finding);
        }
    }
    kept
}
