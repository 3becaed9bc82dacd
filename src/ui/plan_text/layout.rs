//! Rows → lines of at most 80 columns.

use anstyle::Style;

use super::super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, PLAIN, line, paint};
use super::super::plan_rows::{Cell, Role, Row, Section};
use super::super::value_text::{broken, shortened, wrapped};
use super::WIDTH;
use takk_plan::State;

/// The number of rows to show in a list, unless all are requested.
const SHOWN: usize = 12;
const INDENT: usize = 4;
/// The minimum width of the column that may be shortened.
const ELASTIC: usize = 14;
/// The number of notes to show for a row, unless all are requested.
const NOTES: usize = 3;

/// A section with its title.
pub(super) fn section(section: &Section, all: bool) -> String {
    let rows = shown(section, all);
    let widths = widths(&rows, section.elastic);
    let mut text = title(section);
    let mut group = "";
    for row in &rows {
        if row.group != group {
            group = &row.group;
            for line in wrapped(group, WIDTH - INDENT) {
                text.push_str(&line!("{:INDENT$}{}", "", paint(DIM, &line)));
            }
        }
        let indent = if group.is_empty() { INDENT } else { INDENT + 2 };
        text.push_str(&lines(row, &widths, indent, all));
    }
    let folded = section.rows.len() - rows.len();
    if folded > 0 {
        text.push_str(&line!("{:INDENT$}{}", "", paint(DIM, &format!("… {folded} more, --all shows them"))));
    }
    text
}

/// The title with the number of rows in each state, which go on a separate line if they do not fit.
fn title(section: &Section) -> String {
    if !section.has_states {
        return line!("  {}", paint(HEADING, section.title));
    }
    let counts = counts(&section.rows);
    if section.title.len() + counts.len() + 4 <= WIDTH {
        return line!("  {}", paint(HEADING, &format!("{}: {counts}", section.title)));
    }
    line!("  {}", paint(HEADING, section.title)) + &line!("    {counts}")
}

/// The number of rows in each state: `3 missing, 1 default`.
fn counts(rows: &[Row]) -> String {
    let mut counts: Vec<(u8, &str, usize)> = Vec::new();
    for row in rows {
        let state = row.cells.first().map_or("", |cell| cell.text.as_str());
        match counts.iter_mut().find(|(_, known, _)| *known == state) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((row.rank, state, 1)),
        }
    }
    counts.sort_unstable();
    let counts: Vec<String> = counts.into_iter().map(|(_, state, count)| format!("{count} {state}")).collect();
    counts.join(", ")
}

/// The rows to print: the first of the lowest rank, in groups, each sorted by rank.
fn shown(section: &Section, all: bool) -> Vec<&Row> {
    let mut order: Vec<usize> = (0..section.rows.len()).collect();
    order.sort_by_key(|index| section.rows[*index].rank);
    if !all && order.len() > SHOWN {
        order.truncate(SHOWN);
    }
    let first_of_group = |row: &Row| section.rows.iter().position(|other| other.group == row.group);
    order.sort_by_key(|index| {
        let row = &section.rows[*index];
        (first_of_group(row), row.rank, *index)
    });
    order.into_iter().map(|index| &section.rows[index]).collect()
}

/// The width of each column: that of its widest cell. The elastic column is narrower if the places fit then, and the columns before it
/// leave it its minimum width.
fn widths(rows: &[&Row], elastic: Option<usize>) -> Vec<usize> {
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.cells.get(column)).map(length).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(width).collect();
    if let Some(elastic) = elastic.filter(|column| *column < columns) {
        let place = rows.iter().map(|row| row.place.chars().count()).max().unwrap_or(0);
        let grouped = rows.iter().any(|row| !row.group.is_empty());
        let mut room = WIDTH - if grouped { INDENT + 2 } else { INDENT };
        for width in &mut widths[..elastic] {
            *width = (*width).min(room.saturating_sub(ELASTIC + 2));
            room = room.saturating_sub(*width + 2);
        }
        widths[elastic] = widths[elastic].min(room.saturating_sub(place + 2).max(ELASTIC));
    }
    widths
}

fn length(cell: &Cell) -> usize {
    cell.text.chars().count()
}

/// One row: its columns, its place if it fits, and its notes below the second column. Cells that are wider than their column continue
/// below, with the cells to their right.
fn lines(row: &Row, widths: &[usize], indent: usize, all: bool) -> String {
    let mut text = " ".repeat(indent);
    let mut column = indent;
    let below = indent + widths.first().map_or(0, |width| width + 2);
    let last = row.cells.len().saturating_sub(1);
    let mut notes = Vec::new();
    for (index, (cell, width)) in row.cells.iter().zip(widths).enumerate() {
        if !notes.is_empty() || column >= WIDTH {
            notes.push(cell.text.clone());
            continue;
        }
        let word = if index == last { shortened(&cell.text, *width) } else { cell.text.clone() };
        let mut pieces = broken(&word, WIDTH - column).into_iter();
        let word = pieces.next().unwrap_or_default();
        notes.extend(pieces.map(str::to_owned));
        let length = word.chars().count();
        let padding = (width + 2).saturating_sub(length);
        text.push_str(&paint(style(cell.role), word));
        text.push_str(&" ".repeat(padding));
        // A cell that exceeds its column leaves no room for the next.
        column = if length > *width { WIDTH + 1 } else { column + length + padding };
    }
    if column + row.place.chars().count() <= WIDTH {
        text.push_str(&paint(DIM, &row.place));
    } else if !row.place.is_empty() {
        notes.push(row.place.clone());
    }
    let most = if all { usize::MAX } else { NOTES };
    notes.extend(row.notes.iter().take(most).cloned());
    if row.notes.len() > most {
        notes.push(format!("… {} more, --all shows them", row.notes.len() - most));
    }
    let mut text = line!("{}", trimmed(&text));
    for note in notes {
        for line in wrapped(&note, WIDTH - below) {
            text.push_str(&line!("{:below$}{}", "", paint(DIM, &line)));
        }
    }
    text
}

fn trimmed(line: &str) -> &str {
    line.trim_end_matches(' ')
}

fn style(role: Role) -> Style {
    match role {
        Role::State(State::Missing) => BAD,
        Role::State(State::Set | State::Resolved | State::Path | State::Source) => GOOD,
        Role::State(State::Computed) | Role::Doubtful => DOUBTFUL,
        Role::State(State::Default | State::Optional | State::Inherited) | Role::Minor => DIM,
        Role::Name => NAME,
        Role::Code | Role::Word => PLAIN,
    }
}
