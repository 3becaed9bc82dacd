//! Resolves module names to files and back: import roots, packages, namespace packages, the virtual environment.

mod beside;
mod index;
mod names;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use elsa::FrozenVec;
use hashbrown::HashMap;
use ruff_python_ast::ModExpression;

use self::index::Index;
use super::file::{Origin, SourceFile};

/// Reads files for the evaluation. Project files are named relative to the project root, installed files by absolute path.
pub trait Loader {
    /// The bytes of a project file. May be called repeatedly for the same file.
    fn project_file(&self, path: &str) -> std::io::Result<Arc<Vec<u8>>>;
    /// The bytes of an installed file, if it exists.
    fn installed_file(&self, path: &str) -> Option<Vec<u8>>;
    /// Whether an installed directory exists.
    fn installed_directory(&self, path: &str) -> bool;
    /// The directories in which the project in `directory` keeps its packages, as its `pyproject.toml`, `setup.cfg` or
    /// `setup.py` declares them; `None` if there is no such project. All directories are relative to the root.
    fn source_roots(&self, directory: &str) -> Option<Vec<String>> {
        let _ = directory;
        None
    }
    /// Whether a directory contains a list of requirements or a lock file, so that its code runs on its own.
    fn has_requirements(&self, directory: &str) -> bool {
        let _ = directory;
        false
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    File(FileId),
    /// A namespace package: directories without `__init__.py`.
    Namespace(&'a Namespace),
}

/// A namespace package (PEP 420).
#[derive(Debug, PartialEq, Eq)]
pub struct Namespace {
    pub name: String,
    /// Its directories in the project.
    directories: Vec<String>,
}

/// The index of a parsed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A map whose values borrow for `'l`. It is the standard library's, because only that one can be dropped after what it
/// borrows.
type Borrowing<K, V> = std::collections::HashMap<K, V, hashbrown::DefaultHashBuilder>;

/// Every module that can be imported, parsed on demand.
pub struct Modules<'l> {
    loader: &'l dyn Loader,
    /// All `*.py` files of the project, sorted.
    paths: Vec<&'l str>,
    /// The import roots, relative to the project root and without a trailing slash; `""` is the project root itself.
    roots: Vec<String>,
    /// The `site-packages` directories, absolute.
    installed: Vec<String>,
    builtin: fn() -> &'static str,
    files: FrozenVec<Box<SourceFile>>,
    /// Expressions that were parsed from quoted annotations.
    quoted: FrozenVec<Box<ModExpression>>,
    by_path: RefCell<HashMap<String, Option<FileId>>>,
    namespaces: FrozenVec<Box<Namespace>>,
    /// Files and directories by name, from the first lookup that no known root satisfies.
    index: OnceCell<Index>,
    /// The directories that contain a file or directory of a name.
    holders: RefCell<Borrowing<String, Rc<[&'l str]>>>,
    /// Whether several files share a module name; the flag says whether the question comes from test code.
    shared: RefCell<HashMap<(String, bool), bool>>,
    /// The roots that an importer in a directory searches.
    searched: RefCell<HashMap<String, Rc<[String]>>>,
    /// Where nested projects keep their packages, by directory.
    projects: RefCell<HashMap<String, Option<Vec<String>>>>,
    /// The packages that files of dependencies name, by directory.
    requirements: RefCell<HashMap<String, Vec<String>>>,
    /// The undeclared root from which a file imports a top-level package.
    chosen: RefCell<Borrowing<(FileId, String), &'l str>>,
    /// Results by importer and name: code that is evaluated repeatedly repeats its imports.
    sought: RefCell<HashMap<Option<FileId>, HashMap<String, Sought>>>,
    unreadable: RefCell<Vec<(String, String)>>,
}

/// The result of a lookup.
#[derive(Clone, Copy)]
enum Sought {
    File(FileId),
    /// An index into `namespaces`.
    Namespace(usize),
    Nothing,
}

/// Top-level modules whose meaning is built in, so that their source is never read: those that this crate evaluates itself, and
/// the parts of the standard library that a module of the same name beside the importer does not hide.
const BUILT_IN: [&str; 36] = [
    "pydantic",
    "pydantic_settings",
    "pydantic_core",
    "annotated_types",
    "typing",
    "typing_extensions",
    "vaultly",
    "abc",
    "argparse",
    "ast",
    "asyncio",
    "base64",
    "builtins",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "os",
    "pathlib",
    "re",
    "sys",
    "time",
    "types",
    "uuid",
    "warnings",
];

impl<'l> Modules<'l> {
    /// All modules of a project. `paths` are its Python files relative to the root, sorted; `builtin` returns the source that
    /// represents the `takk` package.
    pub fn new(
        loader: &'l dyn Loader,
        paths: Vec<&'l str>,
        mut roots: Vec<String>,
        installed: Vec<String>,
        builtin: fn() -> &'static str,
    ) -> Self {
        debug_assert!(paths.is_sorted(), "look-ups go by halves");
        // The longest root that contains a file determines its module name.
        roots.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        roots.dedup();
        Self {
            loader,
            paths,
            roots,
            installed,
            builtin,
            files: FrozenVec::new(),
            by_path: RefCell::default(),
            namespaces: FrozenVec::new(),
            index: OnceCell::new(),
            holders: RefCell::default(),
            shared: RefCell::default(),
            searched: RefCell::default(),
            projects: RefCell::default(),
            requirements: RefCell::default(),
            chosen: RefCell::default(),
            sought: RefCell::default(),
            quoted: FrozenVec::new(),
            unreadable: RefCell::default(),
        }
    }

    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    pub fn parsed(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// Project files that could not be read, with the reason.
    pub fn unreadable(&self) -> Vec<(String, String)> {
        self.unreadable.borrow().clone()
    }

    /// The project's Python files, sorted.
    pub fn paths(&self) -> &[&'l str] {
        &self.paths
    }

    /// Adopts files that were parsed elsewhere with [`Modules::parse_project_file`].
    pub fn adopt(&self, files: Vec<SourceFile>) {
        for file in files {
            let path = file.path.clone();
            if !self.by_path.borrow().contains_key(&path) {
                let id = self.add(file);
                self.by_path.borrow_mut().insert(path, Some(id));
            }
        }
    }

    /// Parses a project file without storing it. May run on any thread.
    pub fn parse_project_file(path: &str, module: String, bytes: &[u8]) -> SourceFile {
        SourceFile::parse(path.to_owned(), module, is_init(path), Origin::Project, bytes)
    }

    /// The bytes of a project file that is not Python, by its path relative to the root.
    pub fn other_file(&self, path: &str) -> std::io::Result<Arc<Vec<u8>>> {
        self.loader.project_file(path)
    }

    /// Stores an expression from a quoted annotation for as long as the files.
    pub(super) fn quoted(&self, parsed: ModExpression) -> &ModExpression {
        self.quoted.push_get(Box::new(parsed))
    }

    fn add(&self, file: SourceFile) -> FileId {
        self.files.push(Box::new(file));
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files fit in memory"))
    }

    /// The project file at `path`, parsed on demand.
    pub fn project_file(&self, path: &str) -> Option<FileId> {
        if let Some(&known) = self.by_path.borrow().get(path) {
            return known;
        }
        let id = match self.loader.project_file(path) {
            Ok(bytes) => Some(self.add(Self::parse_project_file(path, self.module_name(path), &bytes))),
            Err(problem) => {
                self.unreadable.borrow_mut().push((path.to_owned(), problem.to_string()));
                None
            }
        };
        self.by_path.borrow_mut().insert(path.to_owned(), id);
        id
    }

    /// The project file at `path`, if it was parsed before.
    pub fn known_file(&self, path: &str) -> Option<&SourceFile> {
        let id = self.by_path.borrow().get(path).copied().flatten()?;
        Some(self.file(id))
    }

    /// The directory that contains the outermost package around `path`.
    fn implied_root(&self, path: &str) -> String {
        let mut directory = parent(path);
        while let Some(current) = directory {
            if !self.exists(&join(current, "__init__.py")) {
                return current.to_owned();
            }
            directory = parent(current);
        }
        String::new()
    }

    fn exists(&self, path: &str) -> bool {
        self.paths.binary_search(&path).is_ok()
    }

    fn has_below(&self, directory: &str) -> bool {
        let prefix = [directory, "/"].concat();
        let at = self.paths.partition_point(|p| *p < prefix.as_str());
        self.paths.get(at).is_some_and(|p| p.starts_with(&prefix))
    }

    /// Resolves an absolute module name as `importer` would.
    pub fn find(&self, name: &str, importer: Option<FileId>) -> Option<Found<'_>> {
        let known = self.sought.borrow().get(&importer).and_then(|sought| sought.get(name)).copied();
        let sought = known.unwrap_or_else(|| {
            let found = self.seek(name, importer);
            self.sought.borrow_mut().entry(importer).or_default().insert(name.to_owned(), found);
            found
        });
        match sought {
            Sought::File(file) => Some(Found::File(file)),
            Sought::Namespace(at) => Some(Found::Namespace(&self.namespaces[at])),
            Sought::Nothing => None,
        }
    }

    fn seek(&self, name: &str, importer: Option<FileId>) -> Sought {
        let top = name.split('.').next().unwrap_or(name);
        // Code that imports `takk.runtime` is understood by the names in it, as for vaultly; a built-in source represents the
        // rest of takk.
        if name.strip_prefix("takk.runtime").is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
            return Sought::Nothing;
        }
        if top == "takk" {
            return self.builtin_file().map_or(Sought::Nothing, Sought::File);
        }
        if BUILT_IN.contains(&top) {
            return Sought::Nothing;
        }
        let relative = name.replace('.', "/");
        let mut directories = Vec::new();
        for root in self.known_roots(importer).iter() {
            let base = join(root, &relative);
            if let Some(id) = self.file_at(&base) {
                return Sought::File(id);
            }
            if self.has_below(&base) {
                directories.push(base);
            }
        }
        if let Some(id) = self.find_installed(name, &relative) {
            return Sought::File(id);
        }
        if let Some(id) = importer.filter(|_| directories.is_empty()).and_then(|importer| self.beside(name, importer)) {
            return Sought::File(id);
        }
        let installed = || self.installed.iter().any(|site| self.loader.installed_directory(&format!("{site}/{relative}")));
        if directories.is_empty() && !installed() { Sought::Nothing } else { self.keep_namespace(name, directories) }
    }

    /// The module in `from ..a import b` of a project file, resolved by path: `level` is the number of leading dots.
    pub fn find_relative(&self, importer: FileId, level: u32, tail: &str) -> Option<Found<'_>> {
        let file = self.file(importer);
        let mut directory = parent(&file.path)?;
        for _ in 1..level {
            directory = parent(directory)?;
        }
        let base = tail.split('.').filter(|part| !part.is_empty()).fold(directory.to_owned(), |base, part| join(&base, part));
        self.at(&base, || {
            let above = file.module.rsplit('.').skip(level as usize - usize::from(file.is_package)).collect::<Vec<_>>();
            let parts = above.into_iter().rev().chain(tail.split('.').filter(|part| !part.is_empty()));
            parts.collect::<Vec<_>>().join(".")
        })
    }

    /// A module or package inside a package of the project, resolved by path.
    pub fn find_in_package(&self, package: FileId, name: &str) -> Option<Found<'_>> {
        let file = self.file(package);
        let directory = file.is_package.then(|| parent(&file.path)).flatten()?;
        self.at(&join(directory, name), || format!("{}.{name}", file.module))
    }

    /// A module or package inside a namespace package.
    pub fn find_in_namespace(&self, namespace: &Namespace, name: &str) -> Option<Found<'_>> {
        let bases: Vec<String> = namespace.directories.iter().map(|directory| join(directory, name)).collect();
        if let Some(file) = bases.iter().find_map(|base| self.file_at(base)) {
            return Some(Found::File(file));
        }
        let directories: Vec<String> = bases.into_iter().filter(|base| self.has_below(base)).collect();
        let dotted = format!("{}.{name}", namespace.name);
        if directories.is_empty() {
            return self.find(&dotted, None);
        }
        Some(self.found(self.keep_namespace(&dotted, directories)))
    }

    /// The module whose file is `base` plus a suffix, or the namespace package in the directory `base`. `name` computes its
    /// dotted name.
    fn at(&self, base: &str, name: impl FnOnce() -> String) -> Option<Found<'_>> {
        if let Some(file) = self.file_at(base) {
            return Some(Found::File(file));
        }
        let is_there = base.is_empty() || self.has_below(base);
        is_there.then(|| self.found(self.keep_namespace(&name(), vec![base.to_owned()])))
    }

    /// The file of the module at `base`, if there is one.
    fn module_at(&self, base: &str) -> Option<String> {
        [join(base, "__init__.py"), [base, ".py"].concat()].into_iter().find(|path| self.exists(path))
    }

    fn file_at(&self, base: &str) -> Option<FileId> {
        self.project_file(&self.module_at(base)?)
    }

    /// The import roots that an importer searches, in order: first those that contain the importer, then the other declared
    /// ones, both nearest first.
    fn known_roots(&self, importer: Option<FileId>) -> Rc<[String]> {
        let path = importer.map(|id| self.file(id)).filter(|file| file.origin == Origin::Project).map(|file| &*file.path);
        let key = path.and_then(parent).unwrap_or("/");
        if let Some(known) = self.searched.borrow().get(key) {
            return Rc::clone(known);
        }
        let roots: Rc<[String]> = match path {
            None => self.roots.iter().rev().cloned().collect(),
            Some(path) => self.roots_for(path).into(),
        };
        self.searched.borrow_mut().insert(key.to_owned(), Rc::clone(&roots));
        roots
    }

    fn roots_for(&self, path: &str) -> Vec<String> {
        let mut above = vec![self.implied_root(path)];
        let mut directory = parent(path);
        while let Some(current) = directory {
            if self.roots.iter().any(|root| root == current) {
                above.push(current.to_owned());
            }
            for root in self.source_roots(current).into_iter().flatten() {
                above.push(root);
            }
            directory = parent(current);
        }
        above.sort_by_key(|root| (below(path, root).is_none(), std::cmp::Reverse(root.len())));
        let mut others: Vec<&String> = self.roots.iter().rev().filter(|root| below(path, root).is_none()).collect();
        others.sort_by_key(|root| std::cmp::Reverse(common(root, path)));
        above.extend(others.into_iter().cloned());
        let mut seen = std::collections::HashSet::new();
        above.retain(|root| seen.insert(root.clone()));
        above
    }

    /// The directories that contain a file or directory of that name, sorted.
    fn roots_with(&self, name: &str) -> Rc<[&'l str]> {
        if let Some(known) = self.holders.borrow().get(name) {
            return Rc::clone(known);
        }
        let roots: Rc<[&'l str]> = self.index.get_or_init(|| Index::new(&self.paths)).roots(&self.paths, name).into();
        self.holders.borrow_mut().insert(name.to_owned(), Rc::clone(&roots));
        roots
    }

    /// Stores a namespace package, or finds the equal one that is already stored.
    fn keep_namespace(&self, name: &str, directories: Vec<String>) -> Sought {
        let known = self.namespaces.iter().position(|known| known.name == name && known.directories == directories);
        Sought::Namespace(known.unwrap_or_else(|| {
            self.namespaces.push(Box::new(Namespace { name: name.to_owned(), directories }));
            self.namespaces.len() - 1
        }))
    }

    fn find_installed(&self, name: &str, relative: &str) -> Option<FileId> {
        self.installed.iter().find_map(|site| {
            [format!("{site}/{relative}/__init__.py"), format!("{site}/{relative}.py")].into_iter().find_map(|path| {
                if let Some(&known) = self.by_path.borrow().get(&path) {
                    return known;
                }
                let id = self.loader.installed_file(&path).map(|bytes| {
                    let init = is_init(&path);
                    self.add(SourceFile::parse(path.clone(), name.to_owned(), init, Origin::Installed, &bytes))
                });
                self.by_path.borrow_mut().insert(path, id);
                id
            })
        })
    }

    /// Whether installed packages can be looked up at all.
    pub fn has_installed(&self) -> bool {
        !self.installed.is_empty()
    }

    /// Whether a module that a file imports is known to be missing: not installed, not in the project, and not part of Python.
    pub fn is_not_installed(&self, name: &str, importer: FileId) -> bool {
        let top = name.split('.').next().unwrap_or(name);
        !super::stdlib::is_standard(top) && !BUILT_IN.contains(&top) && self.find_top(name, importer).is_none()
    }

    fn builtin_file(&self) -> Option<FileId> {
        const PATH: &str = "<takk>";
        if let Some(&known) = self.by_path.borrow().get(PATH) {
            return known;
        }
        let source = (self.builtin)().as_bytes();
        let id = self.add(SourceFile::parse(PATH.to_owned(), "takk.secrets".to_owned(), false, Origin::Builtin, source));
        self.by_path.borrow_mut().insert(PATH.to_owned(), Some(id));
        Some(id)
    }
}

fn is_init(path: &str) -> bool {
    path == "__init__.py" || path.ends_with("/__init__.py")
}

fn parent(path: &str) -> Option<&str> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').map_or("", |(directory, _)| directory)) }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { [directory, "/", name].concat() }
}

/// The number of leading directories that two paths have in common.
fn common(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

/// Whether a file is in a test directory.
fn in_tests(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(directory, _)| directory.split('/').any(|part| matches!(part, "tests" | "test" | "testing")))
}

fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    if root.is_empty() { Some(path) } else { path.strip_prefix(root)?.strip_prefix('/') }
}

/// `a/b/__init__.py` → `a.b`, if every part is an identifier.
fn dotted(relative: &str) -> Option<String> {
    let stem = relative.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    let identifier = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    stem.split('/').all(identifier).then(|| stem.replace('/', "."))
}
