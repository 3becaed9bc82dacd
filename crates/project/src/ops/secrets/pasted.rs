//! Several lines pasted at a prompt for one value → the variables that they are meant for.
//!
//! A line is assigned by its name, or by a shape that only one of the missing variables has. Less certain assignments are proposed, or
//! prompted for; nothing is guessed.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::accepted::{Accepted, accepted};
use super::missing::Ask;
use super::names;
use crate::exchange::{self, Entry, Format, Reading};
use takk_model::Manifest;
use takk_model::nearest::nearest;
use takk_plan::EnvironmentPlan;
use takk_vault::SecretValue;

/// Texts that a field of a distinctive type rejects. A field that accepts any of them accepts much else. Their lengths differ, since a
/// field may constrain the length.
const PLAIN: [&str; 6] = ["x", "1", "true", "{}", "plain-words-16ch", "plain-words-of-more-than-thirty-characters"];

/// What a pasted text contains.
pub enum Pasted {
    /// A PEM key or certificate: one value, regardless of its lines.
    Key,
    /// Nothing that identifies it; it may be one multi-line value.
    Unclear,
    Several(Several),
}

/// Lines, with the variables that they belong to.
pub struct Several {
    /// The parsed lines. A value without a name is assigned to the only variable of its shape.
    pub reading: Reading,
    /// Names that are not declared, each with the missing variable that it may mean.
    pub near: Vec<Near>,
    /// The lines that cannot be assigned, counted from 1.
    pub unclear: Vec<u32>,
}

/// A misspelled name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The name as it was pasted.
    pub typed: String,
    /// The missing variable with the most similar name.
    pub nearest: String,
}

impl Several {
    /// Replaces a misspelled name by the one that it resembles.
    pub fn accept(&mut self, near: &Near) {
        for entry in self.reading.entries.iter_mut().filter(|entry| entry.name == near.typed) {
            entry.name.clone_from(&near.nearest);
        }
    }

    /// Removes the lines that would overwrite a different value, except that of `asked`; returns their names.
    pub fn keep(&mut self, plan: &EnvironmentPlan, held: &[(String, SecretValue)], asked: &str) -> Vec<String> {
        let mut kept = Vec::new();
        self.reading.entries.retain(|entry| {
            let Some(name) = names::find(plan, &entry.name).filter(|name| &**name != asked) else { return true };
            let is_other = held.iter().any(|(known, value)| **known == *name && value.expose() != entry.value.as_str());
            if is_other {
                kept.push(name.into_owned());
            }
            !is_other
        });
        kept
    }
}

/// Whether a line is an assignment to a declared name: `NAME=value`.
pub fn is_assignment(plan: &EnvironmentPlan, line: &str) -> bool {
    let text = Zeroizing::new(line.to_owned());
    line.contains('=') && exchange::read(Format::Dotenv, &text, &|_| None).entries.iter().any(|entry| is_known(plan, entry))
}

/// Interprets a text of several lines, while `missing` values are asked for.
pub fn sort(manifest: &Manifest, plan: &EnvironmentPlan, missing: &[Ask], text: &str) -> Pasted {
    let trimmed = text.trim();
    if trimmed.starts_with("-----BEGIN ") && trimmed.ends_with("-----") && trimmed.contains("-----END ") {
        return Pasted::Key;
    }
    let reading = exchange::read(Format::detect("", text), text, &|_| None);
    if reading.entries.iter().any(|entry| is_known(plan, entry)) || is_all_names(&reading) {
        return Pasted::Several(named(plan, missing, reading));
    }
    by_shape(manifest, missing, text).map_or(Pasted::Unclear, Pasted::Several)
}

fn is_known(plan: &EnvironmentPlan, entry: &Entry) -> bool {
    names::find(plan, &entry.name).is_some()
}

/// Whether every line assigns to something spelled like a variable. (`QUJD==` at the end of base64 does not.)
fn is_all_names(reading: &Reading) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let is_assigned = |entry: &Entry| is_name(&entry.name) && !entry.value.trim_matches('=').is_empty();
    !reading.entries.is_empty()
        && reading.faults.is_empty()
        && reading.unset.is_empty()
        && reading.entries.iter().all(is_assigned)
}

fn named(plan: &EnvironmentPlan, missing: &[Ask], reading: Reading) -> Several {
    let given: Vec<&str> = reading.entries.iter().map(|entry| entry.name.as_str()).collect();
    let free = || missing.iter().map(|ask| ask.name.as_str()).filter(|name| !given.contains(name));
    let unknown = reading.entries.iter().filter(|entry| !is_known(plan, entry));
    let mut near: Vec<Near> = Vec::new();
    for entry in unknown {
        let Some(nearest) = nearest(&entry.name, free()) else { continue };
        if near.iter().all(|other| other.nearest != nearest) {
            near.push(Near { typed: entry.name.clone(), nearest: nearest.to_owned() });
        }
    }
    Several { reading, near, unclear: Vec::new() }
}

/// Assigns each line with a value of a distinctive shape to the only missing variable of that shape. `None` if there is no such line.
fn by_shape(manifest: &Manifest, missing: &[Ask], text: &str) -> Option<Several> {
    let accepts = |name: &str, text: &str| matches!(accepted(manifest, name, text), Accepted::Yes);
    let is_particular = |ask: &&Ask| !PLAIN.iter().any(|plain| accepts(&ask.name, plain));
    let particular: Vec<&Ask> = missing.iter().filter(is_particular).collect();
    let only = |value: &str| {
        let mut able = particular.iter().filter(|ask| accepts(&ask.name, value));
        able.next().filter(|_| able.next().is_none()).map(|ask| ask.name.clone())
    };
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let lines: Vec<(u32, &str, Option<String>)> =
        lines.map(|(number, line)| (number, line, is_distinctive(line).then(|| only(line)).flatten())).collect();
    let mut claims: HashMap<&str, usize> = HashMap::new();
    for name in lines.iter().filter_map(|(_, _, name)| name.as_deref()) {
        *claims.entry(name).or_default() += 1;
    }
    let mut several = Several { reading: Reading::default(), near: Vec::new(), unclear: Vec::new() };
    for (line, value, name) in &lines {
        match name.as_ref().filter(|name| claims[name.as_str()] == 1) {
            Some(name) => several.reading.entries.push(Entry {
                name: name.clone(),
                value: Zeroizing::new((*value).to_owned()),
                line: *line,
                has_gap: false,
            }),
            None => several.unclear.push(*line),
        }
    }
    (!several.reading.entries.is_empty()).then_some(several)
}

/// Whether a value is recognizable by itself: a URL, or a UUID.
fn is_distinctive(value: &str) -> bool {
    let is_word = !value.contains(char::is_whitespace);
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    is_word && (scheme.is_some_and(|scheme| scheme.len() > 1) || uuid::Uuid::try_parse(value).is_ok())
}
