//! Dotenv files, as python-dotenv 1.2 reads them (`dotenv_values(path)`), which is how pydantic-settings reads its `env_file`.

mod edit;

use takk_document::dotenv::{Interpolated, Item, Scanner, interpolated, with_newlines};

use super::reading::{Collected, Fault, Reading};
use super::{Environment, MOST_BYTES};

pub use edit::{Addition, Edited, Encoding, Mention};

/// Reads a file, skipping a byte order mark. Lines that are not assignments are faults; the rest is read.
pub(super) fn read(text: &str, environment: &Environment<'_>) -> Reading {
    let text = with_newlines(text);
    let mut collected = Collected::default();
    let mut faults = Vec::new();
    let mut room = MOST_BYTES;
    for item in Scanner::new(&text) {
        match item {
            Item::Comment(_) => {}
            Item::Broken { line, column, message } => faults.push(Fault { line, column, message: message.to_owned() }),
            Item::Binding { name, value: None, line, .. } => collected.set(name.to_owned(), None, line),
            Item::Binding { name, value: Some(value), line, .. } => {
                let Some(Interpolated { value, has_gap }) =
                    interpolated(&value, |name| collected.value(name), environment, room)
                else {
                    let message = format!("with its `${{...}}` replaced, `{name}` exceeds the maximum file size");
                    faults.push(Fault { line, column: 1, message });
                    break;
                };
                room -= value.len();
                collected.set(name.to_owned(), Some(value), line);
                if has_gap {
                    collected.note_gap(name);
                }
            }
        }
    }
    collected.finish(faults)
}
