//! One `pyproject.toml`: its name, what it requires, where its code is. One file per tool that has tables there.

mod flit;
mod hatch;
mod maturin;
mod pdm;
pub(super) mod poetry;
mod project;
mod setuptools;
mod uv;

use std::ops::Range;

use super::excerpt::without_address;
use super::requirement::Requirement;
use super::{Entry, File, MappedPackage, local_path};
use takk_document::toml::{self, DeValue, Table, Value};
use takk_model::{PackageSource, Place, Problem, ProblemKind};

/// The contents of one `pyproject.toml`. All paths are relative to the root of the whole project.
#[derive(Debug, Default)]
pub(super) struct Pyproject {
    /// The project's name as written.
    pub(super) name: Option<String>,
    /// The Python versions that it supports, as written.
    pub(super) requires_python: Option<String>,
    /// Its requirements, including all extras and groups.
    pub(super) entries: Vec<Entry>,
    /// Directories that may hold its top-level packages.
    pub(super) import_roots: Vec<String>,
    /// Its packages whose directory has another name.
    pub(super) mapped_packages: Vec<MappedPackage>,
    /// The members of its uv workspace.
    pub(super) workspace: Workspace,
    /// Directories of packages that it requires by path.
    pub(super) local_packages: Vec<String>,
    /// Requirements files that it refers to.
    pub(super) requirement_files: Vec<(String, Place)>,
}

/// The globs of a uv workspace.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// The directories of its members.
    pub(super) members: Vec<String>,
    pub(super) exclude: Vec<String>,
}

/// Reads `file`.
pub(super) fn read(file: &File, problems: &mut Vec<Problem>) -> Pyproject {
    let (table, syntax) = toml::parse(&file.text);
    file.report(syntax, None, problems);
    let mut reader =
        Reader { file, table: &table, directory: local_path::parent(&file.path), found: Pyproject::default(), problems };
    for section in [project::read, poetry::read, pdm::read, uv::read, setuptools::read, hatch::read, maturin::read, flit::read]
    {
        section(&mut reader);
    }
    reader.found
}

/// What a section needs to add to the result.
struct Reader<'c, 't> {
    file: &'c File<'c>,
    table: &'c Table<'t>,
    /// The directory of the file.
    directory: &'c str,
    found: Pyproject,
    problems: &'c mut Vec<Problem>,
}

impl<'c, 't> Reader<'c, 't> {
    fn table(&self, path: &[&str]) -> Option<&'c Table<'t>> {
        toml::table_at(self.table, path)
    }

    fn string(&self, path: &[&str]) -> Option<String> {
        toml::string_at(self.table, path).map(str::to_owned)
    }

    fn strings(&self, path: &[&str]) -> Vec<(&'c str, Range<usize>)> {
        toml::strings_at(self.table, path)
    }

    /// The requirements in an array of strings; `what` names the array in messages.
    fn requirements(&mut self, value: &'c Value<'t>, what: &str) {
        let Some(items) = value.get_ref().as_array() else {
            return self.bad_requirement(value.span(), format!("{what} must be an array of requirements"));
        };
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => self.requirement(text, item.span()),
                None => self.bad_requirement(item.span(), format!("{what} has an entry that is not a string")),
            }
        }
    }

    fn requirement(&mut self, text: &str, span: Range<usize>) {
        match Requirement::parse(text) {
            Ok(requirement) => {
                if let Some(path) = requirement.url.as_deref().and_then(path_in_url) {
                    self.local_package(path);
                }
                let place = self.file.place(span.start);
                self.found.entries.push(Entry::required(requirement, place, PackageSource::Pyproject));
            }
            Err(reason) => {
                self.bad_requirement(span, format!("`{}` is not a valid requirement: {reason}", without_address(text)));
            }
        }
    }

    fn bad_requirement(&mut self, span: Range<usize>, message: String) {
        let help = "write each requirement as a string such as \"httpx>=0.27,<1\"";
        self.problems.push(Problem::new(ProblemKind::BadRequirement, self.file.place(span.start), message, help));
    }

    /// A directory that may hold top-level packages.
    fn import_root(&mut self, path: &str) {
        if let Some(root) = local_path::resolve(self.directory, path) {
            self.found.import_roots.push(root);
        }
    }

    /// A package in a directory that may have another name.
    fn package_directory(&mut self, package: &str, path: &str) {
        let Some(directory) = local_path::resolve(self.directory, path) else { return };
        let as_path = package.replace('.', "/");
        if package.is_empty() {
            self.found.import_roots.push(directory);
        } else if directory == as_path {
            self.found.import_roots.push(String::new());
        } else if let Some(root) = directory.strip_suffix(&as_path).and_then(|rest| rest.strip_suffix('/')) {
            self.found.import_roots.push(root.to_owned());
        } else {
            self.found.mapped_packages.push(MappedPackage { package: package.to_owned(), directory });
        }
    }

    fn local_package(&mut self, path: &str) {
        if let Some(directory) = local_path::resolve(self.directory, path).filter(|directory| directory != self.directory) {
            self.found.local_packages.push(directory);
        }
    }

    fn requirement_file(&mut self, path: &str, span: Range<usize>) {
        if let Some(path) = local_path::resolve(self.directory, path) {
            self.found.requirement_files.push((path, self.file.place(span.start)));
        }
    }
}

/// The path relative to the project in a PDM or hatch URL, which refers to the project's directory by a variable.
fn path_in_url(url: &str) -> Option<&str> {
    ["file:///${PROJECT_ROOT}/", "{root:uri}/", "file:./"].iter().find_map(|prefix| url.strip_prefix(prefix))
}

/// The keys of a table whose values are strings, with those strings.
fn string_pairs<'v>(table: &'v Table<'_>) -> impl Iterator<Item = (&'v str, &'v str)> {
    table.iter().filter_map(|(key, value)| match value.get_ref() {
        DeValue::String(text) => Some((key.get_ref().as_ref(), text.as_ref())),
        _ => None,
    })
}
