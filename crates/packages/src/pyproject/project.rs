//! The standard tables: `[project]` (PEP 621) and `[dependency-groups]` (PEP 735).

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::name;
use super::Reader;
use takk_document::toml::{DeValue, Table, Value};
use takk_model::nearest::nearest;
use takk_model::{Problem, ProblemKind};

/// Reads `[project]` and `[dependency-groups]`.
pub(super) fn read(reader: &mut Reader) {
    if let Some(project) = reader.table(&["project"]) {
        reader.found.name = reader.string(&["project", "name"]);
        reader.found.requires_python = reader.string(&["project", "requires-python"]);
        if let Some(dependencies) = project.get("dependencies") {
            reader.requirements(dependencies, "project.dependencies");
        }
    }
    for (extra, requirements) in reader.table(&["project", "optional-dependencies"]).into_iter().flatten() {
        reader.requirements(requirements, &format!("project.optional-dependencies.{}", extra.get_ref()));
    }
    if let Some(groups) = reader.table(&["dependency-groups"]) {
        read_groups(reader, groups);
    }
}

/// A group can include another with `{ include-group = "test" }`; all groups are read anyway, so the include only has to exist.
fn read_groups<'c, 't>(reader: &mut Reader<'c, 't>, groups: &'c Table<'t>) {
    let known: BTreeMap<String, &str> =
        groups.keys().filter_map(|key| Some((name::normalised(key.get_ref())?, key.get_ref().as_ref()))).collect();
    for (group, value) in groups {
        let what = format!("dependency-groups.{}", group.get_ref());
        let Some(items) = value.get_ref().as_array() else {
            reader.bad_requirement(value.span(), format!("{what} must be an array of requirements"));
            continue;
        };
        for item in items {
            match (item.get_ref(), included_group(item)) {
                (DeValue::String(text), _) => reader.requirement(text, item.span()),
                (_, Some((included, span))) => check_include(reader, group.get_ref(), included, span, &known),
                _ => reader.bad_requirement(
                    item.span(),
                    format!("{what} has an entry that is neither a requirement nor an include-group"),
                ),
            }
        }
    }
}

fn included_group<'v>(item: &'v Value) -> Option<(&'v str, Range<usize>)> {
    let included = item.get_ref().as_table()?.get("include-group")?;
    Some((included.get_ref().as_str()?, included.span()))
}

fn check_include(reader: &mut Reader, group: &str, included: &str, span: Range<usize>, known: &BTreeMap<String, &str>) {
    let includes_itself = name::normalised(group) == name::normalised(included);
    if !includes_itself && name::normalised(included).is_some_and(|included| known.contains_key(&included)) {
        return;
    }
    let (message, help) = if includes_itself {
        (format!("dependency group `{group}` includes itself"), "remove this include-group".to_owned())
    } else {
        let help = match nearest(included, known.values().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("add `{included} = [...]` to [dependency-groups], or remove this include-group"),
        };
        (format!("dependency group `{group}` includes `{included}`, which does not exist"), help)
    };
    reader.problems.push(Problem::new(ProblemKind::MissingInclude, reader.file.place(span.start), message, help));
}
