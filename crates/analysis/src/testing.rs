//! Projects in memory, for tests.

use std::io;
use std::sync::Arc;

use super::notes::Notes;
use super::settings::RulesVersion;
use super::{Analyzer, Input, modules};
use takk_catalog::catalog;
use takk_model::{Finding, LibraryChoice, Manifest, Package, PackageSource, Packages, Place};
use takk_python::Loader;
use takk_python::scan::{Mentions, scan};

struct InMemory(Vec<(String, String)>);

impl Loader for InMemory {
    fn project_file(&self, path: &str) -> io::Result<Arc<Vec<u8>>> {
        let found = self.0.iter().find(|(known, _)| known == path);
        found.map(|(_, text)| Arc::new(text.clone().into_bytes())).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn installed_file(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn installed_directory(&self, _: &str) -> bool {
        false
    }
}

/// The manifest of these files, given as path and Python source.
pub(crate) fn manifest_of(files: &[(&str, &str)]) -> Manifest {
    with_input(files, |input| analyzed(input).0)
}

/// The same with these packages locked.
pub(crate) fn manifest_with_lock(files: &[(&str, &str)], locked: &[&str]) -> Manifest {
    with_lock(files, locked).0
}

/// The findings in these files with these packages locked.
pub(crate) fn findings_with_lock(files: &[(&str, &str)], locked: &[&str]) -> Vec<Finding> {
    with_lock(files, locked).1
}

fn with_lock(files: &[(&str, &str)], locked: &[&str]) -> (Manifest, Vec<Finding>, Notes) {
    let package = |name: &&str| {
        let (name, place) = ((*name).to_owned(), Place::new("uv.lock", 1, 1));
        let version = Some("1.0".to_owned());
        let (source, others) = (PackageSource::UvLock, Vec::new());
        let package = Package { name: name.clone(), version, specifier: None, place, source, direct: false, others };
        (name, package)
    };
    with_input(files, |mut input| {
        input.packages = Packages(locked.iter().map(package).collect());
        analyzed(input)
    })
}

/// The observations in these files.
pub(crate) fn notes_of(files: &[(&str, &str)]) -> Notes {
    with_input(files, |input| analyzed(input).2)
}

fn analyzed(input: Input<'_>) -> (Manifest, Vec<Finding>, Notes) {
    let modules = modules(&input);
    let analyzer = Analyzer::new(&input, &modules);
    let analysis = analyzer.analyze(input);
    (analysis.manifest, analysis.findings, analysis.notes)
}

fn with_input<T>(files: &[(&str, &str)], run: impl FnOnce(Input<'_>) -> T) -> T {
    let (sql, files): (Vec<_>, Vec<_>) =
        files.iter().copied().partition(|(path, _)| path.rsplit_once('.').is_some_and(|(_, end)| end == "sql"));
    let mut files: Vec<(String, String)> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    files.sort();
    let wanted = |module: &str| catalog().wanted_import(module);
    let scanned: Vec<(String, Mentions)> =
        files.iter().map(|(path, text)| (path.clone(), scan(text.as_bytes(), &wanted))).collect();
    let of_sql = sql.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let mut sql: Vec<String> = sql.iter().map(|(path, _)| (*path).to_owned()).collect();
    sql.sort();
    let loader = InMemory(files.into_iter().chain(of_sql).collect());
    run(Input {
        files: &scanned,
        loader: &loader,
        sql: &sql,
        import_roots: vec![String::new(), "src".to_owned()],
        installed: Vec::new(),
        name: "directory".to_owned(),
        requires_python: None,
        packages: Packages::default(),
        libraries: LibraryChoice::default(),
        problems: Vec::new(),
        environments: Vec::new(),
        unreadable: Vec::new(),
        rules: RulesVersion::default(),
        include_tests: false,
        judged: true,
    })
}
