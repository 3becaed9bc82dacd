//! The plan as text in 80 columns.
//!
//! What is the same in all environments stands once, under all their names; what differs is repeated per environment.

mod layout;

use super::palette::{DIM, DOUBTFUL, HEADING, NAME, paint};
use super::plan_rows::{Block, blocks};
use super::plan_words::{Nothing, next_step, nothing, severities, summary};
use super::value_text::wrapped;
use crate::model::{Finding, Suggestion};
use crate::plan::Plan;

/// The width of every text output.
const WIDTH: usize = 80;

/// The plan, its long lists folded unless `all`; `findings` are only counted.
pub fn render(plan: &Plan, findings: &[Finding], all: bool) -> String {
    let mut text = if let Some(nothing) = nothing(plan) {
        empty(plan, &nothing)
    } else {
        let blocks = blocks(&plan.environments);
        titled(plan, &summary(plan)) + &blocks.iter().map(|block| rendered(block, all)).collect::<String>()
    };
    text.push_str(&suggestions(&plan.suggestions));
    text.push_str(&found(findings));
    text.push_str(&format!("\n{} {}\n", paint(HEADING, "Next:"), next_step(plan)));
    text
}

fn titled(plan: &Plan, title: &str) -> String {
    format!("{} {title}\n", paint(HEADING, &format!("{}:", plan.project.name)))
}

fn empty(plan: &Plan, nothing: &Nothing) -> String {
    let mut text = titled(plan, nothing.title);
    for paragraph in &nothing.paragraphs {
        text.push_str(&format!("\n{}\n", wrapped(paragraph, WIDTH).join("\n")));
    }
    if let Some(example) = nothing.example {
        let indented: String =
            example.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect();
        text.push_str(&format!("\n{}", paint(DIM, &indented)));
    }
    text
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
    let counts = severities(findings);
    if counts.is_empty() {
        return String::new();
    }
    format!("\n{} `takk check` shows them.\n", paint(DOUBTFUL, &format!("{counts}:")))
}
