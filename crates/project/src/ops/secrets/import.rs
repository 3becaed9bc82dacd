//! `takk secrets import`: decides what happens to each name in a file, and stores the values that may be stored.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;

use super::accepted::{Accepted, accepted};
use super::names;
use super::set::check_allowed;
use crate::exchange::{Entry, Reading};
use crate::platform::Platform;
use takk_catalog::reserved;
use takk_model::Origin;
use takk_model::error::Result;
use takk_model::nearest::nearest;
use takk_model::{EnvironmentName, Manifest, Place};
use takk_plan::EnvironmentPlan;
use takk_vault::{SecretValue, Update};

/// With more undeclared names than this, the file probably belongs to another project, and similar names are not looked for.
const MOST_GUESSES: usize = 200;

/// The result of an import, without values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Imported {
    /// The environment.
    pub environment: EnvironmentName,
    /// The result for each name, in the order of the lines.
    pub entries: Vec<ImportedEntry>,
    /// What could not be read.
    pub faults: Vec<ImportFault>,
}

/// The result for one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportedEntry {
    /// The declared name, or the name in the file if it is not declared; `None` if that may be a part of a value: a line that is not an
    /// assignment.
    pub name: Option<String>,
    /// The line, counted from 1.
    pub line: u32,
    /// The result.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What happened to a name in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Fate {
    /// It was stored.
    Stored {
        /// Its version.
        version: i64,
        /// Why it is not certain that pydantic accepts the value, if it is not.
        unchecked: Option<String>,
    },
    /// The environment already has that value.
    Unchanged,
    /// It could have been stored, but something else in the file is wrong.
    Withheld,
    /// The program would reject it.
    Refused {
        /// The reason.
        reason: String,
        /// The field that rejects it.
        field: Option<String>,
        /// Where the field is declared.
        place: Option<Place>,
    },
    /// No code declares it.
    Undeclared {
        /// The most similar declared name.
        nearest: Option<String>,
    },
    /// A later line overrides it.
    Replaced,
    /// It has no value.
    Unset,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportFault {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl Imported {
    /// Whether part of the file could not be imported.
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty() || self.entries.iter().any(|entry| matches!(entry.fate, Fate::Refused { .. }))
    }

    /// How many names have this result.
    pub fn count(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.entries.iter().filter(|entry| is(&entry.fate)).count()
    }
}

/// The comparison of a file with an environment: what to store, and what to report.
pub struct Import {
    imported: Imported,
    updates: Vec<(usize, Update)>,
    partial: bool,
}

/// Compares a file with what is declared and stored. `partial` stores the valid values even if others are invalid.
pub fn prepare(
    manifest: &Manifest,
    plan: &EnvironmentPlan,
    platform: &mut dyn Platform,
    reading: Reading,
    partial: bool,
    allowed: &[String],
) -> Result<Import> {
    let values = platform.values(plan.name.as_str())?;
    let values: HashMap<String, SecretValue> = values.into_iter().collect();
    // takk injects a URL that it derives anyway; a stored copy would become outdated.
    let made = |name: &str| {
        let variable = plan.variables.iter().find(|variable| variable.declared.name == name)?;
        variable.value.as_deref()
    };
    let is_there = |name: &str, value: &str| {
        values.get(name).is_some_and(|stored| stored.expose() == value) || made(name).is_some_and(|made| made == value)
    };
    let mut import = Import { imported: unread(plan, &reading), updates: Vec::new(), partial };
    let mut entries = reading.entries;
    entries.sort_by_key(|entry| entry.line);
    let names: Vec<Option<String>> = entries.iter().map(|entry| names::find(plan, &entry.name).map(Cow::into_owned)).collect();
    let last: HashMap<&Option<String>, usize> = names.iter().enumerate().map(|(at, name)| (name, at)).collect();
    let is_strange = names.iter().filter(|name| name.is_none()).count() > MOST_GUESSES;
    for (at, entry) in entries.into_iter().enumerate() {
        let line = entry.line;
        let Some(name) = &names[at] else {
            let near = if is_strange { None } else { nearest(&entry.name, names::known(plan)).map(str::to_owned) };
            import.imported.entries.push(undeclared(entry.name, line, Fate::Undeclared { nearest: near }));
            continue;
        };
        let fate = if last[&names[at]] != at {
            Fate::Replaced
        } else if is_there(name, &entry.value) {
            Fate::Unchanged
        } else {
            import.judged(manifest, name, &entry, allowed)
        };
        import.imported.entries.push(ImportedEntry { name: Some(name.clone()), line, fate });
    }
    Ok(import)
}

impl Import {
    /// The result for a new value. If it is to be stored, this queues the update.
    fn judged(&mut self, manifest: &Manifest, name: &str, entry: &Entry, allowed: &[String]) -> Fate {
        if let Some(reason) = unusable(entry) {
            return Fate::Refused { reason: reason.to_owned(), field: None, place: None };
        }
        if let Some(why) = reserved(name).filter(|_| !allowed.iter().any(|known| known == name)) {
            let reason = format!("takk does not store a value under this name: {why}; pass --allow-name {name} to allow it");
            return Fate::Refused { reason, field: None, place: None };
        }
        match check_allowed(manifest, name, &entry.value, allowed) {
            Ok(unchecked) => {
                let value = SecretValue::from(entry.value.as_str());
                let update = Update { name: name.to_owned(), value: Some(value), expected: None, origin: Origin::Imported };
                self.updates.push((self.imported.entries.len(), update));
                Fate::Stored { version: 0, unchecked }
            }
            Err(error) => match accepted(manifest, name, &entry.value) {
                Accepted::No(refused) => {
                    let reason = format!("must be {}: {}", refused.type_name, refused.sentence());
                    Fate::Refused { reason, field: Some(refused.field), place: Some(refused.place) }
                }
                _ => Fate::Refused { reason: error.message, field: None, place: None },
            },
        }
    }

    /// Whether there is anything to store.
    pub fn has_updates(&self) -> bool {
        !self.updates.is_empty() && (self.partial || !self.imported.is_faulty())
    }

    /// The report if nothing is stored.
    pub fn withheld(mut self) -> Imported {
        for (at, _) in &self.updates {
            self.imported.entries[*at].fate = Fate::Withheld;
        }
        self.imported.in_order()
    }

    /// Stores everything in one transaction.
    pub fn store(mut self, platform: &mut dyn Platform) -> Result<Imported> {
        let (places, updates): (Vec<usize>, Vec<Update>) = self.updates.into_iter().unzip();
        let versions = platform.update(self.imported.environment.as_str(), &updates)?;
        for (at, new) in places.into_iter().zip(versions) {
            if let Fate::Stored { version, .. } = &mut self.imported.entries[at].fate {
                *version = new;
            }
        }
        Ok(self.imported.in_order())
    }
}

impl Imported {
    /// Sorts by line.
    fn in_order(mut self) -> Self {
        self.entries.sort_by_key(|entry| entry.line);
        self
    }
}

/// Why an entry cannot be used as a value, even if the program would accept it.
fn unusable(entry: &Entry) -> Option<&'static str> {
    /// The prefix of a value encrypted with dotenvx, followed by base64 of at least a public key and a tag.
    const ENCRYPTED: &str = "encrypted:";
    let is_base64 =
        |text: &str| text.len() > 80 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    if entry.value.strip_prefix(ENCRYPTED).is_some_and(is_base64) {
        return Some("encrypted by dotenvx: import the output of `dotenvx decrypt --stdout`");
    }
    entry.has_gap.then_some("it contains a `${...}` without a value; in a JSON file, `${...}` is kept as it is")
}

/// What to report of a file besides its entries.
fn unread(plan: &EnvironmentPlan, reading: &Reading) -> Imported {
    let replaced = reading.duplicates.iter().map(|named| (named, Fate::Replaced));
    let unset = reading.unset.iter().map(|named| (named, Fate::Unset));
    let entries = replaced.chain(unset).map(|(named, fate)| match names::find(plan, &named.name) {
        Some(name) => ImportedEntry { name: Some(name.into_owned()), line: named.line, fate },
        // A line without `=` may be part of a multi-line value.
        None if fate == Fate::Unset => ImportedEntry { name: None, line: named.line, fate },
        None => undeclared(named.name.clone(), named.line, fate),
    });
    let faults = reading.faults.iter();
    let faults = faults.map(|fault| ImportFault { line: fault.line, column: fault.column, message: fault.message.clone() });
    Imported { environment: plan.name.clone(), entries: entries.collect(), faults: faults.collect() }
}

/// A name that is not declared. It is shown unless it could be a line of a key that the file holds without quotes.
fn undeclared(name: String, line: u32, fate: Fate) -> ImportedEntry {
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let has = |is: fn(&char) -> bool| name.chars().any(|c| is(&c));
    let is_mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    let is_name = is_word && name.len() <= 60 && !is_mixed;
    ImportedEntry { name: is_name.then_some(name), line, fate }
}
