//! The plan as text in 80 columns.
//!
//! What is the same in all environments appears once, under all their names; what differs is repeated for each environment.

mod layout;

use std::collections::BTreeMap;

use super::palette::{DIM, DOUBTFUL, HEADING, NAME, line, paint, paragraph};
use super::plan_rows::{Block, blocks};
use super::plan_words::{Nothing, next_step, not_read, nothing, severities, summary};
use super::value_text::wrapped;
use takk_model::counted::counted;
use takk_model::visible::shell_word;
use takk_model::{Finding, Suggestion};
use takk_plan::{EnvironmentPlan, Plan};

/// The width of every text output.
const WIDTH: usize = 80;

/// The plan, its long lists folded unless `all`; `findings` are only counted.
pub fn render(plan: &Plan, findings: &[Finding], all: bool) -> String {
    let mut text = if let Some(nothing) = nothing(plan) {
        empty(plan, &nothing)
    } else {
        let blocks = blocks(&plan.environments, all);
        titled(plan, &summary(plan)) + &blocks.iter().map(|block| rendered(block, all)).collect::<String>()
    };
    if let Some(said) = not_read(plan) {
        text.push('\n');
        text.extend(wrapped(&said, WIDTH).iter().map(|words| line!("{}", paint(DIM, words))));
    }
    text.push_str(&suggestions(&plan.suggestions));
    text.push_str(&found(findings));
    text.push_str(&next(next_step(plan)));
    text
}

/// The next step, in as many lines as it takes.
fn next(step: &str) -> String {
    let lines = wrapped(step, WIDTH - "Next: ".len());
    let first = paragraph!("{} {}", paint(HEADING, "Next:"), lines.first().map_or("", String::as_str));
    lines.iter().skip(1).fold(first, |text, words| text + &line!("      {words}"))
}

/// Which dotenv files have values that an environment lacks, and how to store these.
pub fn in_files(files: &BTreeMap<String, Vec<String>>, environment: &EnvironmentPlan) -> String {
    let mut text = String::new();
    for (file, names) in files {
        let (has, them) = (counted(names.len(), "missing value"), if names.len() == 1 { "it" } else { "them" });
        let (word, name) = (shell_word(file), &environment.name);
        let sentence = format!("`{file}` has {has}; `takk secrets import {word} --env {name}` stores {them}");
        text.extend(wrapped(&sentence, WIDTH).iter().map(|words| line!("{words}")));
    }
    text
}

fn titled(plan: &Plan, title: &str) -> String {
    line!("{} {title}", paint(HEADING, &format!("{}:", plan.project.name)))
}

fn empty(plan: &Plan, nothing: &Nothing) -> String {
    let mut text = titled(plan, nothing.title);
    for paragraph in &nothing.paragraphs {
        text.push('\n');
        text.extend(wrapped(paragraph, WIDTH).iter().map(|words| line!("{words}")));
    }
    if let Some(example) = nothing.example {
        text.push('\n');
        let indented = |code: &str| if code.is_empty() { String::new() } else { paint(DIM, &format!("    {code}")) };
        text.extend(example.lines().map(|code| line!("{}", indented(code))));
    }
    text
}

fn rendered(block: &Block, all: bool) -> String {
    let mut text = paragraph!("{}", paint(HEADING, &block.title));
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
    let mut text = paragraph!("{}", paint(HEADING, "Probably needed, not declared"));
    text.push('\n');
    for suggestion in suggestions {
        let version = suggestion.version.as_ref().map(|answer| format!(" {}", answer.version)).unwrap_or_default();
        let why = format!("{} ({})", suggestion.evidence, suggestion.place.short());
        text.push_str(&line!("  {}{version}", paint(NAME, &suggestion.kind)));
        for line in wrapped(&why, WIDTH - 4) {
            text.push_str(&line!("    {}", paint(DIM, &line)));
        }
        text.push_str(&line!("    to declare it: {}", suggestion.change));
    }
    text
}

fn found(findings: &[Finding]) -> String {
    let counts = severities(findings);
    if counts.is_empty() {
        return String::new();
    }
    paragraph!("{} `takk check` shows them.", paint(DOUBTFUL, &format!("{counts}:")))
}
