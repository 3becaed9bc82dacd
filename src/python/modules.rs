//! Module names ↔ files: import roots, packages, namespace packages, the virtual environment.

use std::cell::RefCell;
use std::collections::HashMap;

use elsa::FrozenVec;

use super::file::{Origin, SourceFile};

/// Reads files for the evaluation. The project's are named relative to its root, installed ones by absolute path.
pub trait Loader {
    /// The bytes of a project file.
    fn project_file(&self, path: &str) -> std::io::Result<Vec<u8>>;
    /// The bytes of an installed file, if it exists.
    fn installed_file(&self, path: &str) -> Option<Vec<u8>>;
    /// Whether an installed directory exists.
    fn installed_directory(&self, path: &str) -> bool;
}

/// What an import names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A module with a file.
    File(FileId),
    /// A directory without `__init__.py`; its dotted name.
    Namespace(&'a str),
}

/// The number of a parsed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// Every module that can be imported, parsed when first needed.
pub struct Modules<'l> {
    loader: &'l dyn Loader,
    /// All `*.py` of the project, sorted.
    paths: Vec<&'l str>,
    /// Directories relative to the root that hold top-level packages, without a slash at the end; `""` is the root.
    roots: Vec<String>,
    /// `site-packages` directories, absolute.
    installed: Vec<String>,
    builtin: fn() -> &'static str,
    files: FrozenVec<Box<SourceFile>>,
    by_path: RefCell<HashMap<String, Option<FileId>>>,
    names: FrozenVec<String>,
    /// What was found by importer and name: code that runs over and over imports the same over and over.
    sought: RefCell<HashMap<Option<FileId>, HashMap<String, Sought>>>,
    unreadable: RefCell<Vec<(String, String)>>,
}

/// What was found under a name.
#[derive(Clone, Copy)]
enum Sought {
    File(FileId),
    /// The place of its name among those that are kept.
    Namespace(usize),
    Nothing,
}

/// Top-level modules whose meaning is built in, so that their source is never read: what this room evaluates itself, and the parts
/// of the standard library that a module of the same name beside the importer does not hide.
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
    /// All modules of a project. `paths` are its Python files relative to the root, sorted; `builtin` gives the source that stands
    /// for the `takk` package.
    pub fn new(
        loader: &'l dyn Loader,
        paths: Vec<&'l str>,
        mut roots: Vec<String>,
        installed: Vec<String>,
        builtin: fn() -> &'static str,
    ) -> Self {
        debug_assert!(paths.is_sorted(), "look-ups go by halves");
        // The longest root that holds a file names its module.
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
            names: FrozenVec::new(),
            sought: RefCell::default(),
            unreadable: RefCell::default(),
        }
    }

    /// The parsed file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files parsed so far.
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

    /// Takes files that were parsed elsewhere, as [`Modules::parse`] parses them.
    pub fn adopt(&self, files: Vec<SourceFile>) {
        for file in files {
            let path = file.path.clone();
            if !self.by_path.borrow().contains_key(&path) {
                let id = self.add(file);
                self.by_path.borrow_mut().insert(path, Some(id));
            }
        }
    }

    /// Parses a project file without keeping it: may run on any thread.
    pub fn parse_project_file(path: &str, module: String, bytes: &[u8]) -> SourceFile {
        SourceFile::parse(path.to_owned(), module, is_init(path), Origin::Project, bytes)
    }

    /// The bytes of a project file that is not Python, named relative to the root.
    pub fn other_file(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.loader.project_file(path)
    }

    fn add(&self, file: SourceFile) -> FileId {
        self.files.push(Box::new(file));
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files fit in memory"))
    }

    /// The project file at `path`, parsed.
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

    /// The dotted name that the module at `path` is imported by: relative to the longest import root that gives a valid name,
    /// else to the parent of its outermost package.
    pub fn module_name(&self, path: &str) -> String {
        self.roots
            .iter()
            .filter_map(|root| below(path, root))
            .find_map(dotted)
            .or_else(|| below(path, &self.implied_root(path)).and_then(dotted))
            .unwrap_or_else(|| path.trim_end_matches(".py").rsplit('/').next().unwrap_or(path).to_owned())
    }

    /// The directory above the outermost package that holds `path`.
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
        let prefix = format!("{directory}/");
        let at = self.paths.partition_point(|p| *p < prefix.as_str());
        self.paths.get(at).is_some_and(|p| p.starts_with(&prefix))
    }

    /// The module of that absolute name as `importer` would import it.
    pub fn find(&self, name: &str, importer: Option<FileId>) -> Option<Found<'_>> {
        let known = self.sought.borrow().get(&importer).and_then(|sought| sought.get(name)).copied();
        let sought = known.unwrap_or_else(|| {
            let found = self.seek(name, importer);
            self.sought.borrow_mut().entry(importer).or_default().insert(name.to_owned(), found);
            found
        });
        match sought {
            Sought::File(file) => Some(Found::File(file)),
            Sought::Namespace(at) => Some(Found::Namespace(&self.names[at])),
            Sought::Nothing => None,
        }
    }

    fn seek(&self, name: &str, importer: Option<FileId>) -> Sought {
        let top = name.split('.').next().unwrap_or(name);
        if top == "takk" {
            return self.builtin_file().map_or(Sought::Nothing, Sought::File);
        }
        if BUILT_IN.contains(&top) {
            return Sought::Nothing;
        }
        let relative = name.replace('.', "/");
        let implied = importer
            .map(|id| self.file(id))
            .filter(|file| file.origin == Origin::Project)
            .map(|file| self.implied_root(&file.path));
        let mut namespace = false;
        for root in self.roots.iter().rev().chain(implied.iter()) {
            let base = join(root, &relative);
            for path in [join(&base, "__init__.py"), format!("{base}.py")] {
                if self.exists(&path)
                    && let Some(id) = self.project_file(&path)
                {
                    return Sought::File(id);
                }
            }
            namespace |= self.has_below(&base);
        }
        if let Some(id) = self.find_installed(name, &relative) {
            return Sought::File(id);
        }
        namespace |= self.installed.iter().any(|site| self.loader.installed_directory(&format!("{site}/{relative}")));
        if namespace { Sought::Namespace(self.keep_name(name)) } else { Sought::Nothing }
    }

    /// The place among the names that are kept.
    fn keep_name(&self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
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

    /// Whether packages outside the project can be looked up at all.
    pub fn has_installed(&self) -> bool {
        !self.installed.is_empty()
    }

    /// Whether a top-level module is neither installed, nor of the project, nor of Python itself.
    pub fn is_not_installed(&self, top: &str) -> bool {
        !super::stdlib::is_standard(top) && self.find(top, None).is_none() && !BUILT_IN.contains(&top)
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
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
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
