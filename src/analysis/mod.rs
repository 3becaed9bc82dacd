//! Facts → the manifest and what is to be said about it. No I/O: files come in through [`crate::python::Loader`].

mod gather;
pub mod notes;
mod secret_model;
pub mod settings;

use crate::catalog;
use crate::model::{EnvironmentRead, Finding, Manifest, Packages, Place, Problem, ProjectInfo, SCHEMA_VERSION};
use crate::python::scan::Mentions;
use crate::python::{Assumptions, Evaluator, Loader, Modules, Quotations};
use settings::{Models, RulesVersion};

pub use gather::is_test;

/// Everything the analysis goes by.
pub struct Input<'i> {
    /// The project's Python files and what each mentions, sorted by path.
    pub files: &'i [(String, Mentions)],
    /// Reads a file.
    pub loader: &'i (dyn Loader + Sync),
    /// Directories relative to the root that hold top-level packages; `""` is the root.
    pub import_roots: Vec<String>,
    /// `site-packages` directories, absolute.
    pub installed: Vec<String>,
    /// The project's name where no `Project(...)` says it.
    pub name: String,
    /// `requires-python`.
    pub requires_python: Option<String>,
    /// Packages and their versions.
    pub packages: Packages,
    /// What was wrong with files that are not Python.
    pub problems: Vec<Problem>,
    /// Python files and directories that could not be read, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Versions whose rules hold where nothing is locked.
    pub rules: RulesVersion,
    /// Whether test code counts.
    pub include_tests: bool,
    /// Whether every file that could matter is parsed to its end, so that every syntax error in one is found.
    pub thorough: bool,
}

/// Reads the project.
pub fn analyse(input: Input<'_>) -> (Manifest, Vec<Finding>) {
    let rules = pinned(&input);
    let paths = input.files.iter().map(|(path, _)| path.clone()).collect();
    let modules = Modules::new(input.loader, paths, input.import_roots.clone(), input.installed.clone(), catalog::stub_source);
    let quotations = Quotations::default();
    let assumptions = Assumptions { pydantic: rules.pydantic.clone(), ..Assumptions::default() };
    let evaluator = Evaluator::new(&modules, &quotations, assumptions);
    let models = Models::new(&evaluator, &rules);
    let mut gathered = gather::gather(input.files, input.loader, &models);
    gathered.settings.retain(|class| input.include_tests || !class.test);
    let manifest = Manifest {
        schema_version: SCHEMA_VERSION,
        project: ProjectInfo {
            name: input.name.clone(),
            place: None,
            requires_python: input.requires_python.clone(),
            pydantic: Some(rules.pydantic.clone()),
            pydantic_settings: Some(rules.pydantic_settings.clone()),
        },
        settings: gathered.settings,
        services: Vec::new(),
        shared_settings: Vec::new(),
        resources: Vec::new(),
        reads: reads(&input),
        suggestions: Vec::new(),
        packages: input.packages.clone(),
        files: input.files.len(),
    };
    (manifest, Vec::new())
}

/// The versions of pydantic that the lock pins, else those assumed.
fn pinned(input: &Input<'_>) -> RulesVersion {
    let version = |name: &str| input.packages.version(name).map(str::to_owned);
    RulesVersion {
        pydantic: version("pydantic").unwrap_or_else(|| input.rules.pydantic.clone()),
        pydantic_settings: version("pydantic-settings").unwrap_or_else(|| input.rules.pydantic_settings.clone()),
    }
}

/// Variables that code reads by itself.
fn reads(input: &Input<'_>) -> Vec<EnvironmentRead> {
    let mut found = Vec::new();
    for (path, mentions) in input.files {
        let test = is_test(path);
        if test && !input.include_tests {
            continue;
        }
        found.extend(mentions.reads.iter().map(|read| EnvironmentRead {
            name: read.name.clone(),
            required: read.required,
            test,
            place: Place::new(path.clone(), read.place.line, read.place.column),
        }));
    }
    found.sort();
    found
}
