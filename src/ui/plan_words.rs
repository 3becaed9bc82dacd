//! Sentences that all formats of a plan share.

use super::plan_rows::state_rank;
use takk_model::counted::counted;
use takk_model::{Finding, Severity, Suggestion};
use takk_plan::{EnvironmentPlan, NotRead, Plan, State, class_name};

/// An example for a project that declares nothing.
const EXAMPLE: &str = "from pydantic import SecretStr
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    api_key: SecretStr
";

/// The message for a project that declares nothing.
pub(super) struct Nothing {
    /// What is missing.
    pub title: &'static str,
    /// What was searched, and how to start.
    pub paragraphs: Vec<String>,
    pub example: Option<&'static str>,
}

/// The size of a plan: `3 settings classes, 16 variables, 1 resource`.
pub(super) fn summary(plan: &Plan) -> String {
    let first = plan.environments.first();
    let variables = first.map_or(0, |environment| environment.shown_variables().count());
    let mut parts = vec![counted(plan.settings_classes, "settings class"), counted(variables, "variable")];
    if let Some(environment) = first {
        for (count, noun) in [(environment.resources.len(), "resource"), (environment.services.len(), "service")] {
            if count > 0 {
                parts.push(counted(count, noun));
            }
        }
    }
    parts.join(", ")
}

/// The classes that read no variables themselves, a few of them by name.
pub(super) fn not_read(plan: &Plan) -> Option<String> {
    const NAMED: usize = 3;
    let count = plan.not_read.len();
    let named = |class: &NotRead| format!("`{}` is {}", class_name(&class.class), class.why);
    let mut parts: Vec<String> = plan.not_read.iter().take(NAMED).map(named).collect();
    if count > NAMED {
        parts.push(format!("{} more", count - NAMED));
    }
    let nothing = if count == 1 { "reads no variables by itself" } else { "read no variables by themselves" };
    (count > 0).then(|| format!("{} {nothing}: {}.", counted(count, "settings class"), parts.join("; ")))
}

/// The states that occur in some environment, what is missing first; `missing` is always included.
pub(super) fn states(plan: &Plan) -> Vec<State> {
    let variables = plan.environments.iter().flat_map(EnvironmentPlan::shown_variables);
    let mut states: Vec<State> = std::iter::once(State::Missing).chain(variables.map(|variable| variable.state)).collect();
    states.sort_by_key(|state| state_rank(*state));
    states.dedup();
    states
}

/// The number of variables of an environment in this state.
pub(super) fn count(environment: &EnvironmentPlan, state: State) -> usize {
    environment.shown_variables().filter(|variable| variable.state == state).count()
}

/// The numbers of errors and warnings, or nothing.
pub(super) fn severities(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, noun)| counted(count(severity), noun))
        .collect();
    parts.join(", ")
}

/// A severity in one word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "proposal",
    }
}

/// A suggestion, with its version: `postgres 17`.
pub(super) fn suggested(suggestion: &Suggestion) -> String {
    let version = suggestion.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
    format!("{}{version}", suggestion.kind)
}

/// The next step in the first environment that lacks something, in the order of the pipeline.
pub(super) fn next_step(plan: &Plan) -> &str {
    let lacks = |environment: &&EnvironmentPlan| environment.variables.iter().any(|variable| variable.state == State::Missing);
    let environment = plan.environments.iter().find(lacks).or(plan.environments.first());
    environment.map_or("name an environment with `--env`", |environment| environment.next_step.as_str())
}

/// The message in place of an empty plan.
pub(super) fn nothing(plan: &Plan) -> Option<Nothing> {
    let has_variables = plan.environments.iter().any(|environment| environment.shown_variables().next().is_some());
    let has_services = plan.environments.iter().any(|environment| !environment.services.is_empty());
    if plan.settings_classes > 0 || has_variables || has_services {
        return None;
    }
    if plan.files == 0 {
        let searched = "Searched every directory that version control does not ignore. Is this a Python project? To read another \
                        directory, run `takk plan PATH`.";
        return Some(Nothing { title: "no Python files", paragraphs: vec![searched.to_owned()], example: None });
    }
    let searched = format!(
        "Searched {} for classes that derive from pydantic's BaseSettings or takk's SecretModel, for takk's Project(...), and \
         for os.environ.",
        counted(plan.files, "Python file")
    );
    let begin = "To start, declare what the program reads from its environment:".to_owned();
    Some(Nothing { title: "no settings classes", paragraphs: vec![searched, begin], example: Some(EXAMPLE) })
}
