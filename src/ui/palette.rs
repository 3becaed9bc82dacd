//! The few styles that text output uses. Nothing is said by colour alone.
//!
//! A style is not written as the terminal takes it: what a repository or a server names may hold the same bytes. It is written as a mark
//! that is random in each process, which no data can know; [`outgoing`](super::outgoing) makes escape sequences of marks, and of nothing
//! else.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use anstyle::{AnsiColor, Effects, Style};

use takk_model::visible::shown;

pub(super) const HEADING: Style = Style::new().effects(Effects::BOLD);
/// What is secondary: places, reasons.
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// Names of variables and services.
pub(super) const NAME: Style = AnsiColor::Cyan.on_default();
/// What is wrong or missing.
pub(super) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const PLAIN: Style = Style::new();

/// Stands for the escape character of takk's own styles: 128 bits, from the randomness that keeps hash tables from being attacked.
/// Digits, so that it goes through everything that text goes through.
pub(super) static MARK: LazyLock<String> = LazyLock::new(|| {
    let random = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", random(), random())
});

/// `text` on one line, in `style`.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    adopted(&format!("{style}\u{0}{style:#}")).replacen('\0', &shown(text), 1)
}

/// A text whose escape characters are takk's own, marked as such. Nothing that others wrote may be in it.
pub(super) fn adopted(text: &str) -> String {
    text.replace('\u{1b}', &MARK)
}

/// A line of text output, which whatever is named in it does not end.
pub(crate) fn ended(text: &str) -> String {
    let mut line = shown(text).into_owned();
    line.push('\n');
    line
}

/// `format!`, as one.
macro_rules! line {
    ($($arguments:tt)*) => {
        $crate::ui::ended(&format!($($arguments)*))
    };
}

/// Such a line after an empty one.
macro_rules! paragraph {
    ($($arguments:tt)*) => {
        format!("\n{}", $crate::ui::ended(&format!($($arguments)*)))
    };
}

pub(crate) use line;
pub(super) use paragraph;
