//! `[tool.poetry]`: dependencies in poetry's own notation, and its list of packages.

use pep440_rs::Version;

use super::super::{Entry, excerpt, name, requirement};
use super::Reader;
use takk_document::toml::{self, DeValue, Table, Value};
use takk_model::PackageSource;

/// Reads `[tool.poetry]`.
pub(super) fn read(reader: &mut Reader) {
    let Some(poetry) = reader.table(&["tool", "poetry"]) else { return };
    reader.found.name = reader.found.name.take().or_else(|| reader.string(&["tool", "poetry", "name"]));
    for table in ["dependencies", "dev-dependencies"] {
        if let Some(dependencies) = toml::table_at(poetry, &[table]) {
            read_dependencies(reader, dependencies);
        }
    }
    for (_, group) in toml::table_at(poetry, &["group"]).into_iter().flatten() {
        if let Some(dependencies) = group.get_ref().as_table().and_then(|group| toml::table_at(group, &["dependencies"])) {
            read_dependencies(reader, dependencies);
        }
    }
    read_packages(reader, poetry);
}

fn read_dependencies<'c, 't>(reader: &mut Reader<'c, 't>, dependencies: &'c Table<'t>) {
    for (key, value) in dependencies {
        let constraint = version_of(value);
        if key.get_ref() == "python" {
            let python = constraint.map(str::to_owned);
            reader.found.requires_python = reader.found.requires_python.take().or(python);
            continue;
        }
        if let Some(path) = value.get_ref().as_table().and_then(|table| toml::string_at(table, &["path"])) {
            reader.local_package(path);
        }
        let Some(name) = name::normalised(key.get_ref()) else {
            reader.bad_requirement(key.span(), format!("`{}` is not a valid package name", excerpt::shortened(key.get_ref())));
            continue;
        };
        reader.found.entries.push(Entry {
            name,
            version: constraint.and_then(pinned),
            specifier: constraint.map(str::to_owned),
            place: reader.file.place(key.span().start),
            source: PackageSource::Pyproject,
            direct: true,
            others: Vec::new(),
        });
    }
}

/// The version constraint of a dependency: `"^1.2"`, `{ version = "^1.2", extras = [...] }`, or the first of several such tables (for
/// different Python versions).
pub(crate) fn version_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value.get_ref() {
        DeValue::String(text) => Some(text),
        DeValue::Table(table) => toml::string_at(table, &["version"]),
        DeValue::Array(items) => toml::string_at(items.iter().find_map(|item| item.get_ref().as_table())?, &["version"]),
        _ => None,
    }
}

/// The single version that a constraint allows: `1.2.3` and `==1.2.3` are exact in poetry.
pub(crate) fn pinned(constraint: &str) -> Option<String> {
    match constraint.trim().parse::<Version>() {
        Ok(version) => Some(version.to_string()),
        Err(_) => requirement::pinned(&constraint.parse().ok()?),
    }
}

/// `packages = [{ include = "shop", from = "lib" }]`.
fn read_packages<'c, 't>(reader: &mut Reader<'c, 't>, poetry: &'c Table<'t>) {
    let packages = poetry.get("packages").and_then(|packages| packages.get_ref().as_array());
    for package in packages.into_iter().flatten().filter_map(|package| package.get_ref().as_table()) {
        if let Some(directory) = toml::string_at(package, &["from"]) {
            reader.import_root(directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pinned;

    #[test]
    fn exact_versions_are_pinned() {
        assert_eq!(pinned("1.2.3").as_deref(), Some("1.2.3"));
        assert_eq!(pinned("==1.2.3").as_deref(), Some("1.2.3"));
        for range in ["^1.2", "~1.2", "1.*", "*", ">=1.2,<2", ">=1 || <0.5", ""] {
            assert_eq!(pinned(range), None, "{range}");
        }
    }
}
