//! Other sources of a program than the store: variables that it inherits, and dotenv files that its classes read.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;

use super::project::ReadProject;
use crate::exchange::{self, Format};
use takk_model::{Held, Manifest, NestedNames, Place, Setting, SettingsClass};
use takk_plan::{EnvironmentPlan, PlannedVariable, Reader, State, missing_of};
use takk_value::together::Given;

/// The names that have a value outside the store, without the values.
pub struct OtherSources {
    inherited: HashSet<String>,
    /// The names in each file, with their lines.
    files: BTreeMap<String, Vec<(String, u32)>>,
}

impl OtherSources {
    /// Reads the dotenv files of the project's classes. `inherited` are the names of the variables that a command inherits.
    pub fn of(project: &ReadProject, inherited: &[OsString]) -> Self {
        let mut files = BTreeMap::new();
        for file in project.manifest.read_classes().flat_map(|class| &class.config.env_file) {
            if files.contains_key(file) {
                continue;
            }
            let Some(text) = project.sources.text(file) else { continue };
            let reading = exchange::read(Format::Dotenv, &text, &|_| None);
            files.insert(file.clone(), reading.entries.into_iter().map(|entry| (entry.name, entry.line)).collect());
        }
        Self { inherited: inherited.iter().filter_map(|name| name.to_str()).map(str::to_owned).collect(), files }
    }

    /// Whether the program finds a variable that the store lacks. `held` is what the store has: a part of it completes nested fields.
    pub fn has(&self, manifest: &Manifest, variable: &PlannedVariable, held: &[Held]) -> bool {
        if variable.declared.inside.is_empty() {
            self.is_inherited(manifest, variable) || self.in_file(manifest, variable).is_some()
        } else {
            self.completes(manifest, variable, held)
        }
    }

    /// The dotenv files that have missing variables of a plan, with the names of these variables.
    pub fn files_with(&self, manifest: &Manifest, plan: &EnvironmentPlan) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if self.files.is_empty() {
            return found;
        }
        for variable in plan.variables.iter().filter(|variable| variable.state == State::Missing) {
            if let Some(place) = self.in_file(manifest, variable) {
                found.entry(place.file.clone()).or_default().push(variable.declared.name.clone());
            }
        }
        found
    }

    /// Whether a reader of the variable finds it in the inherited environment.
    pub fn is_inherited(&self, manifest: &Manifest, variable: &PlannedVariable) -> bool {
        let is_there = |name: &str, sensitive: bool| {
            self.inherited.contains(name) || (!sensitive && self.inherited.iter().any(|known| known.eq_ignore_ascii_case(name)))
        };
        finds(manifest, variable, &mut |class, name| is_there(name, is_sensitive(class)).then_some(())).is_some()
    }

    /// The names that a class finds: inherited ones, and those in its dotenv files.
    pub fn names(&self, class: &SettingsClass) -> Vec<String> {
        let files = class.config.env_file.iter().filter_map(|file| self.files.get(file)).flatten();
        self.inherited.iter().cloned().chain(files.map(|(name, _)| name.clone())).collect()
    }

    /// Whether the readers of a variable with nested names find everything that they need, including the names in `held`.
    pub fn completes(&self, manifest: &Manifest, variable: &PlannedVariable, held: &[Held]) -> bool {
        let is_complete = |class: &SettingsClass, names: &NestedNames<'_>| {
            let found = self.names(class);
            // A stored name that nothing reads is not passed to the program.
            let is_read = |name: &&String| names.reads(name) || manifest.readers(name).next().is_some();
            let held = held.iter().map(|held| &held.name).filter(is_read);
            let all = held.chain(&found).filter(|name| names.are_given_by(name));
            let mut given: Vec<Given<'_>> = all.map(|name| Given { name, text: None }).collect();
            given.sort_by_key(|given| given.name);
            let (is_set, missing) = missing_of(names, &given);
            is_set && missing.is_empty()
        };
        let is_read = |class: &SettingsClass, field: &Setting| {
            let same = |reader: &Reader| reader.class == Some(class.class_ref()) && reader.field.as_ref() == Some(&field.name);
            variable.declared.readers.iter().any(same)
        };
        let mut fields = manifest.nested().filter(|(class, names)| is_read(class, names.field)).peekable();
        fields.peek().is_some() && fields.all(|(class, names)| is_complete(class, &names))
    }

    /// Where a reader of the variable finds it in a dotenv file: the last one that sets it.
    pub fn in_file(&self, manifest: &Manifest, variable: &PlannedVariable) -> Option<Place> {
        finds(manifest, variable, &mut |class, name| {
            let class = class?;
            let same = |known: &str| known == name || (!class.config.case_sensitive && known.eq_ignore_ascii_case(name));
            class.config.env_file.iter().rev().find_map(|file| {
                let (_, line) = self.files.get(file)?.iter().find(|(known, _)| same(known))?;
                Some(Place::new(file.clone(), *line, 1))
            })
        })
    }
}

/// Code that reads the environment directly is always case-sensitive.
fn is_sensitive(class: Option<&SettingsClass>) -> bool {
    class.is_none_or(|class| class.config.case_sensitive)
}

/// Applies `look` to each name of the variable in each class that reads it. Nested fields count if all required ones are found.
fn finds<T>(
    manifest: &Manifest,
    variable: &PlannedVariable,
    look: &mut dyn FnMut(Option<&SettingsClass>, &str) -> Option<T>,
) -> Option<T> {
    // A class that is instantiated in several ways appears several times.
    let classes_of = |reader: &Reader| -> Vec<Option<&SettingsClass>> {
        let Some(name) = &reader.class else { return vec![None] };
        manifest.read_classes().filter(|class| class.class_ref() == *name).map(Some).collect()
    };
    let readers = variable.declared.readers.iter().flat_map(classes_of);
    for class in readers {
        if let Some(found) = variable.declared.names().find_map(|name| look(class, name)) {
            return Some(found);
        }
        let required = variable.declared.nested.iter().filter(|leaf| leaf.required);
        let found: Option<Vec<T>> = required.map(|leaf| leaf.env.iter().find_map(|name| look(class, name))).collect();
        if let Some(first) = found.and_then(|found| found.into_iter().next()) {
            return Some(first);
        }
    }
    None
}
