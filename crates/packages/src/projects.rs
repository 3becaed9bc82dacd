//! The projects of a checkout that belong together: the one at the root, the members of its uv workspace, and the packages that any of them
//! requires by a path inside the root. Any other `pyproject.toml` is a separate project and not read.

use std::collections::{BTreeSet, VecDeque};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::pyproject::{self, Pyproject, Workspace};
use super::{Entry, File, Files, ProjectMetadata, local_path, name};
use takk_model::{Place, Problem};

const FILE: &str = "pyproject.toml";

/// The combined contents of these projects' `pyproject.toml` files.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// The project at the root, with the import roots of all.
    pub(super) metadata: ProjectMetadata,
    /// The requirements of all, the root's first.
    pub(super) entries: Vec<Entry>,
    /// The normalised names of the root and of the members.
    pub(super) own_names: BTreeSet<String>,
    /// Requirements files that a `pyproject.toml` refers to.
    pub(super) requirement_files: Vec<(String, Place)>,
    /// The directories of the projects that were read.
    directories: BTreeSet<String>,
}

/// Reads the project at the root and those that belong to it.
pub(super) fn read(files: &Files, problems: &mut Vec<Problem>) -> Projects {
    let mut projects = Projects::default();
    let root = read_one(files, "", problems);
    projects.metadata.name.clone_from(&root.name);
    projects.metadata.requires_python.clone_from(&root.requires_python);
    let members = members(files, &root.workspace);
    projects.directories.insert(String::new());
    let mut local_packages = projects.add("", root, true);
    for directory in members {
        if projects.directories.insert(directory.clone()) {
            let member = read_one(files, &directory, problems);
            local_packages.extend(projects.add(&directory, member, true));
        }
    }
    projects.read_local(local_packages, files, problems);
    projects
}

fn read_one(files: &Files, directory: &str, problems: &mut Vec<Problem>) -> Pyproject {
    let path = local_path::join(directory, FILE);
    match files.bytes(&path, problems) {
        Some(bytes) => pyproject::read(&File::new(path, &bytes), problems),
        None => Pyproject::default(),
    }
}

impl Projects {
    /// Reads the projects in these directories, and those that they require by path.
    pub(super) fn read_local(&mut self, directories: Vec<String>, files: &Files, problems: &mut Vec<Problem>) {
        let mut waiting = VecDeque::from(directories);
        while let Some(directory) = waiting.pop_front() {
            if self.directories.insert(directory.clone()) {
                let project = read_one(files, &directory, problems);
                waiting.extend(self.add(&directory, project, false));
            }
        }
        let mut seen = BTreeSet::new();
        self.metadata.import_roots.retain(|root| seen.insert(root.clone()));
    }

    /// Adds one project; returns the directories of the packages that it requires by path.
    fn add(&mut self, directory: &str, project: Pyproject, is_own: bool) -> Vec<String> {
        let roots = &mut self.metadata.import_roots;
        roots.extend([directory.to_owned(), local_path::join(directory, "src")]);
        roots.extend(project.import_roots);
        self.metadata.mapped_packages.extend(project.mapped_packages);
        self.entries.extend(project.entries);
        self.requirement_files.extend(project.requirement_files);
        if is_own {
            self.own_names.extend(project.name.as_deref().and_then(name::normalised));
        }
        project.local_packages
    }
}

/// The directories of a workspace's members: those that match and contain a `pyproject.toml`. As in uv, `*` stays within one path component
/// and `**` does not. An invalid glob matches nothing; uv itself reports it.
fn members(files: &Files, workspace: &Workspace) -> Vec<String> {
    if workspace.members.is_empty() {
        return Vec::new();
    }
    let (included, excluded) = (glob_set(&workspace.members), glob_set(&workspace.exclude));
    let directories = files.paths().filter_map(|path| path.strip_suffix(FILE)?.strip_suffix('/'));
    directories.filter(|path| included.is_match(path) && !excluded.is_match(path)).map(str::to_owned).collect()
}

fn glob_set(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        if let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}
