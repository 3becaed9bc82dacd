//! Compares two environments side by side. It never contains values; it does contain addresses that takk composes.

use anstyle::Style;

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint, paragraph};
use super::value_text::wrapped;
use takk_model::age::age;
use takk_model::counted::counted;
use takk_project::ops::diff::{Compared, Diff, Relation, Side};

/// The width of the list.
const WIDTH: usize = 78;

/// All groups, those that need attention first. Equal variables are listed by name only, unless `all`.
pub fn render(diff: &Diff, all: bool, now: i64) -> String {
    let [first, second] = &diff.environments;
    let only = |name| format!("only in {name}");
    let groups: [(Relation, String, Style); 6] = [
        (Relation::Differs, "different".to_owned(), DOUBTFUL),
        (Relation::OnlyFirst, only(first), DOUBTFUL),
        (Relation::OnlySecond, only(second), DOUBTFUL),
        (Relation::MissingInBoth, "missing in both".to_owned(), BAD),
        (Relation::Unknown, "set in both; comparing requires access to both".to_owned(), DIM),
        (Relation::Same, "the same".to_owned(), GOOD),
    ];
    let mut text = line!("{}", paint(HEADING, &format!("{first} and {second}")));
    let mut is_empty = true;
    for (relation, title, style) in groups {
        let group: Vec<&Compared> = diff.variables.iter().filter(|compared| compared.relation == relation).collect();
        if group.is_empty() {
            continue;
        }
        is_empty = false;
        text.push_str(&paragraph!("{} {}", paint(style, &title), paint(DIM, &format!("({})", group.len()))));
        let is_list = matches!(relation, Relation::Same | Relation::Unknown) && !all;
        if relation == Relation::MissingInBoth || is_list {
            text.push_str(&names(&group));
        } else {
            let width = [first, second].map(|name| name.as_str().len()).into_iter().max().unwrap_or(0);
            for compared in group {
                text.push_str(&rows(compared, diff, width, now));
            }
        }
    }
    if is_empty {
        text.push_str("Neither environment has values, and none are missing.\n");
    }
    text.push_str(&next(diff));
    text
}

/// Only the names, in lines.
fn names(group: &[&Compared]) -> String {
    let name = |compared: &&Compared| {
        let stale = if compared.stale { " (not declared)" } else { "" };
        format!("{}{stale}", compared.name)
    };
    let names: Vec<String> = group.iter().map(name).collect();
    wrapped(&names.join(", "), WIDTH - 2).iter().map(|names| line!("  {names}")).collect()
}

/// A name, with its state in each of the environments.
fn rows(compared: &Compared, diff: &Diff, width: usize, now: i64) -> String {
    let stale = if compared.stale { paint(DIM, "  no longer declared in the code") } else { String::new() };
    let mut text = line!("  {}{stale}", paint(NAME, &compared.name));
    for (environment, side) in diff.environments.iter().zip(&compared.sides) {
        let Some(said) = said(side, now) else { continue };
        for (at, line) in wrapped(&said, WIDTH.saturating_sub(width + 8).max(20)).iter().enumerate() {
            let label = if at == 0 { environment.as_str() } else { "" };
            text.push_str(&line!("      {label:width$}  {}", paint(DIM, line)));
        }
    }
    text
}

/// The state of a name in one environment; `None` if there is nothing to show.
fn said(side: &Side, now: i64) -> Option<String> {
    if let (Some(version), Some(set_at)) = (side.version, side.set_at) {
        return Some(format!("version {version}, {} {}", side.origin.as_deref().unwrap_or("set"), age(set_at, now)));
    }
    if let Some(address) = &side.resolved {
        return Some(address.clone());
    }
    Some(side.state?.as_str().to_owned())
}

/// What to do about values that only one of them has.
fn next(diff: &Diff) -> String {
    let [first, second] = &diff.environments;
    let lacks = |at: usize| {
        let lacking = diff.variables.iter().filter(|compared| {
            let is_missing = compared.sides[at].state.is_some_and(|state| state.as_str() == "missing");
            is_missing && compared.relation != Relation::MissingInBoth
        });
        lacking.count()
    };
    let (count, from, to) = match (lacks(0), lacks(1)) {
        (_, lacking @ 1..) => (lacking, first, second),
        (lacking @ 1.., 0) => (lacking, second, first),
        (0, 0) => return String::new(),
    };
    let command = format!("takk secrets promote --from {from} --to {to}");
    paragraph!("{} {to} lacks {}: `{command}`", paint(HEADING, "Next:"), counted(count, "value"))
}
