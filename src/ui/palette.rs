//! The few styles that text output uses. Nothing is said by colour alone.

use anstyle::{AnsiColor, Effects, Style};

/// Headings.
pub(super) const HEADING: Style = Style::new().effects(Effects::BOLD);
/// What is secondary: places, reasons.
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// Names of variables and services.
pub(super) const NAME: Style = AnsiColor::Cyan.on_default();
/// What is wrong or missing.
pub(super) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// What may be wrong.
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// What is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// No style.
pub(super) const PLAIN: Style = Style::new();

/// `text` in `style`.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}
