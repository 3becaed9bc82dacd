//! A dotenv file to fill in.

use super::palette::line;
use super::value_text::{environment, listed, python, wrapped};
use crate::model::DefaultValue;
use crate::ops::dotenv::{DotenvEntry, DotenvFile, DotenvGroup, DotenvValue};
use crate::visible::shown;

/// The file's text. The same file read and written again stays the same.
pub fn render(file: &DotenvFile) -> String {
    let mut text = line!("# What {} reads from its environment, written by `takk dotenv`.", file.project);
    text.push_str("# Fill in what has no value; what stands in a comment need not be set.\n");
    for group in &file.groups {
        text.push('\n');
        text.push_str(&heading(group));
        for entry in &group.entries {
            text.push('\n');
            text.push_str(&self::entry(entry));
        }
    }
    if !file.unknown.is_empty() {
        text.push_str("\n# --- Not declared in the code\n");
        for (name, value) in &file.unknown {
            text.push_str(&format!("{}={value}\n", shown(name)));
        }
    }
    text
}

fn heading(group: &DotenvGroup) -> String {
    let class = group.class.as_deref().unwrap_or("Read outside settings classes");
    let mut text = line!("# --- {class}");
    if let Some(description) = &group.description {
        text.push_str(&comment(description));
    }
    if !group.services.is_empty() {
        text.push_str(&comment(&format!("Read by {}.", listed(&group.services))));
    }
    text
}

fn entry(entry: &DotenvEntry) -> String {
    let mut text = String::new();
    if let Some(description) = &entry.description {
        text.push_str(&comment(description));
    }
    text.push_str(&comment(&nature(entry)));
    if let Some(assignment) = assignment(entry) {
        text.push_str(&assignment);
        text.push('\n');
    }
    text
}

/// `str, required; shop/settings.py:14`
fn nature(entry: &DotenvEntry) -> String {
    let mut words = match entry.value {
        DotenvValue::Path(_) => vec![entry.name.clone(), entry.type_name.clone()],
        _ => vec![entry.type_name.clone()],
    };
    if entry.secret {
        words.push("secret".to_owned());
    }
    words.push(if entry.required { "required".to_owned() } else { "not required".to_owned() });
    match &entry.value {
        DotenvValue::Default(Some(computed @ DefaultValue::Computed(_))) => {
            words.push(format!("default computed: {}", python(computed)));
        }
        DotenvValue::ByParts => words.push("as JSON or one by one".to_owned()),
        DotenvValue::Path(path) => words.push(format!("fetched from {path}")),
        _ => {}
    }
    if !entry.choices.is_empty() {
        words.push(format!("one of {}", entry.choices.join(" ")));
    }
    let mut text = words.join(", ");
    if let Some(place) = &entry.place {
        text.push_str(&format!("; {place}"));
    }
    text
}

/// The line itself; what comes from a secret store has none.
fn assignment(entry: &DotenvEntry) -> Option<String> {
    let name = shown(&entry.name);
    Some(match &entry.value {
        DotenvValue::Kept(value) => format!("{name}={value}"),
        DotenvValue::Resolved(value) => format!("{name}={}", quoted(value)),
        DotenvValue::Empty => format!("{name}="),
        DotenvValue::Default(default) => {
            let value = default.as_ref().and_then(environment).map(|value| quoted(&value)).unwrap_or_default();
            format!("# {name}={}", shown(&value))
        }
        DotenvValue::ByParts => format!("# {name}="),
        DotenvValue::Path(_) => return None,
    })
}

fn comment(text: &str) -> String {
    let mut commented = String::new();
    for line in wrapped(text, 78) {
        commented.push_str(&line!("# {line}"));
    }
    commented
}

/// A value as dotenv readers take it: bare where that is safe, else in single quotes, or in double ones with escapes.
fn quoted(value: &str) -> String {
    let safe = |c: char| c.is_alphanumeric() || "-._~:/?@!&=+,;%[]{}*<>|^()".contains(c);
    if value.chars().all(safe) {
        return value.to_owned();
    }
    if !value.contains(['\'', '\n', '\r', '\\']) {
        return format!("'{value}'");
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{escaped}\"")
}
