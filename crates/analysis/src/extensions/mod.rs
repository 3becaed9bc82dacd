//! Which extensions the program uses in its databases: those that its migrations and its code create, and those without which a
//! package that it imports is of no use.

mod sql;

use std::collections::BTreeMap;

use super::{Input, is_test};
use takk_catalog::catalog;
use takk_model::{Extension, Place, Resource};
use takk_python::Modules;
use takk_python::strings::{Text, strings};

/// The evidence of a statement.
const STATEMENT: &str = "CREATE EXTENSION";
/// The maximum number of extensions of a project.
const MOST: usize = 64;

/// Whether a file is one of migrations in SQL: `migrations/0001_init.sql`, `alembic/sql/up.sql`.
pub fn is_migration(path: &str) -> bool {
    let Some((directories, name)) = path.rsplit_once('/') else { return false };
    let is_of_migrations = |directory: &str| directory.contains("migrat") || directory == "alembic";
    name.strip_suffix(".sql").is_some_and(|stem| !stem.is_empty())
        && directories.split('/').any(is_of_migrations)
        && !is_test(path)
}

/// The extensions that the code uses, by name, each with the evidence that comes first: a statement rather than an import, and an
/// import rather than a requirement.
pub(crate) fn extensions(input: &Input<'_>, modules: &Modules<'_>) -> Vec<Extension> {
    let mut found: BTreeMap<String, Extension> = BTreeMap::new();
    let every = by_statement(input, modules).into_iter().chain(by_import(input)).chain(by_requirement(input));
    for (name, evidence, place) in every.filter(|(name, ..)| Extension::is_name(name)) {
        if found.len() < MOST || found.contains_key(&name) {
            found.entry(name.clone()).or_insert(Extension { name, evidence, ambiguous: false, place });
        }
    }
    // It is part of every database.
    found.remove("plpgsql");
    found.into_values().collect()
}

/// Adds extensions to the resource in which they are used: the only one that can have them; of several, the one after which a
/// directory of the evidence is named. If there is none, it is not known which.
pub(crate) fn attribute(resources: &mut [Resource], extensions: impl FnOnce() -> Vec<Extension>) {
    let can_have = |resource: &&mut Resource| catalog().kind(&resource.kind).is_some_and(|kind| !kind.extensions.is_empty());
    let mut databases: Vec<&mut Resource> = resources.iter_mut().filter(can_have).collect();
    if databases.is_empty() {
        return;
    }
    for extension in extensions() {
        let is_named = |resource: &Resource| {
            let directories = extension.place.file.rsplit_once('/').map_or("", |(directories, _)| directories);
            directories.split('/').any(|directory| directory == resource.name)
        };
        let named: Vec<usize> = (0..databases.len()).filter(|at| is_named(databases[*at])).collect();
        match (databases.len(), named.as_slice()) {
            (1, _) => databases[0].extensions.push(extension),
            (_, [only]) => databases[*only].extensions.push(extension),
            _ => {
                for resource in &mut databases {
                    resource.extensions.push(Extension { ambiguous: true, ..extension.clone() });
                }
            }
        }
    }
}

/// A name, the evidence and its place.
type Evidence = (String, String, Place);

/// The statements in the strings of Python files, and in files of SQL.
fn by_statement(input: &Input<'_>, modules: &Modules<'_>) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut add = |name: String, place: Place| found.push((name, STATEMENT.to_owned(), place));
    for (path, mentions) in input.files {
        if !mentions.creates_extensions || (is_test(path) && !input.include_tests) {
            continue;
        }
        let texts = match modules.known_file(path) {
            Some(file) => strings(file),
            None => match input.loader.project_file(path) {
                Ok(bytes) => strings(&Modules::parse_project_file(path, String::new(), &bytes)),
                Err(_) => continue,
            },
        };
        for text in texts {
            for created in sql::created(&text.value) {
                let place = place_in(&text, created.offset);
                add(created.name, place);
            }
        }
    }
    for path in input.sql {
        let Ok(bytes) = input.loader.project_file(path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        for created in sql::created(&text) {
            add(created.name, below(&Place::new(path.clone(), 1, 1), &text[..created.offset]));
        }
    }
    found
}

/// The place of the statement at an offset of a string. Escapes make the literal longer than its value, so the same statement is
/// looked for in the literal.
fn place_in(text: &Text, offset: usize) -> Place {
    let before = statements(&text.value).filter(|at| *at < offset).count();
    let at = statements(&text.source).nth(before);
    at.map_or_else(|| text.place.clone(), |at| below(&text.place, &text.source[..at]))
}

/// Where the keywords are in a text, also in its comments.
fn statements(text: &str) -> impl Iterator<Item = usize> {
    let lower = text.to_ascii_lowercase();
    let is_followed = |at: &usize| lower[at + "create".len()..].trim_start().starts_with("extension");
    lower.match_indices("create").map(|(at, _)| at).filter(is_followed).collect::<Vec<_>>().into_iter()
}

/// The place after a text that begins at `start`.
fn below(start: &Place, before: &str) -> Place {
    let lines = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX);
    let characters = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let column = match before.rsplit_once('\n') {
        Some((_, line)) => characters(line) + 1,
        None => start.column.saturating_add(characters(before)),
    };
    Place::new(start.file.clone(), start.line.saturating_add(lines), column)
}

fn by_import(input: &Input<'_>) -> Vec<Evidence> {
    let counted = input.files.iter().filter(|(path, _)| input.include_tests || !is_test(path));
    let imports = counted.flat_map(|(path, mentions)| mentions.imports.iter().map(move |(module, at)| (path, module, at)));
    imports
        .flat_map(|(path, module, at)| {
            let place = Place::new(path.clone(), at.line, at.column);
            known(|extension| extension.imports.contains(&module.as_str()), &format!("imports {module}"), &place)
        })
        .collect()
}

/// The packages that the project itself requires.
fn by_requirement(input: &Input<'_>) -> Vec<Evidence> {
    let required = input.packages.0.iter().filter(|(_, package)| package.direct);
    required
        .flat_map(|(name, package)| {
            known(|extension| extension.packages.contains(&name.as_str()), &format!("requires {name}"), &package.place)
        })
        .collect()
}

/// The extensions of the catalog that something shows to be used.
fn known(shows: impl Fn(&takk_catalog::Extension) -> bool, evidence: &str, place: &Place) -> Vec<Evidence> {
    let all = catalog().kinds().flat_map(|kind| kind.extensions).filter(|extension| shows(extension));
    all.map(|extension| (extension.name.to_owned(), evidence.to_owned(), place.clone())).collect()
}

#[cfg(test)]
mod tests;
