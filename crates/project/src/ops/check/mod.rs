//! `takk check`: the findings that are selected and not silenced.

pub mod live;
mod noqa;
mod selection;
pub mod values;

pub use selection::Selection;

use std::collections::HashMap;

use self::live::{Live, Proof};
use super::other_sources::OtherSources;
use super::paths::{self, Look};
use super::project::{ReadProject, Sources};
use crate::platform::{Platform, holdings};
use takk_model::error::Result;
use takk_model::{Code, Environment, EnvironmentName, Finding, Place, RuleDoc, Severity};
use takk_plan::plan_with_values;
use takk_vault::SecretValue;

/// The findings of a project, sorted, without those that `# noqa`, `[tool.takk]` or `selection` suppress.
pub fn check(project: &ReadProject, selection: &Selection, rules: &[RuleDoc]) -> Result<Vec<Finding>> {
    check_those(project, selection, rules, |_| true)
}

/// The same for findings that are `wanted`. The files of others are not opened.
pub(super) fn check_those(
    project: &ReadProject,
    selection: &Selection,
    rules: &[RuleDoc],
    wanted: impl Fn(&Finding) -> bool,
) -> Result<Vec<Finding>> {
    let found: Vec<&Finding> = project.findings.iter().filter(|finding| wanted(finding)).collect();
    selected(project, selection, rules, &found)
}

/// The findings of a project, with those about the stored values of some environments and about their secret paths, which `look` says how
/// to check.
///
/// # Errors
///
/// Also if a backend cannot be reached.
pub fn check_values(
    platform: &mut dyn Platform,
    project: &ReadProject,
    selection: &Selection,
    rules: &[RuleDoc],
    (environments, look): (&[Environment], Option<Look>),
) -> Result<Vec<Finding>> {
    Ok(check_live(platform, project, selection, rules, (environments, look), None)?.0)
}

/// The same, with the credentials that were proved, as `live` allows.
pub fn check_live(
    platform: &mut dyn Platform,
    project: &ReadProject,
    selection: &Selection,
    rules: &[RuleDoc],
    (environments, look): (&[Environment], Option<Look>),
    live: Option<&mut Live<'_>>,
) -> Result<(Vec<Finding>, Vec<Proof>)> {
    let (of_values, proofs) = of_values(platform, project, (environments, look), live)?;
    let findings = selected(project, selection, rules, &project.findings.iter().chain(&of_values).collect::<Vec<_>>())?;
    Ok((findings, proofs))
}

fn of_values(
    platform: &mut dyn Platform,
    project: &ReadProject,
    (environments, look): (&[Environment], Option<Look>),
    mut live: Option<&mut Live<'_>>,
) -> Result<(Vec<Finding>, Vec<Proof>)> {
    let (manifest, beside) = (&project.manifest, OtherSources::of(project, &[]));
    let mut all = project.environments.clone();
    all.extend(environments.iter().filter(|one| project.environments.iter().all(|known| known.name != one.name)).cloned());
    let holdings = holdings(platform, &all)?;
    let names: Vec<EnvironmentName> = all.into_iter().map(|environment| environment.name).collect();
    let (mut found, mut proofs) = (Vec::new(), Vec::new());
    for environment in environments {
        let values: HashMap<_, _> = platform.values(environment.name.as_str())?.into_iter().collect();
        let value = |name: &str| values.get(name).map(SecretValue::expose);
        let mut plan = plan_with_values(manifest, environment, holdings.of(&environment.name), &value);
        if let Some(look) = look {
            paths::look(project, environment, &mut plan, look)?.map_or(Ok(()), Err)?;
        }
        let proved = live.as_mut().map_or_else(|| Ok(Vec::new()), |live| live::prove(&plan, &values, live))?;
        let context = values::Context {
            project,
            plan: &plan,
            values: &values,
            holdings: &holdings,
            environments: &names,
            proofs: &proved,
            beside: &beside,
        };
        found.extend(values::findings(&context));
        proofs.extend(proved);
    }
    Ok((found, proofs))
}

/// The findings that are selected and not suppressed, sorted.
fn selected(project: &ReadProject, selection: &Selection, rules: &[RuleDoc], findings: &[&Finding]) -> Result<Vec<Finding>> {
    let texts = |codes: &[Code]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let config = &project.config;
    let selection = selection.over(&config.select.as_deref().map(texts).unwrap_or_default(), &texts(&config.ignore));
    selection.validate(rules)?;
    let counts = |finding: &&&Finding| selection.includes(finding.code);
    let of_files =
        |finding: &&Finding| (*finding).clone().at_places(|finding, place, _| !config.is_silent_in(finding.code, &place.file));
    let mut findings: Vec<Finding> = findings.iter().filter(counts).filter_map(of_files).collect();
    Finding::sort(&mut findings);
    Ok(without_noqa(findings, &project.sources))
}

/// Whether the findings make a check fail. Proposals do not.
pub fn is_failure(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity != Severity::Info)
}

/// Drops the findings whose first or last line has a matching `# noqa`. If a finding has several places, only the places that have one are
/// dropped.
fn without_noqa(findings: Vec<Finding>, sources: &Sources) -> Vec<Finding> {
    let mut current: Option<(String, Option<String>)> = None;
    let mut is_silenced = |finding: &Finding, place: &Place, end: Option<(u32, u32)>| {
        if current.as_ref().is_none_or(|(file, _)| *file != place.file) {
            current = Some((place.file.clone(), sources.text(&place.file)));
        }
        let text = current.as_ref().and_then(|(_, text)| text.as_deref());
        text.is_some_and(|text| noqa::silences(text, finding.code, place.line, end.map(|(line, _)| line)))
    };
    let kept = |finding: Finding| finding.at_places(|finding, place, end| !is_silenced(finding, place, end));
    findings.into_iter().filter_map(kept).collect()
}
