//! The plan as text in 80 columns.
//!
//! What is the same in all environments stands once, under all their names; what differs is repeated per environment.

mod empty;
mod fold;
mod layout;
mod rows;

use self::fold::Block;
use super::palette::{DIM, DOUBTFUL, HEADING, NAME, paint};
use super::value_text::{counted, wrapped};
use crate::model::{Finding, Severity, Suggestion};
use crate::plan::{EnvironmentPlan, Plan, State};

/// The width of every text output.
const WIDTH: usize = 80;

/// The plan, its long lists folded unless `all`; `findings` are only counted.
pub fn render(plan: &Plan, findings: &[Finding], all: bool) -> String {
    let has_variables = plan.environments.iter().any(|environment| !environment.variables.is_empty());
    let has_services = plan.environments.iter().any(|environment| !environment.services.is_empty());
    let mut text = if plan.settings_classes == 0 && !has_variables && !has_services {
        empty::render(plan)
    } else {
        let mut text = headline(plan);
        for block in fold::blocks(&plan.environments) {
            text.push_str(&rendered(&block, all));
        }
        text
    };
    text.push_str(&suggestions(&plan.suggestions));
    text.push_str(&found(findings));
    text.push_str(&next(plan));
    text
}

fn headline(plan: &Plan) -> String {
    let first = plan.environments.first();
    let variables = first.map_or(0, |environment| environment.variables.len());
    let mut parts = vec![counted(plan.settings_classes, "settings class"), counted(variables, "variable")];
    if let Some(environment) = first {
        for (count, noun) in [(environment.resources.len(), "resource"), (environment.services.len(), "service")] {
            if count > 0 {
                parts.push(counted(count, noun));
            }
        }
    }
    format!("{} {}\n", paint(HEADING, &format!("{}:", plan.project.name)), parts.join(", "))
}

fn rendered(block: &Block, all: bool) -> String {
    let mut text = format!("\n{}\n", paint(HEADING, &block.title));
    for section in &block.sections {
        text.push('\n');
        text.push_str(&layout::section(section, all));
    }
    text
}

fn suggestions(suggestions: &[Suggestion]) -> String {
    if suggestions.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n\n", paint(HEADING, "Probably needed, not declared"));
    for suggestion in suggestions {
        let version = suggestion.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
        let why = format!("{} ({})", suggestion.evidence, suggestion.place.short());
        text.push_str(&format!("  {}{version}\n", paint(NAME, &suggestion.kind)));
        for line in wrapped(&why, WIDTH - 4) {
            text.push_str(&format!("    {}\n", paint(DIM, &line)));
        }
        text.push_str(&format!("    to declare it: {}\n", suggestion.change));
    }
    text
}

fn found(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .into_iter()
        .filter(|(severity, _)| count(*severity) > 0)
        .map(|(severity, noun)| counted(count(severity), noun))
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("\n{} `takk check` shows them.\n", paint(DOUBTFUL, &format!("{}:", parts.join(", "))))
}

/// What to do next where something is missing first, in the order of the pipeline.
fn next(plan: &Plan) -> String {
    let lacks = |environment: &&EnvironmentPlan| environment.variables.iter().any(|variable| variable.state == State::Missing);
    let environment = plan.environments.iter().find(lacks).or(plan.environments.first());
    let step = environment.map_or("name an environment with `--env`", |environment| environment.next_step.as_str());
    format!("\n{} {step}\n", paint(HEADING, "Next:"))
}
