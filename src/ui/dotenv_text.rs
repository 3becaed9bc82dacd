//! A dotenv file to fill in.

use super::palette::line;
use super::value_text::{environment, listed, python, wrapped};
use crate::exchange::{self, WriteFormat};
use crate::model::DefaultValue;
use crate::ops::dotenv::{DotenvEntry, DotenvFile, DotenvGroup, DotenvValue};
use crate::visible::shown;

/// The file's text. The same file read and written again stays the same.
pub fn render(file: &DotenvFile) -> String {
    let mut text = comment_as_it_is(&format!("What {} reads from its environment, written by `takk dotenv`.", file.project));
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

/// What is said of names that are left out; `None` where there is none.
pub fn left_out(file: &DotenvFile) -> Option<String> {
    let names: Vec<String> = file.unwritable.iter().map(|name| format!("`{}`", crate::visible::visible(name))).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("{name} is left out: it is no name for a dotenv file")),
        _ => Some(format!("{} are left out: they are no names for a dotenv file", names.join(", "))),
    }
}

fn heading(group: &DotenvGroup) -> String {
    let class = group.class.as_deref().unwrap_or("Read outside settings classes");
    let mut text = comment_as_it_is(&format!("--- {class}"));
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
        DotenvValue::Resolved(value) => line(&name, value),
        DotenvValue::Empty => format!("{name}="),
        DotenvValue::Default(default) => {
            format!("# {}", line(&name, &default.as_ref().and_then(environment).unwrap_or_default()))
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

/// A comment of one line.
fn comment_as_it_is(text: &str) -> String {
    line!("# {}", text.split(is_line_break).collect::<Vec<_>>().join(" "))
}

/// What some reader of dotenv files takes for the end of a line.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `NAME=value` in one line: what has several would have them read as names by readers that know no quotes, and its line in a comment
/// would end with the first. Such a value is escaped, in double quotes.
fn line(name: &str, value: &str) -> String {
    if value.contains(is_line_break) {
        return format!("{name}={}", escaped(value));
    }
    let written = exchange::write(WriteFormat::Dotenv, &[(name, value)]);
    written.map_or_else(|_| format!("{name}="), |text| text.trim_end_matches('\n').to_owned())
}

fn escaped(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\u{b}' => text.push_str("\\v"),
            '\u{c}' => text.push_str("\\f"),
            // Those that no reader has an escape for.
            c if is_line_break(c) => text.push(' '),
            '\\' | '"' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text.push('"');
    // What python-dotenv would put a variable in the place of.
    text.replace("${", "${:-$}{")
}
