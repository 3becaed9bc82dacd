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

/// What the environment has for a name, for the `${NAME}` of a dotenv file.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// The most that the values of one file may come to, in bytes: `${NAME}` and the aliases of YAML can make a small file immense. An
/// environment of that size starts no process on Linux.
const MOST_BYTES: usize = 8 << 20;

/// Reads the text of a file. It never fails: what cannot be read is among the faults, and a dotenv file may have entries beside them.
///
/// `environment` is asked for the names in `${NAME}` that no earlier line of a dotenv file sets; the other formats do not use it.
pub fn read(format: Format, text: &str, environment: &Environment<'_>) -> Reading {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Dotenv => dotenv::read(text, environment),
        Format::Json => json::read(text),
        Format::Yaml => yaml::read(text),
    }
}
