//! An error as text: `error:`, why, and what to type.

use std::error::Error as StdError;

use super::palette::{BAD, HEADING, paint};
use crate::error::{Error, Kind};

/// The lines of an error.
pub fn error_text(error: &Error) -> String {
    let mut text = format!("{} {}\n", paint(BAD, "error:"), error.message);
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!("  {} {source}\n", paint(HEADING, "caused by:")));
        cause = source.source();
    }
    for hint in &error.hints {
        text.push_str(&format!("  {} {hint}\n", paint(HEADING, "hint:")));
    }
    if error.kind == Kind::Internal {
        text.push_str(&format!("  {} this is a mistake in takk, please report it\n", paint(HEADING, "hint:")));
    }
    text
}
