//! `Project(...)`: where the code creates it, and what it contains in one environment.

use super::arguments::Arguments;
use super::listed::ClassLists;
use super::reading::{Reading, plain_text, read};
use super::written;
use takk_catalog::Role;
use takk_model::{ClassRef, Place};
use takk_python::{Evaluator, FileId, Value};

/// A project, evaluated for one environment.
#[derive(Clone, Default)]
pub(super) struct ProjectReading {
    /// Its name, with `_` replaced by `-`.
    pub name: Option<String>,
    pub place: Option<Place>,
    /// The classes that every component has.
    pub shared: Vec<ClassRef>,
    /// Its components, with groups flattened.
    pub components: Vec<Reading>,
    /// Where further projects are defined.
    pub others: Vec<Place>,
}

/// The maximum nesting of groups: beyond it, a group contains itself.
const GROUP_DEPTH: usize = 32;

/// Reads the project that the files define.
pub(super) fn project(lists: &mut ClassLists<'_, '_>, files: &[FileId]) -> ProjectReading {
    let mut found = projects(lists.models.evaluator, files);
    if found.is_empty() {
        return ProjectReading::default();
    }
    let (_, project) = found.remove(0);
    let place = project.call.place.clone();
    let given = project.given("name").and_then(Value::as_str).map(|name| name.replace('_', "-"));
    let name = given.clone().unwrap_or_else(|| "Project".to_owned());
    if project.call.partial || given.is_none() {
        lists.undecided(&name, project.call.source.to_string(), &place);
    }
    let mut reading = ProjectReading { name: given, place: Some(place.clone()), ..ProjectReading::default() };
    for argument in Role::Settings.parameters().iter().filter_map(|name| project.given(name)) {
        for class in lists.classes(argument, &name, &place) {
            if !reading.shared.contains(&class) {
                reading.shared.push(class);
            }
        }
    }
    hold(lists, &project, "", &[], 0, &mut reading.components);
    reading.others = found.into_iter().map(|(_, other)| other.call.place.clone()).filter(|other| *other != place).collect();
    reading
}

/// Every project in the files, the most relevant first: `project.py` before other files, the name `project` before others.
fn projects<'a>(evaluator: &Evaluator<'a>, files: &[FileId]) -> Vec<((bool, String, bool, u32), Arguments<'a>)> {
    let mut found = Vec::new();
    for &file in files {
        let path = &evaluator.file(file).path;
        let elsewhere = path.rsplit('/').next() != Some("project.py");
        for (name, value) in evaluator.module_values(file) {
            if let Some(project) = Arguments::of(evaluator, &value).filter(|call| call.definition.name == "Project") {
                found.push(((elsewhere, path.clone(), name != "project", project.call.place.line), project));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// Reads the components of a project or group.
fn hold<'a>(
    lists: &mut ClassLists<'_, 'a>,
    holder: &Arguments<'a>,
    prefix: &str,
    inherited: &[String],
    depth: usize,
    found: &mut Vec<Reading>,
) {
    for (key, value) in holder.held() {
        let name = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
        if value.truth() == Some(false) {
            continue;
        }
        let Some(arguments) = Arguments::of(lists.models.evaluator, value) else {
            lists.undecided(&name, written(value), &holder.call.place);
            continue;
        };
        if !arguments.definition.holds_components {
            found.push(read(lists, &name, &arguments, inherited));
        } else if depth < GROUP_DEPTH {
            let tags = arguments.with_role(Role::Tags);
            let own = tags.and_then(Value::elements).unwrap_or_default().iter().filter_map(plain_text);
            let tags: Vec<String> = inherited.iter().cloned().chain(own).collect();
            hold(lists, &arguments, &name, &tags, depth + 1, found);
        }
    }
}
