//! Reads a project: its manifest, its findings, and its settings for takk.

use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use super::foreign_names::foreign_names;
use super::texts::Texts;
use super::unread;
use crate::config::{self, Config, Variables};
use crate::source::{self, Commit, Scanned, WorkTree, walk};
use takk_analysis::settings::RulesVersion;
use takk_analysis::{Analysis, Analyzer, Input, STACK, is_migration, modules};
use takk_catalog::catalog;
use takk_model::Refused;
use takk_model::error::{Error, Result};
use takk_model::{Environment, Finding, LibraryChoice, Manifest, Packages, Problem};
use takk_packages::Listing;
use takk_python::Loader;
use takk_python::scan::{Mentions, scan};

/// Up to this many files, freeing them takes less time than starting a thread to do it.
const FEW: usize = 128;

/// What to read of a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectOptions {
    pub path: PathBuf,
    /// Whether settings classes in test code count.
    pub include_tests: bool,
    /// The virtual environment, instead of the usual places.
    pub venv: Option<PathBuf>,
    /// Environment variables that may name one.
    pub variables: Variables,
    /// Whether only the values of declared settings are needed: then rules and proposals are skipped.
    pub only_values: bool,
    /// Whether the process ends soon or replaces itself: leaving parsed files to the system is faster than freeing them.
    pub is_last: bool,
}

/// A project as it was read.
#[derive(Debug)]
pub struct ReadProject {
    pub root: PathBuf,
    pub manifest: Manifest,
    /// All findings, before selection.
    pub findings: Vec<Finding>,
    /// The text of its files.
    pub sources: Sources,
    /// Its environments, in the order of the release pipeline.
    pub environments: Vec<Environment>,
    pub config: Config,
}

impl ReadProject {
    /// A file of the project by a path that a command finds: relative if the project is in the current directory.
    pub fn path_of(&self, file: &str) -> String {
        let is_here = Path::new(".").canonicalize().is_ok_and(|here| here == self.root);
        if is_here { file.to_owned() } else { self.root.join(file).to_string_lossy().into_owned() }
    }
}

/// Gives access to the text of a project's files, by path relative to the root.
pub struct Sources(Box<TextOf>);

/// Returns the text of a file, or `None` if it cannot be read.
type TextOf = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Sources {
    /// From a function that reads one file.
    pub fn new(text_of: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(text_of))
    }

    /// The text of a file.
    pub fn text(&self, file: &str) -> Option<String> {
        (self.0)(file)
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}

pub fn read(options: &ProjectOptions) -> Result<ReadProject> {
    let root = directory(&options.path)?;
    let tree = WorkTree::new(&root);
    let (config, config_problems) = settings_of_takk(&|path| tree.read(path));
    let texts = Arc::new(Texts::default());
    let scanned = walk(&tree, &|path| config.exclude.cover(path), &|path, text| texts.scanned(path, text, scan_file));
    let installed = installed(options, &config, &root);
    let files = Files { scanned, tree: Box::new(tree.clone()), installed, texts: Arc::clone(&texts) };
    let (manifest, mut findings) = analyse_files(options, &config, config_problems, &root, files);
    if !options.only_values {
        findings.extend(unread::env_files(&manifest, &|path| tree.read(path)));
        findings.extend(foreign_names(&manifest, &|path| tree.read(path)));
    }
    Ok(ReadProject {
        root,
        manifest,
        findings,
        sources: Sources::new(move |path| text_of(texts.get(path, || tree.read(path)))),
        environments: config.environments().to_vec(),
        config,
    })
}

/// Reads a commit of the repository to which the work tree belongs, without touching the work tree.
pub fn read_commit(options: &ProjectOptions, reference: &str) -> Result<ReadProject> {
    let root = directory(&options.path)?;
    let commit = Arc::new(Commit::open(&root, reference)?);
    let (config, config_problems) = settings_of_takk(&|path| commit.read(path));
    let texts = Arc::new(Texts::default());
    let scanned = commit.walk(&|path| config.exclude.cover(path), &|path, text| texts.scanned(path, text, scan_file));
    commit.is_whole()?;
    let installed = installed(options, &config, &root);
    let files = Files { scanned, tree: Box::new(Arc::clone(&commit)), installed, texts: Arc::clone(&texts) };
    let (manifest, findings) = analyse_files(options, &config, config_problems, &root, files);
    commit.is_whole()?;
    Ok(ReadProject {
        root,
        manifest,
        findings,
        sources: Sources::new(move |path| text_of(texts.get(path, || commit.read(path)))),
        environments: config.environments().to_vec(),
        config,
    })
}

/// The text of a file, if it can be read.
fn text_of(read: io::Result<Arc<Vec<u8>>>) -> Option<String> {
    read.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// takk's own settings in a directory, if it has any.
pub fn settings(path: &Path) -> Option<Config> {
    let tree = WorkTree::new(&directory(path).ok()?);
    Some(settings_of_takk(&|path| tree.read(path)).0)
}

/// Access to the project's files, wherever they are stored.
pub(super) trait Tree: Send + Sync {
    /// Reads a file, named relative to the root.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

impl Tree for WorkTree {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Self::read(self, path)
    }
}

impl Tree for Arc<Commit> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Commit::read(self, path)
    }
}

/// The files of a project, found and scanned.
pub(super) struct Files {
    pub scanned: Scanned<Mentions>,
    pub tree: Box<dyn Tree>,
    pub installed: Vec<String>,
    pub texts: Arc<Texts>,
}

impl Loader for Files {
    fn project_file(&self, path: &str) -> io::Result<Arc<Vec<u8>>> {
        self.texts.get(path, || self.tree.read(path))
    }

    fn installed_file(&self, path: &str) -> Option<Vec<u8>> {
        source::installed_file(path)
    }

    fn installed_directory(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn source_roots(&self, directory: &str) -> Option<Vec<String>> {
        let (python, others) = (&self.scanned.python, &self.scanned.others);
        let has = |path: &str| {
            others.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
                || python.binary_search_by(|(known, _)| known.as_str().cmp(path)).is_ok()
        };
        takk_packages::source_roots(directory, &has, &|path| self.tree.read(path))
    }

    fn has_requirements(&self, directory: &str) -> bool {
        const LISTS: [&str; 5] = ["requirements.txt", "Pipfile", "uv.lock", "poetry.lock", "pdm.lock"];
        let has = |path: String| self.scanned.others.binary_search(&path).is_ok();
        LISTS.iter().any(|list| has(format!("{directory}/{list}")))
    }
}

/// The relevant names that a file mentions, including client libraries.
fn scan_file(text: &[u8]) -> Mentions {
    scan(text, &|module| catalog().wanted_import(module))
}

/// `[tool.takk]` or `takk.toml` of the root.
pub(super) fn settings_of_takk(read: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> (Config, Vec<Problem>) {
    let mut refused = Vec::new();
    let mut text = |path: &str| {
        read(path).inspect_err(|error| refused.extend(Refused::of(error).map(|why| unread::configuration(path, why)))).ok()
    };
    let (pyproject, takk_toml) = (text("pyproject.toml"), text("takk.toml"));
    let (config, mut problems) = config::read(
        pyproject.as_deref().map(|bytes| ("pyproject.toml", bytes)),
        takk_toml.as_deref().map(|bytes| ("takk.toml", bytes)),
    );
    problems.append(&mut refused);
    (config, problems)
}

/// The `site-packages` of the project's virtual environment: the first candidate that exists.
fn installed(options: &ProjectOptions, config: &Config, root: &Path) -> Vec<String> {
    if let Some(venv) = &options.venv {
        return WorkTree::site_packages(venv);
    }
    let candidates = options.variables.venv_candidates(config);
    candidates.iter().map(|venv| WorkTree::site_packages(&root.join(venv))).find(|found| !found.is_empty()).unwrap_or_default()
}

pub(super) fn analyse_files(
    options: &ProjectOptions,
    config: &Config,
    mut problems: Vec<Problem>,
    root: &Path,
    files: Files,
) -> (Manifest, Vec<Finding>) {
    let listing = Listing { files: &files.scanned.others, read: &|path| files.tree.read(path) };
    let report = takk_packages::read(&listing);
    problems.extend(report.findings);
    problems.sort();
    problems.dedup();
    let defaults = RulesVersion::default();
    let directory = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut import_roots = config.python_roots.clone();
    import_roots.extend(report.project.import_roots);
    import_roots.extend([String::new(), "src".to_owned()]);
    let environments = config.environments().to_vec();
    let rules = RulesVersion {
        pydantic: config.pydantic.clone().unwrap_or(defaults.pydantic),
        pydantic_settings: config.pydantic_settings.clone().unwrap_or(defaults.pydantic_settings),
    };
    let is_small = files.scanned.python.len() < FEW;
    let sql = files.scanned.others.iter().filter(|path| is_migration(path)).cloned().collect();
    let known = Known {
        files,
        sql,
        import_roots,
        name: report.project.name.unwrap_or(directory),
        requires_python: report.project.requires_python,
        packages: report.packages,
        problems,
        environments,
        rules,
        libraries: config.libraries.clone(),
        include_tests: options.include_tests || config.include_tests,
        judged: !options.only_values,
        is_last: options.is_last,
    };
    if is_small { stacker::grow(STACK, move || analysed(known)) } else { analysed_on_thread(known) }
}

/// Everything that is known before the source is analyzed.
struct Known {
    files: Files,
    sql: Vec<String>,
    import_roots: Vec<String>,
    name: String,
    requires_python: Option<String>,
    packages: Packages,
    problems: Vec<Problem>,
    environments: Vec<Environment>,
    rules: RulesVersion,
    libraries: LibraryChoice,
    include_tests: bool,
    judged: bool,
    is_last: bool,
}

impl Known {
    fn input(&mut self) -> Input<'_> {
        let skipped = self.files.scanned.skipped.iter();
        Input {
            files: &self.files.scanned.python,
            loader: &self.files,
            sql: &self.sql,
            import_roots: mem::take(&mut self.import_roots),
            installed: self.files.installed.clone(),
            name: mem::take(&mut self.name),
            requires_python: self.requires_python.take(),
            packages: mem::take(&mut self.packages),
            problems: mem::take(&mut self.problems),
            unreadable: skipped.map(|skipped| (skipped.path.clone(), skipped.reason.clone())).collect(),
            environments: mem::take(&mut self.environments),
            rules: self.rules.clone(),
            libraries: mem::take(&mut self.libraries),
            include_tests: self.include_tests,
            judged: self.judged,
        }
    }
}

/// Needs a large stack for deeply nested source.
fn analysed(mut known: Known) -> (Manifest, Vec<Finding>) {
    let is_last = known.is_last;
    let input = known.input();
    if is_last {
        // The only place where something is not freed: the process ends soon.
        let modules = Box::leak(Box::new(modules(&input)));
        let analyzer = Box::leak(Box::new(Analyzer::new(&input, modules)));
        let Analysis { manifest, findings, intermediate, .. } = analyzer.analyze(input);
        mem::forget(intermediate);
        return (manifest, findings);
    }
    let modules = modules(&input);
    let analyzer = Analyzer::new(&input, &modules);
    let Analysis { manifest, findings, .. } = analyzer.analyze(input);
    (manifest, findings)
}

/// The same on a thread that frees the parsed files after it has sent the result, while the caller continues; not at all if the process
/// ends first.
fn analysed_on_thread(mut known: Known) -> (Manifest, Vec<Finding>) {
    let (sender, answer) = mpsc::sync_channel(1);
    let work = move || {
        let input = known.input();
        let modules = modules(&input);
        let analyzer = Analyzer::new(&input, &modules);
        let Analysis { manifest, findings, intermediate: _freed_after_the_answer, .. } = analyzer.analyze(input);
        sender.send((manifest, findings)).expect("the answer is waited for");
    };
    let working =
        std::thread::Builder::new().name("analysis".to_owned()).stack_size(STACK).spawn(work).expect("a thread can be started");
    answer.recv().unwrap_or_else(|_| match working.join() {
        Err(panic) => std::panic::resume_unwind(panic),
        Ok(()) => unreachable!("an analysis always answers"),
    })
}

fn directory(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    if path.is_file() {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Err(Error::usage(format!("`{shown}` is a file, and a project is a directory"))
            .hint(format!("name its directory: `takk plan {}`", parent.display())));
    }
    path.canonicalize().map_err(|error| Error::usage(format!("there is no directory `{shown}`")).caused_by(error))
}
