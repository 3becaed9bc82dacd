//! The result of an import. It never contains values.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, NAME, line, paint};
use super::value_text::wrapped;
use takk_model::counted::counted;
use takk_project::ops::secrets::import::{Fate, Imported, ImportedEntry};

/// The width of the text below a name.
const WIDTH: usize = 74;

/// A line for each name that changed or has a problem, and a summary.
pub fn render(imported: &Imported) -> String {
    let mut text = lines(imported);
    text.push_str(&summary(imported));
    text
}

/// A line for each name that changed or has a problem.
pub(super) fn lines(imported: &Imported) -> String {
    let mut text = String::new();
    for fault in &imported.faults {
        let said = format!("line {}, column {}: {}", fault.line, fault.column, fault.message);
        for (at, line) in wrapped(&said, WIDTH - 9).iter().enumerate() {
            let label = if at == 0 { paint(BAD, "unread") } else { " ".repeat(6) };
            text.push_str(&line!("{label}      {line}"));
        }
    }
    for entry in &imported.entries {
        text.push_str(&entry_lines(entry));
    }
    text
}

/// A warning about names that the code does not declare.
pub fn undeclared(imported: &Imported) -> Option<String> {
    match imported.count(|fate| matches!(fate, Fate::Undeclared { .. })) {
        0 => None,
        1 => Some("one name in the file is not declared in the code and was not stored.".to_owned()),
        count => Some(format!("{count} names in the file are not declared in the code and were not stored.")),
    }
}

fn entry_lines(entry: &ImportedEntry) -> String {
    let (style, label, details) = match &entry.fate {
        Fate::Unchanged => return String::new(),
        Fate::Stored { unchecked, .. } => {
            let unchecked = unchecked.iter().map(|reason| format!("not checked: {reason}"));
            (GOOD, "stored", unchecked.collect())
        }
        Fate::Withheld => (DIM, "not stored", vec!["other entries are invalid".to_owned()]),
        Fate::Refused { reason, field, place } => {
            let reader =
                field.as_ref().zip(place.as_ref()).map(|(field, place)| format!("{field} reads it ({})", place.short()));
            (BAD, "refused", std::iter::once(reason.clone()).chain(reader).collect())
        }
        Fate::Undeclared { nearest: Some(nearest) } if entry.name.is_some() => {
            (DOUBTFUL, "undeclared", vec![format!("did you mean {nearest}?")])
        }
        Fate::Undeclared { .. } => (DOUBTFUL, "undeclared", Vec::new()),
        Fate::Replaced => (DIM, "replaced", vec!["a later line sets it again".to_owned()]),
        Fate::Unset => (DIM, "no value", Vec::new()),
    };
    let padding = " ".repeat(12 - label.len());
    let name = entry.name.as_ref().map(|name| format!("{}, ", paint(NAME, name))).unwrap_or_default();
    let version = if let Fate::Stored { version, .. } = &entry.fate { format!(", version {version}") } else { String::new() };
    let mut text = line!("{}{padding}{name}line {}{version}", paint(style, label), entry.line);
    for line in details.iter().flat_map(|detail: &String| wrapped(detail, WIDTH - 8)) {
        text.push_str(&line!("{}{}", " ".repeat(14), paint(DIM, &line)));
    }
    text
}

fn summary(imported: &Imported) -> String {
    let count = |is: fn(&Fate) -> bool| imported.count(is);
    let stored = count(|fate| matches!(fate, Fate::Stored { .. }));
    let refused = count(|fate| matches!(fate, Fate::Refused { .. }));
    let mut parts = vec![format!("{} stored in {}", counted(stored, "value"), imported.environment)];
    let withheld = count(|fate| matches!(fate, Fate::Withheld));
    for (count, word) in [(count(|fate| *fate == Fate::Unchanged), "unchanged"), (refused, "refused")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if !imported.faults.is_empty() {
        parts.push(format!("{} unread", counted(imported.faults.len(), "line")));
    }
    let mut text = line!("{}.", parts.join(", "));
    if withheld > 0 {
        let rest = if withheld == 1 { "the other one".to_owned() } else { format!("the other {withheld}") };
        text.push_str(&line!("Nothing was stored, because some entries are invalid; pass --partial to store {rest}."));
    }
    text
}
