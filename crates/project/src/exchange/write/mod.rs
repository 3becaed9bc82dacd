//! Entries → the text of a file that reads back the same, or the name that the format cannot represent.

mod docker;
mod dotenv;
mod json;
mod shell;
mod yaml;

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashSet;
use zeroize::Zeroizing;

use super::WriteFormat;

/// Why a file cannot be written. Does not contain the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    pub name: String,
    /// What the format cannot represent, as a phrase about the variable.
    pub reason: &'static str,
}

impl Display for Unwritable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}", self.name, self.reason)
    }
}

impl std::error::Error for Unwritable {}

/// Why one entry cannot be written.
type Reason = &'static str;

/// Writes names and values in the given order. Fails at the first entry that the format cannot represent, or if a name is given twice.
pub fn write(format: WriteFormat, entries: &[(&str, &str)]) -> Result<Zeroizing<String>, Unwritable> {
    let write_entry = match format {
        WriteFormat::Dotenv => dotenv::write_entry,
        WriteFormat::Json => json::write_entry,
        WriteFormat::Yaml => yaml::write_entry,
        WriteFormat::Shell => shell::write_entry,
        WriteFormat::Docker => docker::write_entry,
    };
    // Reallocation would leave parts of the values in freed memory. No format needs more than seven bytes for one.
    let most = entries.iter().map(|(name, value)| 7 * (name.len() + value.len()) + 16).sum();
    let mut text = Zeroizing::new(String::with_capacity(most));
    let mut names = FxHashSet::default();
    for (name, value) in entries {
        let reason = if names.insert(*name) { write_entry(name, value, &mut text).err() } else { Some("appears twice") };
        if let Some(reason) = reason {
            return Err(Unwritable { name: (*name).to_owned(), reason });
        }
    }
    match format {
        WriteFormat::Json => json::enclose(&mut text),
        WriteFormat::Yaml if entries.is_empty() => text.push_str("{}\n"),
        _ => {}
    }
    Ok(text)
}

/// `NAME=value` on one line of a dotenv file, without the line ending.
pub fn dotenv_line(name: &str, value: &str) -> Result<Zeroizing<String>, Unwritable> {
    let mut text = Zeroizing::new(String::with_capacity(7 * (name.len() + value.len()) + 16));
    dotenv::write_line(name, value, &mut text).map_err(|reason| Unwritable { name: name.to_owned(), reason })?;
    let length = text.trim_end_matches('\n').len();
    text.truncate(length);
    Ok(text)
}

/// Whether every shell accepts it as a name.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
