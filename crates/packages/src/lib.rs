//! `pyproject.toml` and lock files: the packages of a project, their versions, and where each is written.
//!
//! One file per format. Every format yields entries; `merge` combines all entries with one name into one package. Nothing here fails or
//! touches a disk: files come through [`Listing::read`], and a problem with one is a [`Problem`], returned together with what the others
//! contain.
//!
//! If several files name a version, the first of these that has it decides: `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml`,
//! `Pipfile.lock`, `requirements*.txt`, an `==` requirement of `pyproject.toml`. If one file names several versions of a package (for
//! different Pythons or platforms), the highest counts.

mod entry;
mod excerpt;
mod file;
mod local_path;
mod marker;
mod merge;
mod name;
mod pdm_lock;
mod pipfile;
mod pipfile_lock;
mod poetry_lock;
mod projects;
mod pylock;
mod pyproject;
mod requirement;
mod requirement_lines;
mod requirements;
mod source_roots;
#[cfg(test)]
mod tests;
mod toml_lock;
mod uv_lock;

use std::io;

use self::entry::Entry;
use self::file::{File, Files};
pub use self::source_roots::source_roots;
use takk_model::{Packages, Problem};

/// The project's files as the walk found them, and a function that reads one.
pub struct Listing<'a> {
    /// The paths of all files that are not Python, relative to the root, with `/` between their parts.
    pub files: &'a [String],
    /// The content of the file at such a path. Also called for files that another one includes, always inside the root.
    pub read: &'a dyn Fn(&str) -> io::Result<Vec<u8>>,
}

/// What `pyproject.toml` says about the project itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectMetadata {
    pub name: Option<String>,
    /// The Python versions that it supports, as written: `>=3.11`, or poetry's `^3.11`.
    pub requires_python: Option<String>,
    /// Directories that may hold top-level packages, relative to the root, which itself is the empty string. The most likely
    /// come first; some may not exist. Members of a workspace and dependencies inside the root bring theirs.
    pub import_roots: Vec<String>,
    /// Packages whose directory has another name, so that an import root is not enough to find them.
    pub mapped_packages: Vec<MappedPackage>,
}

/// A package that is imported by another name than that of its directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedPackage {
    /// The dotted name that is imported.
    pub package: String,
    /// The directory, relative to the root.
    pub directory: String,
}

/// The result of [`read`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackagesReport {
    pub project: ProjectMetadata,
    /// Its packages, without the project and the members of its workspace.
    pub packages: Packages,
    /// Problems of the files, by place.
    pub findings: Vec<Problem>,
}

/// The names of files of which [`read`] and [`source_roots`] use one in any directory.
const NAMES: [&str; 7] = ["pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "setup.cfg"];

/// Whether [`read`] or [`source_roots`] may use the file at this path, relative to the root. Whoever makes a [`Listing`] goes by this.
pub fn is_used(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem_of = |extension: &str| name.strip_suffix(extension).filter(|stem| !stem.is_empty());
    let is_requirements = |stem: &str| stem.contains("requirements") || directory == "requirements";
    NAMES.contains(&name)
        || stem_of(".toml").is_some_and(|stem| stem == "pylock" || stem.starts_with("pylock."))
        || stem_of(".txt").is_some_and(|stem| is_requirements(stem) || stem.contains("constraints"))
        || stem_of(".in").is_some_and(is_requirements)
}

/// Everything that the files of `listing` say about packages.
pub fn read(listing: &Listing) -> PackagesReport {
    let files = Files::of(listing);
    let mut findings = Vec::new();
    let mut projects = projects::read(&files, &mut findings);
    let pipfile = pipfile::read(&files, &mut findings);

    let mut entries = Vec::new();
    for lock in [uv_lock::read, poetry_lock::read, pdm_lock::read, pylock::read, pipfile_lock::read] {
        entries.push(lock(&files, &mut findings));
    }
    let requirements = requirements::read(&files, &projects.requirement_files, &mut findings);
    projects.read_local(requirements.local_packages, &files, &mut findings);
    entries.extend(requirements.files);
    entries.push(pipfile.entries);
    entries.push(projects.entries);
    let packages = merge::packages(entries, &projects.own_names);

    let mut project = projects.metadata;
    project.requires_python = project.requires_python.or(pipfile.requires_python);
    findings.sort();
    findings.dedup();
    PackagesReport { project, packages, findings }
}
