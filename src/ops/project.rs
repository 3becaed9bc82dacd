//! Read a project: its manifest, everything found, and its own settings of takk.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{Environment, EnvironmentName, Finding, Manifest, Packages, ProjectInfo, SCHEMA_VERSION};

/// What to read, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct ProjectOptions {
    /// The project's directory.
    pub path: PathBuf,
    /// Whether settings classes in test code count.
    pub include_tests: bool,
    /// The virtual environment to look names up in, instead of the usual places.
    pub venv: Option<PathBuf>,
    /// Whether candidate files are parsed completely, as findings need.
    pub full_parse: bool,
}

/// A project as it was read.
#[derive(Debug)]
pub struct ReadProject {
    /// Its root directory.
    pub root: PathBuf,
    /// What the code declares.
    pub manifest: Manifest,
    /// Everything found, before any selection.
    pub findings: Vec<Finding>,
    /// The text of its files.
    pub sources: Sources,
    /// Its environments, in the order of the release pipeline.
    pub environments: Vec<Environment>,
    /// `[tool.takk] ignore`.
    pub ignore: Vec<String>,
    /// `[tool.takk] select`.
    pub select: Vec<String>,
}

/// The text of a project's files by path relative to the root.
pub struct Sources(Box<TextOf>);

/// Gives the text of a file, or `None` where it cannot be read.
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

/// Reads the work tree.
pub fn read(options: &ProjectOptions) -> Result<ReadProject> {
    let root = directory(&options.path)?;
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(ReadProject {
        root,
        manifest: empty(name),
        findings: Vec::new(),
        sources: Sources::new(|_| None),
        environments: default_environments(),
        ignore: Vec::new(),
        select: Vec::new(),
    })
}

/// Reads a commit of the repository that the work tree belongs to, without touching the work tree.
pub fn read_commit(options: &ProjectOptions, reference: &str) -> Result<ReadProject> {
    directory(&options.path)?;
    Err(Error::environment(format!("no commit is named `{reference}`")).hint("`git branch --all` lists the branches"))
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

fn empty(name: String) -> Manifest {
    Manifest {
        schema_version: SCHEMA_VERSION,
        project: ProjectInfo { name, ..ProjectInfo::default() },
        settings: Vec::new(),
        services: Vec::new(),
        shared_settings: Vec::new(),
        resources: Vec::new(),
        reads: Vec::new(),
        suggestions: Vec::new(),
        packages: Packages::default(),
        files: 0,
    }
}

fn default_environments() -> Vec<Environment> {
    EnvironmentName::DEFAULT
        .iter()
        .map(|name| Environment {
            name: EnvironmentName::parse(name).expect("the default names are valid"),
            domain: None,
            context: Vec::new(),
        })
        .collect()
}
