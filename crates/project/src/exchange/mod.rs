//! Importing and exporting files of variables: text ↔ names and values.
//!
//! Dotenv files are read as `python-dotenv` reads them, which is what pydantic-settings uses; in JSON and YAML, a value that is not a
//! string becomes the text that pydantic-settings would decode. Nothing here can print a value: a [`Fault`] has a place and a reason, and
//! at most the name of a variable from the file.

mod dotenv;
mod format;
mod json;
mod reading;
#[cfg(test)]
mod tests;
mod write;
mod yaml;

pub use dotenv::{Addition, Edited, Encoding, Mention};
pub use format::{Format, WriteFormat};
pub use reading::{Entry, Fault, Named, Reading};
pub use write::{Unwritable, dotenv_line, write};

/// Looks up a variable for `${NAME}` in a dotenv file.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// The maximum total size of the values in a file, in bytes: `${NAME}` and YAML aliases can expand a small file enormously. On Linux, no
/// process can start with an environment of that size.
const MOST_BYTES: usize = 8 << 20;

/// Parses the text of a file. It never fails: errors are listed as faults, and a dotenv file may have entries as well.
///
/// `environment` looks up each `${NAME}` that no earlier line of a dotenv file sets. The other formats do not use it.
pub fn read(format: Format, text: &str, environment: &Environment<'_>) -> Reading {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Dotenv => dotenv::read(text, environment),
        Format::Json => json::read(text),
        Format::Yaml => yaml::read(text),
    }
}
