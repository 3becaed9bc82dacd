//! Facts → the manifest and its findings. No I/O: files come in through [`takk_python::Loader`].

mod compiled;
mod components;
mod discovery;
mod drivers;
mod extensions;
mod gather;
mod libraries;
mod made;
mod makers;
pub mod notes;
mod programs;
mod resources;
pub mod rules;
pub mod settings;
mod test_files;
#[cfg(test)]
mod testing;

use std::collections::HashSet;
use std::mem;
use std::rc::Rc;

use components::Components;
use notes::Notes;
use programs::Programs;
use settings::{Models, RulesVersion};
use takk_catalog as catalog;
use takk_model::{
    ClassRef, Environment, EnvironmentRead, FieldNames, Finding, LibraryChoice, Manifest, Packages, Place, Problem,
    ProjectInfo, SCHEMA_VERSION, SettingsClass,
};
use takk_python::scan::Mentions;
use takk_python::{Assumptions, Class, Evaluator, FileId, Loader, Modules, Origin, SourceFile};

pub use compiled::{CompiledProject, manifest_of_compiled};
pub use extensions::is_migration;
pub use test_files::is_test;

/// The room on the stack that deeply nested source needs, in bytes.
pub const STACK: usize = 256 << 20;

/// Everything the analysis goes by.
pub struct Input<'i> {
    /// The project's Python files with what each mentions, sorted by path.
    pub files: &'i [(String, Mentions)],
    pub loader: &'i (dyn Loader + Sync),
    /// Directories relative to the root that hold top-level packages; `""` is the root.
    pub import_roots: Vec<String>,
    /// `site-packages` directories, absolute.
    pub installed: Vec<String>,
    /// Files of migrations in SQL, sorted by path.
    pub sql: &'i [String],
    /// The project's name if no `Project(...)` sets it.
    pub name: String,
    /// `requires-python`.
    pub requires_python: Option<String>,
    pub packages: Packages,
    /// Problems in files that are not Python.
    pub problems: Vec<Problem>,
    /// Python files and directories that could not be read, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// The environments of the project.
    pub environments: Vec<Environment>,
    /// The versions to assume if none are locked.
    pub rules: RulesVersion,
    /// Which variables of libraries the project accepts and refuses.
    pub libraries: LibraryChoice,
    pub include_tests: bool,
    /// Whether to run rules and make suggestions. Not needed if only the values of declared settings are.
    pub judged: bool,
}

/// The modules of the project, without parsing them.
pub fn modules<'i>(input: &Input<'i>) -> Modules<'i> {
    let paths = input.files.iter().map(|(path, _)| path.as_str()).collect();
    Modules::new(input.loader, paths, input.import_roots.clone(), input.installed.clone(), catalog::stub_source)
}

/// Reads a project with its versions of pydantic and of other packages.
///
/// The modules, what their evaluation leaves behind and what the analysis does are three values, so that their owner decides when to free
/// them, and whether: it takes as long as a small analysis.
pub struct Analyzer<'a> {
    modules: &'a Modules<'a>,
    evaluator: Evaluator<'a>,
    rules: RulesVersion,
}

/// The result of reading a project.
pub struct Analysis<'m, 'a> {
    pub manifest: Manifest,
    pub findings: Vec<Finding>,
    /// Observations, which become findings.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests of what is noticed read it"))]
    notes: Notes,
    /// Everything else, which refers to the evaluator.
    pub intermediate: Intermediate<'m, 'a>,
}

/// What an analysis has read and no longer needs.
pub struct Intermediate<'m, 'a> {
    _classes: Vec<Rc<Class<'a>>>,
    _models: Models<'m, 'a>,
}

impl<'a> Analyzer<'a> {
    pub fn new(input: &Input<'_>, modules: &'a Modules<'a>) -> Self {
        let rules = pinned(input);
        let packages = known_packages(&input.packages);
        let assumptions = Assumptions { pydantic: rules.pydantic.clone(), packages, ..Assumptions::default() };
        Self { modules, evaluator: Evaluator::new(modules, assumptions), rules }
    }

    /// Reads the project.
    pub fn analyze<'m>(&'m self, mut input: Input<'_>) -> Analysis<'m, 'a> {
        let Self { modules, evaluator, rules } = self;
        let models = Models::new(evaluator, rules);
        let mut gathered = gather::gather(input.files, input.loader, &models);
        let counts = |file: &FileId| input.include_tests || !is_test(&modules.file(*file).path);
        gathered.takk_files.retain(counts);
        let mut variants = makers::settle(&input, &models, &mut gathered);
        let found: HashSet<ClassRef> = gathered.settings.iter().map(SettingsClass::class_ref).collect();
        let mut components = components::read(&models, &gathered.takk_files, (&found, &input.packages), &mut gathered.notes);
        let mut settings =
            all_settings(mem::take(&mut gathered.settings), mem::take(&mut components.classes), input.include_tests);
        makers::list(&mut settings, &components);
        let engines = drivers::engines(input.files, input.include_tests);
        drivers::choose(&mut settings, &engines, &input.packages);
        drivers::choose(&mut variants, &engines, &input.packages);
        let manifest = manifest(&mut input, modules, rules.clone(), (settings, variants), components);
        let findings = if input.judged { judge(&input, &manifest, &gathered.notes, modules) } else { Vec::new() };
        let intermediate = Intermediate { _classes: gathered.classes, _models: models };
        Analysis { manifest, findings, notes: gathered.notes, intermediate }
    }
}

/// The classes that were found and those that are only listed, sorted by module and line.
fn all_settings(found: Vec<SettingsClass>, listed: Vec<SettingsClass>, include_tests: bool) -> Vec<SettingsClass> {
    let mut classes = found;
    classes.extend(listed);
    classes.retain(|class| include_tests || !class.test);
    components::settle_places(&mut classes);
    classes.sort_by(|a, b| (&a.module, a.line, &a.qualname).cmp(&(&b.module, b.line, &b.qualname)));
    classes
}

fn manifest(
    input: &mut Input<'_>,
    modules: &Modules<'_>,
    rules: RulesVersion,
    (settings, variants): (Vec<SettingsClass>, Vec<SettingsClass>),
    components: Components,
) -> Manifest {
    let read: Vec<&SettingsClass> = settings.iter().filter(|class| class.usage.has_own_names()).chain(&variants).collect();
    let mut resources = resources::resources(&read, &components.instances, &input.packages);
    extensions::attribute(&mut resources, || extensions::extensions(input, modules));
    let reads = reads(input);
    let known = libraries::Known { classes: &settings, reads: &reads, choice: &input.libraries };
    let libraries = libraries::library_variables(input.files, (modules, input.loader), &known, input.include_tests);
    let suggestions = if input.judged {
        discovery::suggestions(input.files, &settings, (&resources, &libraries), &input.packages, input.include_tests)
    } else {
        Vec::new()
    };
    Manifest {
        schema_version: SCHEMA_VERSION,
        project: ProjectInfo {
            name: components.name.unwrap_or_else(|| input.name.clone()),
            place: components.place,
            requires_python: input.requires_python.clone(),
            pydantic: Some(rules.pydantic),
            pydantic_settings: Some(rules.pydantic_settings),
        },
        settings,
        variants,
        services: components.services,
        shared_settings: components.shared,
        resources,
        reads,
        suggestions,
        libraries: libraries.variables,
        packages: mem::take(&mut input.packages),
        files: input.files.len(),
        names: FieldNames::default(),
    }
}

/// The findings of the rules for the project.
fn judge(input: &Input<'_>, manifest: &Manifest, notes: &notes::Notes, modules: &Modules<'_>) -> Vec<Finding> {
    let files = || modules.parsed().filter(|file| file.origin == Origin::Project);
    let undecodable: Vec<_> = files().filter_map(|file| Some((file.path.clone(), file.undecodable.clone()?))).collect();
    let is_unit = |directory: &str| modules.is_unit(directory);
    let context = rules::Context {
        manifest,
        files: input.files,
        notes,
        problems: &input.problems,
        unreadable: &[input.unreadable.clone(), modules.unreadable()].concat(),
        syntax: &files().flat_map(SourceFile::syntax_errors).collect::<Vec<_>>(),
        undecodable: &undecodable,
        environments: &input.environments,
        include_tests: input.include_tests,
        programs: &Programs::new(&is_unit, input.files),
    };
    rules::findings(&context)
}

/// The versions of pydantic that the lock pins, or else the assumed ones.
fn pinned(input: &Input<'_>) -> RulesVersion {
    let version = |name: &str| input.packages.version(name).map(str::to_owned);
    RulesVersion {
        pydantic: version("pydantic").unwrap_or_else(|| input.rules.pydantic.clone()),
        pydantic_settings: version("pydantic-settings").unwrap_or_else(|| input.rules.pydantic_settings.clone()),
    }
}

/// The names of all packages, if the project declares its dependencies at all.
fn known_packages(packages: &Packages) -> Option<Vec<String>> {
    (!packages.0.is_empty()).then(|| packages.0.keys().cloned().collect())
}

/// Variables that the code reads outside of settings classes.
fn reads(input: &Input<'_>) -> Vec<EnvironmentRead> {
    let mut found = Vec::new();
    for (path, mentions) in input.files {
        if mentions.reads.is_empty() {
            continue;
        }
        let test = is_test(path);
        if test && !input.include_tests {
            continue;
        }
        found.extend(mentions.reads.iter().map(|read| EnvironmentRead {
            name: read.name.clone(),
            required: read.required,
            conditional: read.conditional,
            test,
            place: Place::new(path.clone(), read.place.line, read.place.column),
        }));
    }
    found.sort();
    found
}
