//! The proposals of a promotion, and its results. It never contains values.

use anstyle::Style;

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, PLAIN, line, paint};
use super::value_text::{listed, wrapped};
use takk_project::ops::secrets::promote::{Action, Promoted, Proposal, Sheet};

/// The width of a line.
const WIDTH: usize = 80;
/// The maximum width of a name with its reason on the same line.
const COLUMN: usize = 36;

/// The proposals, those with something to do first.
pub fn sheet(sheet: &Sheet) -> String {
    if sheet.proposals.is_empty() {
        return line!("{} has no value that {} lacks.", sheet.from, sheet.to);
    }
    let mut text = line!("{}", paint(HEADING, &format!("From {} to {}", sheet.from, sheet.to)));
    for action in [Action::Copy, Action::Regenerate, Action::Ask, Action::Keep] {
        for proposal in sheet.proposals.iter().filter(|proposal| proposal.action == action) {
            text.push_str(&row(proposal));
        }
    }
    text
}

fn row(proposal: &Proposal) -> String {
    let (word, style) = word(proposal.action);
    let start = format!("  {}{}", paint(style, word), " ".repeat(12 - word.len()));
    let name = paint(NAME, &proposal.name);
    let length = proposal.name.chars().count();
    let mut text = String::new();
    let is_beside = 14 + length + 2 <= COLUMN + 10;
    for (at, line) in wrapped(&proposal.reason, WIDTH - COLUMN - 10).iter().enumerate() {
        let reason = paint(DIM, line);
        let indent = " ".repeat(COLUMN + 10);
        text.push_str(&match at {
            0 if is_beside => line!("{start}{name}{}{reason}", " ".repeat(COLUMN + 10 - 14 - length)),
            0 => line!("{start}{name}") + &line!("{indent}{reason}"),
            _ => line!("{indent}{reason}"),
        });
    }
    text
}

fn word(action: Action) -> (&'static str, Style) {
    match action {
        Action::Copy => ("copy", GOOD),
        Action::Regenerate => ("regenerate", GOOD),
        Action::Ask => ("ask", DOUBTFUL),
        Action::Keep => ("keep", PLAIN),
    }
}

pub fn result(promoted: &Promoted) -> String {
    if promoted.dry_run {
        return line!("{}", paint(DIM, "Nothing was changed; this is a dry run."));
    }
    let done = |action| promoted.proposals.iter().filter(move |one| one.action == action && one.version.is_some()).count();
    let counts = [(done(Action::Copy), "copied"), (done(Action::Regenerate), "regenerated"), (done(Action::Ask), "typed")];
    let said: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let mut text = match said.as_slice() {
        [] => line!("Nothing was stored in {}.", promoted.to),
        said => line!("In {}: {}.", promoted.to, listed(said)),
    };
    let is_left = |one: &&Proposal| one.action == Action::Ask && one.version.is_none() && !promoted.missing.contains(&one.name);
    let left: Vec<&str> = promoted.proposals.iter().filter(is_left).map(|one| one.name.as_str()).collect();
    for (label, names) in [("left out", left), ("still missing", promoted.missing.iter().map(String::as_str).collect())] {
        let style = if label == "left out" { DOUBTFUL } else { BAD };
        text.push_str(&list(label, style, &names));
    }
    if !promoted.missing.is_empty() {
        text.push_str(&line!("{} run `takk secrets set --env {}` to enter them", paint(HEADING, "Next:"), promoted.to));
    }
    text
}

fn list(label: &str, style: Style, names: &[&str]) -> String {
    let mut text = String::new();
    for (at, line) in wrapped(&names.join(", "), WIDTH - 17).iter().enumerate() {
        let start = if at == 0 { paint(style, &format!("{label}:")) } else { String::new() };
        let padding = " ".repeat(if at == 0 { 16 - label.len() - 1 } else { 16 });
        text.push_str(&line!("{start}{padding}{line}"));
    }
    text
}
