//! Annotations of GitHub Actions: `::error file=...,line=...::message`.
//! See "Workflow commands for GitHub Actions" in GitHub's documentation for the format and its escapes.

use super::report::Item;
use takk_model::Severity;
use takk_model::visible::visible;

pub fn render(items: &[Item]) -> String {
    items.iter().map(annotation).collect()
}

fn annotation(item: &Item) -> String {
    let command = match item.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &item.place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
        if let Some((line, column)) = item.end {
            properties.push(format!("endLine={line}"));
            // GitHub accepts an end column only on the same line, and includes the last character.
            if line == place.line && column > place.column {
                properties.push(format!("endColumn={}", column - 1));
            }
        }
    }
    properties.push(format!("title={}", property(&title(item))));
    let help = item.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!("::{command} {}::{}\n", properties.join(","), data(&format!("{}{help}", item.message)))
}

fn title(item: &Item) -> String {
    if item.id == item.name { item.id.clone() } else { format!("{} {}", item.id, item.name) }
}

/// Line breaks are escaped, so that each line is exactly one command.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
