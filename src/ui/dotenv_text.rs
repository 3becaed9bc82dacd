//! A dotenv file to fill in.

use super::palette::line;
use super::value_text::{listed, python, wrapped};
use takk_model::DefaultValue;
use takk_model::visible::shown;
use takk_project::exchange::{self, Addition, Edited, Fault};
use takk_project::ops::dotenv::{DotenvEntry, DotenvFile, DotenvGroup, DotenvValue, Standing};

/// The bytes of a new file, or of the existing one with what it lacks. Idempotent.
pub fn render(file: &DotenvFile, existing: &Edited) -> Result<Vec<u8>, Fault> {
    if existing.is_blank() { Ok(new_file(file).into_bytes()) } else { existing.with(&additions(file)) }
}

fn new_file(file: &DotenvFile) -> String {
    let mut text =
        comment_as_it_is(&format!("The environment variables that {} reads, written by `takk dotenv`.", file.project));
    text.push_str("# Fill in the missing values; lines in comments are optional.\n");
    for group in &file.groups {
        text.push('\n');
        text.push_str(&heading(group));
        for entry in &group.entries {
            text.push('\n');
            text.push_str(&self::entry(entry));
        }
    }
    text
}

/// What the file lacks: each variable after one of its class, and classes that it has none of at the end.
fn additions(file: &DotenvFile) -> Vec<Addition> {
    let mut additions = Vec::new();
    for group in &file.groups {
        let mut last = Vec::new();
        for entry in &group.entries {
            match entry.standing {
                Standing::There => {}
                Standing::Behind(at) => additions.push(Addition { behind: Some(at), lines: self::entry(entry) }),
                Standing::Last => last.push(self::entry(entry)),
            }
        }
        if !last.is_empty() {
            additions.push(Addition { behind: None, lines: format!("{}\n{}", heading(group), last.join("\n")) });
        }
    }
    additions
}

/// The note about names that were left out; `None` if there are none.
pub fn left_out(file: &DotenvFile) -> Option<String> {
    let names: Vec<String> = file.unwritable.iter().map(|name| format!("`{}`", takk_model::visible::visible(name))).collect();
    match names.as_slice() {
        [] => None,
        [name] => Some(format!("{name} is left out: it is not a valid name in a dotenv file")),
        _ => Some(format!("{} are left out: they are not valid names in a dotenv file", names.join(", "))),
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
    // The name in this comment identifies the variable the next time, so the line is not wrapped.
    let nature = nature(entry);
    text.push_str(&if has_line(entry) { comment(&nature) } else { comment_as_it_is(&nature) });
    if let Some(assignment) = assignment(entry) {
        text.push_str(&assignment);
        text.push('\n');
    }
    text
}

/// `str, required; shop/settings.py:14`; with the name if no line below has it.
fn nature(entry: &DotenvEntry) -> String {
    let mut words = vec![entry.type_name.clone()];
    if !has_line(entry) {
        words[0] = format!("{}: {}", shown(&entry.name), entry.type_name);
    }
    if entry.secret {
        words.push("secret".to_owned());
    }
    words.push(if entry.required { "required".to_owned() } else { "not required".to_owned() });
    match &entry.value {
        DotenvValue::Unsaid(Some(computed @ DefaultValue::Computed(_))) => {
            words.push(format!("default computed: {}", python(computed)));
        }
        DotenvValue::Unsaid(Some(default)) => words.push(format!("default {}", python(default))),
        DotenvValue::ByParts => words.push("as JSON or one by one".to_owned()),
        DotenvValue::Path(path) => words.push(format!("fetched from {path}")),
        DotenvValue::Unsaid(None) | DotenvValue::Resolved(_) | DotenvValue::Empty | DotenvValue::Default(_) => {}
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

/// Whether there is a text after the `=`.
fn has_line(entry: &DotenvEntry) -> bool {
    matches!(entry.value, DotenvValue::Resolved(_) | DotenvValue::Empty | DotenvValue::Default(_))
}

/// The line itself, if there is a text for it. A default is commented out.
fn assignment(entry: &DotenvEntry) -> Option<String> {
    let line = |value: &str| {
        let written = exchange::dotenv_line(&entry.name, value);
        written.map_or_else(|_| format!("{}=", shown(&entry.name)), |text| shown(&text).into_owned())
    };
    match &entry.value {
        DotenvValue::Resolved(value) => Some(line(value)),
        DotenvValue::Empty => Some(line("")),
        DotenvValue::Default(value) => Some(format!("# {}", line(value))),
        DotenvValue::Unsaid(_) | DotenvValue::ByParts | DotenvValue::Path(_) => None,
    }
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

/// Whether some reader of dotenv files treats the character as a line break.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
