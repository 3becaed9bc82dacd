//! The result of a paste. It never contains values.

use super::import_text;
use super::palette::{DIM, DOUBTFUL, NAME, line, paint};
use super::value_text::{listed, wrapped};
use takk_model::counted::counted;
use takk_model::visible::shell_word;
use takk_project::ops::secrets::import::Imported;
use takk_project::ops::secrets::pasted::Near;

/// A line for each name, the names whose different values would be replaced, and the lines that could not be assigned.
pub fn pasted(imported: &Imported, kept: &[String], unclear: &[u32]) -> String {
    let mut text = import_text::lines(imported);
    for name in kept {
        text.push_str(&line!(
            "{}        {} has a different value: {}",
            paint(DIM, "kept"),
            paint(NAME, name),
            paint(DIM, &format!("run `takk secrets set {word}` to replace it", word = shell_word(name)))
        ));
    }
    if !unclear.is_empty() {
        let numbers: Vec<String> = unclear.iter().map(u32::to_string).collect();
        let word = if unclear.len() == 1 { "line" } else { "lines" };
        let said = format!("{word} {}: it does not name a variable; paste NAME=value", listed(&numbers));
        for (at, line) in wrapped(&said, 68).iter().enumerate() {
            let label = if at == 0 { paint(DOUBTFUL, "left out") } else { " ".repeat(8) };
            text.push_str(&line!("{label}    {line}"));
        }
    }
    if text.is_empty() { line!("{}, as it was", counted(imported.entries.len(), "value")) } else { text }
}

/// Asks whether a name means another one.
pub fn is_it(near: &Near) -> String {
    format!("No code reads {}. Is it {}?", near.typed, near.nearest)
}
