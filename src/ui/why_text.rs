//! Everything about one variable.

use super::age::age;
use super::palette::{BAD, DIM, GOOD, HEADING, NAME, paint};
use super::value_text::{listed, python, wrapped};
use crate::ops::why::{ServiceUse, WhyAnswer, WhyEnvironment, WhyVariable};
use crate::plan::{Declared, Reader, State, class_name};

/// The variables that were meant, one after the other. `now` is in milliseconds since 1970.
pub fn render(answer: &WhyAnswer, now: i64) -> String {
    let variables: Vec<String> = answer.variables.iter().map(|one| variable(one, now)).collect();
    variables.join("\n")
}

fn variable(variable: &WhyVariable, now: i64) -> String {
    let declared = &variable.declared;
    let mut text = format!("{}  {}\n", paint(NAME, &declared.name), nature(declared));
    for line in wrapped(declared.description.as_deref().unwrap_or_default(), 78) {
        text.push_str(&format!("  {line}\n"));
    }
    if !declared.alternatives.is_empty() {
        text.push_str(&format!("  or {}, in this order\n", declared.alternatives.join(", ")));
    }
    if let Some(part) = &declared.resource {
        text.push_str(&format!("  the {} of {} `{}`\n", part.part, part.kind, part.name));
    }
    for leaf in &declared.nested {
        let names = leaf.env.join(", ");
        text.push_str(&format!("  {} is {names} ({})\n", leaf.path.join("."), leaf.type_name));
    }
    text.push_str(&section("declared in", declared.readers.iter().map(reader).collect()));
    if declared.readers.iter().any(|reader| reader.class.is_some()) {
        text.push_str(&section("used by", users(variable)));
    }
    text.push_str(&section("in the environments", environments(&variable.environments, now)));
    text
}

fn nature(declared: &Declared) -> String {
    let mut words = vec![declared.type_name.clone()];
    words.push(match &declared.default {
        _ if declared.path.is_some() => "fetched from a secret store".to_owned(),
        _ if declared.required => "required".to_owned(),
        Some(default) => format!("default {}", python(default)),
        None if declared.has_default => "default hidden".to_owned(),
        None => "not required".to_owned(),
    });
    if declared.secret {
        words.push("secret".to_owned());
    }
    if declared.deprecated {
        words.push("deprecated".to_owned());
    }
    words.join(", ")
}

fn section(title: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("\n  {}\n", paint(HEADING, title));
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
    text
}

fn reader(reader: &Reader) -> String {
    let name = match (&reader.class, &reader.field) {
        (Some(class), Some(field)) => format!("{}.{field}", class_name(class)),
        _ => "read directly".to_owned(),
    };
    format!("{name}  {}", paint(DIM, &reader.place.short()))
}

/// The services with the classes through which they read the variable.
fn users(variable: &WhyVariable) -> Vec<String> {
    if variable.used_by.is_empty() {
        return vec!["no component lists its class".to_owned()];
    }
    variable.used_by.iter().flat_map(user).collect()
}

fn user(user: &ServiceUse) -> Vec<String> {
    let shared = if user.shared { ", which all components share" } else { "" };
    let mut lines = vec![format!("{}  {}", paint(NAME, &user.service), paint(DIM, &user.place.short()))];
    for line in wrapped(&format!("through {}{shared}", listed(&user.through)), 74) {
        lines.push(format!("  {line}"));
    }
    lines
}

/// Environments in the same state are one line.
fn environments(environments: &[WhyEnvironment], now: i64) -> Vec<String> {
    let mut alike: Vec<(Vec<&str>, String)> = Vec::new();
    for environment in environments {
        let line = in_environment(environment, now);
        match alike.iter_mut().find(|(_, known)| *known == line) {
            Some((names, _)) => names.push(environment.name.as_str()),
            None => alike.push((vec![environment.name.as_str()], line)),
        }
    }
    alike.into_iter().map(|(names, line)| format!("{}: {line}", names.join(", "))).collect()
}

fn in_environment(environment: &WhyEnvironment, now: i64) -> String {
    let style = if environment.state == State::Missing { BAD } else { GOOD };
    let mut text = paint(style, environment.state.as_str());
    if let Some(stored) = &environment.stored {
        text.push_str(&format!(
            ", version {}, {} {} by {}",
            stored.version,
            stored.origin,
            age(stored.set_at, now),
            stored.author
        ));
    }
    for said in [&environment.value, &environment.reason].into_iter().flatten() {
        text.push_str(&format!(", {said}"));
    }
    text
}
