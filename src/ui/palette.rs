//! The few styles of text output. Colour alone never carries information.
//!
//! A style is not written as an escape sequence, because a name from a repository or a server may contain the same bytes. It is written as
//! a mark that is random in each process, which no data can contain; [`outgoing`](super::outgoing) turns only marks into escape sequences.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt::{self, Write};
use std::hash::BuildHasher;
use std::sync::LazyLock;

use anstyle::{AnsiColor, Effects, Style};

use takk_model::visible::shown;

pub(super) const HEADING: Style = Style::new().effects(Effects::BOLD);
/// Secondary information: places, reasons.
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// Names of variables and services.
pub(super) const NAME: Style = AnsiColor::Cyan.on_default();
/// Errors and missing values.
pub(super) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(super) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const PLAIN: Style = Style::new();

/// Replaces the escape character in takk's own styles: 128 random bits, from the randomness that protects hash tables. Digits, so that it
/// survives all processing of text.
pub(super) static MARK: LazyLock<String> = LazyLock::new(|| {
    let random = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", random(), random())
});

/// `text` on one line, in `style`.
pub(super) fn paint(style: Style, text: &str) -> String {
    let text = shown(text);
    if text.is_empty() || style.is_plain() {
        return text.into_owned();
    }
    // Room for the marks: a style has at most two escape characters, and its end has one.
    let mut painted = String::with_capacity(text.len() + 3 * MARK.len() + 16);
    // Writing to a string cannot fail.
    let _ = write!(Marked(&mut painted), "{style}");
    painted.push_str(&text);
    let _ = write!(Marked(&mut painted), "{style:#}");
    painted
}

/// Receives styles as they are displayed, and marks their escape characters.
struct Marked<'t>(&'t mut String);

impl Write for Marked<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut pieces = text.split('\u{1b}');
        self.0.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            self.0.push_str(&MARK);
            self.0.push_str(piece);
        }
        Ok(())
    }
}

/// Marks the escape characters of a text as takk's own. It must not contain text from elsewhere.
pub(super) fn adopted(text: &str) -> String {
    text.replace('\u{1b}', &MARK)
}

/// One line of output, which no interpolated text can break.
pub(crate) fn ended(text: String) -> String {
    let escaped = match shown(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(escaped) => Some(escaped),
    };
    let mut line = escaped.unwrap_or(text);
    line.push('\n');
    line
}

/// `format!` for such a line.
macro_rules! line {
    ($($arguments:tt)*) => {
        $crate::ui::ended(format!($($arguments)*))
    };
}

/// Such a line after an empty one.
macro_rules! paragraph {
    ($($arguments:tt)*) => {
        format!("\n{}", $crate::ui::ended(format!($($arguments)*)))
    };
}

pub(crate) use line;
pub(super) use paragraph;
