//! The plan in GitHub Flavoured Markdown, for a pull request or the summary of a workflow.
//!
//! As in the text format, what is the same in several environments appears once, under all their names. Missing values come first, and the
//! rest of a long list is folded.

use super::markdown::{code, heading, prose, table};
use super::plan_rows::{Block, Cell, Role, Row, Section, blocks};
use super::plan_words::{count, next_step, not_read, nothing, severities, severity, states, suggested, summary};
use takk_model::{Finding, Suggestion};
use takk_plan::{EnvironmentPlan, Plan, State};

/// The maximum number of variables in a table before those that need nothing are folded.
const SHOWN: usize = 12;

/// The plan with findings; long lists are unfolded if `all`.
pub fn render(plan: &Plan, findings: &[Finding], all: bool) -> String {
    let mut text = format!("# Plan of {}\n\n", code(&plan.project.name));
    if let Some(nothing) = nothing(plan) {
        text.push_str(&format!("There are {}.\n", nothing.title));
        for paragraph in &nothing.paragraphs {
            text.push_str(&format!("\n{}\n", prose(paragraph)));
        }
        text.push_str(&nothing.example.map(|example| format!("\n```python\n{example}```\n")).unwrap_or_default());
    } else {
        text.push_str(&format!("{}.\n\n**Next:** {}\n\n", summary(plan), prose(next_step(plan))));
        text.push_str(&overview(plan));
        for block in blocks(&plan.environments, all) {
            text.push_str(&self::block(&block, all));
        }
    }
    text.extend(not_read(plan).map(|said| format!("\n{}\n", prose(&said))));
    text + &suggestions(&plan.suggestions) + &found(findings)
}

/// The number of variables in each state, by environment.
fn overview(plan: &Plan) -> String {
    let states = states(plan);
    let titles: Vec<&str> = std::iter::once("Environment").chain(states.iter().map(|state| state.as_str())).collect();
    let row = |environment: &EnvironmentPlan| {
        let cell = |state: &State| match (state, count(environment, *state)) {
            (State::Missing, count @ 1..) => format!("**{count}**"),
            (_, count) => count.to_string(),
        };
        std::iter::once(code(environment.name.as_str())).chain(states.iter().map(cell)).collect()
    };
    table(&titles, &plan.environments.iter().map(row).collect::<Vec<_>>())
}

/// What some environments have in common: first the variables, of which some may be missing.
fn block(block: &Block, all: bool) -> String {
    let mut text = format!("\n## {}\n", prose(&block.title));
    let (variables, others): (Vec<&Section>, Vec<&Section>) = block.sections.iter().partition(|section| section.has_states);
    for section in variables {
        text.push_str(&self::variables(section, all));
    }
    for section in others {
        text.push_str(&heading(3, section.title));
        text.push_str(&rows(section, &section.rows.iter().collect::<Vec<_>>()));
    }
    text
}

/// The variables without a value, then the others, folded if there are many in total.
fn variables(section: &Section, all: bool) -> String {
    let mut rows: Vec<&Row> = section.rows.iter().collect();
    rows.sort_by_key(|row| row.rank);
    let missing = rows.partition_point(|row| row.cells[0].role == Role::State(State::Missing));
    let title = heading(3, &format!("{}: {}", section.title, counted_states(&rows)));
    if all || rows.len() <= SHOWN || missing == rows.len() {
        return title + &self::rows(section, &rows);
    }
    let (missing, others) = rows.split_at(missing);
    let gap = if missing.is_empty() { "" } else { "\n" };
    let summary = counted_states(others);
    let folded = format!("{gap}<details><summary>{summary}</summary>\n\n{}\n</details>\n", self::rows(section, others));
    title + &self::rows(section, missing) + &folded
}

/// The numbers of rows in each state: `3 missing, 1 default`.
fn counted_states(rows: &[&Row]) -> String {
    let runs = rows.chunk_by(|a, b| a.rank == b.rank);
    runs.map(|run| format!("{} {}", run.len(), run[0].cells[0].text)).collect::<Vec<_>>().join(", ")
}

fn rows(section: &Section, rows: &[&Row]) -> String {
    let titles: Vec<&str> = section.columns.into_iter().chain(["Notes", "Class", "Declared"]).collect();
    let row = |row: &&Row| {
        let notes: Vec<String> = row.notes.iter().map(|note| prose(note)).collect();
        let rest = [notes.join("<br>"), prose(&row.group), code(&row.place)];
        row.cells.iter().map(cell).chain(rest).collect()
    };
    table(&titles, &rows.iter().map(row).collect::<Vec<_>>())
}

fn cell(cell: &Cell) -> String {
    match cell.role {
        Role::State(State::Missing) | Role::Doubtful => format!("**{}**", cell.text),
        Role::State(_) | Role::Word | Role::Minor => prose(&cell.text),
        Role::Name | Role::Code => code(&cell.text),
    }
}

fn suggestions(suggestions: &[Suggestion]) -> String {
    if suggestions.is_empty() {
        return String::new();
    }
    let row = |suggestion: &Suggestion| {
        vec![
            code(&suggested(suggestion)),
            prose(&suggestion.evidence),
            code(&suggestion.change),
            code(&suggestion.place.short()),
        ]
    };
    let rows: Vec<Vec<String>> = suggestions.iter().map(row).collect();
    heading(2, "Probably needed, not declared") + &table(&["Resource", "Why", "To declare it", "Seen in"], &rows)
}

fn found(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let row = |finding: &Finding| {
        let help = finding.help.as_ref().map(|help| format!("<br>{}", prose(help))).unwrap_or_default();
        let severity = severity(finding.severity);
        let place = finding.place.as_ref().map(|place| code(&place.short())).unwrap_or_default();
        let message = format!("{}{help}", prose(&finding.message));
        vec![severity.to_owned(), finding.code.to_string(), message, place]
    };
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    let title = format!("Findings: {}", severities(findings));
    heading(2, &title) + &table(&["Severity", "Code", "Finding", "Place"], &rows)
}
