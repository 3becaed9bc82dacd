//! What a branch changes, one line per variable.

use anstyle::Style;

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, line, paint};
use takk_model::counted::counted;
use takk_project::ops::compare::{Change, ChangeKind, Comparison};

pub fn render(comparison: &Comparison) -> String {
    comparison.changes.iter().map(line).collect()
}

/// One sentence about all changes.
pub fn summary(comparison: &Comparison) -> String {
    let missing = comparison.changes.iter().filter(|change| !change.missing_in.is_empty()).count();
    match (comparison.changes.len(), missing) {
        (0, _) => line!("{}", paint(GOOD, &format!("Needs the same variables as {}.", comparison.base))),
        (changes, 0) => line!("{} since {}; no value is missing.", counted(changes, "change"), comparison.base),
        (changes, 1) => {
            line!("{} since {}; one variable needs a value before this is merged.", counted(changes, "change"), comparison.base)
        }
        (changes, n) => {
            line!("{} since {}; {n} variables need a value before this is merged.", counted(changes, "change"), comparison.base)
        }
    }
}

fn line(change: &Change) -> String {
    let (sign, style) = sign(change);
    line!("{} {}", paint(style, sign), sentence(change))
}

fn sign(change: &Change) -> (&'static str, Style) {
    match change.kind {
        ChangeKind::Added if change.missing_in.is_empty() => ("+", GOOD),
        ChangeKind::Added => ("+", BAD),
        ChangeKind::Removed => ("-", DIM),
        ChangeKind::Renamed | ChangeKind::NowRequired | ChangeKind::NowOptional | ChangeKind::TypeChanged => ("~", DOUBTFUL),
    }
}

/// A change without its sign: `STRIPE_KEY (SecretStr, required, app/settings.py:14) missing in: test, prod`.
pub(super) fn sentence(change: &Change) -> String {
    let need = if change.required { "required" } else { "has a default" };
    let about = format!("({}, {need}, {})", change.type_name, change.place.short());
    let previous = change.previous_name.as_deref().unwrap_or_default();
    let mut text = match change.kind {
        ChangeKind::Added => format!("{} {about}", change.name),
        ChangeKind::Removed => {
            let about = format!("({}, was in {})", change.type_name, change.place.short());
            format!("{} {about} no longer read: safe to delete after the next deploy", change.name)
        }
        ChangeKind::Renamed if change.previous_name_works => {
            format!("{previous} -> {} {about} renamed, the old name still works", change.name)
        }
        ChangeKind::Renamed => format!("{previous} -> {} {about} renamed", change.name),
        ChangeKind::NowRequired => format!("{} {about} lost its default", change.name),
        ChangeKind::NowOptional => format!("{} {about} is no longer required", change.name),
        ChangeKind::TypeChanged => {
            format!("{} {about} was {}", change.name, change.previous_type.as_deref().unwrap_or_default())
        }
    };
    if !change.missing_in.is_empty() {
        let names: Vec<&str> = change.missing_in.iter().map(takk_model::EnvironmentName::as_str).collect();
        let joint = if change.kind == ChangeKind::Added { " " } else { "; " };
        text.push_str(&format!("{joint}missing in: {}", names.join(", ")));
    }
    text
}
