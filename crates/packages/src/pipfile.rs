//! `Pipfile`: the direct requirements of a pipenv project.

use super::name;
use super::pyproject::poetry;
use super::{Entry, File, Files};
use takk_document::toml::{self, DeValue};
use takk_model::{PackageSource, Problem};

/// Tables of a `Pipfile` that are not categories of packages.
const NOT_PACKAGES: [&str; 5] = ["source", "requires", "scripts", "pipenv", "build-system"];

/// The contents of a `Pipfile`.
#[derive(Debug, Default)]
pub(super) struct Pipfile {
    /// Its packages, of all categories.
    pub(super) entries: Vec<Entry>,
    /// The Python version it requires, as a requirement.
    pub(super) requires_python: Option<String>,
}

/// The `Pipfile` at the root.
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Pipfile {
    let Some(bytes) = files.bytes("Pipfile", problems) else { return Pipfile::default() };
    let file = File::new("Pipfile", &bytes);
    let (table, syntax) = toml::parse(&file.text);
    file.report(syntax, None, problems);

    let mut pipfile = Pipfile { requires_python: requires_python(&table), ..Pipfile::default() };
    for (category, value) in &table {
        let DeValue::Table(packages) = value.get_ref() else { continue };
        if !NOT_PACKAGES.contains(&category.get_ref().as_ref()) {
            pipfile.entries.extend(packages.iter().filter_map(|(key, value)| entry(&file, key, value)));
        }
    }
    pipfile
}

/// A package is written as in poetry's tables: a version, or a table with one.
fn entry(file: &File, key: &::toml::Spanned<std::borrow::Cow<str>>, value: &toml::Value) -> Option<Entry> {
    let constraint = poetry::version_of(value);
    Some(Entry {
        name: name::normalised(key.get_ref())?,
        version: constraint.and_then(poetry::pinned).filter(|_| constraint.is_some_and(|text| text.starts_with("=="))),
        specifier: constraint.map(str::to_owned),
        place: file.place(key.span().start),
        source: PackageSource::PipfileLock,
        direct: true,
        others: Vec::new(),
    })
}

fn requires_python(table: &toml::Table) -> Option<String> {
    let full = toml::string_at(table, &["requires", "python_full_version"]).map(|version| format!("=={version}"));
    full.or_else(|| toml::string_at(table, &["requires", "python_version"]).map(|version| format!("=={version}.*")))
}
